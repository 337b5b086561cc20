// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/plots/plot_widget.h"

#include <optional>
#include <vector>

namespace oodscope {

/// Whose curve it is; decides colour and stroke.
enum class CurveRole { A, B, Reference, Other };

/// One curve, at most 2,000 points. x and y are shares (0 … 1) except for F1 plots, where x is the score. Points run
/// from the strictest threshold to the loosest. threshold[i] belongs to point i.
struct CurveData {
  QString name;
  CurveRole role = CurveRole::A;
  int series = -1;  ///< of a kept run: its place in their list, which gives its colour and dash; -1: none
  std::vector<double> x = {}, y = {}, threshold = {};
  bool estimated = false;                                                   ///< dashed, with a band of 30 %
  std::vector<double> lower = {}, upper = {};                               ///< 95 % band around y; empty for none
  std::vector<double> precision = {}, recall = {}, falsePositiveRate = {};  ///< for the readout; each may be empty
  QString value = {};                                                       ///< above the frame: "AP 29.00"
  std::optional<double> fpr95 = {};                                         ///< ROC: marked with a diamond
  QString fpr95Text = {};
};

/// What a decision at a threshold does to the set, exactly counted, in shares. Empty parts are not defined.
struct CurvePlace {
  double precision = 0.0, recall = 0.0, falsePositiveRate = 0.0, f1 = 0.0;
  friend bool operator==(const CurvePlace&, const CurvePlace&) = default;
};

enum class CurveKind { PrecisionRecall, Roc, F1 };

/// A family of curves with one operating point a curve. The points of A and B can be dragged along their curves; a
/// click moves A's (with Ctrl: B's) to the nearest point; Shift+drag brushes a stretch.
class CurvePlot : public PlotWidget {
  Q_OBJECT

public:
  explicit CurvePlot(CurveKind kind, QWidget* parent = nullptr);
  ~CurvePlot() override;

  /// Later curves are drawn above earlier ones. Empty: the empty state.
  void setCurves(std::vector<CurveData> curves);
  /// The operating point of curve `index`; none where empty. Only markers are repainted. `exact`: where it stands;
  /// without, it stands at the curve's point of the nearest threshold, and its label marks its numbers as approximate
  /// unless that is the threshold itself: the curve is thinned for drawing.
  void setThreshold(int index, std::optional<double> threshold, const std::optional<CurvePlace>& exact = {});
  /// Share of positives: the PR plot's chance line.
  void setChance(std::optional<double> share);
  /// ROC: false positive rates up to 1 or up to `limit`.
  void setRange(double limit = 1.0);
  [[nodiscard]] CurveKind kind() const;
  /// Where the operating point stands, in pixels of this widget.
  [[nodiscard]] std::optional<QPointF> operatingPoint(int index) const;
  /// What stands beside it: "δ 0.220 · P 97.3 · R 100.0"; empty without one.
  [[nodiscard]] QString operatingLabel(int index) const;
  /// The values above the frame, as they are laid out from the left.
  [[nodiscard]] QStringList headerValues() const;

Q_SIGNALS:
  void thresholdEdited(int curve, double threshold);
  void thresholdReleased(int curve, double threshold);  ///< at the end of a drag and after a click
  void hoveredThreshold(double threshold);
  /// Both ends belong to the stretch; low <= high.
  void brushed(int curve, double low, double high);

protected:
  void restyle() override;

private:
  struct State;
  void nameAxes();
  // What the hand does.
  void drag(QPointF at);
  void drop();
  void click(QPointF at);
  void hover(std::optional<QPointF> at);
  void brush(QPointF from, QPointF to);

  std::unique_ptr<State> m;
};

}  // namespace oodscope
