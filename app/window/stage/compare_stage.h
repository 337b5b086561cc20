// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/compare/compare_presenter.h"
#include "app/window/stage/curve_sets.h"
#include "app/window/stage/stage.h"
#include "widgets/controls/compare_panel.h"

namespace oodscope {

/// Two runs: panes, curves, metrics, cursor and the Compare dock show A against B. Edits of the dock become edits of
/// the view.
class CompareStage : public Stage {
  Q_OBJECT

public:
  explicit CompareStage(const StageParts& parts, QObject* parent);

  [[nodiscard]] Comparison& comparison() const;
  /// Begins with the last B, at first with another method than A's; or ends.
  void setOn(bool on);
  void swap();

  [[nodiscard]] std::vector<PaneSpec> panes() const override;
  [[nodiscard]] int firstCurrent() const override { return 0; }
  void panesBuilt() override;
  void showPicture() override;
  void showThreshold() override;
  void showNumbers() override;
  void showCursor(std::optional<QPointF> at) override;
  /// A threshold dragged on the second curve is B's.
  void setCurveThreshold(int curve, double threshold, bool released) override;
  /// AP under both runs and the disagreement of a frame.
  void fillRow(std::size_t frame, FrameRow& row) const override;
  void showView(const ViewState& before, const ViewState& after);
  /// Of others than the two, behind theirs.
  void addMoreCurves(MoreCurves more) { m_more.push_back(std::move(more)); }
  /// Keys A and B held, Space: show one, blink. True where the key meant something.
  bool handleKey(int key, bool pressed);

Q_SIGNALS:
  void panesChanged();  ///< others are wanted
  void framesChanged();

protected:
  /// Of the whole application: held keys reach the comparison whatever has the focus, text fields apart.
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  static constexpr int kFirst = 0, kSecond = 1, kDisagreement = 2, kDecisions = 3;  // panes
  [[nodiscard]] bool isOn() const;
  // compare_stage.cpp
  void connectPanel();
  void connectComparison();
  /// The model or folder of score maps in row `index` of a choice.
  void chooseSource(RunSide side, int index);
  void chooseFrame(int row);
  [[nodiscard]] bool isText(const QWidget& widget) const;
  // compare_stage_show.cpp
  void showControls();
  void showRunControls(RunSide side, const QStringList& methods, const QStringList& models);
  [[nodiscard]] int sourceIndex(const ViewState& run) const;
  void showImage();
  void showDisagreement();
  void showDecisions();
  [[nodiscard]] QString noThresholdText() const;
  void showHeat();
  [[nodiscard]] RunNames names() const;
  [[nodiscard]] bool isPictureCurrent() const;
  // compare_numbers.cpp
  void showWaiting();
  void showMetrics(const SetNumbers& a, const SetNumbers& b);
  void showBadge(const SetNumbers& a, const SetNumbers& b);
  void showCurves(const SetNumbers& a, const SetNumbers& b);
  void showMarkers();
  void showPairs(const SetNumbers& a, const SetNumbers& b);

  StageParts m_parts;
  ComparedRun m_last;
  bool m_hasLast = false;
  std::vector<MoreCurves> m_more;
  std::vector<FramePair> m_pairs;
  std::optional<QPointF> m_cursor;
};

}  // namespace oodscope
