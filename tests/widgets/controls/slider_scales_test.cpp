// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/slider_scales.h"
#include "widgets/theme/number_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace oodscope {
namespace {

TEST(TemperatureScale, IsLogarithmicFromATwentiethToTwenty) {
  EXPECT_DOUBLE_EQ(temperaturePosition(0.05), 0.0);
  EXPECT_DOUBLE_EQ(temperaturePosition(1.0), 0.5);  // 0.05 * 20 = 1
  EXPECT_DOUBLE_EQ(temperaturePosition(20.0), 1.0);
  EXPECT_DOUBLE_EQ(temperaturePosition(100.0), 1.0);
  EXPECT_NEAR(temperatureAt(0.5), 1.0, 1e-12);
  EXPECT_NEAR(temperatureAt(temperaturePosition(1.6)), 1.6, 1e-12);
}

TEST(ThresholdScale, GivesEachQuantileTheSameWidth) {
  const ThresholdScale scale({0.0F, 0.0F, 0.0F, 0.5F, 1.0F}, ThresholdScale::Kind::Quantile);
  EXPECT_DOUBLE_EQ(scale.position(0.0), 0.25);  // the middle of its three quantiles, 0 to 0.5
  EXPECT_DOUBLE_EQ(scale.position(0.5), 0.75);
  EXPECT_DOUBLE_EQ(scale.position(0.75), 0.875);
  EXPECT_DOUBLE_EQ(scale.score(0.875), 0.75);
  EXPECT_DOUBLE_EQ(scale.position(-1.0), 0.0);
  EXPECT_DOUBLE_EQ(scale.position(2.0), 1.0);
}

TEST(ThresholdScale, LinearIsProportional) {
  const ThresholdScale scale({-10.0F, -9.0F, 0.0F}, ThresholdScale::Kind::Linear);
  EXPECT_DOUBLE_EQ(scale.position(-5.0), 0.5);
  EXPECT_DOUBLE_EQ(scale.score(0.25), -7.5);
}

TEST(ThresholdScale, WithoutUsableQuantilesIsEmpty) {
  EXPECT_TRUE(ThresholdScale().isEmpty());
  EXPECT_TRUE(ThresholdScale({1.0F}, ThresholdScale::Kind::Quantile).isEmpty());
  EXPECT_TRUE(ThresholdScale({2.0F, 1.0F}, ThresholdScale::Kind::Quantile).isEmpty());
  EXPECT_TRUE(
      ThresholdScale({0.0F, std::numeric_limits<float>::quiet_NaN()}, ThresholdScale::Kind::Quantile).isEmpty());
  EXPECT_TRUE(ThresholdScale().ticks(0.1).empty());
}

TEST(ThresholdScale, ConstantScoresHaveOneTickAndNoDivisionByZero) {
  const ThresholdScale scale({0.5F, 0.5F, 0.5F}, ThresholdScale::Kind::Quantile);
  EXPECT_DOUBLE_EQ(scale.score(0.3), 0.5);
  EXPECT_DOUBLE_EQ(scale.position(0.5), 0.5);
  EXPECT_EQ(scale.ticks(0.1).size(), 1U);
}

TEST(ThresholdScale, TicksAreRoundScoresWithRoomBetweenThem) {
  std::vector<float> quantiles;
  for (int i = 0; i <= 100; ++i) quantiles.push_back(static_cast<float>(std::pow(i / 100.0, 4.0)));
  const auto ticks = ThresholdScale(quantiles, ThresholdScale::Kind::Quantile).ticks(0.1);
  ASSERT_GE(ticks.size(), 4U);
  for (std::size_t i = 1; i < ticks.size(); ++i) {
    EXPECT_GE(ticks[i].position - ticks[i - 1].position, 0.1);
    EXPECT_GT(ticks[i].score, ticks[i - 1].score);
    EXPECT_LE(ticks[i].label.size(), 6);
  }
}

TEST(ThresholdScale, TickLabelsAreShort) {
  const auto ticks = ThresholdScale({-20.0F, 0.0F}, ThresholdScale::Kind::Linear).ticks(0.05);
  EXPECT_EQ(ticks.front().label, QStringLiteral("−20"));
  EXPECT_EQ(ticks.back().label, QStringLiteral("0"));
  const auto fine = ThresholdScale({0.0F, 0.1F}, ThresholdScale::Kind::Linear).ticks(0.15);
  ASSERT_GE(fine.size(), 2U);
  EXPECT_EQ(fine[1].label, QStringLiteral(".02"));
}

TEST(NumberText, UsesMinusSignAndNoNegativeZero) {
  EXPECT_EQ(numberText(-1.26, 1), QStringLiteral("−1.3"));
  EXPECT_EQ(numberText(-0.001, 2), QStringLiteral("0.00"));
  EXPECT_EQ(signedNumberText(0.4, 1), QStringLiteral("+0.4"));
  EXPECT_EQ(signedNumberText(0.004, 2), QStringLiteral("0.00"));
}

TEST(NumberText, EstimatedShowsOneDecimalAndUndefinedADash) {
  EXPECT_EQ(valueText({.value = 30.42, .estimated = true}), QStringLiteral("≈30.4"));
  EXPECT_EQ(valueText({.value = 30.42}), QStringLiteral("30.42"));
  EXPECT_EQ(valueText({}), QStringLiteral("–"));
  EXPECT_EQ(valueText({.value = std::nan("")}), QStringLiteral("–"));
}

TEST(NumberText, CountsAndTimesAreShort) {
  EXPECT_EQ(countText(484321.0), QStringLiteral("0.48 M"));
  EXPECT_EQ(countText(12345.0), QStringLiteral("12 k"));
  EXPECT_EQ(countText(950.0), QStringLiteral("950"));
  EXPECT_EQ(groupedText(18922), QStringLiteral("18,922"));
  EXPECT_EQ(durationText(0.42), QStringLiteral("0.4 s"));
  EXPECT_EQ(durationText(180.0), QStringLiteral("3 min"));
}

}  // namespace
}  // namespace oodscope
