// SPDX-License-Identifier: GPL-3.0-or-later
// Class moments and the Mahalanobis distance against their definitions: two passes over all features in double, and
// the distance by elimination instead of an inverse.
#include "analysis/features/feature_statistics.h"
#include "analysis/scores/class_statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace oodscope {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

struct MadeFeatures {
  int dimensions;
  Size size;
  std::vector<float> values;
  ClassMap classes;
  [[nodiscard]] FeatureView view() const { return {values, dimensions, size}; }
  [[nodiscard]] double at(std::size_t pixel, std::size_t d) const {
    return static_cast<double>(values[d * size.area() + pixel]);
  }
};

MadeFeatures madeFeatures(int dimensions, Size size, int classes, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> noise(100.0F, 1.0F);  // far from 0: sums of squares alone would cancel
  MadeFeatures out{dimensions, size, {}, ClassMap(size)};
  for (std::size_t i = 0; i < size.area() * static_cast<std::size_t>(dimensions); ++i)
    out.values.push_back(noise(random));
  for (std::uint8_t& value : out.classes.values())
    value = static_cast<std::uint8_t>(random() % static_cast<unsigned>(classes));
  return out;
}

/// Mean and unbiased covariance of a class over several frames, two passes.
struct PlainMoments {
  double count = 0;
  std::vector<double> mean;
  std::vector<std::vector<double>> covariance;
};
PlainMoments plainMoments(const std::vector<MadeFeatures>& frames, std::uint8_t kind) {
  const auto dimensions = static_cast<std::size_t>(frames.front().dimensions);
  PlainMoments out{0, std::vector<double>(dimensions), {}};
  out.covariance.assign(dimensions, std::vector<double>(dimensions));
  const auto visit = [&](const auto& use) {
    for (const MadeFeatures& frame : frames)
      for (std::size_t p = 0; p < frame.size.area(); ++p)
        if (frame.classes.values()[p] == kind) use(frame, p);
  };
  visit([&](const MadeFeatures& frame, std::size_t p) {
    ++out.count;
    for (std::size_t d = 0; d < dimensions; ++d) out.mean[d] += frame.at(p, d);
  });
  for (double& value : out.mean) value /= out.count;
  visit([&](const MadeFeatures& frame, std::size_t p) {
    for (std::size_t i = 0; i < dimensions; ++i)
      for (std::size_t j = 0; j < dimensions; ++j)
        out.covariance[i][j] += (frame.at(p, i) - out.mean[i]) * (frame.at(p, j) - out.mean[j]) / (out.count - 1);
  });
  return out;
}

/// x^T A^-1 x by Gaussian elimination with pivots.
double plainDistance(std::vector<std::vector<double>> a, std::vector<double> x) {
  const std::vector<double> first = x;
  const std::size_t n = x.size();
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t pivot = i;
    for (std::size_t r = i; r < n; ++r)
      if (std::abs(a[r][i]) > std::abs(a[pivot][i])) pivot = r;
    std::swap(a[i], a[pivot]);
    std::swap(x[i], x[pivot]);
    for (std::size_t r = 0; r < n; ++r) {
      if (r == i) continue;
      const double factor = a[r][i] / a[i][i];
      for (std::size_t c = i; c < n; ++c) a[r][c] -= factor * a[i][c];
      x[r] -= factor * x[i];
    }
  }
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += first[i] * x[i] / a[i][i];
  return sum;
}

FeatureStatistics merged(const std::vector<MadeFeatures>& frames, int classes) {
  FeatureStatistics out(classes, frames.front().dimensions);
  for (const MadeFeatures& frame : frames) {
    FeatureStatistics one(classes, frame.dimensions);
    one.add(frame.view(), frame.classes);
    out += one;
  }
  return out;
}

TEST(FeatureStatistics, EqualTwoPassesOverAllFrames) {
  const std::vector<MadeFeatures> frames{madeFeatures(12, {40, 17}, 3, 1), madeFeatures(12, {9, 30}, 4, 2),
                                         madeFeatures(12, {20, 20}, 3, 3)};
  const FeatureStatistics statistics = merged(frames, 3);  // the second frame's class 3 is beyond the last one
  for (std::uint8_t kind = 0; kind < 3; ++kind) {
    const PlainMoments right = plainMoments(frames, kind);
    const FeatureMoments& found = statistics.of(kind);
    ASSERT_EQ(static_cast<double>(found.count), right.count);
    for (std::size_t i = 0; i < 12; ++i) {
      EXPECT_NEAR(found.mean[i], right.mean[i], 1e-10);
      for (std::size_t j = 0; j < 12; ++j)
        EXPECT_NEAR(found.scatter[i * 12 + j] / (right.count - 1), right.covariance[i][j], 1e-10);
    }
  }
}

TEST(FeatureStatistics, LeaveOutWhatIsNotFinite) {
  MadeFeatures frame = madeFeatures(2, {3, 1}, 1, 5);
  frame.values = {1, kNan, 3, 10, 20, 30};
  FeatureStatistics statistics(1, 2);
  statistics.add(frame.view(), frame.classes);
  EXPECT_EQ(statistics.of(0).count, 2U);
  EXPECT_EQ(statistics.of(0).mean, (std::vector<double>{2, 20}));
  EXPECT_EQ(statistics.of(0).scatter, (std::vector<double>{2, 20, 20, 200}));
}

