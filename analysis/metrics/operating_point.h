// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/pixel_metrics.h"

#include <optional>

namespace oodscope {

/// A rule by which a threshold is chosen on a set.
struct ThresholdRule {
  enum class Kind {
    TruePositiveRate,   ///< the highest threshold whose TPR is at least `value`
    BestF1,             ///< the highest threshold that attains the best F1
    FalsePositiveRate,  ///< the lowest threshold whose FPR is at most `value`
    CostRatio           ///< least expected cost where a missed pixel costs `value` times a false alarm
  };
  Kind kind = Kind::BestF1;
  double value = 0.95;
  friend bool operator==(const ThresholdRule&, const ThresholdRule&) = default;
};

/// The curve's point that the rule chooses, among the points that have a threshold; empty where the curve is empty or
/// no point fulfils the rule. Exact to the curve's points (kMaxCurvePoints at most); BestF1 is better taken from
/// PixelMetrics. Cost: O(points).
[[nodiscard]] std::optional<CurvePoint> chooseOperatingPoint(const SetCurves& curves, const ThresholdRule& rule);

/// The curve's point nearest to a threshold: the loosest one that is not looser than `threshold` (decision: score >=
/// threshold). Empty where the curve is empty. Cost: O(log points).
[[nodiscard]] std::optional<CurvePoint> operatingPointAt(const SetCurves& curves, float threshold);

}  // namespace oodscope
