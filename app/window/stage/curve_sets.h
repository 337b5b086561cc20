// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/live/set_numbers.h"
#include "widgets/plots/curve_plot.h"
#include "widgets/plots/histogram_plot.h"

#include <functional>
#include <vector>

namespace oodscope {

/// Curves of one plot each, the view's own first.
struct CurveSets {
  std::vector<CurveData> precisionRecall, roc, f1;
  std::vector<HistogramOverlay> histogram = {};  ///< of others than the view's own
};

/// Adds curves of others to those of the numbers that are shown.
using MoreCurves = std::function<void(const SetNumbers& shown, CurveSets& curves)>;

/// Adds those of other numbers; their values say whose they are.
void addCurves(CurveSets& curves, const SetNumbers& of, CurveRole role, const QString& title);

}  // namespace oodscope
