// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/world.h"

#include <tbb/parallel_for.h>

#include <array>

namespace oodscope::demo {
namespace {

constexpr int kSkyDirections = 9;
/// Samples of the sun's map for a picture this wide: fine enough that a shadow's edge is about a sample wide near by.
int sunResolution(const World& world) { return std::clamp(static_cast<int>(world.camera.centreX * 1.7f), 500, 1500); }

constexpr float kShadowReach = 70.0f;  // metres covered by the maps

struct Occluders {
  ShadowMap sun;
  std::vector<ShadowMap> sky;
};

Vec3 skyDirection(int i) {
  if (i == 0) return normalize({0.05f, 1.0f, 0.04f});
  const float azimuth = 2.0f * kPi * (static_cast<float>(i) / static_cast<float>(kSkyDirections - 1)) + 0.3f;
  const float elevation = (i % 2 == 0) ? 0.55f : 1.0f;
  return {std::sin(azimuth) * std::cos(elevation), std::sin(elevation), std::cos(azimuth) * std::cos(elevation)};
}

const std::array<Vec3, kSkyDirections>& skyDirections() {
  static const auto all = [] {
    std::array<Vec3, kSkyDirections> d;
    for (int i = 0; i < kSkyDirections; ++i) d[static_cast<std::size_t>(i)] = skyDirection(i);
    return d;
  }();
  return all;
}

Occluders occludersOf(const World& world) {
  std::vector<ShadowMap> maps(kSkyDirections + 1);
  tbb::parallel_for(0, kSkyDirections + 1, [&](int i) {
    auto& map = maps[static_cast<std::size_t>(i)];
    if (i == 0)
      map = ShadowMap(world.mesh, world.light.towardsSun, sunResolution(world), kShadowReach);
    else
      map = ShadowMap(world.mesh, skyDirections()[static_cast<std::size_t>(i - 1)], 320, kShadowReach);
  });
  Occluders o{std::move(maps[0]), {}};
  for (std::size_t i = 1; i < maps.size(); ++i) o.sky.push_back(std::move(maps[i]));
  return o;
}

Vec3 surroundings(const Light& light, Vec3 d) {
  // What a glossy surface shows: sky above a soft dark skyline, road below.
  if (d.y < -0.02f) return light.ground + light.horizon * 0.06f;
  const Vec3 sky = mix(light.horizon, light.zenith, saturate(std::sqrt(std::max(d.y, 0.0f)) * 1.3f));
  const float skyline = 0.13f + 0.09f * noise2(std::atan2(d.x, d.z) * 7.0f, 1.0f);
  return mix(light.ground * 1.4f + light.horizon * 0.12f, sky, smoothStep(skyline - 0.04f, skyline + 0.05f, d.y));
}

Vec3 lampLight(const Light& light, Vec3 position, Vec3 normal) {
  Vec3 sum;
  for (const Lamp& lamp : light.lamps) {
    const Vec3 way = lamp.position - position;
    const float d2 = dot(way, way);
    if (d2 > 6400.0f) continue;
    const Vec3 l = way * (1.0f / std::sqrt(d2 + 1e-6f));
    const float cone = smoothStep(lamp.coneCosine, lamp.coneCosine + 0.12f, -dot(l, lamp.direction));
    if (cone <= 0.0f) continue;
    sum += lamp.colour * (cone * (0.08f + 0.92f * saturate(dot(normal, l))) / (d2 + 14.0f));
  }
  return sum;
}

/// 0 … 1, decorrelated between neighbouring samples; averaging the samples of a pixel smooths it.
struct Jitter {
  Jitter(int column, int row) {
    const std::uint32_t h = hash(static_cast<std::uint32_t>(column), static_cast<std::uint32_t>(row), 91u);
    x = static_cast<float>(h & 0xFFFFu) / 65536.0f;
    y = static_cast<float>(h >> 16) / 65536.0f;
  }
  float x, y;
};

struct Shader {
  const World& world;
  const Visibility& seen;
  const Occluders& maps;
  bool mirrored;

