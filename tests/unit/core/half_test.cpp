// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/half.h"

#include <gtest/gtest.h>
#include <bit>
#include <cmath>
#include <limits>

namespace oodscope {
namespace {

double meaningOf(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int mantissa = bits & 1023;
  double value = 0.0;
  if (exponent == 31) {
    value = mantissa == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  } else {
    value = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -value : value;
}

TEST(Half, EveryBitPatternWidensToItsIeeeValue) {
  for (unsigned bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const double value = static_cast<double>(floatFromHalf(half));
    if (std::isnan(meaningOf(half))) {
      EXPECT_TRUE(std::isnan(value)) << bits;
    } else {
      EXPECT_EQ(value, meaningOf(half)) << bits;
      EXPECT_EQ(std::signbit(value), (bits & 0x8000U) != 0) << bits;
    }
  }
}

TEST(Half, EveryValueSurvivesTheWayThere) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = floatFromHalf(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(floatFromHalf(halfFromFloat(value))));
    } else {
      ASSERT_EQ(halfFromFloat(value), half) << bits;
    }
  }
}

TEST(Half, KnownValues) {
  EXPECT_EQ(floatFromHalf(0x3C00), 1.0F);
  EXPECT_EQ(floatFromHalf(0xC000), -2.0F);
  EXPECT_EQ(floatFromHalf(0x7BFF), 65504.0F);
  EXPECT_EQ(floatFromHalf(0x0001), 0x1p-24F);
  EXPECT_TRUE(std::isinf(floatFromHalf(0x7C00)));
}

TEST(Half, NeighboursRoundToNearestAndTiesToEven) {
  for (std::uint32_t bits = 0; bits < 0x7BFF; ++bits) {
    const auto low = static_cast<std::uint16_t>(bits);
    const auto high = static_cast<std::uint16_t>(bits + 1);
    const float middle = (floatFromHalf(low) + floatFromHalf(high)) / 2;  // exact in float
    const auto even = (low & 1U) == 0 ? low : high;
    ASSERT_EQ(halfFromFloat(middle), even) << bits;
    ASSERT_EQ(halfFromFloat(std::nextafter(middle, 0.0F)), low) << bits;
    ASSERT_EQ(halfFromFloat(std::nextafter(middle, 1e9F)), high) << bits;
    ASSERT_EQ(halfFromFloat(-middle), even | 0x8000U) << bits;
  }
  EXPECT_EQ(halfFromFloat(65519.996F), 0x7BFF);
  EXPECT_EQ(halfFromFloat(65520.0F), 0x7C00);
  EXPECT_EQ(halfFromFloat(-1e30F), 0xFC00);
}

TEST(Half, NanKeepsItsSignAndTheBeginningOfItsPayload) {
  EXPECT_EQ(halfFromFloat(std::bit_cast<float>(0x7FC12345U)), 0x7E09);  // as F16C and numpy
  EXPECT_EQ(halfFromFloat(std::bit_cast<float>(0xFFC12345U)), 0xFE09);
  EXPECT_EQ(halfFromFloat(std::bit_cast<float>(0x7F800001U)), 0x7E00);  // never an infinity
}

}  // namespace
}  // namespace oodscope
