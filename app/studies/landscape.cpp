// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/landscape.h"

#include "analysis/metrics/operating_point.h"
#include "app/live/set_numbers.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace oodscope {
namespace {

constexpr double kLowest = 0.25, kHighest = 8.0;
constexpr int kTemperatures = 9;

Configuration at(const FilteredMethod& method, double temperature) {
  return configurationOf(
      ScoreChoice{.method = method.method, .temperature = static_cast<float>(temperature), .filters = method.filters});
}

}  // namespace

std::vector<double> landscapeTemperatures() {
  std::vector<double> out;
  out.reserve(kTemperatures);
  for (int i = 0; i < kTemperatures; ++i)
    out.push_back(kLowest * std::pow(kHighest / kLowest, static_cast<double>(i) / (kTemperatures - 1)));
  return out;
}

MetricLandscape metricLandscape(LiveSet& set, const FilteredMethod& method, Protocol protocol,
                                const std::vector<double>& temperatures, int rows,
                                const std::function<void(std::size_t done)>& progress, const std::stop_token& stop) {
  require(!temperatures.empty() && rows >= 2, "metricLandscape: a temperature and two rows at least");
  std::vector<SetCurves> curves;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double temperature : temperatures) {
    const auto run = set.exact(at(method, temperature), protocol, std::nullopt, stop);
    if (!run) return {};
    for (const CurvePoint& point : run->curves.points)
      if (std::isfinite(point.threshold)) {
        low = std::min(low, static_cast<double>(point.threshold));
        high = std::max(high, static_cast<double>(point.threshold));
      }
    curves.push_back(run->curves);
    progress(curves.size());
  }
  if (!(low < high)) return {};
  MetricLandscape out;
  out.temperatures = temperatures;
  for (int r = 0; r < rows; ++r) out.thresholds.push_back(low + (high - low) * r / (rows - 1));
  const Size size{static_cast<int>(temperatures.size()), rows};
  const float undefined = std::numeric_limits<float>::quiet_NaN();
  out.f1 = out.precision = out.recall = Grid<float>(size, undefined);
  for (int t = 0; t < size.width; ++t)
    for (int r = 0; r < rows; ++r) {
      const auto point = operatingPointAt(curves[static_cast<std::size_t>(t)],
                                          static_cast<float>(out.thresholds[static_cast<std::size_t>(r)]));
      if (!point) continue;
      out.f1.at(t, r) = static_cast<float>(point->f1);
      out.precision.at(t, r) = static_cast<float>(point->precision);
      out.recall.at(t, r) = static_cast<float>(point->recall);
    }
  return out;
}

Grid<float> apByMethod(LiveSet& set, const std::vector<FilteredMethod>& methods, Protocol protocol,
                       const std::vector<double>& temperatures, const std::function<void(std::size_t done)>& progress,
                       const std::stop_token& stop) {
  Grid<float> out(Size{static_cast<int>(temperatures.size()), static_cast<int>(methods.size())},
                  std::numeric_limits<float>::quiet_NaN());
  std::size_t done = 0;
  for (std::size_t m = 0; m < methods.size(); ++m) {
    std::optional<double> same;  // of a method that temperature does not move
    for (std::size_t t = 0; t < temperatures.size(); ++t) {
      if (!same || methods[m].method.usesTemperature()) {
        const auto run = set.exact(at(methods[m], temperatures[t]), protocol, std::nullopt, stop);
        if (!run) return {};
        same = run->metrics.ap;
      }
      if (same) out.at(static_cast<int>(t), static_cast<int>(m)) = static_cast<float>(*same);
      progress(++done);
    }
  }
  return out;
}

}  // namespace oodscope
