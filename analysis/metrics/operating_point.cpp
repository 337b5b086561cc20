// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/operating_point.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

double cost(const CurvePoint& point, double prevalence, double missCost) {
  return missCost * (1.0 - point.recall) * prevalence + point.fpr * (1.0 - prevalence);
}

}  // namespace

std::optional<CurvePoint> chooseOperatingPoint(const SetCurves& curves, const ThresholdRule& rule) {
  std::optional<CurvePoint> chosen;
  for (const CurvePoint& point : curves.points) {  // strictest first: recall and fpr never decrease
    if (!std::isfinite(point.threshold)) continue;
    switch (rule.kind) {
      case ThresholdRule::Kind::TruePositiveRate:
        if (point.recall >= rule.value) return point;
        break;
      case ThresholdRule::Kind::FalsePositiveRate:
        if (point.fpr <= rule.value) chosen = point;
        break;
      case ThresholdRule::Kind::BestF1:
        if (!chosen || point.f1 > chosen->f1) chosen = point;
        break;
      case ThresholdRule::Kind::CostRatio:
        if (!chosen || cost(point, curves.prevalence, rule.value) < cost(*chosen, curves.prevalence, rule.value))
          chosen = point;
        break;
      case ThresholdRule::Kind::FlaggedShare:
        if (curves.prevalence * point.recall + (1.0 - curves.prevalence) * point.fpr <= rule.value) chosen = point;
        break;
    }
  }
  return chosen;
}

SetCurves withPoint(SetCurves curves, const CurvePoint& point) {
  auto& points = curves.points;
  const auto looser = std::partition_point(points.begin(), points.end(),
                                           [&](const CurvePoint& other) { return other.threshold >= point.threshold; });
  if (points.empty() || looser == points.begin()) return curves;
  const CurvePoint& stricter = *(looser - 1);
  if (stricter.threshold == point.threshold || stricter.recall > point.recall || stricter.fpr > point.fpr)
    return curves;
  // A curve ends where recall is 1: a looser point only continues it.
  if (looser != points.end() && (looser->recall < point.recall || looser->fpr < point.fpr)) return curves;
  points.insert(looser, point);
  return curves;
}

std::optional<CurvePoint> operatingPointAt(const SetCurves& curves, float threshold) {
  if (curves.points.empty()) return std::nullopt;
  const auto looser = std::partition_point(curves.points.begin(), curves.points.end(),
                                           [&](const CurvePoint& point) { return point.threshold >= threshold; });
  return looser == curves.points.begin() ? curves.points.front() : *(looser - 1);
}

}  // namespace oodscope
