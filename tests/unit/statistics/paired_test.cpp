// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/paired.h"

#include "tests/unit/statistics/simulated_frames.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace oodscope {
namespace {

using testing::simulatedFrame;

/// A frame with some objects, found with luck, and some false alarms.
ComponentTally randomTally(std::mt19937& random, double skill) {
  std::uniform_real_distribution<double> unit;
  ComponentTally tally;
  for (int i = 0; i < 3; ++i) tally.addTruth(std::min(1.0, skill * unit(random)));
  for (int i = 0; i < 4; ++i) tally.addPredicted(std::min(1.0, skill * unit(random)));
  return tally;
}

/// The share of all swaps of whole frames whose difference of F1* is as large as the observed one, one by one.
double pOfAllSwaps(const std::vector<ComponentTally>& a, const std::vector<ComponentTally>& b) {
  const std::size_t swaps = std::size_t{1} << a.size();
  double observed = 0.0;
  std::size_t hits = 0;
  for (std::size_t mask = 0; mask < swaps; ++mask) {
    ComponentTally first, second;
    for (std::size_t f = 0; f < a.size(); ++f) {
      const bool swapped = (mask & (std::size_t{1} << f)) != 0;
      first += swapped ? b[f] : a[f];
      second += swapped ? a[f] : b[f];
    }
    const double difference = std::abs(*first.f1Star() - *second.f1Star());
    if (mask == 0) observed = difference;
    hits += difference >= observed - 1e-12 ? 1 : 0;
  }
  return static_cast<double>(hits) / static_cast<double>(swaps);
}

TEST(PairedFewFrames, PIsTheShareOfAllSwaps) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    std::vector<ComponentTally> a, b;
    for (std::size_t f = 0; f < 1 + seed % 9; ++f) {
      a.push_back(randomTally(random, 1.1));
      b.push_back(randomTally(random, 0.9));
    }
    const PairedEstimate found = comparePaired(a, b, {.resamples = 50}).f1Star;
    EXPECT_DOUBLE_EQ(found.pValue.value(), pOfAllSwaps(a, b)) << seed;
    EXPECT_TRUE(found.everySwap);
    EXPECT_EQ(found.swaps, std::uint64_t{1} << a.size());
    EXPECT_EQ(found.pError, 0.0);
  }
}

TEST(PairedFewFrames, TenFramesThatAllSaySoGiveTwoOf1024) {
  std::mt19937 random(9);
  FrameHistograms a(10, testing::kSimulatedBins), b(10, testing::kSimulatedBins);
  for (std::size_t f = 0; f < 10; ++f) {
    a.setFrame(f, simulatedFrame(random, 4.0));
    b.setFrame(f, simulatedFrame(random, 0.2));
  }
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const PairedRanking found = comparePaired(a, b, {.resamples = 1000, .seed = seed});
    EXPECT_DOUBLE_EQ(found.ap.pValue.value(), 2.0 / 1024.0) << "whatever the seed";
    EXPECT_EQ(verdict(found.ap, true), Verdict::FirstBetter);
    EXPECT_EQ(verdict(found.fpr95, false), Verdict::FirstBetter) << "lower is better";
  }
}

TEST(PairedFewFrames, AboveThemPSaysItsOwnError) {
  std::mt19937 random(3);
  std::vector<ComponentTally> a, b;
  for (int f = 0; f < 30; ++f) {
    a.push_back(randomTally(random, 1.0));
    b.push_back(randomTally(random, 1.0));
  }
  const PairedEstimate found = comparePaired(a, b, {.resamples = 400}).f1Star;
  EXPECT_FALSE(found.everySwap);
  EXPECT_EQ(found.swaps, 401U);
  EXPECT_DOUBLE_EQ(found.pError.value(), std::sqrt(*found.pValue * (1.0 - *found.pValue) / 401.0));
  // The error is what another seed changes: 40 seeds' p scatter by about that much.
  double sum = 0.0, squares = 0.0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const double p = comparePaired(a, b, {.resamples = 400, .seed = seed}).f1Star.pValue.value();
    sum += p;
    squares += p * p;
  }
  const double scatter = std::sqrt((squares - sum * sum / 40.0) / 39.0);
  EXPECT_GT(scatter, 0.6 * *found.pError);  // a deviation of 40 values is itself known to 11 %
  EXPECT_LT(scatter, 1.5 * *found.pError);
}

TEST(Bootstrap, SaysHowFarOtherDrawsMoveItsEnds) {
  std::mt19937 random(4);
  std::vector<ComponentTally> set;
  for (int f = 0; f < 40; ++f) set.push_back(randomTally(random, 1.0));
  const ResampledValue found = bootstrapComponents(set, {.resamples = 400}).f1Star;
  double sum = 0.0, squares = 0.0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const double low = bootstrapComponents(set, {.resamples = 400, .seed = seed}).f1Star.interval->low;
    sum += low;
    squares += low * low;
  }
  const double scatter = std::sqrt((squares - sum * sum / 60.0) / 59.0);
  EXPECT_GT(found.endError->low, 0.4 * scatter);
  EXPECT_LT(found.endError->low, 2.5 * scatter);
}

PairedEstimate estimateOf(double low, double high, double p) {
  PairedEstimate estimate;
  estimate.difference.value = 0.5 * (low + high);
  estimate.difference.interval = Interval{low, high};
  estimate.pValue = p;
  return estimate;
}

TEST(Verdict, NeedsBothTheIntervalAndP) {
  EXPECT_EQ(verdict(estimateOf(0.01, 0.05, 0.103), true), Verdict::Undecided) << "p says no";
  EXPECT_EQ(verdict(estimateOf(-0.01, 0.05, 0.01), true), Verdict::Undecided) << "the interval holds 0";
  EXPECT_EQ(verdict(estimateOf(0.01, 0.05, 0.05), true), Verdict::FirstBetter);
  EXPECT_EQ(verdict(estimateOf(0.01, 0.05, 0.05), false), Verdict::SecondBetter);
  EXPECT_EQ(verdict(estimateOf(-0.05, -0.01, 0.02), false), Verdict::FirstBetter);
  EXPECT_EQ(verdict(estimateOf(-0.05, -0.01, 0.02), true, 0.99), Verdict::Undecided);
  EXPECT_EQ(verdict({}, true), Verdict::NotDefined);
}

}  // namespace
}  // namespace oodscope
