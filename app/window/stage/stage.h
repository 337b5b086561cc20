// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/session.h"
#include "widgets/lists/frame_model.h"
#include "widgets/views/view_grid.h"

#include <QObject>
#include <QPointF>

#include <cstddef>
#include <optional>
#include <vector>

namespace oodscope {

class CurvesPanel;
class DockColumn;
class ScatterPlot;
class Theme;
struct Desk;

/// What a stage works on and shows itself in; all outlive it.
struct StageParts {
  Desk& desk;
  Theme& theme;
  DockColumn& docks;
  ViewGrid& views;
  CurvesPanel& curves;
  ScatterPlot& scatter;
};

/// What the window is a stage for: one run, or two that are compared. The stage that is on fills the views, the curves,
/// the metrics and the cursor; it is told when what it shows of is there, and paints nothing while it is off.
class Stage : public QObject {
  Q_OBJECT

public:
  using QObject::QObject;

  [[nodiscard]] virtual std::vector<PaneSpec> panes() const = 0;
  /// The pane that is current when the stage comes on.
  [[nodiscard]] virtual int firstCurrent() const = 0;
  virtual void panesBuilt() {}
  virtual void showPicture() = 0;
  virtual void showScale() {}
  virtual void showThreshold() = 0;
  virtual void showDetails() {}
  virtual void showNumbers() = 0;
  virtual void showCursor(std::optional<QPointF> at) = 0;
  /// A hand on a curve; `released`: it lets go.
  virtual void setCurveThreshold(int curve, double threshold, bool released) = 0;
  virtual void fillRow(std::size_t, FrameRow&) const {}
};

}  // namespace oodscope
