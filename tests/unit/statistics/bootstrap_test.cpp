// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/bootstrap.h"

#include "analysis/statistics/paired.h"
#include "analysis/statistics/resampling.h"
#include "tests/support/golden_frames.h"
#include "tests/unit/statistics/simulated_frames.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include <tbb/global_control.h>

namespace oodscope {
namespace {

using testing::simulatedFrame;
using testing::simulatedSet;

std::vector<std::uint32_t> counts(std::vector<std::uint32_t> positives, const std::vector<std::uint32_t>& negatives) {
  positives.insert(positives.end(), negatives.begin(), negatives.end());
  return positives;
}

TEST(RankingValues, EqualHandComputedOnes) {
  // Strictest first: 2 anomalies; 1 anomaly and 1 normal; 1 anomaly and 3 normal.
  const RankingValues found = rankingValues(counts({2, 1, 1}, {0, 1, 3}));
  EXPECT_DOUBLE_EQ(found.ap.value(), 0.5 * 1.0 + 0.25 * 0.75 + 0.25 * 0.5);
  EXPECT_DOUBLE_EQ(found.fpr95.value(), 1.0);
  EXPECT_DOUBLE_EQ(found.auroc.value(), (1 * 2.5 + 3 * 3.5) / 16.0);
  EXPECT_DOUBLE_EQ(found.bestF1.value(), 6.0 / 8.0);
}

TEST(RankingValues, AreNotDefinedWithoutBothKinds) {
  EXPECT_FALSE(rankingValues(counts({0, 0}, {1, 2})).ap.has_value());
  EXPECT_FALSE(rankingValues(counts({1, 0}, {0, 0})).auroc.has_value());
}

TEST(FrameHistograms, OnDistinctScoresGiveTheGoldenValuesExactly) {
  const auto golden = testing::goldenFrames();
  std::vector<ScoredImage> views;
  for (const auto& frame : golden) views.push_back(frame.view());
  std::vector<float> edges;  // scores are k / 1024
  for (int k = 1; k < 1024; ++k) edges.push_back(static_cast<float>(k) / 1024.0F);
  const FrameHistograms frames(views, edges);
  std::vector<std::uint32_t> pooled(2 * frames.bins(), 0);
  for (std::size_t f = 0; f < 3; ++f)
    for (std::size_t i = 0; i < pooled.size(); ++i) pooled[i] += frames.frame(f)[i];
  const RankingValues found = rankingValues(pooled);
  EXPECT_NEAR(found.ap.value(), 0.8650591619, 1e-9);
  EXPECT_NEAR(found.fpr95.value(), 0.1410182453, 1e-9);
  EXPECT_NEAR(found.auroc.value(), 0.9819372565, 1e-9);
}

TEST(FrameHistograms, OnQuantileEdgesStayCloseToExact) {
  std::mt19937 random(11);
  std::normal_distribution<float> normal;
  ScoreMap scores({500, 400});
  LabelMap labels({500, 400});
  for (std::size_t i = 0; i < scores.values().size(); ++i) {
    labels.values()[i] = i % 60 == 0 ? kAnomaly : i % 61 == 0 ? kVoid : kNormal;
    scores.values()[i] = normal(random) + (labels.values()[i] == kAnomaly ? 1.5F : 0.0F);
  }
  const std::vector<ScoredImage> set{scoredImage(scores, labels)};
  std::vector<float> distinct(scores.values().begin(), scores.values().end());
  std::sort(distinct.begin(), distinct.end());
  const RankingValues exact = rankingValues(FrameHistograms(set, distinct).frame(0));
  const RankingValues binned = rankingValues(FrameHistograms(set, quantileEdges(set, 4096)).frame(0));
  EXPECT_NEAR(binned.ap.value(), exact.ap.value(), 1e-3);
  EXPECT_NEAR(binned.auroc.value(), exact.auroc.value(), 1e-5);
  EXPECT_NEAR(binned.fpr95.value(), exact.fpr95.value(), 1e-3);
  EXPECT_NEAR(binned.bestF1.value(), exact.bestF1.value(), 1e-3);
}

TEST(FrameHistograms, LeaveOutVoidAndScoresThatAreNotFinite) {
  ScoreMap scores({5, 1}, 1.0F);
  scores.at(0, 0) = std::numeric_limits<float>::quiet_NaN();
  scores.at(1, 0) = std::numeric_limits<float>::infinity();
  LabelMap labels({5, 1});
  labels.at(2, 0) = kVoid;
  labels.at(3, 0) = kAnomaly;
  const std::vector<ScoredImage> set{scoredImage(scores, labels)};
  const std::vector<float> edges{1.0F};  // the edge belongs to the bin above it
  const FrameHistograms histograms(set, edges);
  const auto found = histograms.frame(0);
  EXPECT_EQ(std::vector(found.begin(), found.end()), counts({1, 0}, {1, 0}));
}

TEST(QuantileEdges, AreAscendingAndOfTheNumberAskedForEvenOnConstantScores) {
  const ScoreMap scores({20, 20}, 3.0F);
  const LabelMap labels({20, 20});
  const std::vector<ScoredImage> set{scoredImage(scores, labels)};
  const auto edges = quantileEdges(set, 64);
  EXPECT_EQ(edges.size(), 63U);
  EXPECT_TRUE(std::is_sorted(edges.begin(), edges.end()));
}

TEST(Bootstrap, IsTheSameForAnySeedAgainAndAnyNumberOfThreads) {
  std::mt19937 random(1);
  const FrameHistograms set = simulatedSet(random, 30);
  const BootstrapOptions options{.resamples = 200, .seed = 5};
  const RankingBootstrap many = bootstrapRanking(set, options);
  const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
  EXPECT_EQ(bootstrapRanking(set, options), many);
  EXPECT_NE(bootstrapRanking(set, {.resamples = 200, .seed = 6}), many);
}

TEST(Bootstrap, IntervalsMoveWithTheExactValue) {
  std::mt19937 random(2);
  const FrameHistograms set = simulatedSet(random, 30);
  const RankingBootstrap plain = bootstrapRanking(set, {.resamples = 100});
  const RankingBootstrap moved = bootstrapRanking(set, {.resamples = 100}, {.ap = *plain.ap.value + 0.01});
  EXPECT_DOUBLE_EQ(moved.ap.interval->low, plain.ap.interval->low + 0.01);
  EXPECT_DOUBLE_EQ(moved.ap.interval->high, plain.ap.interval->high + 0.01);
  EXPECT_EQ(moved.ap.binned, plain.ap.value);
  EXPECT_EQ(moved.auroc, plain.auroc);
}

TEST(Bootstrap, BandsHoldTheCurveInside) {
  std::mt19937 random(3);
  const FrameHistograms set = simulatedSet(random, 60);
  const RankingBootstrap found = bootstrapRanking(set, {.resamples = 200});
  ASSERT_TRUE(found.roc && found.precisionRecall);
  for (std::size_t j = 0; j < kBandPoints; ++j) {
    EXPECT_LE(found.roc->low[j], found.roc->high[j]);
    EXPECT_LE(found.precisionRecall->low[j], found.precisionRecall->high[j]);
    if (j > 0) {
      EXPECT_GE(found.roc->low[j], found.roc->low[j - 1]);
    }
  }
  EXPECT_EQ(found.roc->low.back(), 1.0);
  // Everything predicted: precision is the share of anomalies, which varies with the frames drawn.
  EXPECT_LT(found.precisionRecall->low.back(), found.precisionRecall->high.back());
}

TEST(Bootstrap, WithoutAnomaliesNothingIsDefined) {
  FrameHistograms set(3, 4);
  for (std::size_t f = 0; f < 3; ++f) set.setFrame(f, std::vector<std::uint32_t>{0, 0, 0, 0, 1, 2, 3, 4});
  const RankingBootstrap found = bootstrapRanking(set, {.resamples = 10});
  EXPECT_FALSE(found.ap.value.has_value());
  EXPECT_FALSE(found.ap.interval.has_value());
  EXPECT_FALSE(found.roc.has_value());
}

TEST(Bootstrap, CountsResamplesWithoutAnAnswer) {
  FrameHistograms set(2, 2);
  set.setFrame(0, std::vector<std::uint32_t>{1, 0, 0, 5});
  set.setFrame(1, std::vector<std::uint32_t>{0, 0, 1, 5});
  const RankingBootstrap found = bootstrapRanking(set, {.resamples = 400});
  EXPECT_NEAR(static_cast<double>(found.ap.undefinedResamples), 100.0, 40.0);  // frame 1 twice: one in four
}

TEST(Bootstrap, IntervalsOfAHundredFramesCoverThePopulationsValue) {
  std::mt19937 random(20);
  std::vector<std::uint32_t> population(2 * testing::kSimulatedBins, 0);
  for (int f = 0; f < 30000; ++f) {
    const auto frame = simulatedFrame(random);
    for (std::size_t i = 0; i < frame.size(); ++i) population[i] += frame[i];
  }
  const RankingValues truth = rankingValues(population);
  constexpr int kRounds = 400;
  int ap = 0, auroc = 0, fpr95 = 0, f1 = 0;
  const auto covers = [](const ResampledValue& e, const std::optional<double>& value) {
    return e.interval->low <= *value && *value <= e.interval->high ? 1 : 0;
  };
  for (int round = 0; round < kRounds; ++round) {
    const FrameHistograms set = simulatedSet(random, 100);
    const RankingBootstrap found =
        bootstrapRanking(set, {.resamples = 400, .seed = static_cast<std::uint64_t>(round), .bands = false});
    ap += covers(found.ap, truth.ap);
    auroc += covers(found.auroc, truth.auroc);
    fpr95 += covers(found.fpr95, truth.fpr95);
    f1 += covers(found.bestF1, truth.bestF1);
  }
  const auto share = [](int hits) { return static_cast<double>(hits) / kRounds; };
  for (const auto& [name, hits] : {std::pair("AP", ap), {"AUROC", auroc}, {"FPR95", fpr95}, {"best F1", f1}}) {
    EXPECT_GE(share(hits), 0.93) << name;
    EXPECT_LE(share(hits), 0.97) << name;
  }
}

ComponentTally simulatedTally(std::mt19937& random, double skill) {
  std::uniform_real_distribution<double> unit;
  ComponentTally tally;
  const int truths = 1 + static_cast<int>(4.0 * unit(random));
  const double ease = unit(random);
  for (int k = 0; k < truths; ++k) {
    const double overlap = std::clamp(skill * (0.5 * ease + 0.5 * unit(random)), 0.0, 1.0);
    tally.addTruth(overlap);
    tally.addPredicted(overlap);
  }
  if (unit(random) < 0.5) tally.addPredicted(0.0);
  return tally;
}

TEST(Bootstrap, BcaIntervalsAgreeWithPercentileOnesWhereTheStatisticIsSymmetric) {
  std::mt19937 random(26);
  const FrameHistograms set = simulatedSet(random, 200);
  const ResampledValue percentile = bootstrapRanking(set, {.resamples = 1000, .bands = false}).auroc;
  const ResampledValue bca =
      bootstrapRanking(set, {.resamples = 1000, .kind = IntervalKind::Bca, .bands = false}).auroc;
  const double width = percentile.interval->high - percentile.interval->low;
  EXPECT_NEAR(bca.interval->low, percentile.interval->low, 0.15 * width);
  EXPECT_NEAR(bca.interval->high, percentile.interval->high, 0.15 * width);
  EXPECT_NE(bca.interval, percentile.interval);
}

TEST(Bootstrap, ComponentIntervalsOfAHundredFramesCoverThePopulationsValue) {
  std::mt19937 random(21);
  ComponentTally population;
  for (int f = 0; f < 30000; ++f) population += simulatedTally(random, 1.0);
  constexpr int kRounds = 600;
  int hits = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<ComponentTally> set;
    for (int f = 0; f < 100; ++f) set.push_back(simulatedTally(random, 1.0));
    const ResampledValue f1 =
        bootstrapComponents(set, {.resamples = 400, .seed = static_cast<std::uint64_t>(round)}).f1Star;
    hits += f1.interval->low <= *population.f1Star() && *population.f1Star() <= f1.interval->high ? 1 : 0;
  }
  EXPECT_GE(static_cast<double>(hits) / kRounds, 0.93);
  EXPECT_LE(static_cast<double>(hits) / kRounds, 0.97);
}

/// Kolmogorov–Smirnov distance of p-values from the uniform distribution.
double distanceFromUniform(std::vector<double> p) {
  std::sort(p.begin(), p.end());
  double distance = 0.0;
  const double n = static_cast<double>(p.size());
  for (std::size_t i = 0; i < p.size(); ++i) {
    distance = std::max(distance, std::abs(p[i] - static_cast<double>(i) / n));
    distance = std::max(distance, std::abs(p[i] - static_cast<double>(i + 1) / n));
  }
  return distance;
}

TEST(Paired, PValuesAreUniformWhereTheRunsAreExchangeable) {
  std::mt19937 random(22);
  std::vector<double> ap, auroc;
  for (int round = 0; round < 400; ++round) {
    FrameHistograms a(40, testing::kSimulatedBins), b(40, testing::kSimulatedBins);
    for (std::size_t f = 0; f < 40; ++f) {
      a.setFrame(f, simulatedFrame(random));
      b.setFrame(f, simulatedFrame(random));
    }
    const PairedRanking found = comparePaired(a, b, {.resamples = 199, .seed = static_cast<std::uint64_t>(round)});
    ap.push_back(*found.ap.pValue);
    auroc.push_back(*found.auroc.pValue);
  }
  // 1.63 / sqrt(n): one sound implementation in a hundred would fail, and 1/200 for the steps of p.
  const double limit = 1.63 / std::sqrt(400.0) + 0.005;
  EXPECT_LT(distanceFromUniform(ap), limit);
  EXPECT_LT(distanceFromUniform(auroc), limit);
}

TEST(Paired, ABetterRunIsToldFromAWorseOne) {
  std::mt19937 random(23);
  FrameHistograms a(60, testing::kSimulatedBins), b(60, testing::kSimulatedBins);
  for (std::size_t f = 0; f < 60; ++f) {
    a.setFrame(f, simulatedFrame(random, 2.2));
    b.setFrame(f, simulatedFrame(random, 1.2));
  }
  const PairedRanking found = comparePaired(a, b, {.resamples = 500});
  EXPECT_GT(found.ap.difference.interval->low, 0.0);
  EXPECT_LT(*found.ap.pValue, 0.01);
  const PairedRanking back = comparePaired(b, a, {.resamples = 500});
  EXPECT_DOUBLE_EQ(*back.ap.difference.value, -*found.ap.difference.value);
  EXPECT_DOUBLE_EQ(*back.ap.pValue, *found.ap.pValue);
}

TEST(Paired, ARunAgainstItselfDiffersByNothing) {
  std::mt19937 random(24);
  const FrameHistograms a = simulatedSet(random, 20);
  const PairedRanking found = comparePaired(a, a, {.resamples = 50});
  EXPECT_EQ(found.ap.difference.value, 0.0);
  EXPECT_EQ(found.ap.difference.interval, (Interval{0.0, 0.0}));
  EXPECT_EQ(found.ap.pValue, 1.0);
}

TEST(Paired, ComponentRunsAreToldApart) {
  std::mt19937 random(25);
  std::vector<ComponentTally> a, b;
  for (int f = 0; f < 60; ++f) {
    a.push_back(simulatedTally(random, 1.2));
    b.push_back(simulatedTally(random, 0.7));
  }
  const PairedComponents found = comparePaired(a, b, {.resamples = 300});
  EXPECT_GT(found.f1Star.difference.interval->low, 0.0);
  EXPECT_LT(*found.f1Star.pValue, 0.02);
}

}  // namespace
}  // namespace oodscope
