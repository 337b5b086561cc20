// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/ensembles/perceptual_difference.h"

#include "analysis/imaging/resize.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace oodscope {
namespace {

constexpr std::array kReleasedWeights{1.0 / 32, 1.0 / 16, 1.0 / 8, 1.0 / 4, 1.0};
constexpr double kCubic = -0.75;

/// The 1-norm of the difference over the channels, times `factor`.
ScoreMap differenceOf(const FeaturePair& layer, double factor) {
  const std::size_t area = layer.size.area();
  require(layer.channels > 0 && area > 0, "perceptualDifference: an empty layer");
  const std::size_t count = area * static_cast<std::size_t>(layer.channels);
  require(layer.image.size() == count && layer.resynthesis.size() == count,
          "perceptualDifference: the features do not fill the layer");
  std::vector<double> sums(area, 0.0);
  for (std::size_t i = 0; i < count; ++i)
    sums[i % area] += std::abs(static_cast<double>(layer.image[i]) - static_cast<double>(layer.resynthesis[i]));
  ScoreMap out(layer.size);
  for (std::size_t i = 0; i < area; ++i) out.values()[i] = static_cast<float>(sums[i] * factor);
  return out;
}

/// TermWeights of the four pixels around a place, which lies `t` behind the second.
std::array<double, 4> cubicWeights(double t) {
  const auto near = [](double x) { return ((kCubic + 2) * x - (kCubic + 3)) * x * x + 1; };
  const auto far = [](double x) { return ((kCubic * x - 5 * kCubic) * x + 8 * kCubic) * x - 4 * kCubic; };
  return {far(t + 1), near(t), near(1 - t), far(2 - t)};
}

struct CubicTap {
  std::array<std::size_t, 4> from{};
  std::array<double, 4> weights{};
};

std::vector<CubicTap> cubicTaps(int from, int to) {
  std::vector<CubicTap> out(static_cast<std::size_t>(to));
  for (int i = 0; i < to; ++i) {
    const double place = (i + 0.5) * static_cast<double>(from) / to - 0.5;
    const double floor = std::floor(place);
    CubicTap& tap = out[static_cast<std::size_t>(i)];
    tap.weights = cubicWeights(place - floor);
    for (int k = 0; k < 4; ++k)
      tap.from[static_cast<std::size_t>(k)] =
          static_cast<std::size_t>(std::clamp(static_cast<int>(floor) + k - 1, 0, from - 1));
  }
  return out;
}

std::pair<float, float> endsOf(std::span<const float> values) {
  const auto [least, most] = std::ranges::minmax(values);
  return {least, most};
}

}  // namespace

ScoreMap resizeBicubic(const ScoreMap& map, Size target) {
  require(!map.empty() && target.area() > 0, "resizeBicubic: an empty size");
  const std::vector<CubicTap> columns = cubicTaps(map.width(), target.width),
                              rows = cubicTaps(map.height(), target.height);
  Grid<double> wide({target.width, map.height()});
  for (int y = 0; y < map.height(); ++y) {
    const auto row = map.row(y);
    for (int x = 0; x < target.width; ++x) {
      const CubicTap& tap = columns[static_cast<std::size_t>(x)];
      double sum = 0;
      for (std::size_t k = 0; k < 4; ++k) sum += tap.weights[k] * static_cast<double>(row[tap.from[k]]);
      wide.at(x, y) = sum;
    }
  }
  ScoreMap out(target);
  for (int y = 0; y < target.height; ++y) {
    const CubicTap& tap = rows[static_cast<std::size_t>(y)];
    for (int x = 0; x < target.width; ++x) {
      double sum = 0;
      for (std::size_t k = 0; k < 4; ++k) sum += tap.weights[k] * wide.at(x, static_cast<int>(tap.from[k]));
      out.at(x, y) = static_cast<float>(sum);
    }
  }
  return out;
}

ScoreMap perceptualDifference(std::span<const FeaturePair> layers, PerceptualForm form, Size target) {
  const bool isReleased = form == PerceptualForm::Released;
  require(!layers.empty() && (!isReleased || layers.size() == kReleasedWeights.size()),
          "perceptualDifference: five layers in the released form, one or more otherwise");
  std::vector<double> sums(target.area(), 0.0);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const double channels = layers[i].channels, elements = channels * static_cast<double>(layers[i].size.area());
    const ScoreMap own = differenceOf(layers[i], 1.0 / (isReleased ? channels : elements));
    ScoreMap at = own;
    if (own.size() != target) at = isReleased ? resizeBicubic(own, target) : resizeBilinear(own, target);
    const double weight = isReleased ? kReleasedWeights[i] : 1.0;
    for (std::size_t p = 0; p < sums.size(); ++p) sums[p] += weight * static_cast<double>(at.values()[p]);
  }
  const auto [least, most] = std::ranges::minmax(sums);
  ScoreMap out(target, 0.0F);
  if (most > least)
    for (std::size_t p = 0; p < sums.size(); ++p)
      out.values()[p] = static_cast<float>((sums[p] - least) / (most - least));
  return out;
}

double entropyInBits(std::span<const double> probabilities) {
  double sum = 0;
  for (const double p : probabilities) sum -= p > 0.0 ? p * std::log2(p) : 0.0;
  return sum;
}

double softmaxDistance(std::span<const double> probabilities) {
  require(!probabilities.empty(), "softmaxDistance: no class");
  double largest = 0, second = 0;
  for (const double p : probabilities) {
    second = std::max(second, std::min(largest, p));
    largest = std::max(largest, p);
  }
  return 1.0 - largest + second;
}

void scaleEntropyAsReleased(std::span<float> entropy) {
  if (entropy.empty()) return;
  const auto [least, most] = endsOf(entropy);
  for (float& value : entropy) value = most > 0.0F ? (value - least) / most : 0.0F;
}

void scaleMarginAsReleased(std::span<float> margin) {
  if (margin.empty()) return;
  const auto [least, most] = endsOf(margin);
  for (float& value : margin) value = most > 0.0F ? 1.0F - (value - least) / most : 1.0F;
}

}  // namespace oodscope
