// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/cache_meter.h"
#include "widgets/panels/status_widgets.h"

#include <QObject>

#include <optional>

namespace oodscope {

struct Desk;
struct InferenceProgress;

/// The status bar: what is open, of how many pixels numbers are, what the cache holds, what is at work and how far.
class StatusStrip : public QObject {
  Q_OBJECT

public:
  StatusStrip(Desk& desk, StatusLine& line, QObject* parent);

  void show();
  /// What is said while frames are played, in place of what is at work; empty: none are.
  void setPlaying(const QString& text);
  /// Of a sweep; `total` 0: none runs any more.
  void showSweep(int done, int total);
  [[nodiscard]] CacheMeter& cache() { return m_cache; }
  [[nodiscard]] StatusLine& line() const { return m_line; }

Q_SIGNALS:
  void warned(const QString& text);
  /// The user stops what the progress is of, a sweep.
  void sweepStopRequested();
  void pausedChanged(bool paused);

private:
  void showInference(const InferenceProgress& progress);
  void stop();
  [[nodiscard]] QString dataText() const;

  Desk& m_desk;
  StatusLine& m_line;
  CacheMeter m_cache;
  QString m_playing;
  std::optional<ProgressView> m_sweep;  ///< while a sweep runs
};

}  // namespace oodscope
