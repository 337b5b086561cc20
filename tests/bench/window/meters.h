// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/stall_meter.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QTimer>

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace oodscope {

/// How long the event loop was held, how often two widgets were painted and which event took longest.
class Meters : public QObject {
public:
  /// Called after each paint of a watched widget or of one inside it.
  void watch(QWidget* widget, int slot, std::function<void()> painted);
  void start() { m_stalls.start(); }
  /// One line about what was measured since the last, then begins anew. Whether no stall was over the bound.
  bool report(const char* what);
  void forget();
  [[nodiscard]] int paints(int slot) const { return m_paints[static_cast<std::size_t>(slot)]; }
  [[nodiscard]] int stallsInAll() const { return m_stallsInAll; }
  [[nodiscard]] double worstInAllMs() const { return m_worstInAllMs; }

private:
  friend class MeteredApplication;
  void note(const char* receiver, QEvent::Type type, double ms);
  void notePaint(const QWidget* painted);
  struct Watched {
    QWidget* widget;
    int slot;
    std::function<void()> painted;
  };
  std::vector<Watched> m_watched;
  int m_paints[3] = {0, 0, 0};
  StallMeter m_stalls;
  double m_longestMs = 0.0;
  QString m_longest;
  int m_stallsInAll = 0;
  double m_worstInAllMs = 0.0;
};

/// Tells its meters how long each event took.
class MeteredApplication : public QApplication {
public:
  using QApplication::QApplication;
  void setMeters(Meters* meters) { m_meters = meters; }
  bool notify(QObject* receiver, QEvent* event) override;
  /// Where the event loop's time went since the last call: the dearest kinds of events, without those inside them.
  void reportKinds();

private:
  struct Kind {
    double ms = 0.0;
    int count = 0;
  };
  std::map<QString, Kind> m_kinds;
  std::vector<double> m_inner;  ///< milliseconds of events inside the one at this depth
  Meters* m_meters = nullptr;
  int m_depth = 0;
};

/// From the event that asked for a value to the end of the paint that shows it, in milliseconds.
class Latency {
public:
  void asked(float value);
  void shown(float value);
  /// "p50 4.1 ms, p95 9.8 ms of 180".
  [[nodiscard]] QString take();

private:
  struct Ask {
    float value;
    double atMs;
  };
  std::vector<Ask> m_asks;
  std::vector<double> m_ms;
  QElapsedTimer m_clock;
};

}  // namespace oodscope
