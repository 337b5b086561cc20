// SPDX-License-Identifier: GPL-3.0-or-later
// coverage [--draws N] [--seed S] [--model MODEL --store FOLDER SET…]: how often the 95 % intervals of set estimates
// cover the exact value, over synthetic populations and, where sets are given, over a model's scores on them.
#include "analysis/metrics/protocol_rules.h"
#include "analysis/scores/method_kinds.h"
#include "tests/bench/live/chosen_sets.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numbers>
#include <random>

#include <tbb/parallel_for.h>

namespace {

using namespace oodscope;

struct Population {
  std::string name;
  std::vector<std::shared_ptr<const ScoreMap>> maps;
  std::vector<std::shared_ptr<const LabelMap>> labels;
  SampleOptions options = {};
};

/// One pixel's score from uniform and normal numbers.
using Shape = std::function<float(std::mt19937_64& random, bool anomaly, int frame)>;

Population synthetic(const char* name, const Shape& shape, double share, const SampleOptions& options) {
  Population out{name, {}, {}, options};
  std::mt19937_64 random(20'240'917);
  std::uniform_real_distribution<double> uniform;
  for (int frame = 0; frame < 12; ++frame) {
    auto scores = std::make_shared<ScoreMap>(Size{500, 200});
    auto labels = std::make_shared<LabelMap>(Size{500, 200});
    const double own = frame % 4 == 3 ? 0.0 : share * (0.3 + 0.2 * frame);  // every fourth frame has no anomaly
    for (std::size_t i = 0; i < scores->values().size(); ++i) {
      const bool anomaly = uniform(random) < own;
      labels->values()[i] = anomaly ? kAnomaly : uniform(random) < 0.1 ? kVoid : kNormal;
      scores->values()[i] = shape(random, anomaly, frame);
    }
    out.maps.push_back(std::move(scores));
    out.labels.push_back(std::move(labels));
  }
  return out;
}

float normal(std::mt19937_64& random) { return std::normal_distribution<float>()(random); }

std::vector<Population> syntheticPopulations() {
  const SampleOptions small{.positivesCap = 1500, .negatives = 6000};
  const SampleOptions allPositives{.positivesCap = 1'000'000, .negatives = 8000};
  const Shape shifted = [](auto& random, bool anomaly, int frame) {
    return normal(random) + 0.15F * static_cast<float>(frame) + (anomaly ? 1.5F : 0.0F);
  };
  const Shape heavy = [](auto& random, bool anomaly, int) {
    return std::student_t_distribution<float>(3.0F)(random) + (anomaly ? 2.0F : 0.0F);
  };
  const Shape skewed = [](auto& random, bool anomaly, int frame) {
    return 1.0F /
           (1.0F + std::exp(5.0F - 2.0F * normal(random) - 0.1F * static_cast<float>(frame) - (anomaly ? 2.5F : 0.0F)));
  };
  const Shape tied = [skewed](auto& random, bool anomaly, int frame) {
    return std::round(255.0F * skewed(random, anomaly, frame)) / 255.0F;
  };
  const Shape twoKinds = [](auto& random, bool anomaly, int) {  // half of the anomalies look normal
    return normal(random) + (anomaly && random() % 2 == 0 ? 4.0F : 0.0F);
  };
  return {synthetic("shifted normal, 3 %", shifted, 0.03, small),
          synthetic("heavy tails (t3), 3 %", heavy, 0.03, small),
          synthetic("skewed probabilities, 1 %", skewed, 0.01, small),
          synthetic("the same, all positives kept", skewed, 0.01, allPositives),
          synthetic("the same in 8 bits", tied, 0.01, small),
          synthetic("half of the anomalies hidden, 2 %", twoKinds, 0.02, small)};
}

struct Tally {
  std::array<int, 3> covered{}, below{};
  std::array<double, 3> sum{}, squares{}, width{};
};

void report(const Population& population, int draws, std::uint64_t seed) {
  std::vector<LabelIndex> indices;
  for (const auto& labels : population.labels) indices.emplace_back(labels->values());
  std::vector<const LabelIndex*> frames;
  for (const LabelIndex& index : indices) frames.push_back(&index);
  const Protocol protocol = protocols::kFishyscapes;
  const SetResult result = evaluateSet(
      frames.size(),
      [&](std::size_t f) {
        return ScoredFrame{population.maps[f]->values(), population.labels[f]->values(), nullptr};
      },
      std::span(&protocol, 1));
  const PixelMetrics& exact = result.metrics.front();
  const std::array truths{exact.ap.value(), exact.fpr95.value(), exact.auroc.value()};
  std::vector<SampleEstimate> estimates(static_cast<std::size_t>(draws));
  tbb::parallel_for(std::size_t{0}, estimates.size(), [&](std::size_t d) {
    SampleOptions options = population.options;
    options.seed = seed + d;
    const PixelSample sample = drawSample(frames, options);
    std::vector<float> scores;
    scores.reserve(sample.pixelCount());
    for (const FrameSample& frame : sample.frames)
      for (const std::uint32_t pixel : frame.pixels) scores.push_back(population.maps[frame.frame]->values()[pixel]);
    estimates[d] = estimateFromSample(sample, scores, protocol);
    estimates[d].curves = {};
  });
  Tally tally;
  for (const SampleEstimate& estimate : estimates) {
    const std::array values{*estimate.ap, *estimate.fpr95, *estimate.auroc};
    for (std::size_t k = 0; k < 3; ++k) {
      tally.covered[k] += values[k].low <= truths[k] && truths[k] <= values[k].high ? 1 : 0;
      tally.below[k] += truths[k] < values[k].low ? 1 : 0;
      tally.sum[k] += values[k].value;
      tally.width[k] += values[k].high - values[k].low;
    }
  }
  std::printf("| %s |", population.name.c_str());
  for (std::size_t k = 0; k < 3; ++k)
    std::printf(" %.2f | %+.3f | %.2f | %.1f (%d below, %d above) |", 100 * truths[k],
                100 * (tally.sum[k] / draws - truths[k]), 50 * tally.width[k] / draws, 100.0 * tally.covered[k] / draws,
                draws - tally.covered[k] - tally.below[k], tally.below[k]);
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  int draws = 500;
  std::uint64_t seed = 1'000'001;
  EvaluationRequest request =
      bench::requestFromArguments(argc, argv, [&](const std::string& argument, const auto& next) {
        if (argument == "--draws") return draws = std::stoi(next()), true;
        if (argument == "--seed") return seed = std::stoull(next()), true;
        return false;
      });
  request.protocols = {protocols::kFishyscapes};
  std::printf("%d draws from seed %llu; values in %%, true value, bias, mean half width, coverage\n\n", draws,
              static_cast<unsigned long long>(seed));
  std::printf("| population | AP | | | cover | FPR95 | | | cover | AUROC | | | cover |\n|---|%s\n",
              "--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
  if (request.sets.empty()) {
    for (const Population& population : syntheticPopulations()) report(population, draws, seed);
    return 0;
  }
  const OpenLiveSets open = openLiveSets(request, [](const Progress&) {}, {});
  for (const OpenSource& source : open.sources)
    for (const auto& set : source.sets)
      for (const Configuration& configuration :
           {Configuration{"msp", methods::kMsp, 1.0F}, Configuration{"msp", methods::kMsp, 3.0F},
            Configuration{"max-logit", methods::kMaxLogit, std::nullopt}}) {
        Population population;
        population.name = set->dataSet().name + ", " + configuration.name +
                          (configuration.temperature ? " T " + std::to_string(*configuration.temperature) : "");
        for (const std::size_t frame : set->labelledFrames()) {
          population.maps.push_back(set->scores(frame, configuration));
          population.labels.push_back(set->label(frame));
        }
        report(population, draws, seed);
      }
  for (const std::string& problem : open.problems) std::fprintf(stderr, "%s\n", problem.c_str());
  return 0;
}
