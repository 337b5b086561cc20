// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "score_reference.h"

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

TEST(Half, NarrowingUndoesWidening) {
  for (unsigned bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const std::uint16_t back = halfFromFloat(floatFromHalf(half));
    if (std::isnan(meaningOf(half))) {
      EXPECT_TRUE(std::isnan(floatFromHalf(back)));
    } else {
      EXPECT_EQ(back, half);
    }
  }
}

TEST(Half, NarrowingTakesTheNearestAndEvenOnTies) {
  for (unsigned bits = 0; bits < 0x7bff; ++bits) {
    const float low = floatFromHalf(static_cast<std::uint16_t>(bits));
    const float high = floatFromHalf(static_cast<std::uint16_t>(bits + 1));
    const float middle = (low + high) / 2.0F;
    EXPECT_EQ(halfFromFloat(middle), (bits & 1U) == 0 ? bits : bits + 1);
    EXPECT_EQ(halfFromFloat(std::nextafter(middle, low)), bits);
    EXPECT_EQ(halfFromFloat(std::nextafter(middle, high)), bits + 1);
  }
  EXPECT_EQ(halfFromFloat(65519.996F), 0x7bff);
  EXPECT_EQ(halfFromFloat(65520.0F), 0x7c00);
  EXPECT_EQ(halfFromFloat(-1e30F), 0xfc00);
}

TEST(Half, KernelsOfEveryTargetReadEveryBitPattern) {
  std::vector<std::uint16_t> bits(65536);
  for (unsigned i = 0; i < 65536; ++i) bits[i] = static_cast<std::uint16_t>(i);
  const LogitsView logits{.half = bits.data(), .channels = 1, .height = 256, .width = 256};
  testing::EachTarget().run([&](const std::string& target) {
    const std::vector<float> scores = testing::scored(logits, {.method = Method::MaxLogit});
    for (unsigned i = 0; i < 65536; ++i) {
      const double expected = -meaningOf(static_cast<std::uint16_t>(i));
      if (std::isnan(expected)) {
        ASSERT_TRUE(std::isnan(scores[i])) << target << " " << i;
      } else {
        ASSERT_EQ(static_cast<double>(scores[i]), expected) << target << " " << i;
      }
    }
  });
}

}  // namespace
}  // namespace oodscope
