// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/bootstrap.h"

#include "analysis/statistics/component_statistics.h"
#include "analysis/statistics/pooled_counts.h"
#include "analysis/statistics/resampling.h"

namespace oodscope {
namespace {

constexpr Interval kFraction{0.0, 1.0};

Band bandOf(std::span<const double> matrix, std::size_t columns, std::size_t first, BootstrapOptions options) {
  options.kind = IntervalKind::Percentile;  // pointwise BCa bands are ragged
  Band band;
  for (std::size_t j = 0; j < kBandPoints; ++j) {
    const auto found = interval(column(matrix, columns, first + j), {}, 0.0, options);
    band.low[j] = found ? found->ends.low : 0.0;
    band.high[j] = found ? found->ends.high : 1.0;
  }
  return band;
}

}  // namespace

RankingBootstrap bootstrapRanking(const FrameHistograms& frames, const BootstrapOptions& options,
                                  const RankingValues& exact) {
  const std::size_t columns = kRankingStatistics + (options.bands ? 2 * kBandPoints : 0);
  const auto compute = [&](std::span<const std::uint32_t> times, std::span<double> values) {
    thread_local std::vector<std::uint64_t> pooled;
    poolCounts(frames, times, pooled);
    rankingStatistics(pooled, values.first(kRankingStatistics), values.subspan(kRankingStatistics));
  };
  const Values drawn = resampled(frames.frames(), columns, options, compute);
  Values without;
  if (options.kind == IntervalKind::Bca) without = leftOut(frames.frames(), kRankingStatistics, compute);
  Values all(kRankingStatistics);
  compute(std::vector<std::uint32_t>(frames.frames(), 1), all);

  const auto one = [&](std::size_t i, const std::optional<double>& value) {
    return estimate(column(drawn, columns, i), column(without, kRankingStatistics, i), all[i], value, kFraction,
                    options);
  };
  RankingBootstrap out{one(0, exact.ap), one(1, exact.fpr95), one(2, exact.auroc), one(3, exact.bestF1), {}, {}};
  if (options.bands && out.ap.interval) {
    out.precisionRecall = bandOf(drawn, columns, kRankingStatistics, options);
    out.roc = bandOf(drawn, columns, kRankingStatistics + kBandPoints, options);
  }
  return out;
}

ComponentBootstrap bootstrapComponents(std::span<const ComponentTally> frames, const BootstrapOptions& options) {
  const auto compute = [&](std::span<const std::uint32_t> times, std::span<double> values) {
    componentStatistics(pooledTally(frames, times), values);
  };
  const Values drawn = resampled(frames.size(), kComponentStatistics, options, compute);
  Values without;
  if (options.kind == IntervalKind::Bca) without = leftOut(frames.size(), kComponentStatistics, compute);
  Values all(kComponentStatistics);
  compute(std::vector<std::uint32_t>(frames.size(), 1), all);
  const auto one = [&](std::size_t i) {
    return estimate(column(drawn, kComponentStatistics, i), column(without, kComponentStatistics, i), all[i], {},
                    kFraction, options);
  };
  return {one(0), one(1), one(2)};
}

}  // namespace oodscope
