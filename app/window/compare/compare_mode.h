// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/compare/compare_presenter.h"
#include "app/window/session_model.h"
#include "widgets/controls/compare_panel.h"
#include "widgets/lists/frame_model.h"
#include "widgets/views/view_grid.h"

#include <QObject>
#include <QPointF>

#include <functional>
#include <optional>
#include <vector>

namespace oodscope {

class CursorPanel;
class CurvesPanel;
class DockTitle;
class FrameListView;
class MetricsPanel;
class ScatterPlot;
class Theme;

/// The widgets that show something else while two runs are compared. Not owned.
struct CompareWidgets {
  ViewGrid* views = nullptr;
  CurvesPanel* curves = nullptr;
  MetricsPanel* metrics = nullptr;
  DockTitle* metricsTitle = nullptr;
  CursorPanel* cursor = nullptr;
  FrameListView* frames = nullptr;
  ComparePanel* panel = nullptr;
  ScatterPlot* scatter = nullptr;
};

/// What the window is while it compares: panes, curves, metrics, cursor and the Compare dock show A against B. Edits of
/// the dock become edits of the view.
class CompareMode : public QObject {
  Q_OBJECT

public:
  CompareMode(Workspace& workspace, SessionModel& session, LiveController& a, Theme& theme, CompareWidgets widgets,
              QObject* parent = nullptr);

  [[nodiscard]] Comparison& comparison() { return m_comparison; }
  [[nodiscard]] bool isOn() const { return m_session.view().other.has_value(); }
  /// Begins with the last B, at first with another method than A's; or ends.
  void setOn(bool on);
  void compareWith(const OtherRun& other);
  void swap();
  [[nodiscard]] bool isSettled() const { return m_comparison.isSettled(); }

  /// Four panes for the view's compare style, the first ones of the grid; to be told once they are there.
  [[nodiscard]] std::vector<PaneSpec> panes() const;
  void panesBuilt();
  void showView(const ViewState& before, const ViewState& after, bool dragging);
  void showPicture();
  void showNumbers();
  void showThresholds();
  void showCursor(std::optional<QPointF> at);
  /// AP under both runs and the disagreement of a frame.
  void fillRow(std::size_t frame, FrameRow& row) const;
  /// A threshold dragged on curve `index`: true where it is B's and was taken.
  bool editCurveThreshold(int index, double threshold, bool settled);
  /// Keys A and B held, Space: show one, blink. True where the key meant something.
  bool handleKey(int key, bool pressed);

Q_SIGNALS:
  void panesChanged();  ///< others are wanted
  void framesChanged();
  void frameRequested(std::size_t frame);
  void keepRequested(const oodscope::PinnedRun& run);

protected:
  /// Of the whole application: held keys reach the comparison whatever has the focus, text fields apart.
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  /// The model or folder of score maps in row `index` of a choice.
  void chooseSource(RunSide side, int index);
  void connectPanel();
  void showControls();
  void showHeat();
  [[nodiscard]] RunNames names() const;

  Workspace& m_workspace;
  SessionModel& m_session;
  Theme& m_theme;
  CompareWidgets m_widgets;
  OtherRun m_last;
  bool m_hasLast = false;
  std::vector<FramePair> m_pairs;
  std::optional<QPointF> m_cursor;
  Comparison m_comparison;
};

}  // namespace oodscope
