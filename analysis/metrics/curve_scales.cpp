// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/curve_scales.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr std::size_t kSteps = 256;

/// share(point) of a curve's points never falls along it.
template <class Share>
const CurvePoint& pointAt(const std::vector<CurvePoint>& points, double wanted, const Share& share) {
  auto found = std::partition_point(points.begin(), points.end(),
                                    [&](const CurvePoint& point) { return share(point) < wanted; });
  if (found == points.end()) --found;
  while (found + 1 != points.end() && !std::isfinite(found->threshold)) ++found;  // where nothing is predicted
  return *found;
}

template <class Share>
std::vector<CurvePoint> steps(const std::vector<CurvePoint>& points, const Share& share) {
  std::vector<CurvePoint> out(kSteps + 1);
  for (std::size_t i = 0; i <= kSteps; ++i) out[i] = pointAt(points, 1.0 - static_cast<double>(i) / kSteps, share);
  return out;
}

std::vector<float> thresholds(const std::vector<CurvePoint>& points) {
  std::vector<float> out;
  out.reserve(points.size());
  for (const CurvePoint& point : points) out.push_back(point.threshold);
  return out;
}

}  // namespace

CurveScales scalesOf(const SetCurves& curves) {
  CurveScales scales;
  if (curves.points.size() < 2) return scales;
  const double anomalous = curves.prevalence;
  const auto ofAll = [&](const CurvePoint& p) { return anomalous * p.recall + (1.0 - anomalous) * p.fpr; };
  scales.quantiles = thresholds(steps(curves.points, ofAll));
  scales.trimmedHigh = pointAt(curves.points, 0.001, ofAll).threshold;
  const std::vector<CurvePoint> even =
      steps(curves.points, [](const CurvePoint& p) { return 0.5 * (p.recall + p.fpr); });
  scales.balanced = thresholds(even);
  scales.anomalyShare.resize(kSteps);
  for (std::size_t i = 0; i < kSteps; ++i) {
    const CurvePoint next = i + 1 == kSteps ? CurvePoint{} : even[i + 1];
    const double positives = anomalous * (even[i].recall - next.recall);
    const double all = positives + (1.0 - anomalous) * (even[i].fpr - next.fpr);
    scales.anomalyShare[i] = all > 0.0 ? positives / all : 0.0;
  }
  return scales;
}

}  // namespace oodscope
