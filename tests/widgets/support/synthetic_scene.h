// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>

namespace oodscope::testing_support {

/// A road, a sky, trees and one animal-like anomaly with a void strip: the same for the same size, no file needed.
struct SyntheticScene {
  std::shared_ptr<const RgbImage> image;
  std::shared_ptr<const LabelMap> label;
  std::shared_ptr<const ScoreMap> scores;
  std::shared_ptr<const ScoreMap> otherScores;
};

/// Smooth value noise in [0, 1): a hash at whole points of a grid of `cell` pixels, interpolated.
inline float valueNoise(double x, double y, double cell, std::uint32_t seed) {
  const auto hash = [seed](int ix, int iy) {
    std::uint32_t h = static_cast<std::uint32_t>(ix) * 374761393U + static_cast<std::uint32_t>(iy) * 668265263U + seed;
    h = (h ^ (h >> 13)) * 1274126177U;
    return static_cast<double>((h ^ (h >> 16)) & 0xffffU) / 65536.0;
  };
  const double gx = x / cell, gy = y / cell;
  const int ix = static_cast<int>(std::floor(gx)), iy = static_cast<int>(std::floor(gy));
  const double u = gx - ix, v = gy - iy;
  const double top = hash(ix, iy) * (1 - u) + hash(ix + 1, iy) * u;
  const double bottom = hash(ix, iy + 1) * (1 - u) + hash(ix + 1, iy + 1) * u;
  return static_cast<float>(top * (1 - v) + bottom * v);
}

/// Whether the animal is at (u, v), both 0 … 1 over the picture.
inline bool isAnimal(double u, double v) {
  const auto ellipse = [&](double cx, double cy, double rx, double ry) {
    return (u - cx) * (u - cx) / (rx * rx) + (v - cy) * (v - cy) / (ry * ry) < 1;
  };
  const bool legs = v > 0.62 && v < 0.9 &&
                    (std::fabs(u - 0.60) < 0.012 || std::fabs(u - 0.64) < 0.012 || std::fabs(u - 0.70) < 0.012 ||
                     std::fabs(u - 0.735) < 0.012);
  const bool neck = std::fabs(u - 0.60 + (v - 0.4) * -0.25) < 0.022 && v > 0.18 && v < 0.6;
  return ellipse(0.67, 0.58, 0.09, 0.09) || ellipse(0.555, 0.18, 0.04, 0.035) || legs || neck;
}

inline Rgb syntheticColour(double u, double v) {
  const double noise = 0.6 * static_cast<double>(valueNoise(u * 400, v * 200, 9, 1)) +
                       0.4 * static_cast<double>(valueNoise(u * 400, v * 200, 2, 2));
  const auto colour = [](double r, double g, double b) {
    const auto byte = [](double value) { return static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)); };
    return Rgb{byte(r), byte(g), byte(b)};
  };
  if (isAnimal(u, v)) return colour(150 + 60 * noise, 105 + 50 * noise, 60 + 30 * noise);
  const bool road = v > 0.55 && std::fabs(u - 0.45) < 0.08 + (v - 0.55) * 0.9;
  if (road) return colour(105 + 25 * noise, 105 + 25 * noise, 105 + 25 * noise);
  const bool tree = v > 0.38 + 0.12 * static_cast<double>(valueNoise(u * 400, 0, 25, 3)) && v < 0.66;
  if (tree) return colour(45 + 60 * noise, 70 + 70 * noise, 40 + 30 * noise);
  if (v < 0.5) return colour(150 + 70 * v, 180 + 50 * v, 225);
  return colour(160 + 40 * noise, 130 + 35 * noise, 85 + 25 * noise);
}

inline std::uint8_t syntheticLabel(double u, double v) {
  const bool strip = u > 0.9 && v > 0.5 && u - v * 0.2 < 0.86;
  if (strip || v > 0.94) return kVoid;
  return isAnimal(u, v) ? kAnomaly : kNormal;
}

inline SyntheticScene syntheticScene(Size size, Size scoreSize) {
  RgbImage image(size);
  LabelMap label(size, kNormal);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const double u = (x + 0.5) / size.width, v = (y + 0.5) / size.height;
      image.at(x, y) = syntheticColour(u, v);
      label.at(x, y) = syntheticLabel(u, v);
    }
  }
  ScoreMap scores(scoreSize), other(scoreSize);
  for (int y = 0; y < scoreSize.height; ++y) {
    for (int x = 0; x < scoreSize.width; ++x) {
      const double u = (x + 0.5) / scoreSize.width, v = (y + 0.5) / scoreSize.height;
      const float broad = valueNoise(u * 400, v * 200, 34, 5);
      const float fine = valueNoise(u * 400, v * 200, 7, 6);
      const float inside = isAnimal(u, v) ? 0.35F : 0.0F;
      const float edge = std::fabs(static_cast<float>(v) - 0.52F) < 0.05F ? 0.18F : 0.0F;
      scores.at(x, y) =
          std::max(0.0F, 0.75F * broad * broad * (0.5F + 0.7F * fine) + inside * (0.4F + broad) + edge - 0.08F);
      const float tilt = valueNoise(u * 400, v * 200, 50, 9);
      other.at(x, y) = scores.at(x, y) + 0.5F * (tilt - 0.5F) + (isAnimal(u, v) ? 0.15F : 0.0F);
    }
  }
  return {std::make_shared<const RgbImage>(std::move(image)), std::make_shared<const LabelMap>(std::move(label)),
          std::make_shared<const ScoreMap>(std::move(scores)), std::make_shared<const ScoreMap>(std::move(other))};
}

}  // namespace oodscope::testing_support
