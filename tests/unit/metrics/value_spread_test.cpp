// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/value_spread.h"

#include "analysis/core/grid.h"

#include "analysis/metrics/sorted_scales.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace oodscope {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(OrderedSample, TakesEveryNthFiniteValueInOrder) {
  EXPECT_THAT(orderedSample(std::vector<float>{5, 9, 1, 9, 3, 9}, 3), ElementsAre(1.0F, 3.0F, 5.0F));
  EXPECT_THAT(orderedSample(std::vector<float>{2, kNan, 1, kInfinity, -kInfinity}, 100), ElementsAre(1.0F, 2.0F));
  EXPECT_THAT(orderedSample({}, 10), IsEmpty());
}

TEST(Quantiles, AreValuesOfTheSample) {
  const std::vector<float> ordered{0, 10, 20, 30};
  EXPECT_EQ(lowerQuantile(ordered, 0.0), 0.0F);
  EXPECT_EQ(lowerQuantile(ordered, 0.65), 10.0F);
  EXPECT_EQ(nearestQuantile(ordered, 0.65), 20.0F);
  EXPECT_EQ(lowerQuantile(ordered, 1.0), 30.0F);
  EXPECT_EQ(nearestQuantile(ordered, 1.0), 30.0F);
}

TEST(ShareOutside, CountsBothSidesAndNoBound) {
  EXPECT_DOUBLE_EQ(shareOutside(std::vector<float>{0, 1, 2, 3}, 1.0F, 2.0F), 0.5);
  EXPECT_DOUBLE_EQ(shareOutside(std::vector<float>{kNan, kInfinity}, 0.0F, 1.0F), 0.5);
  EXPECT_DOUBLE_EQ(shareOutside({}, 0.0F, 1.0F), 0.0);
}

TEST(Histogram, EdgesAndSharesFitItsBins) {
  const ScoreHistogram histogram{.low = 1.0F, .high = 3.0F, .normal = {1, 0, 3, 0}, .anomalous = {0, 0, 0, 0}};
  EXPECT_THAT(edgesOf(histogram), ElementsAre(1.0, 1.5, 2.0, 2.5, 3.0));
  EXPECT_THAT(sharesOf(histogram.normal), ElementsAre(0.25, 0.0, 0.75, 0.0));
  EXPECT_THAT(sharesOf(histogram.anomalous), ElementsAre(0.0, 0.0, 0.0, 0.0));
  EXPECT_THAT(edgesOf({}), IsEmpty());
}

/// Frames of different sizes, few anomalies with higher scores.
std::vector<SortedScores> madeFrames(std::vector<float>& all, std::vector<float>& anomalous) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal(0.0F, 1.0F);
  std::vector<SortedScores> frames;
  for (const std::size_t pixels : {900U, 1700U, 400U}) {
    std::vector<float> scores(pixels);
    std::vector<std::uint8_t> labels(pixels);
    for (std::size_t i = 0; i < pixels; ++i) {
      labels[i] = i % 20 == 0 ? kAnomaly : i % 7 == 0 ? kVoid : kNormal;
      scores[i] = normal(random) + (labels[i] == kAnomaly ? 2.0F : 0.0F);
      if (labels[i] != kVoid) all.push_back(scores[i]);
      if (labels[i] == kAnomaly) anomalous.push_back(scores[i]);
    }
    frames.emplace_back(scores, labels);
  }
  std::ranges::sort(all);
  std::ranges::sort(anomalous);
  return frames;
}

TEST(SortedScales, AreTheQuantilesOfAllLabelledPixels) {
  std::vector<float> all, anomalous;
  const std::vector<SortedScores> frames = madeFrames(all, anomalous);
  const CurveScales scales = scalesOf(frames);
  ASSERT_EQ(scales.quantiles.size(), 257U);
  EXPECT_EQ(scales.quantiles.front(), all.front());
  EXPECT_EQ(scales.quantiles.back(), all.back());
  EXPECT_TRUE(std::ranges::is_sorted(scales.quantiles));
  for (std::size_t q = 0; q <= 256; ++q) {  // the ends stand in the sample a second time: two ranks of some 2,600
    const auto below = std::ranges::upper_bound(all, scales.quantiles[q]) - all.begin();
    EXPECT_NEAR(static_cast<double>(below) / static_cast<double>(all.size()), static_cast<double>(q) / 256.0, 3e-3);
  }
  EXPECT_GT(scales.trimmedHigh, scales.quantiles[250]);
  EXPECT_LE(scales.trimmedHigh, all.back());
}

TEST(SortedScales, GiveTheSliderAsManyStepsForTheFewAnomalies) {
  std::vector<float> all, anomalous;
  const std::vector<SortedScores> frames = madeFrames(all, anomalous);
  const CurveScales scales = scalesOf(frames);
  ASSERT_EQ(scales.balanced.size(), 257U);
  ASSERT_EQ(scales.anomalyShare.size(), 256U);
  // Half the steps lie at or above the median of the union of both classes, each weighted to one half.
  const float middle = scales.balanced[128];
  const auto shareBelow = [middle](const std::vector<float>& values) {
    return static_cast<double>(std::ranges::upper_bound(values, middle) - values.begin()) /
           static_cast<double>(values.size());
  };
  std::vector<float> normal;
  std::ranges::set_difference(all, anomalous, std::back_inserter(normal));
  EXPECT_NEAR(0.5 * shareBelow(anomalous) + 0.5 * shareBelow(normal), 0.5, 0.01);
  EXPECT_GT(scales.anomalyShare.back(), scales.anomalyShare.front());
  for (const double share : scales.anomalyShare) EXPECT_TRUE(share >= 0.0 && share <= 1.0);
}

TEST(SortedScales, AreEmptyWithoutScores) {
  EXPECT_THAT(scalesOf(std::span<const SortedScores>{}).quantiles, IsEmpty());
  const std::vector<SortedScores> none(3);
  EXPECT_THAT(scalesOf(none).balanced, IsEmpty());
}

}  // namespace
}  // namespace oodscope
