// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/paired.h"

#include "analysis/core/random.h"
#include "analysis/statistics/component_statistics.h"
#include "analysis/statistics/pooled_counts.h"
#include "analysis/statistics/resampling.h"

#include <cmath>
#include <functional>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

constexpr Interval kDifference{-1.0, 1.0};
constexpr std::uint64_t kSwapSeed = 0x5A5A5A5AULL;  // permutations draw other streams than resamples
constexpr double kTie = 1e-12;                      // differences this close count as equal: rounding alone parts them

/// Statistics of A minus those of B where `swapped` frames change sides.
using SwappedDifference = std::function<void(const std::vector<bool>& swapped, std::span<double> values)>;

/// Which frames change sides in the swap of this number: bit f of it for frame f.
std::vector<bool> swapOfNumber(std::size_t frames, std::uint64_t number) {
  std::vector<bool> swapped(frames);
  for (std::size_t f = 0; f < frames; ++f) swapped[f] = (number >> f & 1U) != 0;
  return swapped;
}

std::vector<bool> randomSwap(std::size_t frames, std::uint64_t seed, std::size_t draw) {
  SplitMix random = randomStream(seed ^ kSwapSeed, draw);
  std::vector<bool> swapped(frames);
  for (std::size_t f = 0; f < frames; ++f) swapped[f] = (random.next() >> 63U) != 0;
  return swapped;
}

bool looksAtEverySwap(std::size_t frames, std::size_t resamples) {
  if (frames <= kEverySwapFrames) return true;
  return frames < 63 && (std::uint64_t{1} << frames) <= resamples;
}

struct SwapTest {
  std::optional<double> p, error;
  std::uint64_t swaps = 0;
  bool everySwap = false;
};

/// Two-sided permutation p-values, one a statistic; empty where the observed difference is not defined.
std::vector<SwapTest> swapTests(std::size_t frames, std::size_t statistics, const BootstrapOptions& options,
                                const SwappedDifference& difference) {
  Values observed(statistics);
  difference(std::vector<bool>(frames, false), observed);
  const bool every = looksAtEverySwap(frames, options.resamples);
  // A swap and its opposite differ in the sign alone: half of them, those that leave the last frame, stand for all.
  const std::size_t draws = every ? std::size_t{1} << (frames > 0 ? frames - 1 : 0) : options.resamples;
  Values drawn(draws * statistics);
  tbb::parallel_for(std::size_t{0}, draws, [&](std::size_t r) {
    difference(every ? swapOfNumber(frames, r) : randomSwap(frames, options.seed, r),
               std::span(drawn).subspan(r * statistics, statistics));
  });
  std::vector<SwapTest> out(statistics);
  for (std::size_t i = 0; i < statistics; ++i) {
    if (std::isnan(observed[i])) continue;
    std::uint64_t hits = 0, defined = 0;
    for (std::size_t r = 0; r < draws; ++r) {
      const double value = drawn[r * statistics + i];
      if (std::isnan(value)) continue;
      ++defined;
      if (std::abs(value) >= std::abs(observed[i]) - kTie) ++hits;
    }
    SwapTest& test = out[i];
    test.everySwap = every;
    if (every) {
      test.swaps = 2 * defined;
      test.p = static_cast<double>(hits) / static_cast<double>(defined);
      test.error = 0.0;
    } else {
      test.swaps = defined + 1;  // the observed one is a swap, too: no p is 0
      test.p = static_cast<double>(hits + 1) / static_cast<double>(defined + 1);
      test.error = std::sqrt(*test.p * (1.0 - *test.p) / static_cast<double>(defined + 1));
    }
  }
  return out;
}

/// Everything of a comparison that does not depend on what is compared.
std::vector<PairedEstimate> compared(std::size_t frames, std::span<const std::optional<double>> exact,
                                     const BootstrapOptions& options, const WeightedStatistics& weighted,
                                     const SwappedDifference& swapped) {
  const std::size_t statistics = exact.size();
  const Values drawn = resampled(frames, statistics, options, weighted);
  Values without;
  if (options.kind == IntervalKind::Bca) without = leftOut(frames, statistics, weighted);
  Values all(statistics);
  weighted(std::vector<std::uint32_t>(frames, 1), all);
  const std::vector<SwapTest> tests = swapTests(frames, statistics, options, swapped);
  std::vector<PairedEstimate> out(statistics);
  for (std::size_t i = 0; i < statistics; ++i) {
    out[i].difference =
        estimate(column(drawn, statistics, i), column(without, statistics, i), all[i], exact[i], kDifference, options);
    out[i].pValue = tests[i].p;
    out[i].pError = tests[i].error;
    out[i].swaps = tests[i].swaps;
    out[i].everySwap = tests[i].everySwap;
  }
  return out;
}

