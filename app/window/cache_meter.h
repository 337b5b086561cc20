// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/coalescing_job.h"
#include "inference/logits/logits_store.h"

#include <QObject>

namespace oodscope {

/// How much the logits' folder holds, counted in the background: a folder walk is nothing for the GUI thread.
class CacheMeter : public QObject {
  Q_OBJECT

public:
  explicit CacheMeter(const LogitsStore& store, QObject* parent = nullptr)
      : QObject(parent),
        m_job(
            this, [&store](const int&, const std::stop_token&) { return store.bytesUsed(); },
            [this](const int&, const Outcome<std::uint64_t>& outcome) {
              if (!outcome.hasValue()) return;
              m_bytes = outcome.value();
              Q_EMIT
              changed(m_bytes);
            }) {
    count();
  }
  void count() { m_job.request(0); }
  [[nodiscard]] std::uint64_t bytes() const { return m_bytes; }

Q_SIGNALS:
  void changed(std::uint64_t bytes);

private:
  std::uint64_t m_bytes = 0;
  CoalescingJob<int, std::uint64_t> m_job;
};

}  // namespace oodscope
