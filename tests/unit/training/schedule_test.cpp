// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/schedule.h"

#include "analysis/core/error.h"

#include <gtest/gtest.h>

namespace oodscope {
namespace {

TEST(Schedule, PolynomialFallsWithPowerPointNine) {
  EXPECT_DOUBLE_EQ(learningRateAt(Schedule::Polynomial, 0.1, 0, 10), 0.1);
  EXPECT_NEAR(learningRateAt(Schedule::Polynomial, 0.1, 5, 10), 0.1 * 0.535886731268146, 1e-15);  // 0.5^0.9
  EXPECT_DOUBLE_EQ(learningRateAt(Schedule::Polynomial, 0.1, 10, 10), 0.0);
}

TEST(Schedule, CosineIsHalfInTheMiddleAndNothingAtTheEnd) {
  EXPECT_DOUBLE_EQ(learningRateAt(Schedule::Cosine, 0.1, 0, 4), 0.1);
  EXPECT_NEAR(learningRateAt(Schedule::Cosine, 0.1, 1, 4), 0.1 * 0.853553390593274, 1e-15);  // (1 + sqrt(1/2)) / 2
  EXPECT_NEAR(learningRateAt(Schedule::Cosine, 0.1, 2, 4), 0.05, 1e-15);
  EXPECT_NEAR(learningRateAt(Schedule::Cosine, 0.1, 4, 4), 0.0, 1e-15);
}

TEST(Schedule, ConstantStays) { EXPECT_DOUBLE_EQ(learningRateAt(Schedule::Constant, 0.1, 9, 10), 0.1); }

TEST(Schedule, WarmsUpInEqualStepsToTheWholeRate) {
  EXPECT_DOUBLE_EQ(warmUpAt(0, 100), 0.01);
  EXPECT_DOUBLE_EQ(warmUpAt(49, 100), 0.5);
  EXPECT_DOUBLE_EQ(warmUpAt(99, 100), 1.0);
  EXPECT_DOUBLE_EQ(warmUpAt(100'000, 100), 1.0);
  EXPECT_DOUBLE_EQ(warmUpAt(0, 0), 1.0);
}

TEST(Schedule, RefusesStepsBeyondTheLast) {
  EXPECT_THROW(static_cast<void>(learningRateAt(Schedule::Cosine, 0.1, 11, 10)), ContractViolation);
  EXPECT_THROW(static_cast<void>(learningRateAt(Schedule::Cosine, 0.1, 0, 0)), ContractViolation);
}

}  // namespace
}  // namespace oodscope