std::optional<double> minus(const std::optional<double>& a, const std::optional<double>& b) {
  if (!a || !b) return std::nullopt;
  return *a - *b;
}

}  // namespace

Verdict verdict(const PairedEstimate& estimate, bool higherIsBetter, double level) {
  const auto& interval = estimate.difference.interval;
  if (!interval || !estimate.pValue) return Verdict::NotDefined;
  const bool holdsZero = interval->low <= 0.0 && interval->high >= 0.0;
  if (holdsZero || *estimate.pValue > 1.0 - level) return Verdict::Undecided;
  return (interval->low > 0.0) == higherIsBetter ? Verdict::FirstBetter : Verdict::SecondBetter;
}

PairedRanking comparePaired(const FrameHistograms& a, const FrameHistograms& b, const BootstrapOptions& options,
                            const RankingValues& exactA, const RankingValues& exactB) {
  require(a.frames() == b.frames(), "comparePaired: the runs differ in frames");
  require(a.bins() == b.bins(), "comparePaired: the runs differ in bins");
  const auto differences = [](std::span<const std::uint64_t> countsA, std::span<const std::uint64_t> countsB,
                              std::span<double> values) {
    std::array<double, kRankingStatistics> other{};
    rankingStatistics(countsA, values);
    rankingStatistics(countsB, other);
    for (std::size_t i = 0; i < kRankingStatistics; ++i) values[i] -= other[i];
  };
  const auto weighted = [&](std::span<const std::uint32_t> times, std::span<double> values) {
    thread_local std::vector<std::uint64_t> pooledA, pooledB;
    poolCounts(a, times, pooledA);
    poolCounts(b, times, pooledB);
    differences(pooledA, pooledB, values);
  };
  std::vector<std::uint64_t> both, onlyB;
  const std::vector<std::uint32_t> once(a.frames(), 1);
  poolCounts(a, once, both);
  poolCounts(b, once, onlyB);
  for (std::size_t i = 0; i < both.size(); ++i) both[i] += onlyB[i];
  const auto swapped = [&](const std::vector<bool>& fromB, std::span<double> values) {
    thread_local std::vector<std::uint64_t> first, second;
    poolMixed(a, b, fromB, first);
    second.resize(first.size());
    for (std::size_t i = 0; i < first.size(); ++i) second[i] = both[i] - first[i];
    differences(first, second, values);
  };
  const std::array<std::optional<double>, kRankingStatistics> exact{
      minus(exactA.ap, exactB.ap), minus(exactA.fpr95, exactB.fpr95), minus(exactA.auroc, exactB.auroc),
      minus(exactA.bestF1, exactB.bestF1)};
  const auto found = compared(a.frames(), exact, options, weighted, swapped);
  return {found[0], found[1], found[2], found[3]};
}

PairedComponents comparePaired(std::span<const ComponentTally> a, std::span<const ComponentTally> b,
                               const BootstrapOptions& options) {
  require(a.size() == b.size(), "comparePaired: the runs differ in frames");
  const auto differences = [](const ComponentTally& first, const ComponentTally& second, std::span<double> values) {
    std::array<double, kComponentStatistics> other{};
    componentStatistics(first, values);
    componentStatistics(second, other);
    for (std::size_t i = 0; i < kComponentStatistics; ++i) values[i] -= other[i];
  };
  const auto weighted = [&](std::span<const std::uint32_t> times, std::span<double> values) {
    differences(pooledTally(a, times), pooledTally(b, times), values);
  };
  const auto swapped = [&](const std::vector<bool>& fromB, std::span<double> values) {
    ComponentTally first, second;
    for (std::size_t f = 0; f < a.size(); ++f) {
      first += fromB[f] ? b[f] : a[f];
      second += fromB[f] ? a[f] : b[f];
    }
    differences(first, second, values);
  };
  const std::array<std::optional<double>, kComponentStatistics> exact{};
  const auto found = compared(a.size(), exact, options, weighted, swapped);
  return {found[0], found[1], found[2]};
}

}  // namespace oodscope
