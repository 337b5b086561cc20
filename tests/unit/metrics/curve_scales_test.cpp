// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/curve_scales.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace oodscope {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Scores 4, 3, 2, 1, a quarter of all pixels each; the anomalous half of them are all of 4 and 2.
SetCurves fourScores() {
  SetCurves curves;
  curves.prevalence = 0.5;
  curves.points = {{.threshold = kInfinity, .recall = 0.0, .precision = 1.0, .fpr = 0.0},
                   {.threshold = 4.0F, .recall = 0.5, .precision = 1.0, .fpr = 0.0},
                   {.threshold = 3.0F, .recall = 0.5, .precision = 0.5, .fpr = 0.5},
                   {.threshold = 2.0F, .recall = 1.0, .precision = 2.0 / 3.0, .fpr = 0.5}};
  return curves;
}

TEST(CurveScales, QuantilesAreTheScoresOfTheirShares) {
  const CurveScales scales = scalesOf(fourScores());
  ASSERT_EQ(scales.quantiles.size(), 257U);
  EXPECT_TRUE(std::is_sorted(scales.quantiles.begin(), scales.quantiles.end()));
  EXPECT_EQ(scales.quantiles[0], 2.0F) << "the curve ends at the lowest anomalous score";
  EXPECT_EQ(scales.quantiles[64], 2.0F);
  EXPECT_EQ(scales.quantiles[128], 3.0F) << "half of the pixels score 3 or more";
  EXPECT_EQ(scales.quantiles[192], 4.0F) << "a quarter scores 4";
  EXPECT_EQ(scales.quantiles[256], 4.0F) << "never the infinite threshold";
  EXPECT_EQ(scales.trimmedHigh, 4.0F);
}

TEST(CurveScales, BalancedStepsGiveEachClassHalfTheWeight) {
  SetCurves rare = fourScores();
  rare.prevalence = 0.01;
  const CurveScales scales = scalesOf(rare);
  EXPECT_EQ(scales.balanced, scalesOf(fourScores()).balanced) << "whatever the prevalence";
  EXPECT_EQ(scales.balanced[192], 4.0F);
  EXPECT_EQ(scales.quantiles[252], 3.0F) << "of all pixels, only one in 200 scores 4";
}

TEST(CurveScales, AnomalyShareIsOfThePixelsBetweenSteps) {
  const CurveScales scales = scalesOf(fourScores());
  ASSERT_EQ(scales.anomalyShare.size(), 256U);
  EXPECT_EQ(scales.anomalyShare[127], 1.0) << "from score 2 up to 3 all is anomalous";
  EXPECT_EQ(scales.anomalyShare[191], 0.0) << "from score 3 up to 4 nothing is";
  EXPECT_EQ(scales.anomalyShare[10], 0.0) << "nothing lies between equal steps";
  EXPECT_EQ(scales.anomalyShare[255], 1.0) << "score 4";
}

TEST(CurveScales, NoCurveHasNoScales) {
  EXPECT_TRUE(scalesOf({}).quantiles.empty());
  EXPECT_TRUE(scalesOf({}).balanced.empty());
}

}  // namespace
}  // namespace oodscope
