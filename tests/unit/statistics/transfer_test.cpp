// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/transfer.h"

#include "tests/support/tied_set.h"

#include <gtest/gtest.h>

namespace oodscope {
namespace {

using testing::naiveCounts;
using testing::randomSet;
using testing::Set;

TEST(TransferMatrix, AppliesEachSetsThresholdToEachOther) {
  const Set a = randomSet(1), b = randomSet(2, 60), none = randomSet(3, 0);
  const std::vector<SetScores> sets{a.view(), b.view(), none.view()};
  const TransferMatrix matrix = transferMatrix(sets, {.kind = ThresholdRule::Kind::BestF1});
  EXPECT_DOUBLE_EQ(matrix.at(0, 0).f1Gap.value(), 0.0);
  EXPECT_DOUBLE_EQ(matrix.at(1, 1).f1Gap.value(), 0.0);
  EXPECT_GE(matrix.at(0, 1).f1Gap.value(), 0.0);
  EXPECT_EQ(matrix.at(0, 1).counts, naiveCounts(b, *matrix.at(0, 0).threshold));
  EXPECT_EQ(matrix.at(1, 0).threshold, matrix.at(1, 1).threshold);
  EXPECT_FALSE(matrix.at(2, 0).threshold.has_value());
  EXPECT_FALSE(matrix.at(2, 0).f1.has_value());
  EXPECT_FALSE(matrix.at(0, 2).recall.has_value());
  EXPECT_TRUE(matrix.at(0, 2).fpr.has_value());
}

}  // namespace
}  // namespace oodscope