  [[nodiscard]] Vec3 fogged(Vec3 colour, float distance) const {
    const float clear = std::exp(-world.light.fogDensity * distance);
    return mix(world.light.fog, colour, clear);
  }

  /// The sky in the direction of `view`, fading into fog near the horizon.
  [[nodiscard]] Vec3 skyAt(Vec3 view) const {
    const Light& light = world.light;
    const Vec3 d = mirrored ? Vec3{view.x, -view.y, view.z} : view;
    const Vec3 sky = skyColour(light, d);
    return mix(sky, light.fog, saturate(light.fogDensity * 45.0f) * saturate(1.0f - d.y * 1.2f));
  }

  /// `stretch`: length of the pixel's ray at depth 1.
  [[nodiscard]] SurfacePoint pointAt(const ScreenTriangle& t, int x, int y, float stretch) const {
    const Vec3 w = weightsAt(t, static_cast<float>(x), static_cast<float>(y));
    SurfacePoint p;
    p.position = t.vertex[0].position * w.x + t.vertex[1].position * w.y + t.vertex[2].position * w.z;
    p.normal = normalize(t.vertex[0].normal * w.x + t.vertex[1].normal * w.y + t.vertex[2].normal * w.z);
    p.u = t.vertex[0].u * w.x + t.vertex[1].u * w.y + t.vertex[2].u * w.z;
    p.v = t.vertex[0].v * w.x + t.vertex[1].v * w.y + t.vertex[2].v * w.z;
    const float depth = 1.0f / seen.nearness.at(x, y);
    p.distance = depth * stretch;
    p.footprint = depth / world.camera.focal;
    return p;
  }

  /// Share of the sky that a point sees, 0 … 1.
  [[nodiscard]] float opennessAt(const SurfacePoint& p, Vec3 n, bool leafy, int x, int y, Jitter jitter) const {
    // Upright surfaces must clear the coarse samples of their own wall; the ground must not miss what stands on it.
    const Vec3 clear = p.position + p.normal * (p.normal.y > 0.7f ? 0.08f : 0.30f);
    float open = 0.0f, total = 0.0f;
    const int start = (x + 2 * y) % 3;  // three neighbours see all directions between them
    for (int i = start; i < kSkyDirections; i += 3) {
      const float facingSky = leafy ? 0.7f : saturate(dot(n, skyDirections()[static_cast<std::size_t>(i)]) + 0.15f);
      if (facingSky <= 0.0f) continue;
      total += facingSky;
      open +=
          facingSky * maps.sky[static_cast<std::size_t>(i)].lit(clear, 0.18f, jitter.y, jitter.x, leafy ? 0.4f : 0.16f);
    }
    return total > 0.0f ? open / total : 0.6f;
  }

  /// Share of the sun that reaches a point.
  [[nodiscard]] float sunAt(const SurfacePoint& p, Vec3 n, bool leafy) const {
    const Light& light = world.light;
    const Vec3 lifted = p.position + p.normal * 0.10f;
    const float facing = dot(n, light.towardsSun);
    float sun = leafy ? 0.35f + 0.65f * saturate(facing * 0.6f + 0.4f) : saturate(facing);
    if (sun > 0.0f && dot(light.sun, light.sun) > 0.001f) sun *= maps.sun.softlyLit(lifted, leafy ? 0.5f : 0.05f);
    return sun;
  }

