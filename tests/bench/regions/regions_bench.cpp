// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/attribution.h"
#include "analysis/regions/component_curve.h"
#include "tests/bench/regions/synthetic_frames.h"

#include <benchmark/benchmark.h>

namespace oodscope {
namespace {

const std::vector<testing::SyntheticFrame>& frames() {
  static const auto made = testing::syntheticFrames(30, {1920, 1080});
  return made;
}

std::vector<ScoredImage> views() {
  std::vector<ScoredImage> out;
  for (const auto& frame : frames()) out.push_back(scoredImage(frame.scores, frame.labels));
  return out;
}

/// Quantiles of the first frame's scores: thresholds where the curve moves.
std::vector<double> thresholds(std::size_t count) {
  const auto scores = frames().front().scores.values();
  std::vector<float> sorted(scores.begin(), scores.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(static_cast<double>(sorted[(sorted.size() - 1) * (i + 1) / (count + 1)]));
  return out;
}

void oneThreshold(benchmark::State& state) {
  const auto all = views();
  const double threshold = thresholds(200)[static_cast<std::size_t>(state.range(0))];
  std::size_t frame = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(evaluateComponents(all[frame++ % all.size()], threshold, kObstacleTrack));
}
BENCHMARK(oneThreshold)
    ->Name("one frame 1920x1080, one threshold at quantile i/200")
    ->Arg(20)
    ->Arg(100)
    ->Arg(180)
    ->Arg(195)
    ->Unit(benchmark::kMillisecond);

void curve(benchmark::State& state) {
  const auto all = views();
  const auto at = thresholds(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(componentCurve(all, at, kObstacleTrack));
}
BENCHMARK(curve)
    ->Name("F1* curve, 30 frames 1920x1080, thresholds")
    ->Arg(1)
    ->Arg(200)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void separateRuns(benchmark::State& state) {
  const auto all = views();
  const auto at = thresholds(200);
  for (auto _ : state)
    for (const double threshold : at)
      for (std::size_t f = 0; f < 3; ++f)
        benchmark::DoNotOptimize(ComponentTally(evaluateComponents(all[f], threshold, kObstacleTrack)));
}
BENCHMARK(separateRuns)
    ->Name("200 separate runs, 3 of the 30 frames (a tenth), one thread")
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();

/// Thresholds that predict a twentieth and a fifth of the pixels: a usual and a loose operating point.
void failureLists(benchmark::State& state) {
  static const auto small = testing::syntheticFrames(100, {1024, 512});
  const auto frameCount = static_cast<std::size_t>(state.range(0));
  const auto scores = small.front().scores.values();
  std::vector<float> sorted(scores.begin(), scores.end());
  std::sort(sorted.begin(), sorted.end());
  const double share = static_cast<double>(state.range(1)) / 100.0;
  const FailureOptions options{
      .threshold =
          static_cast<double>(sorted[static_cast<std::size_t>((1.0 - share) * static_cast<double>(sorted.size()))])};
  ClassMap classes({1024, 512});
  for (std::size_t i = 0; i < classes.values().size(); ++i)
    classes.values()[i] = static_cast<std::uint8_t>(i / 64 % 19);
  std::vector<FailureInput> inputs;
  for (std::size_t f = 0; f < frameCount; ++f)
    inputs.push_back({scoredImage(small[f].scores, small[f].labels), {.predictedClasses = &classes}});
  std::size_t regions = 0;
  for (auto _ : state) {
    const auto frames = findFailures(std::span<const FailureInput>(inputs), options);
    const SetFailures lists = listFailures(frames);
    regions = lists.falsePositives.size();
    benchmark::DoNotOptimize(lists);
  }
  state.counters["regions"] = static_cast<double>(regions);
}
BENCHMARK(failureLists)
    ->Name("failure lists, 1024x512, frames/predicted percent")
    ->Args({1, 20})
    ->Args({100, 5})
    ->Args({100, 20})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace oodscope
