// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/plots/curve_plot.h"
#include "widgets/plots/histogram_plot.h"
#include "widgets/plots/paired_difference_plot.h"

#include <array>
#include <vector>

class QToolButton;

namespace oodscope {

/// The plots of the "Curves" tab, shown side by side as toggled, at least 380 px each: with less room the plot toggled
/// longest ago hides until there is room again. toggleBar() is meant for the tab bar's corner.
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
  [[nodiscard]] bool isShown(Plot plot) const;  ///< toggled, whether or not there is room
  /// "Per frame" is there in comparisons only.
  void setComparing(bool comparing);
  /// The operating point of A (curve index given to each plot) everywhere; `exact` as CurvePlot::setThreshold().
  void setThreshold(int curve, std::optional<double> threshold, const std::optional<CurvePlace>& exact = {});

Q_SIGNALS:
  /// From any of the plots.
  void thresholdEdited(int curve, double threshold);
  void thresholdReleased(int curve, double threshold);
  void brushed(double low, double high);
  void shownChanged();

protected:
  void resizeEvent(QResizeEvent* event) override;

private:
  void arrange();
  void noteToggle(int plot, bool shown);
  [[nodiscard]] QWidget* widgetOf(int plot) const;

  CurvePlot *m_pr, *m_roc, *m_f1;
  HistogramPlot* m_histogram;
  PairedDifferencePlot* m_perFrame;
  QWidget* m_bar;
  std::array<QToolButton*, kPlots> m_toggles{};
  std::vector<int> m_order;  // toggled plots, the latest last
  bool m_comparing = false;
};

}  // namespace oodscope
