// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "app/live/live_set.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

namespace oodscope {

/// Metrics over temperature (columns) and threshold (rows), fractions; NaN where not defined.
struct MetricLandscape {
  std::vector<double> temperatures, thresholds;
  Grid<float> f1, precision, recall;
};

/// Exact curves at each of `temperatures`, read off at `rows` thresholds at equal steps between the lowest and the
/// highest that any curve has. `progress`: called after each temperature. Empty grids where stopped or where the set
/// has no curve. Requires: ascending positive temperatures, two rows or more. Throws Error. Cost: an exact pass a
/// temperature.
[[nodiscard]] MetricLandscape metricLandscape(LiveSet& set, const FilteredMethod& method, Protocol protocol,
                                              const std::vector<double>& temperatures, int rows,
                                              const std::function<void(std::size_t done)>& progress,
                                              const std::stop_token& stop);

/// AP over temperature (columns) and method (rows, in the order given); NaN where not defined.
[[nodiscard]] Grid<float> apByMethod(LiveSet& set, const std::vector<FilteredMethod>& methods, Protocol protocol,
                                     const std::vector<double>& temperatures,
                                     const std::function<void(std::size_t done)>& progress,
                                     const std::stop_token& stop);

/// The landscape's own temperatures: nine, from 0.25 to 8, a factor of 1.54 apart.
[[nodiscard]] std::vector<double> landscapeTemperatures();

}  // namespace oodscope
