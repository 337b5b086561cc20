// SPDX-License-Identifier: GPL-3.0-or-later
// Methods of features against their definitions, plainly and in double: solved by elimination, distances to every
// feature sorted. Whole frames, rows, pixels and other sizes are one map.
#include "analysis/core/error.h"
#include "analysis/features/feature_reference.h"
#include "tests/unit/scores/made_outputs.h"

#include <gtest/gtest.h>

#include <limits>
#include <utility>

namespace oodscope {
namespace {

using testing::MadeArray;

constexpr Size kOwnFeatures{14, 9}, kLogitsOfThem{56, 36};
constexpr int kDimensions = 5, kBankRows = 40, kNearest = 3;

/// Two classes whose covariances lean, and a bank of random features.
struct MadeReference {
  std::vector<FeatureClass> classes;
  ReferenceBank bank{.dimensions = kDimensions};
  std::shared_ptr<FeatureReference> reference = std::make_shared<FeatureReference>();

  MadeReference() {
    std::mt19937 random(11);
    std::normal_distribution<double> noise(0.0, 1.0);
    for (int c = 0; c < 2; ++c) {
      FeatureClass& one = classes.emplace_back();
      for (int d = 0; d < kDimensions; ++d) one.mean.push_back(noise(random));
      one.inverse.assign(kDimensions * kDimensions, 0.2);
      for (int d = 0; d < kDimensions; ++d)
        one.inverse[static_cast<std::size_t>(d * kDimensions + d)] = 1.0 + 0.5 * d + c;
    }
    for (int i = 0; i < kBankRows * kDimensions; ++i) bank.values.push_back(static_cast<float>(noise(random)));
    reference->gaussians.emplace(classes);
    reference->neighbours.emplace(bank, kNearest);
  }
  [[nodiscard]] double mahalanobis(const MadeArray& features, int y, int x) const {
    double least = std::numeric_limits<double>::infinity();
    for (const FeatureClass& one : classes) {
      double sum = 0.0;
      for (int i = 0; i < kDimensions; ++i)
        for (int j = 0; j < kDimensions; ++j)
          sum += (features.at(i, y, x) - one.mean[static_cast<std::size_t>(i)]) *
                 one.inverse[static_cast<std::size_t>(i * kDimensions + j)] *
                 (features.at(j, y, x) - one.mean[static_cast<std::size_t>(j)]);
      least = std::min(least, sum);
    }
    return least;
  }
  [[nodiscard]] double nearest(const MadeArray& features, int y, int x) const {
    std::vector<double> all;
    for (std::size_t r = 0; r < kBankRows; ++r) {
      double sum = 0.0;
      for (int d = 0; d < kDimensions; ++d) {
        const double difference =
            features.at(d, y, x) - static_cast<double>(bank.values[r * kDimensions + static_cast<std::size_t>(d)]);
        sum += difference * difference;
      }
      all.push_back(std::sqrt(sum));
    }
    std::sort(all.begin(), all.end());
    return std::accumulate(all.begin(), all.begin() + kNearest, 0.0) / kNearest;
  }
  /// A method's map at the features' own resolution.
  [[nodiscard]] MadeArray mapOf(Method method, const MadeArray& features) const {
    MadeArray out;
    out.channels = 1;
    out.height = features.height;
    out.width = features.width;
    for (int y = 0; y < features.height; ++y)
      for (int x = 0; x < features.width; ++x)
        out.single.push_back(
            static_cast<float>(method == methods::kKnn ? nearest(features, y, x) : mahalanobis(features, y, x)));
    return out;
  }
};

std::vector<float> scoresAt(const OutputsView& view, const ScoreParameters& how, Size target) {
  std::vector<float> out(target.area(), -1.0F);
  scoreResized(view, how, target, out);
  return out;
}

TEST(FeatureScores, AreTheirDefinitionsAtTheirOwnSizeAndUpsampled) {
  const MadeReference made;
  for (const bool isHalf : {false, true}) {
    const MadeArray features(kDimensions, kOwnFeatures.height, kOwnFeatures.width, isHalf, 0.0, 1.5, 3);
    OutputsView view;
    view[Output::Features] = features.view();
    ASSERT_EQ(view.size(), kOwnFeatures);
    for (const Method method : {methods::kMahalanobis, methods::kKnn}) {
      const MadeArray map = made.mapOf(method, features);
      const ScoreParameters how{.method = method, .features = made.reference};
      for (const Size target : {kOwnFeatures, Size{50, 31}}) {
        const auto scores = scoresAt(view, how, target);
        for (int y = 0; y < target.height; ++y)
          for (int x = 0; x < target.width; ++x) {
            const double expected = map.at(0, target, x, y);
            ASSERT_NEAR(scores[static_cast<std::size_t>(y * target.width + x)], expected, 1e-5 * (1.0 + expected))
                << method << " " << isHalf << " " << x << " " << y;
          }
      }
    }
  }
}

TEST(FeatureScores, RowsPixelsAndSeveralEqualTheWholeFrameBitForBit) {
  const MadeReference made;
  const MadeArray features(kDimensions, kOwnFeatures.height, kOwnFeatures.width, true, 0.0, 1.5, 3);
  const MadeArray logits(4, kLogitsOfThem.height, kLogitsOfThem.width, true, 0.0, 2.0, 4);
  OutputsView view{logits.view()};
  view[Output::Features] = features.view();
  ASSERT_EQ(view.size(), kLogitsOfThem) << "the frame's size is that of the logits";
  const ScoreParameters how{.method = methods::kKnn, .features = made.reference};
  const auto whole = scoresAt(view, how, kLogitsOfThem);
  std::vector<float> plain(kLogitsOfThem.area()), rows(static_cast<std::size_t>(kLogitsOfThem.width) * 5);
  score(view, how, plain);
  EXPECT_EQ(plain, whole);
  scoreRows(view, how, 7, 5, rows);
  EXPECT_TRUE(std::equal(rows.begin(), rows.end(), whole.begin() + 7 * kLogitsOfThem.width));
  std::vector<std::uint32_t> pixels;
  for (std::uint32_t i = 0; i < kLogitsOfThem.area(); i += 1 + i % 5) pixels.push_back(i);
  std::vector<float> chosen(pixels.size());
  scorePixels(view, how, pixels, chosen);
  for (std::size_t i = 0; i < pixels.size(); ++i) ASSERT_EQ(chosen[i], whole[pixels[i]]);
  std::vector<float> energy(kLogitsOfThem.area()), alone(kLogitsOfThem.area());
  const ScoreParameters several[] = {{.method = methods::kEnergy}, how};
  const std::span<float> outs[] = {energy, plain};
  scoreSeveral(view, several, outs);
  EXPECT_EQ(plain, whole);
  score(view, several[0], alone);
  EXPECT_EQ(energy, alone);
}

TEST(FeatureScores, SayWhatASourceLacks) {
  const auto none = methods::kKnn.whyNot({.channels = 19});
  ASSERT_TRUE(none);
  EXPECT_EQ(none->what, "the source gives no features");
  const auto unfitted = methods::kMahalanobis.whyNot({.featureChannels = 64});
  ASSERT_TRUE(unfitted);
  EXPECT_EQ(unfitted->what, "the source has no means and covariances of features");
  const auto other = methods::kKnn.whyNot({.featureChannels = 64, .bankDimensions = 32});
  ASSERT_TRUE(other);
  EXPECT_EQ(other->expected, "features of 32 channels");
  EXPECT_EQ(other->found, "64 channels");
  EXPECT_FALSE(methods::kKnn.whyNot({.featureChannels = 32, .bankDimensions = 32}));
  const auto channel =
      methods::kSml.whyNot({.channels = 19, .hasClassStatistics = true, .channelWithoutStatistics = 7});
  ASSERT_TRUE(channel);
  EXPECT_EQ(channel->expected, "mean and variance of channel 7");
}

TEST(FeatureScores, RefuseFeaturesThatNothingWasFittedFor) {
  const MadeReference made;
  const MadeArray features(kDimensions + 1, 4, 4, false, 0.0, 1.0, 3);
  OutputsView view;
  view[Output::Features] = features.view();
  std::vector<float> out(16);
  EXPECT_THROW(score(view, {.method = methods::kKnn, .features = made.reference}, out), ContractViolation);
  EXPECT_THROW(score(view, {.method = methods::kKnn}, out), ContractViolation);
}

}  // namespace
}  // namespace oodscope
