// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/plots/plot_widget.h"

#include <optional>
#include <utility>
#include <vector>

namespace oodscope {

/// Share of each class per score bin: bin i covers [edges[i], edges[i + 1]). Shares are of the class (they sum to 1).
struct HistogramData {
  std::vector<double> edges = {};
  std::vector<double> normal = {}, anomalous = {};
  bool estimated = false;
  QString axisLabel = {};     ///< "MSP score, T 1.60"
  bool isUnlabelled = false;  ///< `normal` holds all pixels: there is no ground truth
};

/// A kept run's histogram over that of the run that is looked at.
struct HistogramOverlay {
  QString name;
  bool ownScale = false;  ///< scores of another unit: drawn from its lowest to its highest over the other's range
  int series = 0;         ///< its place in the list of kept runs: colour and dash
  std::vector<double> edges = {}, normal = {}, anomalous = {};
};

/// Shares of what the threshold makes of the two classes, as texts: "64.2".
struct DecisionShares {
  QString tp, fn, fp, tn;
  bool operator==(const DecisionShares&) const = default;
};

/// Score histogram, logarithmic, coloured by what the threshold makes of each bin. The threshold is a handle to drag; a
/// click moves it; Shift+drag brushes an interval of scores.
class HistogramPlot : public PlotWidget {
  Q_OBJECT

public:
  explicit HistogramPlot(QWidget* parent = nullptr);
  ~HistogramPlot() override;

  void setData(HistogramData histogram);
  /// Of kept runs, drawn as step lines: anomalous pixels solid or dashed by the run, normal ones dotted.
  void setOverlays(std::vector<HistogramOverlay> overlays);
  void setThreshold(std::optional<double> threshold);
  [[nodiscard]] std::optional<double> threshold() const;
  void setShares(const DecisionShares& shares);
  /// The stretch of scores that is brushed; empty for none.
  void setBrush(const std::optional<std::pair<double, double>>& stretch);
  /// Where the handle is, in pixels of this widget.
  [[nodiscard]] std::optional<QPointF> handle() const;
  /// The bins: their ends, and the share of each class.
  [[nodiscard]] QString dataText() const override;
  [[nodiscard]] QString textAt(QPointF at) const override;
  [[nodiscard]] std::optional<double> thresholdAt(QPointF at) const override;
  void takeThreshold(QPointF at) override;

Q_SIGNALS:
  void thresholdEdited(double threshold);
  void thresholdReleased(double threshold);
  void brushed(double low, double high);

protected:
  void restyle() override;

private:
  void fitRanges();
  /// In the legend of the screen or of the document.
  void nameOverlays();

  struct State;
  void move(QPointF at, bool released);

  std::unique_ptr<State> m;
};

}  // namespace oodscope
