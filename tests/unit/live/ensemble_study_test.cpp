// SPDX-License-Identifier: GPL-3.0-or-later
// Weights tried on a set are what the set gives with them; AP is reckoned here again, in double, from the sums.
#include "app/studies/ensemble_study.h"

#include "app/sources/ensemble_source.h"
#include "tests/support/made_live_set.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace oodscope::testing {
namespace {

constexpr std::size_t kStudyFrames = 3;

std::shared_ptr<LiveSet> liveEnsemble(const MadeSet& made, Normalisation normalisation, std::uint64_t bytes = 1 << 24,
                                      Resolution resolution = Resolution::Network) {
  const auto source = std::make_shared<EnsembleSource>(
      made.set, EnsembleSource::Parts{.expression = parseEnsemble("0.5*max-logit+0.5*msp"),
                                      .terms = {{0.5, {{made.source, maxLogit()}}}, {0.5, {{made.source, msp(2.0F)}}}},
                                      .normalisation = normalisation,
                                      .memoryBytes = bytes});
  auto live = std::make_shared<LiveSet>(made.set, source, resolution, LiveOptions{});
  for (std::size_t f = 0; f < kStudyFrames; ++f) live->prepareFrame(f);
  return live;
}

/// Average precision of pixels that are not void, ties taken together.
double apOf(const std::vector<std::pair<double, bool>>& pixels) {
  std::vector<std::pair<double, bool>> sorted = pixels;
  std::ranges::sort(sorted, std::greater<>());
  const auto all = static_cast<double>(std::ranges::count_if(sorted, [](const auto& pixel) { return pixel.second; }));
  double found = 0.0, seen = 0.0, ap = 0.0;
  for (std::size_t i = 0; i < sorted.size();) {
    const double before = found;
    const double score = sorted[i].first;
    for (; i < sorted.size() && sorted[i].first == score; ++i) {
      found += sorted[i].second ? 1.0 : 0.0;
      seen += 1.0;
    }
    ap += (found - before) / all * (found / seen);
  }
  return ap;
}

/// The made set's two scores, min-max scaled over all its pixels that are not void, and their sum's AP.
double bruteForceAp(const MadeSet& made, double first, double second) {
  const auto live = made.live();
  const Configuration both[]{maxLogit(), msp(2.0F)};
  double least[2]{1e30, 1e30}, most[2]{-1e30, -1e30};
  const auto each = [&](const auto& use) {
    for (std::size_t f = 0; f < kStudyFrames; ++f) {
      const auto a = live->scores(f, both[0]), b = live->scores(f, both[1]);
      const auto label = live->label(f);
      for (std::size_t i = 0; i < label->values().size(); ++i)
        if (label->values()[i] == kNormal || label->values()[i] == kAnomaly)
          use(static_cast<double>(a->values()[i]), static_cast<double>(b->values()[i]), label->values()[i] == kAnomaly);
    }
  };
  each([&](double a, double b, bool) {
    least[0] = std::min(least[0], a);
    most[0] = std::max(most[0], a);
    least[1] = std::min(least[1], b);
    most[1] = std::max(most[1], b);
  });
  std::vector<std::pair<double, bool>> pixels;
  each([&](double a, double b, bool isAnomaly) {
    pixels.emplace_back(first * (a - least[0]) / (most[0] - least[0]) + second * (b - least[1]) / (most[1] - least[1]),
                        isAnomaly);
  });
  return apOf(pixels);
}

TEST(EnsembleStudy, NumbersAreThoseOfTheSumsReckonedInDouble) {
  const MadeSet made(kStudyFrames);
  const auto live = liveEnsemble(made, {});
  const WeightedTerms* terms = live->source().weightedTerms();
  for (const TermWeights& weights : weightGrid(2, 3)) {
    const auto exact = live->exact(terms->configuration(weights), protocols::kFishyscapes, std::nullopt, {});
    EXPECT_NEAR(exact->metrics.ap.value(), bruteForceAp(made, weights[0], weights[1]), 2e-4) << weights[0];
  }
}

TEST(EnsembleStudy, ATrialIsTheSetsOwnNumberToTheLastBit) {
  const MadeSet made(kStudyFrames, 2);
  for (const Resolution resolution : {Resolution::Network, Resolution::Label}) {
    const auto live = liveEnsemble(made, {.kind = Normalisation::Kind::Rank}, 1 << 24, resolution);
    const auto found =
        searchWeights(ensembleSetOf(live), weightGrid(2, 2), WeightCriterion::Ap, protocols::kFishyscapes, {});
    ASSERT_TRUE(found && found->best);
    for (const WeightTrial& trial : found->trials) {
      const Configuration configuration = live->source().weightedTerms()->configuration(trial.weights);
      const auto exact = live->exact(configuration, protocols::kFishyscapes, std::nullopt, {});
      EXPECT_EQ(exact->metrics.ap, trial.metrics.ap);
      EXPECT_EQ(exact->metrics.fpr95, trial.metrics.fpr95);
      const RunSpec run = live->run(configuration, protocols::kFishyscapes);
      EXPECT_EQ(live->configurationOf(run), configuration);
      EXPECT_TRUE(live->holds(run));
    }
  }
}

TEST(EnsembleStudy, ADragOfAWeightScoresNothing) {
  const MadeSet made(kStudyFrames);
  const auto live = liveEnsemble(made, {});
  const WeightedTerms* terms = live->source().weightedTerms();
  const auto first = live->estimate(terms->configuration({0.5, 0.5}), protocols::kFishyscapes, {});
  const int before = made.source->calls;
  for (const double weight : {0.1, 0.2, 0.9}) {
    const Configuration moved = terms->configuration({weight, 1.0 - weight});
    const auto estimate = live->estimate(moved, protocols::kFishyscapes, {});
    const auto exact = live->exact(moved, protocols::kFishyscapes, std::nullopt, {});
    EXPECT_NEAR(estimate->metrics.ap.value(), exact->metrics.ap.value(), 0.02);
    EXPECT_NE(estimate->metrics.ap, first->metrics.ap);
  }
  EXPECT_EQ(made.source->calls, before) << "terms are held and sampled";
}

TEST(EnsembleStudy, ScalesOfTheTwoResolutionsAreApart) {
  const MadeSet made(kStudyFrames, 2);
  const auto network = liveEnsemble(made, {}), label = liveEnsemble(made, {}, 1 << 24, Resolution::Label);
  const Size size = label->evaluationSize(0);
  const auto& source = label->source();
  const Configuration one = source.configurations({}, {}).front();
  // One source asked at both: a map of the labels' size under the network's scale differs from one under its own.
  const ScoreMap own = source.scoreAt(0, one, size, Resolution::Label);
  EXPECT_EQ(*label->scores(0, one), own);
  EXPECT_NE(source.scoreAt(0, one, size, Resolution::Network), own);
  EXPECT_EQ(*network->scores(0, one), source.scoreAt(0, one, kMadeSize, Resolution::Network));
}

TEST(EnsembleStudy, WeightsFoundOnOneSetAreMeasuredOnAll) {
  const MadeSet a(kStudyFrames), b(kStudyFrames, 2);
  const std::vector<std::shared_ptr<LiveSet>> sets{liveEnsemble(a, {}),
                                                   liveEnsemble(b, {}, 1 << 24, Resolution::Label)};
  const WeightQuestion question{weightGrid(2, 2), WeightCriterion::Ap, protocols::kFishyscapes};
  const auto crossed = crossedWeights(sets, question, {});
  ASSERT_TRUE(crossed);
  for (std::size_t from = 0; from < 2; ++from)
    for (std::size_t on = 0; on < 2; ++on) {
      ASSERT_TRUE(crossed->found[from]);
      const Configuration configuration = sets[on]->source().weightedTerms()->configuration(*crossed->found[from]);
      EXPECT_EQ(crossed->metrics[from][on]->ap,
                sets[on]->exact(configuration, protocols::kFishyscapes, std::nullopt, {})->metrics.ap);
    }
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_FALSE(crossedWeights(sets, question, stopped.get_token()));
}

}  // namespace
}  // namespace oodscope::testing
