// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/stall_meter.h"

#include <QWidget>

#include <functional>

namespace oodscope {

/// What the overlay says besides what it measures itself.
struct LatencyFigures {
  double pictureMs = 0.0;   ///< from the latest change to its picture
  double estimateMs = 0.0;  ///< from the latest change to its curves
};

/// A small transparent note over the views: how long things take, and how long the event loop was held.
class LatencyOverlay : public QWidget {
  Q_OBJECT

public:
  /// `figures` is asked a few times a second while the overlay is visible.
  LatencyOverlay(std::function<LatencyFigures()> figures, QWidget* over);
  [[nodiscard]] const StallMeter& meter() const { return m_meter; }
  [[nodiscard]] QStringList lines() const;

protected:
  void paintEvent(QPaintEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  void place();

  std::function<LatencyFigures()> m_figures;
  StallMeter m_meter;
  QTimer m_refresh;
};

}  // namespace oodscope
