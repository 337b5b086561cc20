// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/rank_table.h"

#include "analysis/statistics/disagreement.h"
#include "analysis/statistics/frame_histograms.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace oodscope {
namespace {

struct Pixels {
  std::vector<float> scores;
  std::vector<std::uint8_t> labels;
};

Pixels randomPixels(unsigned seed, std::size_t n, bool ties) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  Pixels out;
  for (std::size_t i = 0; i < n; ++i) {
    const float value = normal(random);
    out.scores.push_back(ties ? std::round(4.0F * value) / 4.0F : value);
    out.labels.push_back(random() % 20 == 0 ? kVoid
                                            : static_cast<std::uint8_t>(random() % 10 == 0 ? kAnomaly : kNormal));
  }
  return out;
}

double bruteRank(const std::vector<Pixels>& frames, float score) {
  double below = 0.0, all = 0.0;
  for (const Pixels& frame : frames)
    for (std::size_t i = 0; i < frame.scores.size(); ++i) {
      if (frame.labels[i] > kAnomaly) continue;
      all += 1.0;
      below += frame.scores[i] < score ? 1.0 : 0.0;
    }
  return below / all;
}

struct Set {
  std::vector<SortedScores> sorted;
  std::vector<const SortedScores*> pointers;
};

Set sortedSet(const std::vector<Pixels>& frames) {
  Set set;
  for (const Pixels& frame : frames) set.sorted.emplace_back(frame.scores, frame.labels);
  for (const SortedScores& sorted : set.sorted) set.pointers.push_back(&sorted);
  return set;
}

TEST(RankTable, CountsThePixelsBelowByHand) {
  const std::vector<float> scores{1, 2, 2, 4, 9};
  const std::vector<std::uint8_t> labels{kNormal, kNormal, kAnomaly, kAnomaly, kVoid};
  const SortedScores sorted(scores, labels);
  const SortedScores* const frames[] = {&sorted};
  const RankTable table(frames);
  EXPECT_FLOAT_EQ(table.rank(0.5F), 0.0F);
  EXPECT_FLOAT_EQ(table.rank(1.0F), 0.0F);
  EXPECT_FLOAT_EQ(table.rank(2.0F), 0.25F);  // one pixel below, whatever the tie
  EXPECT_FLOAT_EQ(table.rank(3.0F), 0.75F);  // nothing lies between the tie and 4
  EXPECT_FLOAT_EQ(table.rank(4.0F), 0.75F);
  EXPECT_FLOAT_EQ(table.rank(9.0F), 1.0F);
  EXPECT_FLOAT_EQ(table.rank(std::numeric_limits<float>::infinity()), 1.0F);
  EXPECT_FLOAT_EQ(table.rank(-std::numeric_limits<float>::infinity()), 0.0F);
}

TEST(RankTable, EveryRankOfAnEmptySetIsZero) {
  const RankTable table({});
  EXPECT_FLOAT_EQ(table.rank(3.0F), 0.0F);
}

TEST(RankTable, StaysWithinAKnotsShareOfTheExactRank) {
  for (const bool ties : {false, true}) {
    const std::vector<Pixels> frames{randomPixels(3, 5000, ties), randomPixels(4, 900, ties), randomPixels(5, 7, ties)};
    const Set set = sortedSet(frames);
    constexpr std::size_t kKnots = 64;
    const RankTable table(set.pointers, kKnots);
    const Pixels probes = randomPixels(6, 500, ties);
    for (const float probe : probes.scores)
      EXPECT_NEAR(static_cast<double>(table.rank(probe)), bruteRank(frames, probe), 7.0 / kKnots) << probe;
    const RankTable exact(set.pointers, 10000);  // every pixel a knot
    for (const float probe : frames[0].scores)
      EXPECT_NEAR(static_cast<double>(exact.rank(probe)), bruteRank(frames, probe), 1e-6) << probe;
  }
}

