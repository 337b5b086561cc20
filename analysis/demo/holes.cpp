// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/raster.h"

#include <array>

namespace oodscope::demo {
namespace {

constexpr int kMask = 64;  // samples of a leaf mask's side
constexpr int kVariants = 4;

using Masks = std::array<std::array<std::uint8_t, kMask * kMask>, kVariants>;

constexpr std::size_t maskCell(int x, int y) {
  return static_cast<std::size_t>(y) * kMask + static_cast<std::size_t>(x);
}

/// Sprays of leaves: overlapping small ellipses, denser towards the middle.
const Masks& leafMasks() {
  static const Masks masks = [] {
    Masks all{};
    for (int k = 0; k < kVariants; ++k) {
      Rng rng(hash(static_cast<std::uint32_t>(k), 1234u));
      for (int leaf = 0; leaf < 46; ++leaf) {
        const float angle = rng.range(0, 2 * kPi), radius = 0.44f * std::sqrt(rng.uniform());
        const float cx = 0.5f + radius * std::cos(angle), cy = 0.5f + radius * std::sin(angle);
        const float turn = rng.range(0, kPi), c = std::cos(turn), s = std::sin(turn);
        const float a = rng.range(0.05f, 0.09f), b = a * rng.range(0.35f, 0.6f);
        for (int y = 0; y < kMask; ++y) {
          for (int x = 0; x < kMask; ++x) {
            const float dx = (static_cast<float>(x) + 0.5f) / kMask - cx,
                        dy = (static_cast<float>(y) + 0.5f) / kMask - cy;
            const float p = (dx * c + dy * s) / a, q = (dy * c - dx * s) / b;
            if (p * p + q * q < 1.0f) all[static_cast<std::size_t>(k)][maskCell(x, y)] = 1;
          }
        }
      }
    }
    return all;
  }();
  return masks;
}

bool wire(float x, float period, float half) { return std::fabs(fract(x / period) - 0.5f) * period < half; }

}  // namespace

bool hasHoles(Surface surface) {
  switch (surface) {
    case Surface::Leaves:
    case Surface::ChainLink:
    case Surface::Railing:
    case Surface::WireFence:
    case Surface::Spokes:
    case Surface::Wicker:
      return true;
    default:
      return false;
  }
}

bool isSolid(const Part& part, float u, float v, float footprint) {
  const auto thick = [footprint](float half) { return std::max(half, 0.5f * footprint); };
  switch (part.surface) {
    case Surface::Leaves: {
      if (footprint > 0.16f) {
        const float du = u - 0.5f, dv = v - 0.5f;
        return du * du + dv * dv < 0.16f;
      }
      const int x = std::clamp(static_cast<int>(u * kMask), 0, kMask - 1),
                y = std::clamp(static_cast<int>(v * kMask), 0, kMask - 1);
      return leafMasks()[static_cast<std::size_t>(part.variant & 3)][maskCell(x, y)] != 0;
    }
    case Surface::ChainLink:
      return wire(u + v, 0.09f, thick(0.006f)) || wire(u - v, 0.09f, thick(0.006f)) || wire(u, 2.5f, 0.03f) ||
             v > part.glow;
    case Surface::Railing:
      return wire(u, 0.14f, thick(0.016f)) || v < 0.12f || v > 0.86f || wire(u, 2.2f, 0.04f);
    case Surface::WireFence:
      return wire(u, 2.6f, thick(0.05f)) || wire(v, 0.34f, thick(0.025f));
    case Surface::Wicker:
      return wire(u, 0.06f, thick(0.011f)) || wire(v, 0.06f, thick(0.011f));
    case Surface::Spokes: {
      const float r = std::sqrt(u * u + v * v);
      if (r < 0.12f || r > 0.93f) return true;
      return wire(std::atan2(v, u), 2.0f * kPi / 16.0f, thick(0.014f) / std::max(r, 0.1f));
    }
    default:
      return true;
  }
}

}  // namespace oodscope::demo
