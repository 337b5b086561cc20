// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <cstdint>
#include <deque>

namespace oodscope {

/// How late the event loop is. A timer asks to be called every few milliseconds: what it is late by, something else
/// held the loop. Costs next to nothing, and nothing while it is not running.
class StallMeter : public QObject {
  Q_OBJECT

public:
  explicit StallMeter(QObject* parent = nullptr);

  void start();
  void stop();
  /// Forgets what was measured.
  void reset();
  [[nodiscard]] bool isRunning() const { return m_timer.isActive(); }
  /// Longest stall since start() or reset(), in milliseconds.
  [[nodiscard]] double worstMs() const { return m_worstMs; }
  /// Longest stall of the last two seconds.
  [[nodiscard]] double recentWorstMs() const;
  /// Stalls longer than kStallMs since start() or reset().
  [[nodiscard]] int stalls() const { return m_stalls; }

  static constexpr double kStallMs = 50.0;  ///< what the eye notices of a moving thing

private:
  void tick();

  QTimer m_timer;
  QElapsedTimer m_clock;
  std::int64_t m_lastNs = 0;
  double m_worstMs = 0.0;
  int m_stalls = 0;
  struct Late {
    std::int64_t atNs;
    double ms;
  };
  std::deque<Late> m_recent;
};

}  // namespace oodscope
