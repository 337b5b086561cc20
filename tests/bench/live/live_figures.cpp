// SPDX-License-Identifier: GPL-3.0-or-later
// bench_live [Google Benchmark's options] --model MODEL [--store FOLDER] SET…: what `oodscope-cli bench` prints, for
// comparing two builds. The first set given is the visible one, the one with most pixels the largest.
#include "analysis/imaging/resize.h"
#include "analysis/metrics/protocol_rules.h"
#include "analysis/scores/method_kinds.h"
#include "tests/bench/live/chosen_sets.h"

#include <benchmark/benchmark.h>

#include <algorithm>

namespace {

using namespace oodscope;

std::vector<std::shared_ptr<LiveSet>>& sets() {
  static std::vector<std::shared_ptr<LiveSet>> open;
  return open;
}

double pixelsOf(const LiveSet& set) {
  double sum = 0;
  for (const std::size_t frame : set.labelledFrames()) sum += static_cast<double>(set.evaluationSize(frame).area());
  return sum;
}

LiveSet& largest() {
  return **std::ranges::max_element(sets(), {}, [](const auto& set) { return pixelsOf(*set); });
}

/// Another one each time, so that nothing is held already.
Configuration fresh() {
  static float temperature = 1.0F;
  temperature += 0.001F;
  return {"msp", methods::kMsp, temperature};
}

void thresholdTick(benchmark::State& state) {
  const auto counts = largest().counts(fresh(), {});
  float threshold = 0;
  for (auto _ : state) {
    threshold = threshold > 0.9F ? 0.0F : threshold + 0.001F;
    benchmark::DoNotOptimize(counts->set(threshold, true));
  }
}

void temperatureTickOfAFrame(benchmark::State& state) {
  const std::vector<std::size_t> frames = largest().labelledFrames();
  std::size_t next = 0;
  for (auto _ : state) {
    const std::size_t frame = frames[next++ % frames.size()];
    benchmark::DoNotOptimize(largest().source().score(frame, fresh(), largest().evaluationSize(frame)));
  }
}

void temperatureTickOfTheSample(benchmark::State& state, LiveSet* set) {
  static_cast<void>(set->estimate(fresh(), protocols::kCourse, {}));
  for (auto _ : state) benchmark::DoNotOptimize(set->estimate(fresh(), protocols::kCourse, {}));
}

/// What a weight's drag is held against: energy's temperature, in the same run.
Configuration freshEnergy() {
  static float temperature = 1.0F;
  temperature += 0.001F;
  return {"energy", methods::kEnergy, temperature};
}

Configuration freshWeights(const LiveSet& ensemble) {
  static double weight = 0.1;
  weight = weight > 0.9 ? 0.1 : weight + 0.001;
  return ensemble.source().weightedTerms()->configuration({weight, 1.0 - weight});
}

void energyTickOfAFrame(benchmark::State& state, LiveSet* set) {
  const std::size_t frame = set->labelledFrames().front();
  for (auto _ : state) benchmark::DoNotOptimize(set->source().score(frame, freshEnergy(), set->evaluationSize(frame)));
}

void weightTickOfAFrame(benchmark::State& state, LiveSet* ensemble) {
  const std::size_t frame = ensemble->labelledFrames().front();
  const auto tick = [&] {
    return ensemble->source().scoreAt(frame, freshWeights(*ensemble), ensemble->evaluationSize(frame),
                                      ensemble->resolution());
  };
  static_cast<void>(tick());  // scales and terms, which stay
  for (auto _ : state) benchmark::DoNotOptimize(tick());
}

void energyTickOfTheSample(benchmark::State& state, LiveSet* set) {
  static_cast<void>(set->estimate(freshEnergy(), protocols::kCourse, {}));
  for (auto _ : state) benchmark::DoNotOptimize(set->estimate(freshEnergy(), protocols::kCourse, {}));
}

void weightTickOfTheSample(benchmark::State& state, LiveSet* ensemble) {
  static_cast<void>(ensemble->estimate(freshWeights(*ensemble), protocols::kCourse, {}));
  for (auto _ : state) benchmark::DoNotOptimize(ensemble->estimate(freshWeights(*ensemble), protocols::kCourse, {}));
}

void exactLargest(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(largest().exact(fresh(), protocols::kCourse, std::nullopt, {}));
  state.counters["Mpx"] = pixelsOf(largest()) / 1e6;
}

void otherProtocol(benchmark::State& state) {
  const Configuration held = fresh();
  for (auto _ : state) benchmark::DoNotOptimize(largest().exact(held, protocols::kFishyscapes, std::nullopt, {}));
}

void exactAllSets(benchmark::State& state) {
  for (auto _ : state) {
    const Configuration configuration = fresh();
    for (const auto& set : sets())
      benchmark::DoNotOptimize(set->exact(configuration, protocols::kCourse, std::nullopt, {}));
  }
}

void stackOfScores(benchmark::State& state) {
  const Configuration held = fresh();
  std::vector<std::pair<std::shared_ptr<const ScoreMap>, std::shared_ptr<const LabelMap>>> frames;
  for (const auto& set : sets())
    for (const std::size_t frame : set->labelledFrames())
      frames.emplace_back(set->scores(frame, held), set->label(frame));
  double all = 0;
  std::size_t count = 0;
  while (all < 210e6) all += static_cast<double>(frames[count++ % frames.size()].first->values().size());
  const Protocol protocol = protocols::kFishyscapes;
  const FrameProvider provider = [&](std::size_t i) {
    const auto& [map, label] = frames[i % frames.size()];
    return ScoredFrame{map->values(), label->values(), nullptr};
  };
  for (auto _ : state) benchmark::DoNotOptimize(evaluateSet(count, provider, std::span(&protocol, 1)));
}

void componentsAtOneOrManyThresholds(benchmark::State& state) {
  constexpr Size kSize{1920, 1080};
  const Configuration held = fresh();
  const std::vector<std::size_t> ready = largest().labelledFrames();
  std::vector<ScoreMap> maps;
  std::vector<LabelMap> labels;
  for (std::size_t i = 0; i < 30; ++i) {
    maps.push_back(resizeBilinear(*largest().scores(ready[i % ready.size()], held), kSize));
    labels.push_back(resizePilNearest(*largest().label(ready[i % ready.size()]), kSize));
  }
  std::vector<ScoredImage> images;
  for (std::size_t i = 0; i < maps.size(); ++i) images.push_back(scoredImage(maps[i], labels[i]));
  std::vector<double> thresholds;
  const auto count = static_cast<std::size_t>(state.range(0));
  for (std::size_t t = 0; t < count; ++t)
    thresholds.push_back(0.9 * (static_cast<double>(t) + 1) / (static_cast<double>(count) + 1));
  for (auto _ : state) benchmark::DoNotOptimize(componentCurve(images, thresholds, kObstacleTrack));
}

void report(benchmark::internal::Benchmark* made, benchmark::TimeUnit unit = benchmark::kMillisecond) {
  made->Unit(unit)->UseRealTime()->MeasureProcessCPUTime();
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const EvaluationRequest request = bench::requestFromArguments(argc, argv);
  if (request.sets.empty() || request.models.empty()) {
    std::fprintf(stderr, "usage: bench_live [options] --model MODEL [--store FOLDER] SET…\n");
    return 2;
  }
  const OpenLiveSets open = openLiveSets(request, [](const Progress&) {}, {});
  for (const std::string& problem : open.problems) std::fprintf(stderr, "%s\n", problem.c_str());
  sets() = open.byLabel().front()->sets;
  report(benchmark::RegisterBenchmark("thresholdTick", thresholdTick), benchmark::kMicrosecond);
  report(benchmark::RegisterBenchmark("temperatureTickOfAFrame", temperatureTickOfAFrame));
  for (const auto& set : sets())
    report(benchmark::RegisterBenchmark(("temperatureTickOfTheSample/" + set->dataSet().name).c_str(),
                                        temperatureTickOfTheSample, set.get()));
  EvaluationRequest ofSums = request;
  ofSums.methods.clear();
  ofSums.ensembles = {{.expression = parseEnsemble("0.5*msp+0.5*energy")}};
  const OpenLiveSets sums = openLiveSets(ofSums, [](const Progress&) {}, {});
  for (const std::string& problem : sums.problems) std::fprintf(stderr, "%s\n", problem.c_str());
  LiveSet* plain = sets().front().get();
  LiveSet* sum = sums.sources.front().sets.front().get();
  report(benchmark::RegisterBenchmark("energyTickOfAFrame", energyTickOfAFrame, plain));
  report(benchmark::RegisterBenchmark("weightTickOfAFrame", weightTickOfAFrame, sum));
  report(benchmark::RegisterBenchmark("energyTickOfTheSample", energyTickOfTheSample, plain));
  report(benchmark::RegisterBenchmark("weightTickOfTheSample", weightTickOfTheSample, sum));
  report(benchmark::RegisterBenchmark("exactLargest", exactLargest));
  report(benchmark::RegisterBenchmark("otherProtocol", otherProtocol));
  report(benchmark::RegisterBenchmark("exactAllSets", exactAllSets));
  report(benchmark::RegisterBenchmark("stackOfScores", stackOfScores));
  report(benchmark::RegisterBenchmark("componentsOf30Frames", componentsAtOneOrManyThresholds)->Arg(1)->Arg(200));
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
