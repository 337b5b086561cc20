// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/layout.h"
#include "analysis/demo/scene.h"

#include <array>
#include <cstdio>

namespace oodscope {
namespace {

using namespace demo;

constexpr long kDisparityStep = 8;  // 1/32 pixel in units of 1/256: what a good matcher resolves, and half the bytes
constexpr float kBaseline = 0.22f;  // metres, as Cityscapes' cameras

/// Rows of the bonnet at column x: an arc that reaches `share` of the height in the middle.
bool isBonnet(int x, int y, Size size, float share) {
  const float u = 2.0f * (static_cast<float>(x) + 0.5f) / static_cast<float>(size.width) - 1.0f;
  const float rise = share * (1.0f - 0.55f * u * u * u * u - 0.15f * u * u);
  return static_cast<float>(y) > static_cast<float>(size.height) * (1.0f - rise);
}

void paintBonnet(const World& world, Grid<Vec3>& radiance) {
  const Size size = radiance.size();
  Rng rng(hash(world.road.seed, 0xB0u));
  const Vec3 paint = carPaint(rng) * 0.5f;
  for (int y = size.height - static_cast<int>(static_cast<float>(size.height) * world.bonnet) - 1; y < size.height;
       ++y) {
    for (int x = 0; x < size.width; ++x) {
      if (!isBonnet(x, y, size, world.bonnet)) continue;
      const float t = static_cast<float>(size.height - y) / (static_cast<float>(size.height) * world.bonnet);
      const float u = 2.0f * static_cast<float>(x) / static_cast<float>(size.width) - 1.0f;
      const float crease = std::fabs(std::fabs(u) - 0.55f + 0.1f * t) < 0.012f ? 0.8f : 1.0f;
      const Vec3 sky =
          mix(world.light.zenith, world.light.horizon, smoothStep(0.1f, 1.0f, t + 0.2f * noise2(u * 5.0f, t * 2.0f)));
      radiance.at(x, y) = (paint * (world.light.horizon * 0.6f + world.light.sun * 0.25f) +
                           sky * (0.10f + 0.35f * smoothStep(0.55f, 1.0f, t))) *
                          crease;
    }
  }
}

std::string describe(const World& world) {
  std::string text = settingName(world.setting) + ", " + weatherName(world.light.weather);
  if (world.anomalies.empty()) return text + "; no anomaly";
  text += "; ";
  for (std::size_t i = 0; i < world.anomalies.size(); ++i) text += (i ? ", " : "") + world.anomalies[i];
  return text;
}

}  // namespace

bool isAnomalyFree(int index) { return index % 12 == 7; }

DemoFrame renderDemoFrame(std::uint64_t seed, int index, const DemoOptions& options) {
  require(index >= 0, "renderDemoFrame: index is negative");
  require(options.size.width >= 64 && options.size.width == 2 * options.size.height,
          "renderDemoFrame: size is not 2:1");
  require(options.quality == 1 || options.quality == 2, "renderDemoFrame: quality is neither 1 nor 2");
  const int k = options.quality;
  const Size samples{options.size.width * k, options.size.height * k};
  const World world =
      composeScene({seed, index, options.withAnomalies, options.withVoidObjects, options.clutter}, samples);
  const Visibility seen = see(world.mesh, world.camera, samples);
  Grid<Vec3> radiance;
  if (world.light.wetness > 0.0f) {
    const Visibility mirrored = see(world.mesh, world.camera, samples, true);
    radiance = shade(world, seen, &mirrored);
  } else {
    radiance = shade(world, seen, nullptr);
  }
  if (world.bonnet > 0.0f) paintBonnet(world, radiance);

  DemoFrame frame;
  std::array<char, 24> name{};
  std::snprintf(name.data(), name.size(), "demo_%02d", index);
  frame.name = name.data();
  frame.description = describe(world);
  frame.image =
      develop(world, radiance, k, hash(static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(index), 4u));
  frame.label = LabelMap(options.size, kNormal);
  frame.classes = ClassMap(options.size, static_cast<std::uint8_t>(Kind::Sky));
  frame.voidObjects = Grid<std::uint8_t>(options.size, 0);
  frame.disparity = Grid<std::uint16_t>(options.size, 0);
  const double scale = 1.0 / static_cast<double>(k);
  frame.camera = {static_cast<double>(kBaseline), static_cast<double>(world.camera.focal) * scale,
                  static_cast<double>(world.camera.focal) * scale, static_cast<double>(world.camera.centreX) * scale,
                  static_cast<double>(world.camera.centreY) * scale};
  frame.pose = {static_cast<double>(world.camera.position.y), static_cast<double>(world.camera.pitch)};
  const int border = hash(world.road.seed, 3u) % 3u == 0u ? std::max(1, options.size.width / 256) : 0;
  for (int y = 0; y < options.size.height; ++y) {
    for (int x = 0; x < options.size.width; ++x) {
      const bool bonnet = world.bonnet > 0.0f && isBonnet(x * k, y * k, samples, world.bonnet);
      const bool edge =
          x < border || y < border || x >= options.size.width - border || y >= options.size.height - border;
      if (bonnet || edge) {
        frame.classes.at(x, y) = kVoid;
        frame.label.at(x, y) = kVoid;
        continue;
      }
      const std::int32_t t = seen.triangle.at(x * k, y * k);
      if (t < 0) continue;
      const Part& part = world.mesh.parts[seen.triangles[static_cast<std::size_t>(t)].part];
      frame.classes.at(x, y) = static_cast<std::uint8_t>(part.kind);
      if (part.role == Role::Anomaly)
        frame.label.at(x, y) = kAnomaly;
      else if (part.kind == Kind::Void)
        frame.label.at(x, y) = kVoid;
      frame.voidObjects.at(x, y) = part.role == Role::VoidObject ? 1 : 0;
      const double d =
          frame.camera.focalX * frame.camera.baseline * static_cast<double>(seen.nearness.at(x * k, y * k)) * 256.0;
      frame.disparity.at(x, y) = static_cast<std::uint16_t>(
          std::clamp(std::lround(d / kDisparityStep) * kDisparityStep, kDisparityStep, 65528L));
    }
  }
  return frame;
}

}  // namespace oodscope
