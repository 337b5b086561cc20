// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/noise.h"

#include <array>

namespace oodscope::demo {
namespace {

constexpr int kTable = 256;

const std::array<float, kTable * kTable>& table() {
  static const auto values = [] {
    std::array<float, kTable * kTable> t{};
    for (std::uint32_t i = 0; i < t.size(); ++i) t[i] = hash01(i, 77u);
    return t;
  }();
  return values;
}

}  // namespace

float noise2(float x, float y) {
  const auto& t = table();
  const float fx = std::floor(x), fy = std::floor(y);
  const int ix = static_cast<int>(fx) & (kTable - 1), iy = static_cast<int>(fy) & (kTable - 1);
  const int jx = (ix + 1) & (kTable - 1), jy = (iy + 1) & (kTable - 1);
  float u = x - fx, v = y - fy;
  u = u * u * (3.0f - 2.0f * u);
  v = v * v * (3.0f - 2.0f * v);
  const auto at = [&t](int cx, int cy) {
    return t[static_cast<std::size_t>(cy) * kTable + static_cast<std::size_t>(cx)];
  };
  return mix(mix(at(ix, iy), at(jx, iy), u), mix(at(ix, jy), at(jx, jy), u), v);
}

float fbm(float x, float y, int octaves, float footprint) {
  float sum = 0.0f, weight = 0.5f, total = 0.0f, size = 1.0f;
  for (int i = 0; i < octaves; ++i) {
    const float fade = saturate(2.0f - 2.0f * footprint / size);
    total += weight;
    sum += weight * (fade > 0.0f ? mix(0.5f, noise2(x, y), fade) : 0.5f);
    x = x * 2.03f + 17.13f;
    y = y * 2.03f + 5.71f;
    weight *= 0.5f;
    size *= 0.5f;
  }
  return sum / total;
}

}  // namespace oodscope::demo
