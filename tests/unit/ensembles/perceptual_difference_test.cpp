// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/ensembles/perceptual_difference.h"

#include "analysis/core/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

namespace oodscope {
namespace {

struct MadeLayer {
  int channels;
  Size size;
  std::vector<float> image, resynthesis;
  [[nodiscard]] FeaturePair pair() const { return {image, resynthesis, channels, size}; }
  [[nodiscard]] double difference(int channel, int x, int y) const {
    const auto at = static_cast<std::size_t>((channel * size.height + y) * size.width + x);
    return std::abs(static_cast<double>(image[at]) - static_cast<double>(resynthesis[at]));
  }
};

MadeLayer madeLayer(int channels, Size size, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> noise;
  MadeLayer out{channels, size, {}, {}};
  for (std::size_t i = 0; i < size.area() * static_cast<std::size_t>(channels); ++i) {
    out.image.push_back(noise(random));
    out.resynthesis.push_back(noise(random));
  }
  return out;
}

/// A map at a place by its kernel: every source pixel within reach, the border repeated.
double sampled(const std::vector<std::vector<double>>& map, double u, double v, int reach, double (*kernel)(double)) {
  const int height = static_cast<int>(map.size()), width = static_cast<int>(map.front().size());
  double sum = 0;
  for (int j = static_cast<int>(std::floor(v)) - reach + 1; j <= static_cast<int>(std::floor(v)) + reach; ++j)
    for (int i = static_cast<int>(std::floor(u)) - reach + 1; i <= static_cast<int>(std::floor(u)) + reach; ++i)
      sum += kernel(u - i) * kernel(v - j) *
             map[static_cast<std::size_t>(std::clamp(j, 0, height - 1))]
                [static_cast<std::size_t>(std::clamp(i, 0, width - 1))];
  return sum;
}
double tent(double x) { return std::max(0.0, 1.0 - std::abs(x)); }
/// Keys' cubic convolution with a = -0.75, from its paper.
double keys(double x) {
  const double a = -0.75, t = std::abs(x);
  if (t <= 1) return (a + 2) * t * t * t - (a + 3) * t * t + 1;
  return t < 2 ? a * t * t * t - 5 * a * t * t + 8 * a * t - 4 * a : 0;
}

std::vector<double> plainDifference(const std::vector<MadeLayer>& layers, bool isReleased, Size target) {
  std::vector<double> out(target.area(), 0.0);
  double weight = isReleased ? 1.0 / 64 : 1.0;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const MadeLayer& layer = layers[l];
    if (isReleased) weight = std::array{1.0 / 32, 1.0 / 16, 1.0 / 8, 1.0 / 4, 1.0}[l];
    std::vector<std::vector<double>> map(static_cast<std::size_t>(layer.size.height),
                                         std::vector<double>(static_cast<std::size_t>(layer.size.width), 0.0));
    for (int y = 0; y < layer.size.height; ++y)
      for (int x = 0; x < layer.size.width; ++x)
        for (int c = 0; c < layer.channels; ++c)
          map[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] +=
              layer.difference(c, x, y) /
              (isReleased ? layer.channels : layer.channels * layer.size.height * layer.size.width);
    for (int y = 0; y < target.height; ++y)
      for (int x = 0; x < target.width; ++x) {
        const double u = (x + 0.5) * layer.size.width / target.width - 0.5;
        const double v = (y + 0.5) * layer.size.height / target.height - 0.5;
        out[static_cast<std::size_t>(y * target.width + x)] +=
            weight * (isReleased ? sampled(map, u, v, 2, keys) : sampled(map, u, v, 1, tent));
      }
  }
  const double least = *std::ranges::min_element(out), most = *std::ranges::max_element(out);
  for (double& value : out) value = (value - least) / (most - least);
  return out;
}

TEST(PerceptualDifference, EqualsItsDefinitionInBothForms) {
  std::vector<MadeLayer> layers;
  for (unsigned i = 0; i < 5; ++i) layers.push_back(madeLayer(3 + static_cast<int>(i), {32 >> i, 16 >> i}, i));
  std::vector<FeaturePair> pairs;
  for (const MadeLayer& layer : layers) pairs.push_back(layer.pair());
  for (const bool isReleased : {false, true}) {
    const ScoreMap found =
        perceptualDifference(pairs, isReleased ? PerceptualForm::Released : PerceptualForm::Equation, {32, 16});
    const std::vector<double> right = plainDifference(layers, isReleased, {32, 16});
    for (std::size_t i = 0; i < right.size(); ++i) ASSERT_NEAR(found.values()[i], right[i], 2e-6) << i;
  }
}

TEST(PerceptualDifference, OfEqualFeaturesIsZeroAndWrongShapesAreRefused) {
  MadeLayer layer = madeLayer(2, {4, 4}, 1);
  layer.resynthesis = layer.image;
  EXPECT_EQ(perceptualDifference(std::vector{layer.pair()}, PerceptualForm::Equation, {8, 8}), ScoreMap({8, 8}));
  EXPECT_THROW(static_cast<void>(perceptualDifference(std::vector{layer.pair()}, PerceptualForm::Released, {8, 8})),
               ContractViolation);
  FeaturePair cut = layer.pair();
  cut.channels = 3;
  EXPECT_THROW(static_cast<void>(perceptualDifference(std::vector{cut}, PerceptualForm::Equation, {8, 8})),
               ContractViolation);
}

/// torch.nn.functional.interpolate of [1, 2, 4, 8] in a row to 8, bicubic, align_corners=False, as Keys' kernel gives
/// it: the middle two are (-0.10546875, 0.87890625, 0.26171875, -0.03515625) . (1, 2, 4, 8) and the other way round.
TEST(Bicubic, OfFourValues) {
  const ScoreMap out = resizeBicubic(ScoreMap({4, 1}, {1, 2, 4, 8}), {8, 1});
  EXPECT_NEAR(out.at(3, 0), -0.10546875 + 2 * 0.87890625 + 4 * 0.26171875 - 8 * 0.03515625, 1e-6);
  EXPECT_NEAR(out.at(4, 0), -0.03515625 + 2 * 0.26171875 + 4 * 0.87890625 - 8 * 0.10546875, 1e-6);
  EXPECT_EQ(resizeBicubic(ScoreMap({3, 2}, 7.0F), {9, 5}), ScoreMap({9, 5}, 7.0F));
}

TEST(SynBoostMaps, AreEquationsOneAndTwo) {
  EXPECT_DOUBLE_EQ(entropyInBits(std::array{0.5, 0.25, 0.25}), 1.5);
  EXPECT_DOUBLE_EQ(entropyInBits(std::array{1.0, 0.0}), 0.0);
  EXPECT_DOUBLE_EQ(softmaxDistance(std::array{0.2, 0.7, 0.1}), 0.5);
  EXPECT_DOUBLE_EQ(softmaxDistance(std::array{0.5, 0.5}), 1.0) << "the second of two equal ones is the other";
  EXPECT_DOUBLE_EQ(softmaxDistance(std::array{1.0}), 0.0);
}

TEST(SynBoostMaps, AsReleasedAreDividedByTheLargest) {
  std::vector<float> entropy{1, 2, 4}, margin{0.5F, 1.0F, 0.75F}, none{0, 0};
  scaleEntropyAsReleased(entropy);
  EXPECT_EQ(entropy, (std::vector<float>{0, 0.25F, 0.75F}));
  scaleMarginAsReleased(margin);
  EXPECT_EQ(margin, (std::vector<float>{1, 0.5F, 0.75F}));
  scaleEntropyAsReleased(none);
  EXPECT_EQ(none, (std::vector<float>{0, 0}));
}

}  // namespace
}  // namespace oodscope
