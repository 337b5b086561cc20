// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/score_key.h"

#include "analysis/metrics/introsort_order.h"
#include "analysis/metrics/radix_sort.h"
#include "analysis/metrics/ranking.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace oodscope {
namespace {

TEST(ScoreKey, KeepsTheOrderOfAllFiniteScores) {
  const float inf = std::numeric_limits<float>::infinity();
  const std::array ascending{-inf,         -FLT_MAX, -1.5F, -1.0F, -FLT_MIN, -FLT_TRUE_MIN, 0.0F,
                             FLT_TRUE_MIN, FLT_MIN,  0.1F,  1.0F,  65504.0F, FLT_MAX,       inf};
  for (std::size_t i = 1; i < ascending.size(); ++i)
    EXPECT_LT(keyOfScore(ascending[i - 1]), keyOfScore(ascending[i])) << ascending[i];
  EXPECT_EQ(keyOfScore(-0.0F), keyOfScore(0.0F));
  for (const float score : ascending) EXPECT_EQ(scoreOfKey(keyOfScore(score)), score);
}

TEST(RoundedToFloat16, MatchesValuesOfTheStandard) {
  EXPECT_EQ(roundedToFloat16(1.0F + 0x1p-11F), 1.0F);            // tie, to even
  EXPECT_EQ(roundedToFloat16(1.0F + 0x3p-11F), 1.0F + 0x1p-9F);  // tie, to even, upwards
  EXPECT_EQ(roundedToFloat16(0.1F), 0.0999755859375F);
  EXPECT_EQ(roundedToFloat16(65519.0F), 65504.0F);
  EXPECT_TRUE(std::isinf(roundedToFloat16(65520.0F)));
  EXPECT_EQ(roundedToFloat16(0x1p-25F), 0.0F);  // tie between 0 and the least subnormal
  EXPECT_EQ(roundedToFloat16(0x1.8p-25F), 0x1p-24F);
  EXPECT_EQ(roundedToFloat16(-0x1.8p-24F), -0x1p-23F);
  EXPECT_TRUE(std::signbit(roundedToFloat16(-0.0F)));
  EXPECT_TRUE(std::isnan(roundedToFloat16(std::nanf(""))));
}

TEST(RadixSort, EqualsStdSort) {
  std::mt19937 random(4);
  for (const std::size_t n : {0U, 1U, 255U, 256U, 5000U}) {
    for (const int shift : {0, 9, 24}) {
      std::vector<std::int32_t> keys(n);
      for (auto& key : keys) key = static_cast<std::int32_t>(random()) >> shift;
      std::vector<std::int32_t> expected = keys;
      std::ranges::sort(expected);
      std::vector<std::int32_t> scratch;
      radixSort(keys, scratch);
      EXPECT_EQ(keys, expected) << n << " keys, shift " << shift;
    }
  }
}

TEST(RadixSort, InPartsEqualsStdSortAndCollapsesTies) {
  std::mt19937 random(5);
  for (const int shift : {0, 12, 30}) {  // distinct keys, ties, four values
    std::vector<std::int32_t> keys((std::size_t{1} << 22) + 12345);
    for (auto& key : keys) key = static_cast<std::int32_t>(random()) >> shift;
    std::vector<std::int32_t> expected = keys;
    std::ranges::sort(expected);
    std::vector<std::int32_t> scratch;
    parallelRadixSort(keys, scratch);
    ASSERT_EQ(keys, expected) << "shift " << shift;
    const std::vector<std::uint32_t> counts = collapseEqualKeys(keys);
    ASSERT_EQ(counts.size(), keys.size());
    std::vector<std::int32_t> again;
    for (std::size_t i = 0; i < keys.size(); ++i) again.insert(again.end(), counts[i], keys[i]);
    EXPECT_EQ(again, expected) << "shift " << shift;
    EXPECT_EQ(std::ranges::adjacent_find(keys), keys.end()) << "shift " << shift;
  }
}

TEST(IntrosortOrder, SortsAndLeavesTiesAsNumpyDoes) {
  // numpy.argsort([1, 0] * 10) of numpy 1.24
  std::vector<double> values;
  for (int i = 0; i < 10; ++i) values.insert(values.end(), {1.0, 0.0});
  const std::vector<std::uint32_t> expected{9, 17, 15, 13, 11, 7, 19, 5, 3, 1, 8, 18, 10, 4, 12, 14, 2, 16, 6, 0};
  EXPECT_EQ(introsortOrder(values), expected);
  EXPECT_TRUE(introsortOrder({}).empty());
}

TEST(SlotCounts, CountsBeyondThirtyTwoBitsAndJoinsRows) {
  SlotCounts counts(5);  // rows of 3 and 2: the third and fourth slot are one
  const std::array<std::uint32_t, 3> most{4294967295U, 4294967295U, 4294967295U};
  counts.add(0, most);
  counts.add(0, most);
  counts.add(3, 5'000'000'000U);
  counts.add(4, 7U);
  EXPECT_EQ(counts.at(0), 2 * 4294967295ULL);
  const std::array<std::size_t, 2> rows{3, 2};
  counts.joinRows(rows);
  ASSERT_EQ(counts.size(), 4U);
  EXPECT_EQ(counts.at(0), 2 * 4294967295ULL);
  EXPECT_EQ(counts.at(1), 2 * 4294967295ULL);
  EXPECT_EQ(counts.at(2), 2 * 4294967295ULL + 5'000'000'000ULL);
  EXPECT_EQ(counts.at(3), 7U);
}

}  // namespace
}  // namespace oodscope
