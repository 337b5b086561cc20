// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/statistics/bootstrap.h"

namespace oodscope {

/// How two runs over the same frames differ: A minus B.
struct PairedEstimate {
  ResampledValue difference;     ///< interval from drawing frames, the same ones for both runs
  std::optional<double> pValue;  ///< two-sided, of "the runs are exchangeable frame by frame"; (1 + hits) / (1 + draws)
  friend bool operator==(const PairedEstimate&, const PairedEstimate&) = default;
};

struct PairedRanking {
  PairedEstimate ap, fpr95, auroc, bestF1;
  friend bool operator==(const PairedRanking&, const PairedRanking&) = default;
};

/// Difference of two runs' ranking metrics. The permutation swaps the runs' counts of whole frames, which is meaningful
/// because both grids lie at the same quantiles: a frame brings its ranks into the other run, not its score units.
/// As many permutations as resamples. Requires: both over the same frames, each on its own quantileEdges grid, with
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
