// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/calibration.h"

#include "analysis/core/error.h"
#include "analysis/core/grid.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include <tbb/global_control.h>

namespace oodscope {
namespace {

/// Pixels whose true class is drawn from softmax(z / temperature): calibrated at that temperature alone.
LabelledLogits drawnAt(double temperature, std::size_t pixels, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0.0, 3.0);
  std::uniform_real_distribution<double> unit;
  LabelledLogits out{.classes = 5, .logits = {}, .truth = {}};
  for (std::size_t i = 0; i < pixels; ++i) {
    std::vector<double> e;
    double sum = 0.0;
    for (std::size_t c = 0; c < out.classes; ++c) {
      out.logits.push_back(static_cast<float>(normal(random)));
      e.push_back(std::exp(static_cast<double>(out.logits.back()) / temperature));
      sum += e.back();
    }
    double left = unit(random) * sum;
    std::uint8_t c = 0;
    while (c < 4 && left >= e[c]) left -= e[c++];
    out.truth.push_back(c);
  }
  return out;
}

TEST(Reliability, EqualsAHandComputedOne) {
  ReliabilityTally tally;
  tally.add(0.95, true);
  tally.add(0.97, false);
  tally.add(1.0, true);
  tally.add(0.10, false);
  tally.add(std::numeric_limits<double>::quiet_NaN(), true);
  tally.add(1.5, true);
  EXPECT_EQ(tally.count(), 4U);
  EXPECT_EQ(tally.outside(), 2U);
  EXPECT_EQ(tally.bins()[14].count, 3U);
  EXPECT_EQ(tally.bins()[1].count, 1U);
  const double last = std::abs(2.0 / 3.0 - 2.92 / 3.0);
  EXPECT_NEAR(tally.expectedError().value(), (3.0 * last + 0.10) / 4.0, 1e-9);
  EXPECT_NEAR(tally.maximumError().value(), last, 1e-9);
}

TEST(Reliability, IsNotDefinedWithoutPredictions) {
  EXPECT_FALSE(ReliabilityTally().expectedError().has_value());
  EXPECT_FALSE(ReliabilityTally().maximumError().has_value());
  EXPECT_FALSE(ReliabilityTally().bins()[0].confidence().has_value());
}

TEST(Reliability, OfScoresLeavesOutVoid) {
  const std::vector<float> scores{0.5F, 0.5F, 0.5F, 2.0F};
  const std::vector<std::uint8_t> labels{kAnomaly, kNormal, kVoid, kNormal};
  const ReliabilityTally tally = scoreReliability(scores, labels);
  EXPECT_EQ(tally.count(), 2U);
  EXPECT_EQ(tally.outside(), 1U);
  EXPECT_DOUBLE_EQ(tally.expectedError().value(), 0.0);
}

TEST(Calibration, EqualsHandComputedSoftmax) {
  const LabelledLogits samples{.classes = 2, .logits = {0.0F, 2.0F, 1.0F, 0.0F}, .truth = {1, 1}};
  const auto found = calibrationAt(samples, 2.0);
  const double sure = 1.0 / (1.0 + std::exp(-1.0));
  const double unsure = 1.0 / (1.0 + std::exp(-0.5));
  EXPECT_NEAR(found->nll, -0.5 * (std::log(sure) + std::log(1.0 - unsure)), 1e-12);
  EXPECT_DOUBLE_EQ(found->accuracy, 0.5);
  EXPECT_EQ(found->reliability.count(), 2U);
}

TEST(Calibration, FindsTheTemperatureTheLabelsWereDrawnAt) {
  for (const double truth : {0.5, 1.0, 2.5}) {
    const LabelledLogits samples = drawnAt(truth, 40000, 7);
    const auto best = bestTemperature(samples);
    ASSERT_TRUE(best.has_value());
    EXPECT_NEAR(best->temperature, truth, 0.03 * truth);
    EXPECT_FALSE(best->atEnd);
    EXPECT_LT(best->nll, calibrationAt(samples, 1.02 * best->temperature)->nll);
    EXPECT_LT(best->nll, calibrationAt(samples, 0.98 * best->temperature)->nll);
    EXPECT_LT(calibrationAt(samples, best->temperature)->reliability.expectedError().value(), 0.01);
    EXPECT_GT(calibrationAt(samples, 3.0 * best->temperature)->reliability.expectedError().value(), 0.05);
  }
}

TEST(Calibration, StopsAtTheEndsOfTheRange) {
  LabelledLogits samples{.classes = 2, .logits = {0.0F, 2.0F}, .truth = {1}};  // never wrong: as cold as can be
  EXPECT_DOUBLE_EQ(bestTemperature(samples)->temperature, 0.05);
  EXPECT_TRUE(bestTemperature(samples)->atEnd);
  samples.truth = {0};
  EXPECT_DOUBLE_EQ(bestTemperature(samples)->temperature, 20.0);
}

TEST(Calibration, IsNotDefinedWithoutPixelsAndLeavesOutOnesThatAreNotFinite) {
  EXPECT_FALSE(calibrationAt({.classes = 2, .logits = {}, .truth = {}}, 1.0).has_value());
  EXPECT_FALSE(bestTemperature({.classes = 2, .logits = {}, .truth = {}}).has_value());
  const LabelledLogits samples{
      .classes = 2, .logits = {0.0F, std::numeric_limits<float>::quiet_NaN(), 1.0F, 0.0F}, .truth = {0, 0}};
  EXPECT_DOUBLE_EQ(calibrationAt(samples, 1.0)->accuracy, 1.0);
  EXPECT_EQ(calibrationAt(samples, 1.0)->reliability.count(), 1U);
}

TEST(Calibration, IsTheSameForAnyNumberOfThreads) {
  const LabelledLogits samples = drawnAt(1.3, 20000, 9);
  const auto many = bestTemperature(samples);
  const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
  EXPECT_EQ(bestTemperature(samples)->temperature, many->temperature);
  EXPECT_EQ(bestTemperature(samples)->nll, many->nll);
}

TEST(Calibration, RefusesWhatDoesNotFit) {
  EXPECT_THROW((void)calibrationAt({.classes = 2, .logits = {0.0F}, .truth = {0}}, 1.0), ContractViolation);
  EXPECT_THROW((void)calibrationAt({.classes = 2, .logits = {0.0F, 1.0F}, .truth = {2}}, 1.0), ContractViolation);
  EXPECT_THROW((void)calibrationAt({.classes = 2, .logits = {0.0F, 1.0F}, .truth = {1}}, 0.0), ContractViolation);
}

}  // namespace
}  // namespace oodscope
