// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/augmentation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace oodscope {
namespace {

template <class T>
void mirror(Grid<T>& grid) {
  for (int y = 0; y < grid.height(); ++y) std::reverse(grid.row(y).begin(), grid.row(y).end());
}

template <class T>
Grid<T> window(const Grid<T>& grid, int left, int top, Size size, T beyond) {
  Grid<T> out(size, beyond);
  const int width = std::min(size.width, grid.width() - left);
  const int height = std::min(size.height, grid.height() - top);
  for (int y = 0; y < height; ++y) {
    const auto from = grid.row(top + y).subspan(static_cast<std::size_t>(left), static_cast<std::size_t>(width));
    std::copy(from.begin(), from.end(), out.row(y).begin());
  }
  return out;
}

/// The grid moved by whole pixels within its own size.
template <class T>
Grid<T> shifted(const Grid<T>& grid, int right, int down, T beyond) {
  Grid<T> out(grid.size(), beyond);
  const int width = grid.width() - std::abs(right);
  for (int y = std::max(0, down); width > 0 && y < std::min(grid.height(), grid.height() + down); ++y) {
    const auto from =
        grid.row(y - down).subspan(static_cast<std::size_t>(std::max(0, -right)), static_cast<std::size_t>(width));
    std::copy(from.begin(), from.end(), out.row(y).begin() + std::max(0, right));
  }
  return out;
}

/// From a number in [0, 1).
double scaleOf(const Augmentation& how, double u) {
  if (how.scales.empty()) {
    const double least = std::log(how.smallest);
    return std::exp(least + (std::log(how.largest) - least) * u);
  }
  const auto count = static_cast<double>(how.scales.size());
  return how.scales[std::min(how.scales.size() - 1, static_cast<std::size_t>(u * count))];
}

/// ITU-R 601 luma, which PIL's and torchvision's grey is.
float grey(Rgb c) {
  return 0.299F * static_cast<float>(c.r) + 0.587F * static_cast<float>(c.g) + 0.114F * static_cast<float>(c.b);
}

void recolour(RgbImage& image, float brightness, float contrast, float saturation) {
  double sum = 0.0;
  for (const Rgb c : image.values()) sum += static_cast<double>(grey(c));
  const float mean = static_cast<float>(sum / static_cast<double>(image.values().size())) * brightness;
  const auto bounded = [](float v) { return static_cast<std::uint8_t>(std::lround(std::clamp(v, 0.0F, 255.0F))); };
  for (Rgb& c : image.values()) {
    const float own = grey(c);
    const auto value = [&](std::uint8_t v) {
      const float saturated = own + (static_cast<float>(v) - own) * saturation;
      return bounded(mean + (saturated * brightness - mean) * contrast);
    };
    c = {value(c.r), value(c.g), value(c.b)};
  }
}

void tint(RgbImage& image, const std::array<float, 3>& factors) {
  const auto bounded = [](float v) { return static_cast<std::uint8_t>(std::lround(std::clamp(v, 0.0F, 255.0F))); };
  for (Rgb& c : image.values()) {
    c = {bounded(static_cast<float>(c.r) * factors[0]), bounded(static_cast<float>(c.g) * factors[1]),
         bounded(static_cast<float>(c.b) * factors[2])};
  }
}

int scaled(int length, double scale) { return std::max(1, static_cast<int>(std::lround(length * scale))); }

}  // namespace

Sample augmented(const Sample& sample, const Augmentation& how, SplitMix& random) {
  // All numbers are drawn whether used or not, so that one option does not change what another one does.
  const bool flip = random.uniform() < 0.5;
  const double scale = scaleOf(how, random.uniform());
  const double across = random.uniform(), down = random.uniform();
  std::array<float, 3> factors{};
  const std::array<double, 3> spreads{how.brightness, how.contrast, how.saturation};
  for (std::size_t i = 0; i < factors.size(); ++i) {
    factors[i] = static_cast<float>(random.uniform(1.0 - spreads[i], 1.0 + spreads[i]));
  }
  std::array<float, 3> tints{};
  for (float& factor : tints) factor = static_cast<float>(random.uniform(1.0 - how.channels, 1.0 + how.channels));
  const auto shift = [&] {
    return static_cast<int>(random.below(2 * static_cast<std::uint64_t>(how.shift) + 1)) - how.shift;
  };
  const int right = shift(), downwards = shift();
  const Size target{scaled(sample.image.width(), scale), scaled(sample.image.height(), scale)};
  Sample out = resized(sample, target);
  if (how.crop.area() > 0) {
    const int left = static_cast<int>(across * (std::max(0, target.width - how.crop.width) + 1));
    const int top = static_cast<int>(down * (std::max(0, target.height - how.crop.height) + 1));
    out.image = window(out.image, left, top, how.crop, Rgb{});
    out.classes = window(out.classes, left, top, how.crop, kUnlearned);
    if (!out.label.empty()) out.label = window(out.label, left, top, how.crop, kVoid);
  }
  if (right != 0 || downwards != 0) {
    out.image = shifted(out.image, right, downwards, Rgb{});
    out.classes = shifted(out.classes, right, downwards, kUnlearned);
    if (!out.label.empty()) out.label = shifted(out.label, right, downwards, kVoid);
  }
  if (how.flip && flip) {
    mirror(out.image);
    mirror(out.classes);
    if (!out.label.empty()) mirror(out.label);
  }
  if (how.brightness > 0.0 || how.contrast > 0.0 || how.saturation > 0.0) {
    recolour(out.image, factors[0], factors[1], factors[2]);
  }
  if (how.channels > 0.0) tint(out.image, tints);
  return out;
}

}  // namespace oodscope
