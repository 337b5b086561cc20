// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/coalescing_job.h"
#include "inference/logits/logits_store.h"

#include <QObject>
#include <QString>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace oodscope {

/// How much the logits' folder holds, counted in the background: a folder walk is nothing for the GUI thread.
class CacheMeter : public QObject {
  Q_OBJECT

public:
  explicit CacheMeter(std::shared_ptr<LogitsStore> store, QObject* parent = nullptr)
      : QObject(parent),
        m_store(std::move(store)),
        m_job(
            this, JobPriority::Spare,
            [this](const std::shared_ptr<LogitsStore>& of, const std::stop_token&) {
              if (m_clear.exchange(false)) of->clear();
              return of->bytesUsed();
            },
            [this](const std::shared_ptr<LogitsStore>&, const Outcome<std::uint64_t>& outcome) {
              tellWarnings();
              if (outcome.isFailure()) Q_EMIT warned(QString::fromStdString(outcome.failure()));
              if (!outcome.hasValue()) return;
              m_bytes = outcome.value();
              Q_EMIT changed(m_bytes);
            }) {
    count();
  }
  void setStore(std::shared_ptr<LogitsStore> store) {
    m_store = std::move(store);
    m_reported = 0;
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
  /// What is amiss with the folder, each once: a sentence.
  void warned(const QString& text);

private:
  void tellWarnings() {
    const std::vector<std::string> warnings = m_store->warnings();
    for (; m_reported < warnings.size(); ++m_reported) Q_EMIT warned(QString::fromStdString(warnings[m_reported]));
  }

  std::shared_ptr<LogitsStore> m_store;
  std::uint64_t m_bytes = 0;
  std::size_t m_reported = 0;
  std::atomic<bool> m_clear = false;
  CoalescingJob<std::shared_ptr<LogitsStore>, std::uint64_t> m_job;
};

}  // namespace oodscope
