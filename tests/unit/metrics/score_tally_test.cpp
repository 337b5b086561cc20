// SPDX-License-Identifier: GPL-3.0-or-later
// The threshold that flags a share of pixels, against trying every score, by both routes that make it.
#include "analysis/metrics/score_tally.h"
#include "analysis/metrics/operating_point.h"
#include "analysis/metrics/score_key.h"

#include "analysis/core/error.h"
#include "tests/support/tied_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace oodscope {
namespace {

double flaggedShare(const std::vector<float>& scores, float threshold) {
  const auto flagged = std::ranges::count_if(scores, [&](float score) { return score >= threshold; });
  return static_cast<double>(flagged) / static_cast<double>(scores.size());
}

/// The lowest of the scores, the floats after them and infinity that flags no more than the share.
float lowestByTrial(const std::vector<float>& scores, double share) {
  std::vector<float> candidates{std::numeric_limits<float>::infinity()};
  for (const float score : scores) {
    candidates.push_back(score);
    candidates.push_back(scoreOfKey(keyOfScore(score) + 1));
  }
  std::ranges::sort(candidates);
  const float highest = *std::ranges::max_element(scores);
  const auto found = std::ranges::find_if(candidates, [&](float t) { return flaggedShare(scores, t) <= share; });
  return *found > highest ? std::numeric_limits<float>::infinity() : *found;
}

float byTally(const std::vector<float>& scores, double share) {
  ScoreTally tally, second;
  tally.add(std::span(scores).first(scores.size() / 2));
  second.add(std::span(scores).subspan(scores.size() / 2));
  tally.merge(second);
  const auto place = tally.placeOf(share);
  if (!place) return tally.lowest();
  CellTally cell(place->cell);
  cell.add(scores);
  const float threshold = cell.thresholdAbove(place->above);
  return threshold > tally.highest() ? std::numeric_limits<float>::infinity() : threshold;
}

}  // namespace

TEST(FlaggedShare, IsTheLowestThresholdThatFlagsNoMoreThanTheShare) {
  std::mt19937 random(3);
  for (int round = 0; round < 60; ++round) {
    std::vector<float> scores;
    std::normal_distribution<float> normal(round % 3 == 0 ? -12.0F : 0.2F, 1.0F);
    const int count = 1 + round * 7;
    for (int i = 0; i < count; ++i) {
      float score = normal(random);
      if (round % 2 == 0) score = std::round(score * 4.0F) / 4.0F;  // many ties, both zeros
      scores.push_back(score);
    }
    for (const double share : {0.0, 0.001, 0.05, 0.25, 0.5, 0.999, 1.0})
      ASSERT_EQ(byTally(scores, share), lowestByTrial(scores, share)) << "round " << round << ", share " << share;
  }
}

TEST(FlaggedShare, IsTheSameForASetWithLabels) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const testing::Set set = testing::randomSet(seed, 1 + static_cast<int>(seed % 60));
    std::vector<float> scores;
    for (const SortedScores* frame : set.view())
      for (const auto keys : {frame->positiveKeys(), frame->negativeKeys()})
        for (const std::int32_t key : keys) scores.push_back(scoreOfKey(key));
    for (const double share : {0.0, 0.05, 0.3, 1.0})
      ASSERT_EQ(chooseThreshold(set.view(), {.kind = ThresholdRule::Kind::FlaggedShare, .value = share}),
                lowestByTrial(scores, share))
          << seed << " share " << share;
  }
}

TEST(FlaggedShare, NeedsPixelsAndNoPositives) {
  EXPECT_FALSE(chooseThreshold({}, {.kind = ThresholdRule::Kind::FlaggedShare, .value = 0.1}));
  const testing::Set normal = testing::randomSet(1, 0);
  EXPECT_TRUE(chooseThreshold(normal.view(), {.kind = ThresholdRule::Kind::FlaggedShare, .value = 0.1}));
  EXPECT_THROW((void)chooseThreshold(normal.view(), {.kind = ThresholdRule::Kind::FlaggedShare, .value = 1.5}),
               ContractViolation);
}

TEST(ScoreTally, LeavesOutWhatIsNotFiniteAndKeepsBothEnds) {
  const std::vector<float> scores{3.0F, NAN, -1.0F, INFINITY, 2.0F, -INFINITY, 2.0F};
  ScoreTally tally;
  tally.add(scores);
  EXPECT_EQ(tally.pixels(), 4U);
  const std::vector<float> quantiles = tally.quantiles(3);
  ASSERT_EQ(quantiles.size(), 4U);
  EXPECT_EQ(quantiles.front(), -1.0F);
  EXPECT_EQ(quantiles[1], 2.0F);
  EXPECT_EQ(quantiles.back(), 3.0F);
  const ScoreHistogram histogram = tally.histogram(4);
  EXPECT_EQ(histogram.normal, (std::vector<std::uint64_t>{1, 0, 0, 3}));
  EXPECT_TRUE(ScoreTally().quantiles(4).empty());
}

}  // namespace oodscope
