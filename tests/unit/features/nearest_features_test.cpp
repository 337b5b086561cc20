// SPDX-License-Identifier: GPL-3.0-or-later
// Distances to a bank against a look at every feature of it in double.
#include "analysis/features/reference_bank.h"

#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>

namespace oodscope {
namespace {

ReferenceBank madeBank(std::size_t count, int dimensions, float centre, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> noise(centre, 1.0F);
  ReferenceBank out{.dimensions = dimensions};
  for (std::size_t i = 0; i < count * static_cast<std::size_t>(dimensions); ++i) out.values.push_back(noise(random));
  return out;
}

double plainMean(const ReferenceBank& bank, const float* query, std::size_t k) {
  const auto dimensions = static_cast<std::size_t>(bank.dimensions);
  std::vector<double> distances;
  for (std::size_t row = 0; row < bank.count(); ++row) {
    double sum = 0;
    for (std::size_t d = 0; d < dimensions; ++d) {
      const double difference = static_cast<double>(query[d]) - static_cast<double>(bank.values[row * dimensions + d]);
      sum += difference * difference;
    }
    distances.push_back(std::sqrt(sum));
  }
  std::sort(distances.begin(), distances.end());
  double sum = 0;
  for (std::size_t i = 0; i < k; ++i) sum += distances[i] / static_cast<double>(k);
  return sum;
}

void expectExact(const ReferenceBank& bank, const std::vector<float>& rows, int k) {
  const std::vector<float> found = NearestFeatures(bank, k).ofRows(rows);
  const auto dimensions = static_cast<std::size_t>(bank.dimensions);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double right = plainMean(bank, rows.data() + i * dimensions, static_cast<std::size_t>(k));
    EXPECT_NEAR(static_cast<double>(found[i]), right, 1e-6 * right) << i;
  }
}

TEST(NearestFeatures, AreExactInABankOfAHundredThousand) {
  const ReferenceBank bank = madeBank(100'000, 64, 0.0F, 1);
  expectExact(bank, madeBank(21, 64, 0.0F, 2).values, 3);
}

/// Features far from 0 that differ little: products of floats alone would name others as the nearest.
TEST(NearestFeatures, AreExactWhereProductsCancel) {
  const ReferenceBank bank = madeBank(3001, 24, 1000.0F, 3);
  std::vector<float> rows = madeBank(9, 24, 1000.0F, 4).values;
  for (std::size_t d = 0; d < 24; ++d) rows[d] = bank.values[d] + (d == 0 ? 0.01F : 0.0F);
  expectExact(bank, rows, 1);
  expectExact(bank, rows, 5);
  expectExact(bank, rows, 3001);
}

TEST(NearestFeatures, OfABankThatHoldsTheQuery) {
  const ReferenceBank bank{.dimensions = 2, .values = {0, 0, 3, 4, 0, 0, 6, 8}};
  EXPECT_EQ(NearestFeatures(bank, 2).ofRows(std::vector<float>{0, 0}), std::vector<float>{0.0F});
  EXPECT_EQ(NearestFeatures(bank, 4).ofRows(std::vector<float>{0, 0}), std::vector<float>{15.0F / 4.0F});
}

TEST(NearestFeatures, OfFeaturesThatAreNotFiniteAreNotDefined) {
  const ReferenceBank bank{.dimensions = 2, .values = {0, 0, 3, 4}};
  const std::vector<float> rows{
      std::numeric_limits<float>::quiet_NaN(), 0, std::numeric_limits<float>::infinity(), 1, 3, 4};
  const auto found = NearestFeatures(bank, 1).ofRows(rows);
  EXPECT_TRUE(std::isnan(found[0]) && std::isnan(found[1]));
  EXPECT_EQ(found[2], 0.0F);
  EXPECT_THROW(NearestFeatures(bank, 3), ContractViolation);
  EXPECT_THROW(NearestFeatures(bank, 0), ContractViolation);
}

TEST(NearestFeatures, OfHugeFeaturesAreMeasuredAllTheSame) {
  const ReferenceBank bank{.dimensions = 2, .values = {1e25F, 0, 0, 1e25F, 2e25F, 0}};
  EXPECT_FLOAT_EQ(NearestFeatures(bank, 1).ofRows(std::vector<float>{3e25F, 0}).front(), 1e25F);
}

TEST(NearestFeatures, AreTheSameForAnyNumberOfThreadsAndAsMaps) {
  const ReferenceBank bank = madeBank(500, 7, 0.0F, 5);
  const std::vector<float> planes = madeBank(60, 7, 0.5F, 6).values;
  const FeatureView view{planes, 7, {10, 6}};
  const NearestFeatures nearest(bank, 3);
  const ScoreMap all = nearest(view);
  const oneapi::tbb::global_control one(oneapi::tbb::global_control::max_allowed_parallelism, 1);
  EXPECT_EQ(nearest(view), all);
  std::vector<float> pixel;
  for (std::size_t d = 0; d < 7; ++d) pixel.push_back(planes[d * 60 + 23]);
  EXPECT_NEAR(static_cast<double>(all.at(3, 2)), plainMean(bank, pixel.data(), 3), 1e-6);
}

TEST(BankSampler, DrawsTheSameWhateverTheOrder) {
  std::vector<std::vector<float>> frames;
  for (unsigned i = 0; i < 6; ++i) frames.push_back(madeBank(50, 3, 0.0F, 10 + i).values);
  const auto view = [&](std::size_t frame) { return FeatureView{frames[frame], 3, {10, 5}}; };
  BankSampler forward(40, 3, 77), backward(40, 3, 77), other(40, 3, 78);
  for (std::size_t i = 0; i < 6; ++i) forward.add(i, view(i));
  for (std::size_t i = 6; i-- > 3;) backward.add(i, view(i));
  BankSampler rest(40, 3, 77);
  for (std::size_t i = 0; i < 3; ++i) rest.add(i, view(i));
  backward.merge(std::move(rest));
  for (std::size_t i = 0; i < 6; ++i) other.add(i, view(i));
  EXPECT_EQ(forward.bank(), backward.bank());
  EXPECT_NE(forward.bank(), other.bank());
  EXPECT_EQ(forward.bank().count(), 40U);
}

/// Each of 200 pixels is drawn 10 times of 200 on the average: over 400 seeds 20 times, give or take.
TEST(BankSampler, DrawsEachPixelAlike) {
  std::vector<float> values(200);
  for (std::size_t i = 0; i < 200; ++i) values[i] = static_cast<float>(i);
  std::vector<int> drawn(200, 0);
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    BankSampler sampler(10, 1, seed);
    sampler.add(0, {values, 1, {20, 10}});
    std::set<float> once;
    for (const float value : sampler.bank().values) {
      EXPECT_TRUE(once.insert(value).second) << "drawn twice";
      ++drawn[static_cast<std::size_t>(value)];
    }
  }
  const auto [least, most] = std::minmax_element(drawn.begin(), drawn.end());
  EXPECT_GT(*least, 4);
  EXPECT_LT(*most, 42);
}

TEST(CombinedScore, IsTheSumOfTwoScaledScores) {
  const ScoreMap score({2, 1}, {-4.0F, 6.0F}), distance({2, 1}, {1.0F, 3.0F});
  const ScoreMap out = combinedScore(score, distance, {-4.0, 4.0, 2.0});
  EXPECT_FLOAT_EQ(out.at(0, 0), 0.5F);
  EXPECT_FLOAT_EQ(out.at(1, 0), 1.25F + 1.5F);
  EXPECT_THROW(static_cast<void>(combinedScore(score, distance, {1.0, 1.0, 2.0})), ContractViolation);
}

}  // namespace
}  // namespace oodscope
