// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <algorithm>
#include <functional>
#include <utility>

namespace oodscope {

/// Results come faster than they can be shown. What changed is noted, as bits, and shown together, at most once an
/// interval; the first change after a rest is shown at the next turn of the event loop.
class ShowThrottle {
public:
  ShowThrottle(QObject* context, int intervalMs, std::function<void(unsigned)> show)
      : m_intervalMs(intervalMs), m_show(std::move(show)) {
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    m_sinceShown.start();
    QObject::connect(&m_timer, &QTimer::timeout, context, [this] {
      m_sinceShown.restart();
      m_show(std::exchange(m_due, 0U));
    });
  }

  void note(unsigned parts) {
    if (parts == 0) return;
    m_due |= parts;
    if (m_timer.isActive()) return;
    m_timer.start(m_intervalMs - static_cast<int>(std::min<qint64>(m_sinceShown.elapsed(), m_intervalMs)));
  }
  [[nodiscard]] bool isDue() const { return m_due != 0; }

private:
  int m_intervalMs;
  std::function<void(unsigned)> m_show;
  unsigned m_due = 0;
  QTimer m_timer;
  QElapsedTimer m_sinceShown;
};

}  // namespace oodscope