  [[nodiscard]] Vec3 at(int x, int y, const Grid<Vec3>* reflection) const {
    const Light& light = world.light;
    const Vec3 ray = world.camera.ray(static_cast<float>(x), static_cast<float>(y));
    const float stretch = length(ray);
    Vec3 view = ray * (1.0f / stretch);
    const std::int32_t index = seen.triangle.at(x, y);
    if (index < 0) return skyAt(view);
    const ScreenTriangle& t = seen.triangles[static_cast<std::size_t>(index)];
    const Part& part = world.mesh.parts[t.part];
    SurfacePoint p = pointAt(t, x, y, stretch);
    if (mirrored) view.y = -view.y;
    const bool leafy = part.surface == Surface::Leaves;
    if (!leafy && dot(p.normal, view) > 0.0f) p.normal = -p.normal;
    const Finish f = finishOf(part, p, world);
    const Vec3 n = normalize(p.normal + f.bump);
    const Jitter jitter(x, y);
    const float sun = sunAt(p, n, leafy);
    const float ao = opennessAt(p, n, leafy, x, y, jitter);
    const float upness = leafy ? 0.75f : 0.5f + 0.5f * n.y;
    const Vec3 dome = mix(light.zenith, light.horizon, 0.55f);
    Vec3 incoming = light.sun * sun + dome * (upness * (0.15f + 0.85f * ao)) +
                    (light.ground * 0.9f + light.sun * 0.035f) * ((1.0f - upness) * (0.4f + 0.6f * ao));
    if (!light.lamps.empty()) incoming += lampLight(light, p.position, n);
    Vec3 colour = f.albedo * incoming + f.glow;
    if (f.mirror > 0.0f) colour = glazed(colour, f, n, view, sun, ao, x, y, jitter, reflection);
    return fogged(colour, p.distance);
  }

  /// `colour` under what a smooth surface reflects of its surroundings, and a puddle of the picture above it.
  [[nodiscard]] Vec3 glazed(Vec3 colour, const Finish& f, Vec3 n, Vec3 view, float sun, float ao, int x, int y,
                            Jitter jitter, const Grid<Vec3>* reflection) const {
    const Light& light = world.light;
    const float cosine = saturate(-dot(n, view));
    const float k = 1.0f - cosine, k2 = k * k;
    const float fresnel = f.mirror + (1.0f - f.mirror) * k2 * k2 * k * (1.0f - 0.75f * f.rough);
    const Vec3 r = view - n * (2.0f * dot(view, n));
    Vec3 glossy = surroundings(light, r) * (0.35f + 0.65f * ao);
    if (f.rough < 0.6f && sun > 0.0f) {
      const float aim = saturate(dot(r, light.towardsSun)), a4 = aim * aim * aim * aim, a16 = a4 * a4 * a4 * a4;
      glossy += light.sun * (a16 * a16 * (1.0f - f.rough) * 4.0f);
    }
    colour = mix(colour, glossy, saturate(fresnel));
    if (f.puddle > 0.0f && reflection) {
      const float blurY = 6.0f * (1.0f - f.puddle);
      const int sx =
          std::clamp(x + static_cast<int>(f.bump.x * 120.0f + (jitter.x - 0.5f) * blurY), 0, reflection->width() - 1);
      const int sy = std::clamp(y + static_cast<int>(f.bump.z * 500.0f + (jitter.y - 0.5f) * 5.0f * blurY), 0,
                                reflection->height() - 1);
      colour = mix(colour, reflection->at(sx, sy), saturate(f.puddle * (0.10f + 0.9f * k2 * k2 * k)));
    }
    return colour;
  }
};

Grid<Vec3> shadeAll(const Shader& shader, Size size, const Grid<Vec3>* reflection) {
  Grid<Vec3> out(size);
  tbb::parallel_for(0, size.height, [&](int y) {
    for (int x = 0; x < size.width; ++x) out.at(x, y) = shader.at(x, y, reflection);
  });
  return out;
}

}  // namespace

Grid<Vec3> shade(const World& world, const Visibility& seen, const Visibility* mirrored) {
  const Occluders maps = occludersOf(world);
  Grid<Vec3> reflection;
  if (mirrored) reflection = shadeAll({world, *mirrored, maps, true}, mirrored->triangle.size(), nullptr);
  return shadeAll({world, seen, maps, false}, seen.triangle.size(), mirrored ? &reflection : nullptr);
}

}  // namespace oodscope::demo
