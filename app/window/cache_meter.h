// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/coalescing_job.h"
#include "inference/logits/logits_store.h"

#include <QObject>

#include <atomic>
#include <memory>

namespace oodscope {

/// How much the logits' folder holds, counted in the background: a folder walk is nothing for the GUI thread.
class CacheMeter : public QObject {
  Q_OBJECT

public:
  explicit CacheMeter(std::shared_ptr<LogitsStore> store, QObject* parent = nullptr)
      : QObject(parent),
        m_store(std::move(store)),
        m_job(
            this,
            [this](const std::shared_ptr<LogitsStore>& of, const std::stop_token&) {
              if (m_clear.exchange(false)) of->clear();
              return of->bytesUsed();
            },
            [this](const std::shared_ptr<LogitsStore>&, const Outcome<std::uint64_t>& outcome) {
              if (!outcome.hasValue()) return;
              m_bytes = outcome.value();
              Q_EMIT changed(m_bytes);
            }) {
    count();
  }
  void setStore(std::shared_ptr<LogitsStore> store) {
    m_store = std::move(store);
    count();
  }
  void count() { m_job.request(m_store); }
  /// Removes all entries, then counts.
  void clear() {
    m_clear = true;
    count();
  }
  [[nodiscard]] std::uint64_t bytes() const { return m_bytes; }

Q_SIGNALS:
  void changed(std::uint64_t bytes);

private:
  std::shared_ptr<LogitsStore> m_store;
  std::uint64_t m_bytes = 0;
  std::atomic<bool> m_clear = false;
  CoalescingJob<std::shared_ptr<LogitsStore>, std::uint64_t> m_job;
};

}  // namespace oodscope
