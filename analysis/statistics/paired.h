// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/statistics/bootstrap.h"

namespace oodscope {

/// How two runs over the same frames differ: A minus B.
struct PairedEstimate {
  ResampledValue difference;     ///< interval from drawing frames, the same ones for both runs
  std::optional<double> pValue;  ///< two-sided, of "the runs are exchangeable frame by frame"
  /// Standard error of pValue that comes from drawing swaps at random; 0 where every swap was looked at.
  std::optional<double> pError;
  std::uint64_t swaps = 0;  ///< looked at and defined, the observed one among them
  bool everySwap = false;   ///< all 2^frames of them: pValue is exact
  friend bool operator==(const PairedEstimate&, const PairedEstimate&) = default;
};

/// Up to so many frames all 2^frames swaps are looked at, whatever the number of resamples: 16,384.
inline constexpr std::size_t kEverySwapFrames = 14;

/// What may be said of two runs in words.
enum class Verdict {
  NotDefined,   ///< no interval or no p
  Undecided,    ///< the interval holds 0, or p is above 1 - level
  FirstBetter,  ///< A, of A minus B
  SecondBetter
};
/// The one rule for words: a run is called better only where the interval of the difference lies on its side of 0 and
/// p is at most 1 - level. Requires: an estimate whose interval is of the same level. Cost: none.
[[nodiscard]] Verdict verdict(const PairedEstimate& estimate, bool higherIsBetter, double level = 0.95);

struct PairedRanking {
  PairedEstimate ap, fpr95, auroc, bestF1;
  friend bool operator==(const PairedRanking&, const PairedRanking&) = default;
};

/// Difference of two runs' ranking metrics. The permutation swaps the runs' counts of whole frames, which is meaningful
/// because both grids lie at the same quantiles: a frame brings its ranks into the other run, not its score units.
/// All 2^frames swaps are looked at where frames <= kEverySwapFrames or where they are not more than the resamples: p
/// is their share whose difference is at least as large, and exact. Otherwise as many random ones as resamples: p is (1
/// + hits) / (1 + draws), with its error. Requires: both over the same frames, each on its own quantileEdges grid, with
/// equally many bins. `exactA` and `exactB` centre the intervals. The same for any number of threads.
[[nodiscard]] PairedRanking comparePaired(const FrameHistograms& a, const FrameHistograms& b,
                                          const BootstrapOptions& options = {}, const RankingValues& exactA = {},
                                          const RankingValues& exactB = {});

struct PairedComponents {
  PairedEstimate siou, ppv, f1Star;
  friend bool operator==(const PairedComponents&, const PairedComponents&) = default;
};
/// The same for component metrics, each run at its own threshold.
[[nodiscard]] PairedComponents comparePaired(std::span<const ComponentTally> a, std::span<const ComponentTally> b,
                                             const BootstrapOptions& options = {});

}  // namespace oodscope
