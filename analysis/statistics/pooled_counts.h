// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/statistics/bootstrap.h"

#include <cstddef>
#include <span>
#include <vector>

namespace oodscope {

/// AP, FPR95, AUROC and best F1, in this order; NaN where not defined.
inline constexpr std::size_t kRankingStatistics = 4;

/// Metrics of pooled counts laid out as FrameHistograms::frame; where `bands` is not empty, precision at kBandPoints
/// recalls and TPR at kBandPoints FPRs as well.
void rankingStatistics(std::span<const std::uint64_t> counts, std::span<double> values, std::span<double> bands = {});

/// Sum of all frames, each taken `times[f]` times.
void poolCounts(const FrameHistograms& frames, std::span<const std::uint32_t> times,
                std::vector<std::uint64_t>& pooled);

/// Sum of frames chosen from either of two runs: from `b` where `fromB[f]`.
void poolMixed(const FrameHistograms& a, const FrameHistograms& b, const std::vector<bool>& fromB,
               std::vector<std::uint64_t>& pooled);

[[nodiscard]] RankingValues asRankingValues(std::span<const double> values);

}  // namespace oodscope
