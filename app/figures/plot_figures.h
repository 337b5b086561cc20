// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/figures/figure.h"
#include "app/studies/sweep.h"
#include "widgets/plots/curve_plot.h"
#include "widgets/plots/histogram_plot.h"
#include "widgets/plots/sweep_plot.h"

namespace oodscope {

struct CurveFigureData {
  CurveKind kind = CurveKind::PrecisionRecall;
  QString title, caption;
  std::vector<CurveData> curves;
  std::vector<std::optional<double>> thresholds;  ///< one a curve
  std::optional<double> chance;                   ///< PR only
};
/// The window's plots as figures. GUI thread.
[[nodiscard]] std::unique_ptr<Figure> curveFigure(CurveFigureData data);

struct HistogramFigureData {
  QString title, caption;
  HistogramData histogram;
  std::vector<HistogramOverlay> overlays = {};  ///< of kept runs
  std::optional<double> threshold = {};
  std::optional<DecisionShares> shares = {};
};
[[nodiscard]] std::unique_ptr<Figure> histogramFigure(HistogramFigureData data);

struct SweepFigureData {
  QString title, caption;
  std::vector<SweepSeries> series;
  std::optional<double> temperature;
};
[[nodiscard]] std::unique_ptr<Figure> sweepFigure(SweepFigureData data);

/// A sweep's curves as the plot takes them, the best temperature marked.
[[nodiscard]] std::vector<SweepSeries> sweepSeries(const SweepResult& result);

}  // namespace oodscope
