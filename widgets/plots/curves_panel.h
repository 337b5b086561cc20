// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/plots/curve_plot.h"
#include "widgets/plots/histogram_plot.h"
#include "widgets/plots/paired_difference_plot.h"

#include <array>
#include <optional>
#include <utility>

class QToolButton;
class QVBoxLayout;

namespace oodscope {

class ElidedLabel;
class PlotShelf;

/// The plots of the "Curves" tab. What is toggled is shown: side by side where there is room, else in rows that scroll.
/// toggleBar() is meant for the tab bar's corner, and stands above the plots where that has no room for it.
class CurvesPanel : public QWidget {
  Q_OBJECT

public:
  enum Plot { PrecisionRecall, Roc, F1, Histogram, PerFrame };
  static constexpr int kPlots = 5;

  explicit CurvesPanel(QWidget* parent = nullptr);
  ~CurvesPanel() override;

  [[nodiscard]] QWidget* toggleBar() const;
  [[nodiscard]] CurvePlot* precisionRecall() const { return m_pr; }
  [[nodiscard]] CurvePlot* roc() const { return m_roc; }
  [[nodiscard]] CurvePlot* f1() const { return m_f1; }
  [[nodiscard]] HistogramPlot* histogram() const { return m_histogram; }
  [[nodiscard]] PairedDifferencePlot* perFrame() const { return m_perFrame; }

  void setShown(Plot plot, bool shown);
  [[nodiscard]] bool isShown(Plot plot) const;
  /// "Per frame" is there in comparisons only.
  void setComparing(bool comparing);
  /// The operating point on the curves; `exact` as CurvePlot::setThreshold(). The histogram, whose scores may be former
  /// ones, is told by itself.
  void setThreshold(int curve, std::optional<double> threshold, const std::optional<CurvePlace>& exact = {});

  /// The stretch of thresholds that is brushed, drawn in every plot; empty for none.
  void setBrush(const std::optional<std::pair<double, double>>& stretch);
  /// What the bands around the curves are: "95 % of 2,000 resamples of 10 frames"; empty where there are none.
  void setBandNote(const QString& note);
  [[nodiscard]] QString bandNote() const;
  /// Takes the toggles in above the plots; whoever has another place for them gives them a parent there.
  void takeToggles();

Q_SIGNALS:
  /// From any of the plots.
  void thresholdEdited(int curve, double threshold);
  void thresholdReleased(int curve, double threshold);
  void brushed(double low, double high);
  void shownChanged();

private:
  void arrange();
  void connectPlots();
  [[nodiscard]] QWidget* widgetOf(int plot) const;

  CurvePlot *m_pr, *m_roc, *m_f1;
  HistogramPlot* m_histogram;
  PairedDifferencePlot* m_perFrame;
  QWidget* m_bar;
  PlotShelf* m_shelf;
  ElidedLabel* m_band;
  QVBoxLayout* m_column;
  std::array<QToolButton*, kPlots> m_toggles{};
  bool m_comparing = false;
};

}  // namespace oodscope
