// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
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

TEST(HalfKernels, EveryTargetReadsEveryBitPattern) {
  std::vector<std::uint16_t> bits(65536);
  for (unsigned i = 0; i < 65536; ++i) bits[i] = static_cast<std::uint16_t>(i);
  const LogitsView logits{.half = bits.data(), .channels = 1, .height = 256, .width = 256};
  testing::EachTarget().run([&](const std::string& target) {
    const std::vector<float> scores = testing::scored(logits, {.method = methods::kMaxLogit});
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