TEST(RankTable, RanksRiseWithScores) {
  const Set set = sortedSet({randomPixels(8, 3000, true)});
  const RankTable table(set.pointers, 50);
  std::vector<float> probes = randomPixels(9, 400, false).scores;
  std::sort(probes.begin(), probes.end());
  for (std::size_t i = 1; i < probes.size(); ++i) EXPECT_LE(table.rank(probes[i - 1]), table.rank(probes[i]));
}

TEST(RankMap, KeepsNanAndRanksTheRest) {
  const std::vector<float> scores{1, 3};
  const std::vector<std::uint8_t> labels{kNormal, kAnomaly};
  const SortedScores sorted(scores, labels);
  const SortedScores* const frames[] = {&sorted};
  ScoreMap map(Size{3, 1});
  map.values()[0] = 3.0F;
  map.values()[1] = std::numeric_limits<float>::quiet_NaN();
  map.values()[2] = 0.0F;
  const ScoreMap ranks = rankMap(map, RankTable(frames));
  EXPECT_FLOAT_EQ(ranks.values()[0], 0.5F);
  EXPECT_TRUE(std::isnan(ranks.values()[1]));
  EXPECT_FLOAT_EQ(ranks.values()[2], 0.0F);
}

ScoreMap mapOf(std::initializer_list<float> values) {
  ScoreMap map(Size{static_cast<int>(values.size()), 1});
  std::copy(values.begin(), values.end(), map.values().begin());
  return map;
}

TEST(Disagreement, CountsDecisionsOfLabelledPixels) {
  const ScoreMap a = mapOf({0.9F, 0.9F, 0.1F, 0.1F, 0.9F});
  const ScoreMap b = mapOf({5.0F, 1.0F, 5.0F, 1.0F, 1.0F});
  LabelMap labels(Size{5, 1});
  labels.values()[4] = kVoid;
  const DecisionAgreement found = compareDecisions({a, 0.9F}, {b, 5.0F}, &labels);
  EXPECT_EQ(found, (DecisionAgreement{.both = 1, .onlyA = 1, .onlyB = 1, .neither = 1}));
  EXPECT_DOUBLE_EQ(*found.agreement(), 0.5);
  EXPECT_EQ(compareDecisions({a, 0.9F}, {b, 5.0F}, nullptr).onlyA, 2U);
  EXPECT_FALSE(DecisionAgreement{}.agreement().has_value());
}

TEST(Disagreement, MeanMagnitudeLeavesVoidAndNanOut) {
  const ScoreMap change = difference(mapOf({1.0F, 0.0F, std::nanf(""), 0.5F}), mapOf({0.5F, 0.25F, 0.0F, 0.0F}));
  LabelMap labels(Size{4, 1});
  labels.values()[3] = kVoid;
  EXPECT_DOUBLE_EQ(*meanMagnitude(change, &labels), 0.375);
  EXPECT_FALSE(meanMagnitude(mapOf({std::nanf("")}), nullptr).has_value());
}

TEST(FrameHistograms, SortedScoresGiveTheCountsOfTheImages) {
  for (const bool ties : {false, true}) {
    const std::vector<Pixels> frames{randomPixels(11, 4000, ties), randomPixels(12, 1000, ties)};
    std::vector<ScoredImage> images;
    for (const Pixels& frame : frames)
      images.push_back({frame.scores, frame.labels, Size{static_cast<int>(frame.scores.size()), 1}});
    const Set set = sortedSet(frames);
    const std::vector<float> edges = quantileEdges(set.pointers, 128);
    EXPECT_TRUE(std::is_sorted(edges.begin(), edges.end()));
    const FrameHistograms a(images, edges);
    const FrameHistograms b(set.pointers, edges);
    ASSERT_EQ(a.frames(), b.frames());
    EXPECT_EQ(a.largest(), b.largest());
    for (std::size_t f = 0; f < a.frames(); ++f)
      EXPECT_TRUE(std::equal(a.frame(f).begin(), a.frame(f).end(), b.frame(f).begin())) << "frame " << f;
  }
}

}  // namespace
}  // namespace oodscope
