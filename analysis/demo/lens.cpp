// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/world.h"

#include <tbb/parallel_for.h>

#include <array>

namespace oodscope::demo {
namespace {

/// Three box blurs along rows, then columns: close to a Gaussian, the same whatever the number of threads.
void blur(Grid<Vec3>& image, int radius) {
  const int w = image.width(), h = image.height();
  const float k = 1.0f / static_cast<float>(2 * radius + 1);
  for (int pass = 0; pass < 2; ++pass) {
    tbb::parallel_for(0, h, [&](int y) {
      std::vector<Vec3> line(image.row(y).begin(), image.row(y).end());
      Vec3 sum;
      const auto at = [&](int x) { return line[static_cast<std::size_t>(std::clamp(x, 0, w - 1))]; };
      for (int x = -radius; x <= radius; ++x) sum += at(x);
      for (int x = 0; x < w; ++x) {
        image.at(x, y) = sum * k;
        sum += at(x + radius + 1) - at(x - radius);
      }
    });
    tbb::parallel_for(0, w, [&](int x) {
      std::vector<Vec3> line(static_cast<std::size_t>(h));
      for (int y = 0; y < h; ++y) line[static_cast<std::size_t>(y)] = image.at(x, y);
      Vec3 sum;
      const auto at = [&](int y) { return line[static_cast<std::size_t>(std::clamp(y, 0, h - 1))]; };
      for (int y = -radius; y <= radius; ++y) sum += at(y);
      for (int y = 0; y < h; ++y) {
        image.at(x, y) = sum * k;
        sum += at(y + radius + 1) - at(y - radius);
      }
    });
  }
}

/// A film curve: linear in the shadows, a soft shoulder. Source: Narkowicz, ACES filmic tone mapping curve (2016).
float film(float x) { return saturate((x * (2.51f * x + 0.03f)) / (x * (2.43f * x + 0.59f) + 0.14f)); }

const std::array<float, 4097>& gammaTable() {
  static const auto table = [] {
    std::array<float, 4097> t{};
    for (std::size_t i = 0; i < t.size(); ++i) t[i] = std::pow(static_cast<float>(i) / 4096.0f, 1.0f / 2.2f);
    return t;
  }();
  return table;
}

}  // namespace

RgbImage develop(const World& world, const Grid<Vec3>& radiance, int samples, std::uint32_t seed) {
  const Size size{radiance.width() / samples, radiance.height() / samples};
  Grid<Vec3> picture(size);
  // The sample at a pixel's own place, with its neighbours' at half weight: a tent, as soft as a lens.
  tbb::parallel_for(0, size.height, [&](int y) {
    for (int x = 0; x < size.width; ++x) {
      if (samples == 1) {
        picture.at(x, y) = radiance.at(x, y);
        continue;
      }
      Vec3 sum;
      for (int j = -1; j <= 1; ++j) {
        for (int i = -1; i <= 1; ++i) {
          const int sx = std::clamp(2 * x + i, 0, radiance.width() - 1),
                    sy = std::clamp(2 * y + j, 0, radiance.height() - 1);
          const Vec3 c = radiance.at(sx, sy);
          const float weight = static_cast<float>((2 - std::abs(i)) * (2 - std::abs(j))) / 16.0f;
          sum += Vec3{std::min(c.x, 12.0f), std::min(c.y, 12.0f), std::min(c.z, 12.0f)} * weight;
        }
      }
      picture.at(x, y) = sum;
    }
  });
  // Glow: what is brighter than white spreads.
  const Size quarter{std::max(1, size.width / 4), std::max(1, size.height / 4)};
  Grid<Vec3> glow(quarter);
  const float white = 1.1f / world.light.exposure;
  for (int y = 0; y < quarter.height * 4; ++y) {
    for (int x = 0; x < quarter.width * 4; ++x) {
      const Vec3 c = picture.at(x, y);
      const auto over = [white](float v) { return std::max(0.0f, std::min(v, 6.0f * white) - white); };
      glow.at(x / 4, y / 4) += Vec3{over(c.x), over(c.y), over(c.z)} * (1.0f / 16.0f);
    }
  }
  Grid<Vec3> halo = glow;
  const int unit = std::max(1, size.width / 1024 * 2);
  blur(glow, unit);
  blur(halo, unit * 7);
  const auto& gamma = gammaTable();
  RgbImage out(size);
  Rng tint(hash(seed, 0xCAFEu));
  const float warm = tint.range(-0.04f, 0.04f), gain = world.light.exposure * tint.range(0.92f, 1.08f);
  const Vec3 balance{gain * (1.0f + warm), gain, gain * (1.0f - warm)};
  const float grain = 0.009f * std::sqrt(std::max(1.0f, world.light.exposure));
  tbb::parallel_for(0, size.height, [&](int y) {
    for (int x = 0; x < size.width; ++x) {
      const float gx =
          std::clamp((static_cast<float>(x) + 0.5f) / 4.0f - 0.5f, 0.0f, static_cast<float>(quarter.width - 1));
      const float gy =
          std::clamp((static_cast<float>(y) + 0.5f) / 4.0f - 0.5f, 0.0f, static_cast<float>(quarter.height - 1));
      const int ix = static_cast<int>(gx), iy = static_cast<int>(gy);
      const int jx = std::min(ix + 1, quarter.width - 1), jy = std::min(iy + 1, quarter.height - 1);
      const float fx = gx - static_cast<float>(ix), fy = gy - static_cast<float>(iy);
      const auto sampled = [&](const Grid<Vec3>& g) {
        return mix(mix(g.at(ix, iy), g.at(jx, iy), fx), mix(g.at(ix, jy), g.at(jx, jy), fx), fy);
      };
      const float dx = static_cast<float>(x) / static_cast<float>(size.width) - 0.5f,
                  dy = static_cast<float>(y) / static_cast<float>(size.height) - 0.5f;
      const float vignette = 1.0f - 0.38f * (dx * dx + 0.6f * dy * dy);
      const Vec3 light = (picture.at(x, y) + sampled(glow) * 0.28f + sampled(halo) * 0.22f) * vignette * balance;
      const std::uint32_t h = hash(static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y), seed);
      const auto channel = [&](float v, int shift) {
        const float n = static_cast<float>((h >> shift) & 1023u) / 1023.0f +
                        static_cast<float>((h >> ((shift + 13) % 22)) & 1023u) / 1023.0f - 1.0f;
        const float t = film(v * 0.8f);
        const float g = gamma[static_cast<std::size_t>(saturate(t) * 4096.0f)] + n * grain * (1.1f - 0.6f * t);
        return static_cast<std::uint8_t>(std::lround(saturate(g) * 255.0f));
      };
      out.at(x, y) = {channel(light.x, 0), channel(light.y, 9), channel(light.z, 18)};
    }
  });
  return out;
}

}  // namespace oodscope::demo
