// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/open_set.h"
#include "app/figures/figure_plans.h"
#include "app/figures/picture_sheet.h"
#include "widgets/plots/confusion_plot.h"

#include <vector>

namespace oodscope {

/// The K known classes of a set's labels with their colours.
[[nodiscard]] std::vector<SheetClass> knownClassesOf(const DataSet& set, int known);
/// An open-set confusion in a plot: K known classes, and the anomaly in the tokens' colour.
void showConfusion(ConfusionPlot& plot, const DataSet& set, const OpenSetConfusion& confusion);

/// Confusion matrix over K + 1 classes of a run's set at the view's threshold. Throws Error: no threshold, no classes.
/// Cost: openSetAt().
[[nodiscard]] FigurePlan planConfusion(SessionResults& results, const RunSpec& run);

}  // namespace oodscope