TEST(Mahalanobis, EqualsElimination) {
  const std::vector<MadeFeatures> frames{madeFeatures(16, {40, 40}, 4, 7), madeFeatures(16, {40, 40}, 4, 8)};
  const FeatureStatistics statistics = merged(frames, 4);
  std::vector<FeatureClass> classes;
  std::vector<PlainMoments> plain;
  for (std::uint8_t kind = 0; kind < 4; ++kind) {
    classes.push_back(featureClassOf(statistics.of(kind)).value());
    plain.push_back(plainMoments(frames, kind));
  }
  MadeFeatures query = madeFeatures(16, {13, 11}, 4, 9);
  query.values[5] = kNan;
  const ScoreMap found = MahalanobisScore(classes)(query.view());
  for (std::size_t p = 0; p < query.size.area(); ++p) {
    if (p == 5) {
      EXPECT_TRUE(std::isnan(found.values()[p]));
      continue;
    }
    double least = std::numeric_limits<double>::infinity();
    for (const PlainMoments& moments : plain) {
      std::vector<double> difference;
      for (std::size_t d = 0; d < 16; ++d) difference.push_back(query.at(p, d) - moments.mean[d]);
      least = std::min(least, plainDistance(moments.covariance, difference));
    }
    EXPECT_NEAR(static_cast<double>(found.values()[p]), least, 1e-5 * least) << p;
  }
}

/// By hand: of covariance diag(4, 1) the point (4, 3) from (0, 0) is 4^2 / 4 + 3^2 = 13 away.
TEST(Mahalanobis, OfADiagonalCovariance) {
  const std::vector<FeatureClass> classes{{{0, 0}, {0.25, 0, 0, 1}}, {{100, 100}, {1, 0, 0, 1}}};
  const std::vector<float> values{4.0F, 3.0F};
  EXPECT_EQ(MahalanobisScore(classes)({values, 2, {1, 1}}).at(0, 0), 13.0F);
}

TEST(Mahalanobis, RefusesASingularCovarianceUnlessThereIsARidge) {
  FeatureStatistics statistics(2, 2);
  const std::vector<float> values{1, 2, 3, 2, 4, 6};  // on a line
  statistics.add({values, 2, {3, 1}}, ClassMap({3, 1}));
  EXPECT_THROW(static_cast<void>(featureClassOf(statistics.of(0))), Error);
  EXPECT_TRUE(featureClassOf(statistics.of(0), 1e-3).has_value());
  EXPECT_FALSE(featureClassOf(statistics.of(1)).has_value()) << "no features";
  EXPECT_THROW(MahalanobisScore({{{0, 0}, {1, 2, 2, 1}}}), Error);
}

TEST(ClassStatistics, AreMeanAndUnbiasedVarianceAClass) {
  ClassStatistics first(3), second(3);
  first.add(std::vector<float>{1, 2, 7, kNan}, std::vector<std::uint8_t>{0, 0, 1, 0});
  second.add(std::vector<float>{6, 9}, std::vector<std::uint8_t>{0, 255});
  first += second;
  EXPECT_EQ(first.of(0).count, 3U);
  EXPECT_DOUBLE_EQ(first.of(0).mean, 3.0);
  EXPECT_DOUBLE_EQ(first.of(0).variance().value(), 7.0);  // (4 + 1 + 9) / 2
  EXPECT_FALSE(first.of(1).variance().has_value());
  const auto scales = scalesOf(first);
  EXPECT_EQ(scales[0], (ClassScale{3.0, 7.0}));
  EXPECT_FALSE(scales[1] || scales[2]);
}

TEST(ClassStatistics, OfManyFramesEqualTwoPasses) {
  std::mt19937 random(3);
  std::normal_distribution<float> noise(5000.0F, 0.5F);
  ClassStatistics all(5);
  std::vector<std::vector<double>> values(5);
  for (int frame = 0; frame < 7; ++frame) {
    std::vector<float> largest;
    std::vector<std::uint8_t> predicted;
    for (int i = 0; i < 5000; ++i) {
      largest.push_back(noise(random));
      predicted.push_back(static_cast<std::uint8_t>(random() % 5));
      values[predicted.back()].push_back(static_cast<double>(largest.back()));
    }
    ClassStatistics one(5);
    one.add(largest, predicted);
    all += one;
  }
  for (std::size_t kind = 0; kind < 5; ++kind) {
    double mean = 0, squares = 0;
    for (const double value : values[kind]) mean += value / static_cast<double>(values[kind].size());
    for (const double value : values[kind]) squares += (value - mean) * (value - mean);
    const double variance = squares / static_cast<double>(values[kind].size() - 1);
    EXPECT_NEAR(all.of(kind).mean, mean, 1e-9 * mean);
    EXPECT_NEAR(all.of(kind).variance().value(), variance, 1e-9 * variance);
  }
}

}  // namespace
}  // namespace oodscope
