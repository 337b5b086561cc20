// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/tables/result_file.h"

#include <string>
#include <vector>

namespace oodscope {

/// How a chart's horizontal axis is spaced where places are numbers. Symlog: linear within the smallest number that is
/// not 0, logarithmic beyond it on both sides.
enum class ChartScale { Linear, Symlog };

struct ResultChart {
  std::string metric, against;  ///< titles of the axes
  ChartScale scale = ChartScale::Linear;
  double width = 252.0, height = 190.0;  ///< points: one column of a paper
  bool dark = false;                     ///< light text on a dark ground
};

/// The series as an SVG document: lines over a numbered axis where all places are numbers, else bars side by side at
/// each place; a whisker of one deviation up and down where there are several runs; a legend below. What is not defined
/// is left out, never drawn as 0. The same series give the same bytes. Requires: a series. Throws Error where nothing
/// is defined.
[[nodiscard]] std::string chartSvg(const std::vector<ResultSeries>& series, const ResultChart& chart);

/// Where a number lies on the axis, from 0 to 1 between `low` and `high`. Requires: low < high.
[[nodiscard]] double chartPosition(double number, double low, double high, ChartScale scale, double linearBelow);
/// Four to eight round numbers that span the range.
[[nodiscard]] std::vector<double> chartTicks(double low, double high);

}  // namespace oodscope
