// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/job_pool.h"

#include <QTimer>

#include <functional>
#include <optional>
#include <utility>

namespace oodscope {

/// Input that pauses for so long is over.
inline constexpr int kDebounceMs = 120;

/// One call after a while, which begins anew with each start: a hand is waited for to rest. As long as the call is due
/// its pool is not idle. In the thread that made it.
class DelayedCall {
public:
  DelayedCall(int ms, std::function<void()> call, JobPool& pool = JobPool::shared()) : m_ms(ms), m_pool(pool) {
    m_timer.setSingleShot(true);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this, call = std::move(call)] {
      m_due.reset();
      call();
    });
  }

  void start() { start(m_ms); }
  void start(int ms) {
    if (!m_due) m_due.emplace(m_pool);
    m_timer.start(ms);
  }
  void stop() {
    m_timer.stop();
    m_due.reset();
  }
  [[nodiscard]] bool isActive() const { return m_due.has_value(); }

private:
  int m_ms;
  JobPool& m_pool;
  QTimer m_timer;
  std::optional<JobPool::Due> m_due;
};

}  // namespace oodscope
