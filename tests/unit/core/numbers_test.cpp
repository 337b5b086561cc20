// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/numbers.h"

#include <gtest/gtest.h>

#include <clocale>
#include <cstdlib>
#include <limits>

namespace oodscope {
namespace {

TEST(Numbers, AreReadWithAPointUnderEveryLocale) {
  EXPECT_EQ(numberFromText("1.6"), 1.6);
  EXPECT_EQ(numberFromText("+0.25"), 0.25);
  EXPECT_EQ(numberFromText("-1e-3"), -1e-3);
  EXPECT_EQ(numberFromText("7"), 7.0);
  for (const char* text :
       {"", "1,6", "1.6x", " 1", "1 ", "nan", "inf", "-inf", "1e999", "-1e999", "0x10", "+-1", "+", "."})
    EXPECT_FALSE(numberFromText(text)) << text;
  EXPECT_EQ(numberFromText("1e-999"), 0.0);
  EXPECT_EQ(numberFromText("0." + std::string(400, '0') + "1"), 0.0);
  EXPECT_FALSE(numberFromText("1" + std::string(400, '0')));
}

TEST(Numbers, WholeOnesAreReadToTheirLastDigit) {
  EXPECT_EQ(wholeNumberFromText("-42"), -42);
  EXPECT_EQ(wholeNumberFromText("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  for (const char* text : {"", "1.0", "1e3", "9223372036854775808", "12a", "a", "+", "--1"})
    EXPECT_FALSE(wholeNumberFromText(text)) << text;
}

TEST(Numbers, AreWrittenWithAPointUnderEveryLocale) {
  EXPECT_EQ(roundTripText(0.1), "0.1");
  EXPECT_EQ(roundTripText(1.6F), "1.6");
  EXPECT_EQ(fixedText(1234.5678, 2), "1234.57");
  EXPECT_EQ(fixedText(-0.5, 0), "-0");
  EXPECT_EQ(generalText(0.42134567, 4), "0.4213");
  EXPECT_EQ(generalText(123456.0, 3), "1.23e+05");
  EXPECT_EQ(fixedText(1e308, 40).size(), 309U + 41U);
}

/// The run under another locale proves nothing where that locale is not in force.
TEST(Numbers, TheLocaleOfThisRunIsTheOneAskedFor) {
  const char* asked = std::getenv("OODSCOPE_TEST_POINT");
  if (asked == nullptr) GTEST_SKIP() << "no locale was asked for: see tests/support/under_locale.sh";
  EXPECT_STREQ(std::localeconv()->decimal_point, asked);
}

}  // namespace
}  // namespace oodscope
