// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/schedule.h"

#include "analysis/core/error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

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

TEST(Schedule, CosineEndsAtTheFinalRate) {
  EXPECT_DOUBLE_EQ(learningRateAt(Schedule::Cosine, 1e-5, 0, 4, 1e-7), 1e-5);
  EXPECT_NEAR(learningRateAt(Schedule::Cosine, 1e-5, 2, 4, 1e-7), (1e-5 + 1e-7) / 2.0, 1e-20);
  EXPECT_NEAR(learningRateAt(Schedule::Cosine, 1e-5, 4, 4, 1e-7), 1e-7, 1e-20);
}

TEST(Schedule, ByEpochAllStepsOfAnEpochHaveOneRate) {
  TrainingOptions options;
  options.learningRate = 0.1;
  const TrainingPlace place{.step = 17, .steps = 40, .epoch = 5, .epochs = 10};
  EXPECT_NEAR(learningRateOf(options, place), 0.1 * std::pow(1.0 - 17.0 / 40.0, 0.9), 1e-15);
  options.isRateByEpoch = true;
  EXPECT_NEAR(learningRateOf(options, place), 0.1 * 0.535886731268146, 1e-15);  // 0.5^0.9
}

TEST(Schedule, StepsFallByAFactorEachSoManyEpochs) {
  TrainingOptions options;
  options.schedule = Schedule::Step;
  options.learningRate = 5e-5;
  options.stepFactor = 0.1;
  options.stepEpochs = 7;
  const auto rate = [&](int epoch) {
    return learningRateOf(options, {.step = epoch, .steps = 20, .epoch = epoch, .epochs = 20});
  };
  EXPECT_DOUBLE_EQ(rate(6), 5e-5);
  EXPECT_NEAR(rate(7), 5e-6, 1e-18);
  EXPECT_NEAR(rate(13), 5e-6, 1e-18);
  EXPECT_NEAR(rate(14), 5e-7, 1e-18);
}

TEST(Schedule, PlateauFallsAfterMoreEpochsWithoutALowerLossThanItsPatience) {
  PlateauState state;
  std::vector<double> shares;
  // 0.99995 is lower by less than 1e-4 of 1: no lower loss.
  for (const double loss : {1.0, 0.99995, 1.2, 1.0, 0.9, 0.91, 0.92, 0.93, 0.8}) {
    observe(state, loss, 0.5, 2);
    shares.push_back(state.share);
  }
  EXPECT_EQ(shares, (std::vector<double>{1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25}));
  EXPECT_EQ(state.least, 0.8);
  TrainingOptions options;
  options.schedule = Schedule::Plateau;
  options.learningRate = 1e-4;
  EXPECT_DOUBLE_EQ(learningRateOf(options, {.plateau = state.share}), 2.5e-5);
}

TEST(Schedule, AllHaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Schedule schedule : allSchedules()) names.insert(scheduleName(schedule));
  EXPECT_EQ(names.size(), allSchedules().size());
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
