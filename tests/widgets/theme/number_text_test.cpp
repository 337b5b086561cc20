// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/number_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace oodscope {
namespace {

TEST(NumberFormats, AScoreKeepsThreeDigitsHoweverSmallOrLarge) {
  EXPECT_EQ(scoreText(0.22), QStringLiteral("0.220"));
  EXPECT_EQ(scoreText(-12.3456), QStringLiteral("−12.346"));
  EXPECT_EQ(scoreText(0.0), QStringLiteral("0.000"));
  EXPECT_EQ(scoreText(0.01284), QStringLiteral("0.0128"));
  EXPECT_EQ(scoreText(0.000128), QStringLiteral("0.000128"));
  EXPECT_EQ(scoreText(-1.284e-7), QStringLiteral("−1.28e−7"));
  EXPECT_EQ(scoreText(1.284e-12), QStringLiteral("1.28e−12"));
  EXPECT_EQ(scoreText(3.1e12), QStringLiteral("3.10e12"));
  EXPECT_EQ(scoreText(std::numeric_limits<double>::infinity()), QStringLiteral("∞"));
  EXPECT_EQ(scoreText(-std::numeric_limits<double>::infinity()), QStringLiteral("−∞"));
  EXPECT_EQ(scoreText(std::nan("")), QStringLiteral("–"));
  EXPECT_EQ(signedScoreText(0.0128), QStringLiteral("+0.0128"));
  EXPECT_EQ(signedScoreText(-0.5), QStringLiteral("−0.500"));
  EXPECT_EQ(signedScoreText(0.0), QStringLiteral("0.000"));
}

TEST(NumberFormats, TheEndsOfAScaleReadAsTwoNumbersWhateverTheirSize) {
  EXPECT_EQ(scaleText(0.0, 0.82), QStringLiteral("0.00"));
  EXPECT_EQ(scaleText(0.82, 0.82), QStringLiteral("0.82"));
  EXPECT_EQ(scaleText(0.004, 0.004), QStringLiteral("0.0040"));
  EXPECT_EQ(scaleText(0.0, 0.004), QStringLiteral("0.0000"));
  EXPECT_EQ(scaleText(-20.0, 55.0), QStringLiteral("−20.00"));
  EXPECT_EQ(scaleText(0.7, 0.0), QStringLiteral("0.700")) << "a constant map";
  for (int exponent = -12; exponent <= 12; ++exponent) {
    const double high = 3.7 * std::pow(10.0, exponent);
    EXPECT_NE(scaleText(0.0, high), scaleText(high, high)) << exponent;
    EXPECT_LE(scaleText(high, high).size(), 12) << scaleText(high, high).toStdString();
    const double base = 5.0 * high;  // far from zero
    EXPECT_NE(scaleText(base, high / 100.0), scaleText(base + high / 100.0, high / 100.0)) << exponent;
  }
}

TEST(NumberFormats, TicksTellNeighboursApartWithoutZerosBehind) {
  EXPECT_EQ(tickText(20.0, 20.0), QStringLiteral("20"));
  EXPECT_EQ(tickText(0.5, 0.5), QStringLiteral("0.5"));
  EXPECT_EQ(tickText(1.0, 0.5), QStringLiteral("1"));
  EXPECT_EQ(tickText(7.5, 2.5), QStringLiteral("7.5"));
  EXPECT_EQ(tickText(0.1282, 0.0001), QStringLiteral("0.1282"));
  EXPECT_EQ(tickText(-0.0, 0.1), QStringLiteral("0"));
  EXPECT_EQ(tickText(1e-17, 0.1), QStringLiteral("0")) << "zero, but for rounding";
  EXPECT_EQ(tickText(-2e-9, 1e-9), QStringLiteral("−2e−9"));
  for (int exponent = -12; exponent <= 12; ++exponent)
    for (const double mantissa : {1.0, 2.0, 2.5, 5.0}) {
      const double step = mantissa * std::pow(10.0, exponent);
      for (int i = -3; i < 4; ++i)
        EXPECT_NE(tickText(i * step, step), tickText((i + 1) * step, step)) << i << " steps of " << step;
    }
}

TEST(NumberFormats, AFieldHasTheDecimalsThatItsRangeNeeds) {
  EXPECT_EQ(fieldDecimals(0.9), 3);
  EXPECT_EQ(fieldDecimals(12.0), 2);
  EXPECT_EQ(fieldDecimals(80.0), 1);
  EXPECT_EQ(fieldDecimals(0.004), 5);
  EXPECT_EQ(fieldDecimals(1e-12), 9);
  EXPECT_EQ(fieldDecimals(1e12), 1);
  EXPECT_EQ(fieldDecimals(0.0), 3);
}

TEST(NumberFormats, OneIsSingular) {
  EXPECT_EQ(countedText(1, QStringLiteral("frame"), QStringLiteral("frames")), QStringLiteral("1 frame"));
  EXPECT_EQ(countedText(0, QStringLiteral("frame"), QStringLiteral("frames")), QStringLiteral("0 frames"));
  EXPECT_EQ(partText(1, 10, QStringLiteral("frame"), QStringLiteral("frames")), QStringLiteral("1 of 10 frames"));
  EXPECT_EQ(pixelRangeText(1, 1), QStringLiteral("1 px"));
  EXPECT_EQ(pixelRangeText(1024, 2047), QStringLiteral("1,024–2,047 px"));
}

}  // namespace
}  // namespace oodscope
