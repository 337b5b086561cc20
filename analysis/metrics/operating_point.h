// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/pixel_metrics.h"
#include "analysis/metrics/sorted_scores.h"

#include <optional>
#include <span>
#include <vector>

namespace oodscope {

/// A rule by which a threshold is chosen on a set.
struct ThresholdRule {
  enum class Kind {
    TruePositiveRate,   ///< the highest threshold whose TPR is at least `value`
    BestF1,             ///< the highest threshold that attains the best F1
    FalsePositiveRate,  ///< the lowest threshold whose FPR is at most `value`
    CostRatio,          ///< least expected cost where a missed pixel costs `value` times a false alarm
    FlaggedShare  ///< the lowest threshold that flags at most a share `value` of the pixels: needs no ground truth
  };
  Kind kind = Kind::BestF1;
  double value = 0.95;
  friend bool operator==(const ThresholdRule&, const ThresholdRule&) = default;
};

/// A set's scores, one entry a frame.
using SetScores = std::vector<const SortedScores*>;

/// The frames that a protocol's numbers are of: all, or those that hold an anomaly
/// (Protocol::skipsFramesWithoutAnomaly). What is counted at a threshold over these agrees with the protocol's metrics.
/// The views live as long as `frames`.
[[nodiscard]] SetScores usedFrames(std::span<const SortedScores> frames, Protocol protocol);

/// The exact threshold a rule chooses on a set; +infinity where predicting nothing is right. Empty where the rule is
/// not defined: no positives (TPR, best F1, cost ratio), no negatives (FPR) or no pixels (flagged share). At a score of
/// the set (FPR, flagged share: it may be the float after one), or infinite. A miss of cost ratio r costs r times a
/// false alarm, per pixel; of equal costs the highest threshold. Errors: ContractViolation for a rate outside [0, 1] or
/// a ratio that is not positive. Cost: tens (rates) to some thousands of countsAt.
[[nodiscard]] std::optional<float> chooseThreshold(const SetScores& set, const ThresholdRule& rule);

/// A decision (score >= threshold) on a set, exactly counted.
struct OperatingPoint {
  float threshold = 0;  ///< +infinity: nothing is predicted
  ConfusionCounts counts;
  friend bool operator==(const OperatingPoint&, const OperatingPoint&) = default;
};
/// What chooseThreshold() chooses, with its counts; empty and cost as there.
[[nodiscard]] std::optional<OperatingPoint> exactOperatingPoint(const SetScores& set, const ThresholdRule& rule);
/// The counts at a threshold that is known. Cost: O(frames log pixels).
[[nodiscard]] OperatingPoint exactOperatingPoint(const SetScores& set, float threshold);
/// The point's place on the set's PR and ROC curves: precision 1 where nothing is predicted. Empty without positives
/// or without negatives.
[[nodiscard]] std::optional<CurvePoint> curvePointOf(const OperatingPoint& point);

/// The curve with the exact point in its place among those drawn, so that a marker at its threshold reads exact
/// numbers. Unchanged where the curve is empty, where it has a point of that threshold, and where the point would leave
/// the curve's order (curves of binned protocols are not of pooled counts). Cost: O(points).
[[nodiscard]] SetCurves withPoint(SetCurves curves, const CurvePoint& point);

/// The point that the rule chooses among the points of a curve that have a threshold; empty where the curve is empty or
/// no point fulfils the rule. A curve is thinned to kMaxCurvePoints for drawing: this is for estimates from a sample,
/// whose curve is all there is. Numbers that are shown as exact come from exactOperatingPoint(). Cost: O(points).
[[nodiscard]] std::optional<CurvePoint> chooseOperatingPoint(const SetCurves& curves, const ThresholdRule& rule);

/// The curve's point nearest to a threshold: the loosest one that is not looser than `threshold` (decision: score >=
/// threshold). Empty where the curve is empty. For estimates, as chooseOperatingPoint(). Cost: O(log points).
[[nodiscard]] std::optional<CurvePoint> operatingPointAt(const SetCurves& curves, float threshold);

}  // namespace oodscope
