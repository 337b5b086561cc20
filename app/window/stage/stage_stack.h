// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/show_throttle.h"
#include "app/window/stage/compare_stage.h"
#include "app/window/stage/single_stage.h"

#include <optional>

namespace oodscope {

class ClassViews;
class MethodViews;
class WindowActions;

/// The stages, and which of them is on. Results come faster than they can be shown: what is looked at is shown once a
/// screen frame, numbers and lists half as often.
class StageStack : public QObject {
  Q_OBJECT

public:
  /// What changed and is to be shown soon.
  enum Part : unsigned {
    kPicture = 1U,
    kScale = 2U,
    kThreshold = 4U,
    kNumbers = 8U,
    kDetails = 16U,
    kFrames = 32U,
    kCursor = 64U,
    kStatus = 128U,
    kMethods = 256U,
    kClasses = 512U
  };

  StageStack(const StageParts& parts, WindowActions& actions, QObject* parent);

  /// Before results of the new view are asked for: panes for what is to be shown.
  void prepare(const ViewState& before, const ViewState& after);
  void showView(const ViewState& before, const ViewState& after);
  /// Panes, looks and actions as the view has them, at the start.
  void begin();
  void showSoon(unsigned parts);
  void setCursor(std::optional<QPointF> at);
  [[nodiscard]] SingleStage& single() { return m_single; }
  [[nodiscard]] CompareStage& compare() { return m_compare; }
  [[nodiscard]] ViewGrid& views() const { return m_parts.views; }
  /// What of the frame the views are zoomed to; empty: all of it, or another frame.
  [[nodiscard]] std::optional<FrameRectangle> partInView(const std::string& set, const std::string& frame) const;
  /// Nothing is noted that is not shown yet.
  [[nodiscard]] bool isShown() const;

Q_SIGNALS:
  void framesDue();
  void statusDue();
  /// Screen pixels per picture pixel; empty: no picture.
  void zoomChanged(std::optional<double> scale);

private:
  [[nodiscard]] bool isOn() const;
  [[nodiscard]] Stage& current();
  void connectViews();
  void connectCurves();
  void connectRun();
  void connectComparison();
  void connectActions();
  void rebuildPanes();
  void showLooks(const ViewState& view);
  void showToggled();
  void showViews(unsigned due);
  void showReadings(unsigned due);
  void showThreshold();
  void showCursor();
  void showZoom();

  StageParts m_parts;
  WindowActions& m_actions;
  SingleStage m_single;
  CompareStage m_compare;
  MethodViews* m_methods;
  ClassViews* m_classes;
  std::optional<QPointF> m_cursor;
  ShowThrottle m_viewThrottle, m_readingThrottle;
};

}  // namespace oodscope
