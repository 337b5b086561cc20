// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/natural_order.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <string>
#include <vector>

namespace oodscope {
namespace {

TEST(NaturalOrder, CountsRunsOfDigitsAsNumbers) {
  std::vector<std::string> names = {"10", "2", "a10", "a9b", "1", "t5/12", "t5/3", "007", "7", "A", "a"};
  std::sort(names.begin(), names.end(), naturalLess);
  EXPECT_EQ(names, (std::vector<std::string>{"1", "2", "7", "007", "10", "A", "a", "a9b", "a10", "t5/3", "t5/12"}));
}

TEST(NaturalOrder, OrdersNumbersLongerThanAnyInteger) {
  EXPECT_TRUE(naturalLess("99999999999999999999998", "99999999999999999999999"));
  EXPECT_FALSE(naturalLess("100000000000000000000000", "99999999999999999999999"));
}

TEST(NaturalOrder, TellsAnyTwoDifferentNamesApart) {
  const std::vector<std::string> names = {"", "0", "00", "1", "01", "a", "a0", "a00", "0a", "A0", "a0b", "a00b"};
  for (const auto& a : names) {
    for (const auto& b : names) {
      EXPECT_EQ(naturalLess(a, b) || naturalLess(b, a), a != b) << a << " and " << b;
      EXPECT_FALSE(naturalLess(a, b) && naturalLess(b, a)) << a << " and " << b;
    }
  }
}

}  // namespace
}  // namespace oodscope
