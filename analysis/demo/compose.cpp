// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/layout.h"
#include "analysis/demo/scene.h"

#include <array>

namespace oodscope::demo {
namespace {

/// Tries one place; whether there was room.
bool placeAnomaly(Layout& l, int kind, bool first, Rng& rng) {
  World& w = l.world;
  // The first is near and in the way; the others may be anywhere up to the distance where they are a few pixels.
  const float z = first ? rng.range(7.0f, 16.0f) : rng.range(9.0f, 42.0f);
  const float room = w.road.halfWidth - 0.8f;
  float offset = first ? w.road.camera + rng.range(-2.2f, 2.2f) : rng.range(-room, room);
  offset = std::clamp(offset, -room, room);
  const bool large = kind == 4 || kind == 6 || kind == 12 || kind == 16 || kind == 17;
  if (!l.reserve(offset, z, large ? 1.3f : 0.8f, large ? 1.3f : 0.9f)) return false;
  l.stand(offset, z, rng.range(-kPi, kPi));
  const bool animal = kind == 2 || kind == 3 || kind == 4 || kind == 16;
  if (animal) l.stand(offset, z, (rng.chance(0.5f) ? 1.0f : -1.0f) * rng.range(0.9f, 2.1f));
  addAnomaly(l.b, rng.fork(), kind);
  w.anomalies.push_back(anomalyName(kind) + " at " + std::to_string(std::lround(z)) + " m");
  return true;
}

void scatterAnomalies(Layout& l, int index, Rng rng) {
  constexpr int kAttempts = 5;
  const int count = 1 + rng.pick(3);
  int kind = (index * 7 + rng.pick(3)) % kAnomalyKinds;
  for (int i = 0; i < count; ++i, kind = (kind + 5 + rng.pick(4)) % kAnomalyKinds) {
    for (int attempt = 0; attempt < kAttempts; ++attempt)
      if (placeAnomaly(l, kind, i == 0, rng)) break;
  }
}

void scatterClutter(Layout& l, Rng rng) {
  const World& w = l.world;
  const int count = 2 + rng.pick(4);
  for (int i = 0; i < count; ++i) {
    const float reach = w.road.halfWidth + (rng.chance(0.25f) ? 3.0f : -0.7f);
    const float offset = rng.range(-reach, reach), z = i == 0 ? rng.range(6.0f, 15.0f) : rng.range(7.0f, 38.0f);
    if (!l.reserve(offset, z, 1.0f, 1.0f)) continue;
    l.stand(offset, z, rng.range(-kPi, kPi), std::fabs(offset) > w.road.halfWidth ? 0.1f : 0.0f);
    addClutter(l.b, rng.fork());
  }
}

/// Four to nine heaps, one of them near, one in five off the road.
void scatterHeaps(Layout& l, Rng rng) {
  const World& w = l.world;
  const int count = 4 + rng.pick(6);
  for (int i = 0; i < count; ++i) {
    const float room = w.road.halfWidth - 0.6f, z = i == 0 ? rng.range(6.0f, 15.0f) : rng.range(7.0f, 44.0f);
    const bool isOff = rng.chance(0.2f);
    const float side = rng.chance(0.5f) ? 1.0f : -1.0f, beyond = rng.range(0.3f, 4.0f);
    const float offset = isOff ? side * (w.road.halfWidth + beyond) : rng.range(-room, room);
    const float yaw = rng.range(-kPi, kPi);
    Rng own = rng.fork();
    if (!l.reserve(offset, z, 0.8f, 0.8f)) continue;
    l.stand(offset, z, yaw, isOff ? 0.1f : 0.0f);
    addHeap(l.b, own);
  }
}

}  // namespace

std::string settingName(Setting setting) {
  constexpr std::array<const char*, 6> names{"city street", "residential street", "country road",
                                             "highway",     "tram street",        "avenue"};
  return names[static_cast<std::size_t>(setting)];
}

std::string weatherName(Weather weather) {
  constexpr std::array<const char*, 7> names{"noon", "low sun", "overcast", "dusk", "night", "fog", "wet"};
  return names[static_cast<std::size_t>(weather)];
}

World composeScene(const SceneChoice& choice, Size samples) {
  const auto low = static_cast<std::uint32_t>(choice.seed), high = static_cast<std::uint32_t>(choice.seed >> 32);
  Rng rng(hash(low ^ 0xA5A5F00Du, high, static_cast<std::uint32_t>(choice.index)));
  World world;
  world.setting = static_cast<Setting>(choice.index % 6);
  world.light = lightOf(static_cast<Weather>((choice.index + 2 * (choice.index / 6)) % 7), rng.fork());
  planRoad(world, rng.fork());
  const float width = static_cast<float>(samples.width), height = static_cast<float>(samples.height);
  Camera& c = world.camera;
  c.position = {0, rng.range(1.22f, 1.75f), 0};
  c.pitch = rng.range(-0.005f, 0.06f);
  c.yaw = rng.range(-0.03f, 0.03f) + std::atan(world.road.heading) + world.road.bend * 12.0f;
  c.focal = width * rng.range(0.86f, 1.06f);
  c.centreX = 0.5f * width + std::round(rng.range(-0.01f, 0.01f) * width);
  c.centreY = 0.5f * height + std::round(rng.range(-0.03f, 0.01f) * height);
  world.bonnet = rng.chance(0.4f) ? rng.range(0.05f, 0.11f) : 0.0f;
  if (world.light.weather == Weather::Night || world.light.weather == Weather::Dusk) {
    const float k = world.light.weather == Weather::Night ? 1.0f : 0.25f;
    for (const float x : {-0.65f, 0.65f})
      world.light.lamps.push_back({{x, 0.7f, 0.6f}, normalize({0, -0.035f, 1}), Vec3{20.0f, 18.5f, 15.5f} * k, 0.93f});
  }
  Layout layout(world);
  const Verges verges = addGround(world, layout.b, rng.fork());
  addBackdrop(layout.b, rng.fork());
  Rng odd = rng.fork(), clutter = rng.fork();
  if (choice.withAnomalies && !isAnomalyFree(choice.index)) scatterAnomalies(layout, choice.index, odd);
  if (choice.withVoidObjects && choice.clutter == ClutterKind::Shapes) scatterClutter(layout, clutter);
  if (choice.withVoidObjects && choice.clutter == ClutterKind::Heaps) scatterHeaps(layout, clutter);
  furnish(layout, verges, rng.fork());
  populate(layout, verges, rng.fork());
  return world;
}

}  // namespace oodscope::demo
