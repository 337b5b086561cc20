// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/live/sweep.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace oodscope {
namespace {

void insertByTemperature(std::vector<SweepPoint>& points, const SweepPoint& point) {
  const auto at = std::partition_point(points.begin(), points.end(),
                                       [&](const SweepPoint& other) { return other.temperature < point.temperature; });
  points.insert(at, point);
}

std::vector<double> logarithmicSteps(double low, double high, int values) {
  std::vector<double> out(static_cast<std::size_t>(values));
  for (int i = 0; i < values; ++i)
    out[static_cast<std::size_t>(i)] =
        values == 1 ? low : low * std::pow(high / low, static_cast<double>(i) / (values - 1));
  return out;
}

}  // namespace

std::vector<double> sweepTemperatures(const SweepOptions& options) {
  require(options.low > 0.0 && options.high >= options.low && options.values >= 1,
          "sweep: temperatures are above 0 and rise");
  std::vector<double> out = logarithmicSteps(options.low, options.high, options.values);
  // T = 1 is what everything is compared with.
  if (options.low < 1.0 && options.high > 1.0 && std::find(out.begin(), out.end(), 1.0) == out.end()) {
    out.push_back(1.0);
    std::sort(out.begin(), out.end());
  }
  return out;
}

void chooseTradeOff(SweepResult& result) {
  std::map<double, std::pair<double, std::size_t>> sums;
  for (const SweepCurve& curve : result.curves)
    for (const SweepPoint& point : curve.points)
      if (point.ap && point.fpr95) {
        auto& [sum, count] = sums[point.temperature];
        sum += *point.ap - *point.fpr95;
        ++count;
      }
  std::size_t defined = 0;  // sets without anomalies define nothing and hold nobody up
  for (const SweepCurve& curve : result.curves)
    defined +=
        std::any_of(curve.points.begin(), curve.points.end(), [](const SweepPoint& p) { return p.ap && p.fpr95; }) ? 1
                                                                                                                   : 0;
  result.bestTemperature.reset();
  result.bestTradeOff.reset();
  for (const auto& [temperature, sum] : sums) {
    if (sum.second < defined) continue;
    const double mean = sum.first / static_cast<double>(sum.second);
    if (!result.bestTradeOff || mean > *result.bestTradeOff) {
      result.bestTradeOff = mean;
      result.bestTemperature = temperature;
    }
  }
}

SweepResult sweep(const std::vector<std::shared_ptr<LiveSet>>& sets, Method method, Protocol protocol,
                  const SweepOptions& options, const SweepSink& sink, const std::stop_token& stop) {
  require(dependsOnTemperature(method), "sweep: the method's ranking does not depend on temperature");
  SweepResult result;
  for (const auto& set : sets) result.curves.push_back({set->dataSet().name, {}});
  const auto run = [&](const std::vector<double>& temperatures) {
    for (const double temperature : temperatures)
      for (std::size_t s = 0; s < sets.size(); ++s) {
        if (stop.stop_requested()) return false;
        const Configuration configuration{std::string(methodName(method)), method, static_cast<float>(temperature)};
        const auto exact = sets[s]->exact(configuration, protocol, std::nullopt, stop);
        if (!exact) return false;
        const SweepPoint point{temperature, exact->metrics.ap, exact->metrics.fpr95};
        insertByTemperature(result.curves[s].points, point);
        sink(s, point);
      }
    return true;
  };
  const std::vector<double> first = sweepTemperatures(options);
  bool complete = run(first);
  chooseTradeOff(result);
  if (complete && options.refinements > 0 && result.bestTemperature && first.size() > 2) {
    const auto best = std::find(first.begin(), first.end(), *result.bestTemperature);
    const double low = best == first.begin() ? *best : *(best - 1);
    const double high = best + 1 == first.end() ? *best : *(best + 1);
    std::vector<double> finer = logarithmicSteps(low, high, options.refinements + 2);
    std::erase_if(finer, [&](double t) {
      return std::find(first.begin(), first.end(), t) != first.end() || t <= low || t >= high;
    });
    complete = run(finer);
    chooseTradeOff(result);
  }
  result.complete = complete;
  return result;
}

}  // namespace oodscope
