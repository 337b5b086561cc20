// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/bootstrap.h"
#include "analysis/statistics/paired.h"

#include <benchmark/benchmark.h>

#include <random>

namespace oodscope {
namespace {

constexpr std::size_t kFrames = 100;
constexpr std::size_t kBins = 4096;

/// Frames of 1024x512 with about 1.5 % anomalies, spread over all bins.
FrameHistograms set(std::uint32_t seed) {
  std::mt19937 random(seed);
  FrameHistograms out(kFrames, kBins);
  std::vector<std::uint32_t> counts(2 * kBins);
  for (std::size_t f = 0; f < kFrames; ++f) {
    for (std::size_t i = 0; i < kBins; ++i) {
      counts[i] = static_cast<std::uint32_t>(random() % 5 * (kBins - i) / kBins);
      counts[kBins + i] = static_cast<std::uint32_t>(random() % 256);
    }
    out.setFrame(f, counts);
  }
  return out;
}

void bootstrap(benchmark::State& state) {
  const FrameHistograms frames = set(1);
  const BootstrapOptions options{.kind = state.range(0) == 0 ? IntervalKind::Percentile : IntervalKind::Bca};
  for (auto _ : state) benchmark::DoNotOptimize(bootstrapRanking(frames, options));
}
BENCHMARK(bootstrap)
    ->Name("1,000 resamples, 100 frames, 4,096 bins, with bands; 0 percentile, 1 BCa")
    ->Arg(0)
    ->Arg(1)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void paired(benchmark::State& state) {
  const FrameHistograms a = set(1), b = set(2);
  for (auto _ : state) benchmark::DoNotOptimize(comparePaired(a, b));
}
BENCHMARK(paired)
    ->Name("paired difference, 1,000 resamples and 1,000 permutations")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void components(benchmark::State& state) {
  std::vector<ComponentTally> frames(kFrames);
  for (std::size_t f = 0; f < kFrames; ++f) {
    frames[f].addTruth(static_cast<double>(f) / kFrames);
    frames[f].addPredicted(static_cast<double>(f % 10) / 10.0);
  }
  for (auto _ : state) benchmark::DoNotOptimize(bootstrapComponents(frames));
}
BENCHMARK(components)
    ->Name("1,000 resamples of component metrics, 100 frames")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace oodscope
