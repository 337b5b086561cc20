// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/component_metrics.h"
#include "analysis/statistics/frame_histograms.h"
#include "analysis/statistics/interval.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace oodscope {

/// A statistic of a set with the interval that drawing the frames anew gives it. Empty where not defined.
struct ResampledValue {
  std::optional<double> value;   ///< exact where it was given, else from the bins
  std::optional<double> binned;  ///< as the bins give it; value - binned is the binning error
  std::optional<Interval> interval;
  /// Standard error of each end that comes from drawing finitely many resamples: half the stretch of resampled values
  /// whose rank lies within one binomial deviation of the end's.
  std::optional<Interval> endError;
  std::size_t undefinedResamples = 0;  ///< resamples that had no answer and were left out
  friend bool operator==(const ResampledValue&, const ResampledValue&) = default;
};

enum class IntervalKind {
  Percentile,  ///< quantiles of the resampled values
  Bca          ///< bias-corrected and accelerated (Efron 1987); not for FPR95, which is not smooth in the frames
};

struct BootstrapOptions {
  std::size_t resamples = 1000;
  std::uint64_t seed = 1;
  double level = 0.95;  ///< in (0, 1)
  IntervalKind kind = IntervalKind::Percentile;
  bool bands = true;  ///< PR and ROC bands, percentile, pointwise
};

/// Ranking metrics of pooled counts: step-sum AP, FPR at the first TPR >= 0.95, AUROC, best F1.
struct RankingValues {
  std::optional<double> ap = {}, fpr95 = {}, auroc = {}, bestF1 = {};
};
/// Of counts laid out as FrameHistograms::frame. Cost: O(bins).
[[nodiscard]] RankingValues rankingValues(std::span<const std::uint32_t> counts);

/// A pointwise band over kBandPoints abscissae 0, 0.01, …, 1: precision over recall, or TPR over FPR.
inline constexpr std::size_t kBandPoints = 101;
struct Band {
  std::array<double, kBandPoints> low{}, high{};
  friend bool operator==(const Band&, const Band&) = default;
};

struct RankingBootstrap {
  ResampledValue ap, fpr95, auroc, bestF1;
  std::optional<Band> precisionRecall, roc;
  friend bool operator==(const RankingBootstrap&, const RankingBootstrap&) = default;
};

/// Intervals of a set's ranking metrics, frames drawn with replacement. `exact` moves each interval by the difference
/// between the exact and the binned value and keeps it within [0, 1]. The same for any number of threads.
/// Coverage of 95 % percentile intervals in simulation, 100 frames with anomalies each: AP 94, AUROC 95, FPR95 93, best
/// F1 94 %; with fewer frames they are too short, as every bootstrap's are. Requires: at least one frame, 1 <=
/// resamples, 0 < level < 1. Cost: 0.2 s for 1,000 resamples of 100 frames at 4,096 bins on two cores.
[[nodiscard]] RankingBootstrap bootstrapRanking(const FrameHistograms& frames, const BootstrapOptions& options = {},
                                                const RankingValues& exact = {});

struct ComponentBootstrap {
  ResampledValue siou, ppv, f1Star;
  friend bool operator==(const ComponentBootstrap&, const ComponentBootstrap&) = default;
};
/// The same for component metrics at one threshold, one tally a frame.
[[nodiscard]] ComponentBootstrap bootstrapComponents(std::span<const ComponentTally> frames,
                                                     const BootstrapOptions& options = {});

}  // namespace oodscope
