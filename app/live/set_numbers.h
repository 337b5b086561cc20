// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/operating_point.h"
#include "analysis/metrics/pixel_metrics.h"
#include "analysis/statistics/interval.h"
#include "app/live/frame_account.h"
#include "app/session/session.h"
#include "app/sources/score_source.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace oodscope {

/// What is known of a set for one configuration and protocol: estimated from its sample, or exact. Fractions.
struct SetNumbers {
  Configuration configuration;
  Protocol protocol = {};
  bool exact = false;
  bool asIfPooled = false;      ///< an estimate that ignores the protocol's own binning by frames (Smiyc)
  std::size_t framesReady = 0;  ///< with ground truth, of framesTotal
  std::size_t framesTotal = 0;
  FrameAccount account = {};     ///< the same in full; the numbers are the set's where it is complete
  std::size_t samplePixels = 0;  ///< of an estimate
  PixelMetrics metrics;
  SetCurves curves;
  std::optional<Interval> ap, fpr95, auroc;         ///< 95 %, of an estimate
  std::vector<double> precisionLow, precisionHigh;  ///< band at curves.points, of an estimate
  std::vector<double> recallLow, recallHigh;        ///< TPR band at the same points, of an estimate
  ScoreHygiene hygiene;                             ///< of exact numbers
};

struct ExactRun;
class LiveSet;
class ThresholdCounts;

[[nodiscard]] SetNumbers numbersOf(const ExactRun& run, const LiveSet& live);

/// What a set's labelled pixels are decided as at a threshold.
struct DecidedPixels {
  double tp = 0.0, fn = 0.0, fp = 0.0, tn = 0.0;
  bool estimated = false;  ///< read off the curve
};
/// Exact from `counts`, over the frames that the protocol uses; without them read off the curve. Empty where there is
/// no curve.
[[nodiscard]] std::optional<DecidedPixels> decidedPixels(const SetNumbers& numbers, const ThresholdCounts* counts,
                                                         float threshold);
/// Where a threshold stands on the set's curves, exactly counted over the frames that the protocol uses; empty where
/// the curves are not defined.
[[nodiscard]] std::optional<CurvePoint> curvePointAt(const ThresholdCounts& counts, Protocol protocol, float threshold);

/// The configuration that a view asks for.
[[nodiscard]] Configuration configurationOf(const ScoreChoice& score);
/// The rule of the view's pin; empty: the threshold is set by hand.
[[nodiscard]] std::optional<ThresholdRule> thresholdRuleOf(const ViewState& view);
/// The threshold that the rule gives on these numbers; empty where it is not defined. With `counts`, of the same
/// configuration, it is exact over the frames that the protocol uses; best F1 is the protocol's own where it defines
/// one. Without, it is read from the curve, which is thinned: for estimates, and until the counts are there.
[[nodiscard]] std::optional<float> thresholdBy(const ThresholdRule& rule, const SetNumbers& numbers,
                                               const ThresholdCounts* counts = nullptr);
/// The threshold that `view` stands for: its own, or what its pin gives on these numbers. Empty where `numbers` is null
/// and the view has a pin.
[[nodiscard]] std::optional<float> thresholdOf(const ViewState& view, const SetNumbers* numbers,
                                               const ThresholdCounts* counts = nullptr);

}  // namespace oodscope
