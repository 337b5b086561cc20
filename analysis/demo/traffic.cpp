// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/layout.h"

#include <array>

namespace oodscope::demo {
namespace {

struct Lane {
  float offset;
  bool oncoming;
};

std::vector<Lane> lanesOf(const World& w) {
  switch (w.setting) {
    case Setting::City:
      return {{1.65f, false}, {-1.65f, true}};
    case Setting::Residential:
      return {{1.0f, false}, {-1.4f, true}};
    case Setting::Country:
      return {{1.75f, false}, {-1.75f, true}};
    case Setting::Highway:
      return {{0.0f, false}, {3.6f, false}, {-3.6f, false}};
    case Setting::TramStreet:
      return {{4.8f, false}, {-4.8f, true}};
    case Setting::Avenue:
      return {{1.75f, false}, {5.2f, false}, {-1.75f, true}, {-5.2f, true}};
  }
  return {};
}

enum class Mover { Car, Truck, Bus, Cyclist, Motorcyclist };

float halfOf(Mover m) {
  switch (m) {
    case Mover::Car:
      return kCarHalf;
    case Mover::Truck:
      return kTruckHalf;
    case Mover::Bus:
      return kBusHalf;
    default:
      return 1.1f;
  }
}

void build(Builder& b, Mover m, Rng rng, bool lights) {
  switch (m) {
    case Mover::Car:
      return addCar(b, rng, lights);
    case Mover::Truck:
      return addTruck(b, rng, lights);
    case Mover::Bus:
      return addBus(b, rng, lights);
    case Mover::Cyclist:
      return addCyclist(b, rng);
    case Mover::Motorcyclist:
      return addMotorcyclist(b, rng, lights);
  }
}

/// Tries a few places in the lanes between two distances.
void drive(Layout& l, Mover m, float from, float to, Rng rng) {
  const std::vector<Lane> lanes = lanesOf(l.world);
  const bool lights = l.world.light.lampsOn || l.world.light.wetness > 0.0f;
  for (int attempt = 0; attempt < 6; ++attempt) {
    const Lane lane = lanes[static_cast<std::size_t>(rng.pick(static_cast<int>(lanes.size())))];
    const bool narrow = m == Mover::Cyclist;
    const bool own = std::fabs(lane.offset - l.world.road.camera) < 1.6f;
    const float half = halfOf(m), z = rng.range(own ? std::max(from, 9.0f) : from, to) + half;
    float offset = lane.offset + rng.range(-0.25f, 0.25f);
    if (narrow) offset += (lane.offset > 0 ? 1.0f : -1.0f) * 0.8f;
    if (!l.reserve(offset, z, narrow ? 0.45f : 1.2f, half + 1.0f)) continue;
    l.stand(offset, z, (lane.oncoming ? kPi : 0.0f) + rng.range(-0.02f, 0.02f));
    return build(l.b, m, rng.fork(), lights);
  }
}

/// A car or motorcycle at `z` beside the kerb, where chance and room allow one.
void parkAt(Layout& l, float side, float offset, float density, float z, Rng& rng) {
  if (!rng.chance(density)) return;
  const bool bike = rng.chance(0.12f);
  if (!l.reserve(offset, z, 1.0f, bike ? 1.1f : 2.5f)) return;
  l.stand(offset, z, (side > 0 || rng.chance(0.3f) ? 0.0f : kPi) + rng.range(-0.03f, 0.03f));
  if (bike) {
    addMotorcycle(l.b, rng.fork(), false);
  } else {
    addCar(l.b, rng.fork(), false);
  }
}

void park(Layout& l, Rng rng) {
  const World& w = l.world;
  if (w.setting != Setting::City && w.setting != Setting::Residential && w.setting != Setting::Avenue) return;
  for (const float side : {-1.0f, 1.0f}) {
    if (!rng.chance(w.setting == Setting::Residential ? 0.7f : 0.8f)) continue;
    if (w.setting == Setting::Residential && side > 0) continue;
    const float offset = side * (w.road.halfWidth - 1.05f), density = rng.range(0.35f, 0.9f);
    float z = rng.range(3.5f, 8.0f);
    while (z < 95.0f) {
      parkAt(l, side, offset, density, z, rng);
      z += rng.range(5.2f, 6.4f);
    }
  }
}

void walkAlong(Layout& l, const Verges& v, bool open, Rng& rng) {
  const World& w = l.world;
  const int count = open ? (rng.chance(0.3f) ? 1 + rng.pick(2) : 0) : 3 + rng.pick(8);
  for (int i = 0; i < count; ++i) {
    const float side = rng.chance(0.6f) ? 1.0f : -1.0f;
    const Verge& verge = side > 0 ? v.right : v.left;
    float edge = rng.range(verge.pathFrom, std::max(verge.pathFrom, verge.pathTo));
    if (open && verge.pathTo <= 0.0f) edge = rng.range(0.4f, 0.9f);
    const float z = i == 0 ? rng.range(7.0f, 14.0f) : rng.range(8.0f, 45.0f), offset = side * (w.road.halfWidth + edge);
    if (!l.reserve(offset, z, 0.3f, 0.35f)) continue;
    l.stand(offset, z, (rng.chance(0.5f) ? 0.0f : kPi) + rng.range(-0.3f, 0.3f), verge.raised ? 0.15f : 0.04f);
    addPedestrian(l.b, rng.fork());
  }
}

void walkAcross(Layout& l, Rng& rng) {
  const World& w = l.world;
  if (w.road.crossingAt <= 0.0f) return;
  const int crossing = 1 + rng.pick(3);
  for (int i = 0; i < crossing; ++i) {
    const float offset = rng.range(-0.9f, 0.9f) * w.road.halfWidth, z = w.road.crossingAt + rng.range(0.6f, 2.8f);
    if (!l.reserve(offset, z, 0.35f, 0.35f)) continue;
    l.stand(offset, z, (rng.chance(0.5f) ? 0.5f : -0.5f) * kPi);
    addPedestrian(l.b, rng.fork());
  }
}

/// Bicycles or motorcycles left beside the path.
void leaveCycles(Layout& l, const Verges& v, bool open, Rng& rng) {
  const World& w = l.world;
  const int left = open ? 0 : rng.pick(6);
  float z = rng.range(6.0f, 18.0f);
  const float side = rng.chance(0.65f) ? 1.0f : -1.0f;
  const Verge& verge = side > 0 ? v.right : v.left;
  const bool motor = rng.chance(0.25f);
  for (int i = 0; i < left; ++i, z += rng.range(0.6f, 1.6f)) {
    const float offset = side * (w.road.halfWidth + verge.pathFrom - 0.1f);
    if (!l.reserve(offset, z, 0.25f, 0.25f)) continue;
    l.stand(offset, z, rng.range(0.6f, 1.3f), verge.raised ? 0.15f : 0.04f);
    l.b.placement = l.b.placement.tilted(rng.range(-0.12f, 0.12f), 0);
    if (motor) {
      addMotorcycle(l.b, rng.fork(), false);
    } else {
      addBicycle(l.b, rng.fork());
    }
  }
}

void walk(Layout& l, const Verges& v, Rng rng) {
  const bool open = l.world.setting == Setting::Country || l.world.setting == Setting::Highway;
  walkAlong(l, v, open, rng);
  walkAcross(l, rng);
  leaveCycles(l, v, open, rng);
}

void ride(Layout& l, const Verges& v, Rng rng) {
  // A train or tram: on its tracks in the street, or on an embankment beside an open road.
  World& w = l.world;
  const bool lights = w.light.lampsOn;
  if (w.setting == Setting::TramStreet) {
    if (!rng.chance(0.92f)) return;
    const bool oncoming = rng.chance(0.7f);
    const float z = rng.range(9.0f, 26.0f) + kTramHalf;
    const float offset = oncoming ? -w.road.rails : w.road.rails;
    if (!l.reserve(offset, z, 1.3f, kTramHalf + 1.0f)) return;
    l.stand(offset, z, oncoming ? kPi : 0.0f);
    addTram(l.b, rng.fork(), lights);
  } else if (w.setting == Setting::Country || w.setting == Setting::Highway) {
    if (!rng.chance(0.45f)) return;
    const float side = rng.chance(0.6f) ? -1.0f : 1.0f;
    const Verge& verge = side < 0 ? v.left : v.right;
    const float offset = side * (w.road.halfWidth + verge.lotFrom - 2.0f);
    for (int i = 0; i < 2; ++i) {
      l.stand(offset, rng.range(28.0f, 34.0f) + 30.0f * static_cast<float>(i), 0, 1.6f);
      addTram(l.b, rng.fork(), lights);
    }
  }
}

}  // namespace

void populate(Layout& l, const Verges& v, Rng rng) {
  const World& w = l.world;
  const bool fast = w.setting == Setting::Highway, open = fast || w.setting == Setting::Country;
  ride(l, v, rng.fork());
  if (rng.chance(fast ? 0.75f : 0.3f)) drive(l, Mover::Truck, fast ? 12.0f : 10.0f, 34.0f, rng.fork());
  if (rng.chance(fast ? 0.25f : 0.38f)) drive(l, Mover::Bus, 9.0f, 30.0f, rng.fork());
  if (rng.chance(fast ? 0.0f : 0.55f)) drive(l, Mover::Cyclist, 6.0f, 17.0f, rng.fork());
  if (rng.chance(0.4f)) drive(l, Mover::Motorcyclist, 7.0f, 18.0f, rng.fork());
  park(l, rng.fork());
  const int cars = fast ? 5 + rng.pick(6) : (open ? 1 + rng.pick(3) : 2 + rng.pick(4));
  for (int i = 0; i < cars; ++i) drive(l, Mover::Car, i == 0 ? 7.0f : 12.0f, i == 0 ? 26.0f : 90.0f, rng.fork());
  if (!fast && rng.chance(0.35f)) drive(l, Mover::Cyclist, 12.0f, 30.0f, rng.fork());
  walk(l, v, rng.fork());
}

}  // namespace oodscope::demo
