// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/evaluate_set.h"
#include "analysis/metrics/protocol_rules.h"
#include "analysis/metrics/sorted_scores.h"

#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace oodscope {
namespace {

struct Stack {
  std::size_t frames = 0;
  std::size_t pixels = 0;
  std::vector<float> scores;
  std::vector<std::uint8_t> labels;
};

/// kind 0: normal scores; 1: probabilities as MSP gives them; 2: the same in 8 bits (heavy ties). 1.5 % positives.
Stack makeStack(std::size_t frames, std::size_t pixels, int kind) {
  Stack stack{frames, pixels, std::vector<float>(frames * pixels), std::vector<std::uint8_t>(frames * pixels)};
  std::uint64_t state = 88172645463325252U;
  const auto uniform = [&] {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<float>(state >> 40) * 0x1p-24F;
  };
  for (std::size_t i = 0; i < stack.scores.size(); ++i) {
    const bool anomaly = uniform() < 0.015F;
    // Sum of four uniforms: close enough to normal, and quick to make.
    const float x = (uniform() + uniform() + uniform() + uniform() - 2.0F) * 1.73F + (anomaly ? 1.5F : 0.0F);
    float score = x;
    if (kind > 0) score = 1.0F / (1.0F + std::exp(6.0F - 3.5F * x));
    if (kind == 2) score = std::round(score * 255.0F) / 255.0F;
    stack.scores[i] = score;
    stack.labels[i] = anomaly ? 1 : 0;
  }
  return stack;
}

/// Arguments: megapixels (frames of 1 Mpx), kind of score, 1 for low memory.
void evaluateStack(benchmark::State& state) {
  const Stack stack = makeStack(static_cast<std::size_t>(state.range(0)), 1'000'000, static_cast<int>(state.range(1)));
  const FrameProvider provider = [&](std::size_t frame) {
    return ScoredFrame{std::span(stack.scores).subspan(frame * stack.pixels, stack.pixels),
                       std::span(stack.labels).subspan(frame * stack.pixels, stack.pixels), nullptr};
  };
  EvaluateOptions options;
  options.memory = state.range(2) == 1 ? MemoryUse::Low : MemoryUse::Fast;
  const std::array protocols{protocols::kFishyscapes};
  for (auto _ : state) {
    benchmark::DoNotOptimize(evaluateSet(stack.frames, provider, protocols, options));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(stack.scores.size()));
}
BENCHMARK(evaluateStack)
    ->ArgNames({"Mpx", "kind", "low"})
    ->Args({50, 0, 0})
    ->Args({50, 1, 0})
    ->Args({50, 2, 0})
    ->Args({50, 0, 1})
    ->Args({210, 0, 0})
    ->Args({210, 0, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

void allProtocolsOnOneSet(benchmark::State& state) {
  const Stack stack = makeStack(20, 1'000'000, 1);
  const FrameProvider provider = [&](std::size_t frame) {
    return ScoredFrame{std::span(stack.scores).subspan(frame * stack.pixels, stack.pixels),
                       std::span(stack.labels).subspan(frame * stack.pixels, stack.pixels), nullptr};
  };
  for (auto _ : state) benchmark::DoNotOptimize(evaluateSet(stack.frames, provider, allProtocols()));
}
BENCHMARK(allProtocolsOnOneSet)->Unit(benchmark::kMillisecond)->UseRealTime();

void sortFrame(benchmark::State& state) {
  const Stack stack = makeStack(1, 2'097'152, 1);
  for (auto _ : state) benchmark::DoNotOptimize(SortedScores(stack.scores, stack.labels));
}
BENCHMARK(sortFrame)->Unit(benchmark::kMillisecond);

void countsOfAHundredFrames(benchmark::State& state) {
  const Stack stack = makeStack(1, 524'288, 1);
  const SortedScores sorted(stack.scores, stack.labels);
  const std::vector<const SortedScores*> frames(100, &sorted);
  float threshold = 0.0F;
  for (auto _ : state) {
    threshold = threshold > 0.99F ? 0.0F : threshold + 0.001F;
    benchmark::DoNotOptimize(countsAt(frames, threshold));
  }
}
BENCHMARK(countsOfAHundredFrames)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace oodscope

BENCHMARK_MAIN();
