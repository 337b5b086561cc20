// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/ensembles/normalisation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace oodscope {
namespace {

using Kind = Normalisation::Kind;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

ScoreScale scaleOf(Kind kind, const std::vector<float>& scores, const std::vector<std::uint8_t>& labels) {
  ScaleFit fit(kind);
  fit.add(scores, labels);
  return fit.scale();
}

std::vector<float> applied(const ScoreScale& scale, std::vector<float> scores) {
  scale.apply(scores);
  return scores;
}

TEST(Normalisation, IsReadAndWritten) {
  EXPECT_EQ(parseNormalisation("min-max"), (Normalisation{Kind::MinMax, Normalisation::Over::Set}));
  EXPECT_EQ(parseNormalisation("rank:frame"), (Normalisation{Kind::Rank, Normalisation::Over::Frame}));
  for (const char* text : {"none:set", "min-max:frame", "rank:set", "standardised:frame"})
    EXPECT_EQ(textOf(parseNormalisation(text)), text);
  for (const char* text : {"", "minmax", "min-max:", "min-max:pixel", "rank:set:frame"})
    EXPECT_THROW(static_cast<void>(parseNormalisation(text)), Error) << text;
}

/// By hand; the void pixel of 100 takes no part in the scale and goes on beyond it.
TEST(Normalisation, OfAFewScores) {
  const std::vector<float> scores{2, 4, 4, 6, 100, kNan, kInfinity};
  const std::vector<std::uint8_t> labels{0, 0, 1, 0, 255, 0, 1};
  auto out = applied(scaleOf(Kind::MinMax, scores, labels), scores);
  EXPECT_EQ(std::vector(out.begin(), out.begin() + 5), (std::vector<float>{0, 0.5F, 0.5F, 1, 24.5F}));
  EXPECT_TRUE(std::isnan(out[5]));
  out = applied(scaleOf(Kind::Rank, scores, labels), scores);
  EXPECT_EQ(std::vector(out.begin(), out.begin() + 5), (std::vector<float>{0.125F, 0.5F, 0.5F, 0.875F, 1}));
  EXPECT_EQ(applied(scaleOf(Kind::Rank, scores, labels), {1, 3, 5}), (std::vector<float>{0, 0.3125F, 0.6875F}));
  out = applied(scaleOf(Kind::Standardised, scores, labels), scores);
  EXPECT_FLOAT_EQ(out[0], -std::sqrt(2.0F));  // mean 4, variance (4 + 0 + 0 + 4) / 4
  EXPECT_FLOAT_EQ(out[1], 0.0F);
  EXPECT_EQ(applied(scaleOf(Kind::None, scores, labels), {2, 100}), (std::vector<float>{2, 100}));
}

TEST(Normalisation, OfOneValueIsZero) {
  for (const Kind kind : {Kind::MinMax, Kind::Standardised})
    EXPECT_EQ(applied(scaleOf(kind, {3, 3}, {0, 1}), {3, 4}), (std::vector<float>{0, 0}));
  EXPECT_EQ(applied(scaleOf(Kind::Rank, {3, 3}, {0, 1}), {3}), std::vector<float>{0.5F});
}

TEST(Normalisation, OfASetIsThatOfAllFramesTogether) {
  std::mt19937 random(5);
  std::normal_distribution<float> noise(-3.0F, 2.0F);
  std::vector<float> all;
  std::vector<std::uint8_t> labels;
  std::vector<ScaleFit> fits{ScaleFit(Kind::MinMax), ScaleFit(Kind::Rank), ScaleFit(Kind::Standardised)};
  for (int frame = 0; frame < 4; ++frame) {
    std::vector<float> scores;
    std::vector<std::uint8_t> kinds;
    for (int i = 0; i < 300; ++i) {
      scores.push_back(std::round(noise(random) * 8) / 8);  // ties
      kinds.push_back(static_cast<std::uint8_t>(random() % 4 == 0 ? 255 : random() % 2));
    }
    for (ScaleFit& fit : fits) {
      ScaleFit one = fit;
      one = frame == 0 ? fit
                       : ScaleFit(&fit == fits.data()       ? Kind::MinMax
                                  : &fit == fits.data() + 1 ? Kind::Rank
                                                            : Kind::Standardised);
      one.add(scores, kinds);
      if (frame == 0)
        fit = one;
      else
        fit.merge(one);
    }
    all.insert(all.end(), scores.begin(), scores.end());
    labels.insert(labels.end(), kinds.begin(), kinds.end());
  }
  std::vector<double> counted;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (labels[i] != 255) counted.push_back(static_cast<double>(all[i]));
  double least = 1e9, most = -1e9, mean = 0, variance = 0;
  for (const double value : counted) {
    least = std::min(least, value);
    most = std::max(most, value);
    mean += value / static_cast<double>(counted.size());
  }
  for (const double value : counted) variance += (value - mean) * (value - mean) / static_cast<double>(counted.size());
  const auto range = applied(fits[0].scale(), all), ranks = applied(fits[1].scale(), all),
             standard = applied(fits[2].scale(), all);
  for (std::size_t i = 0; i < all.size(); i += 7) {
    if (labels[i] == 255) continue;
    const auto value = static_cast<double>(all[i]);
    double below = 0;
    for (const double other : counted) below += other < value ? 1 : other == value ? 0.5 : 0;
    EXPECT_NEAR(range[i], (value - least) / (most - least), 1e-6);
    EXPECT_NEAR(ranks[i], below / static_cast<double>(counted.size()), 1e-6);
    EXPECT_NEAR(standard[i], (value - mean) / std::sqrt(variance), 1e-5);
  }
}

}  // namespace
}  // namespace oodscope
