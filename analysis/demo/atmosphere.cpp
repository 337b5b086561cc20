// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/world.h"

namespace oodscope::demo {
namespace {

Vec3 towards(float azimuth, float elevation) {
  return {std::sin(azimuth) * std::cos(elevation), std::sin(elevation), std::cos(azimuth) * std::cos(elevation)};
}

}  // namespace

Light lightOf(Weather weather, Rng rng) {
  Light l;
  l.weather = weather;
  l.cloudSeed = rng.bits() & 0xFFu;
  const float azimuth = rng.range(0.5f, 1.25f) * (rng.chance(0.5f) ? -1.0f : 1.0f) * kPi * 0.8f;
  l.zenith = {0.16f, 0.30f, 0.62f};
  l.horizon = {0.62f, 0.72f, 0.85f};
  l.ground = {0.16f, 0.15f, 0.14f};
  switch (weather) {
    case Weather::Noon:
      l.towardsSun = towards(azimuth, rng.range(0.75f, 1.05f));
      l.sun = {2.5f, 2.35f, 2.1f};
      l.cloudCover = rng.range(0.25f, 0.6f);
      l.fogDensity = 0.0011f;
      l.exposure = 0.82f;
      break;
    case Weather::LowSun:
      l.towardsSun = towards(azimuth * 0.75f, rng.range(0.28f, 0.42f));
      l.sun = {2.6f, 1.85f, 1.1f};
      l.zenith = {0.17f, 0.27f, 0.50f};
      l.horizon = {0.90f, 0.74f, 0.56f};
      l.cloudCover = rng.range(0.3f, 0.6f);
      l.fogDensity = 0.0022f;
      l.exposure = 0.9f;
      break;
    case Weather::Overcast:
      l.towardsSun = towards(azimuth, 1.2f);
      l.sun = {0.22f, 0.22f, 0.22f};
      l.zenith = {0.66f, 0.69f, 0.74f};
      l.horizon = {0.82f, 0.84f, 0.87f};
      l.cloudCover = 1.0f;
      l.fogDensity = 0.0022f;
      l.exposure = 0.98f;
      break;
    case Weather::Dusk:
      l.towardsSun = towards(azimuth * 0.4f, 0.1f);
      l.sun = {0.16f, 0.08f, 0.05f};
      l.zenith = {0.10f, 0.13f, 0.27f};
      l.horizon = {0.45f, 0.385f, 0.355f};
      l.ground = {0.05f, 0.05f, 0.06f};
      l.cloudCover = rng.range(0.4f, 0.7f);
      l.fogDensity = 0.0022f;
      l.exposure = 1.55f;
      l.lampsOn = true;
      break;
    case Weather::Night:
      l.towardsSun = towards(azimuth, 0.8f);
      l.sun = {0.008f, 0.009f, 0.012f};
      l.zenith = {0.010f, 0.013f, 0.022f};
      l.horizon = {0.040f, 0.036f, 0.036f};
      l.ground = {0.008f, 0.008f, 0.008f};
      l.cloudCover = 0.3f;
      l.fogDensity = 0.003f;
      l.exposure = 3.6f;
      l.lampsOn = true;
      break;
    case Weather::Fog:
      l.towardsSun = towards(azimuth, 1.1f);
      l.sun = {0.12f, 0.12f, 0.12f};
      l.zenith = {0.60f, 0.62f, 0.65f};
      l.horizon = {0.68f, 0.70f, 0.72f};
      l.cloudCover = 1.0f;
      l.fogDensity = rng.range(0.012f, 0.022f);
      l.exposure = 1.05f;
      l.lampsOn = true;
      break;
    case Weather::Wet:
      l.towardsSun = towards(azimuth, 1.1f);
      l.sun = {0.1f, 0.1f, 0.1f};
      l.zenith = {0.46f, 0.49f, 0.54f};
      l.horizon = {0.66f, 0.69f, 0.73f};
      l.cloudCover = 1.0f;
      l.fogDensity = 0.0045f;
      l.exposure = 1.15f;
      l.wetness = 1.0f;
      break;
  }
  l.fog = l.horizon * 0.97f;
  return l;
}

Vec3 skyColour(const Light& light, Vec3 d) {
  const float up = std::max(d.y, 0.0f);
  Vec3 sky = mix(light.horizon, light.zenith, saturate(std::sqrt(up) * 1.35f - 0.08f));
  const float aim = dot(d, light.towardsSun);
  if (light.weather == Weather::LowSun || light.weather == Weather::Noon || light.weather == Weather::Dusk) {
    const float halo = saturate(aim);
    const float h2 = halo * halo, h8 = h2 * h2 * h2 * h2, h64 = h8 * h8 * h8 * h8 * h8 * h8 * h8 * h8;
    sky += light.sun * (0.07f * h8 + 0.5f * h64);
  }
  if (up <= 0.004f) return sky;
  const float scale = 1.0f / (d.y + 0.09f);
  const float seed = static_cast<float>(light.cloudSeed);
  const float x = d.x * scale * 1.3f + seed, y = d.z * scale * 1.3f + 2.0f * seed;
  const float warp = noise2(x * 0.6f, y * 0.6f) * 1.2f;
  const float thick = fbm(x + warp, y - warp, 5);
  if (light.cloudCover >= 0.99f) {
    const float shade = mix(0.86f, 1.1f, thick);
    return sky * mix(1.0f, shade, saturate(up * 9.0f));
  }
  const float cover =
      smoothStep(0.72f - 0.5f * light.cloudCover, 0.98f - 0.5f * light.cloudCover, thick) * saturate(up * 9.0f);
  const float lit =
      saturate(fbm(x + warp + 0.18f * light.towardsSun.x, y - warp + 0.18f * light.towardsSun.z, 3) - thick + 0.6f);
  const Vec3 white = light.horizon * 0.55f + light.sun * (0.09f + 0.17f * lit) + light.zenith * 0.3f;
  return mix(sky, white, cover * 0.9f);
}

}  // namespace oodscope::demo
