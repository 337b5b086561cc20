// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/tables/result_chart.h"
#include "app/figures/figure.h"

namespace oodscope {

/// A result file's chart as a figure: the same drawing as `results --figure`. Throws Error where nothing is defined.
/// GUI thread.
[[nodiscard]] std::unique_ptr<Figure> resultFigure(const std::vector<ResultSeries>& series, const ResultChart& chart);

}  // namespace oodscope
