// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/layout.h"

#include <array>

namespace oodscope::demo {

bool Layout::reserve(float offset, float z, float halfWidth, float halfLength) {
  for (const Plot& p : m_plots) {
    if (std::fabs(p.offset - offset) < p.halfWidth + halfWidth && std::fabs(p.z - z) < p.halfLength + halfLength)
      return false;
  }
  m_plots.push_back({offset, z, halfWidth, halfLength});
  return true;
}

void Layout::stand(float offset, float z, float yaw, float height) {
  b.placement = Placement::at(world.road.at(offset, z, height), world.road.slope(z) + yaw);
}

void planRoad(World& world, Rng rng) {
  Road& r = world.road;
  r.seed = rng.bits();
  r.cracks = rng.uniform();
  r.patches = rng.uniform();
  r.tone = rng.range(0.085f, 0.15f);
  const float turn = rng.range(-1.0f, 1.0f);
  switch (world.setting) {
    case Setting::City:
      r.halfWidth = 5.5f;
      r.camera = 1.65f;
      r.markings = {{0.0f, 3.0f, 0.13f}, {-3.3f, 0.0f, 0.1f}, {3.3f, 0.0f, 0.1f}};
      r.bend = 0.0009f * turn;
      break;
    case Setting::Residential:
      r.halfWidth = 3.9f;
      r.camera = 1.0f;
      if (rng.chance(0.4f)) r.markings = {{0.0f, 2.0f, 0.1f}};
      r.bend = 0.0022f * turn;
      break;
    case Setting::Country:
      r.halfWidth = 3.6f;
      r.camera = 1.75f;
      r.markings = {{0.0f, rng.chance(0.7f) ? 4.0f : 0.0f, 0.12f}, {-3.3f, 0.0f, 0.12f}, {3.3f, 0.0f, 0.12f}};
      r.bend = 0.0022f * turn;
      break;
    case Setting::Highway:
      r.halfWidth = 6.6f;
      r.camera = rng.chance(0.5f) ? 0.0f : 3.6f;
      r.markings = {{-1.8f, 6.0f, 0.15f}, {1.8f, 6.0f, 0.15f}, {-5.4f, 0.0f, 0.2f}, {5.4f, 0.0f, 0.2f}};
      r.bend = 0.0008f * turn;
      break;
    case Setting::TramStreet:
      r.halfWidth = 6.8f;
      r.camera = 4.7f;
      r.railsOn = true;
      r.markings = {{-3.2f, 3.0f, 0.12f}, {3.2f, 3.0f, 0.12f}};
      r.bend = 0.0006f * turn;
      break;
    case Setting::Avenue:
      r.halfWidth = 9.2f;
      r.camera = rng.chance(0.5f) ? 1.75f : 5.2f;
      r.markings = {{-0.15f, 0.0f, 0.12f}, {0.15f, 0.0f, 0.12f}, {-3.5f, 3.0f, 0.13f},
                    {3.5f, 3.0f, 0.13f},   {-7.0f, 0.0f, 0.1f},  {7.0f, 0.0f, 0.1f}};
      r.bend = 0.001f * turn;
      break;
  }
  r.heading = rng.range(-0.02f, 0.02f);
  const bool town = world.setting != Setting::Country && world.setting != Setting::Highway;
  if (town && rng.chance(0.35f)) {
    r.crossingAt = rng.range(11.0f, 24.0f);
    r.stopLineAt = r.crossingAt - 1.4f;
  }
}

void addBackdrop(Builder& b, Rng rng) {
  // A far line of woods, and hills behind it, so that the ground ends somewhere.
  b.placement = {};
  for (const float distance : {520.0f, 360.0f}) {
    const bool hills = distance > 400.0f;
    const float tall = hills ? rng.range(10.0f, 46.0f) : rng.range(7.0f, 15.0f), shift = rng.range(0, 200);
    Part woods =
        partOf(Surface::FarForest, Kind::Vegetation, hills ? Vec3{0.07f, 0.11f, 0.06f} : Vec3{0.05f, 0.09f, 0.03f},
               {0.09f, 0.13f, 0.04f}, rng.bits());
    b.use(woods);
    const auto at = [&](int i, bool top) {
      const float a = -1.1f + 2.2f * static_cast<float>(i) / 96.0f, u = a * distance;
      const float h = tall * (0.35f + fbm(shift + a * (hills ? 3.0f : 16.0f), 0.5f, 5));
      return Vertex{{distance * std::sin(a), top ? h + 2.0f : -12.0f, distance * std::cos(a)},
                    {-std::sin(a), 0.5f, -std::cos(a)},
                    u * 0.25f,
                    top ? h * 0.25f : 0.0f};
    };
    for (int i = 0; i < 96; ++i) {
      b.triangle(at(i, false), at(i + 1, false), at(i + 1, true));
      b.triangle(at(i, false), at(i + 1, true), at(i, true));
    }
  }
}

namespace {

void addTownRow(Layout& l, const Verge& v, float side, Rng rng) {
  const World& w = l.world;
  const bool homes = w.setting == Setting::Residential;
  float z = rng.range(-16.0f, -4.0f);
  while (z < 190.0f) {
    const float along = homes ? rng.range(8.0f, 11.5f) : rng.range(10.0f, 20.0f),
                deep = homes ? rng.range(8.0f, 10.0f) : rng.range(10.0f, 14.0f);
    const float high = homes ? rng.range(4.6f, 6.6f) : rng.range(9.5f, 21.0f);
    const float edge = w.road.halfWidth + v.lotFrom + 0.5f * deep + (homes ? rng.range(0.0f, 2.0f) : 0.0f);
    l.stand(side * edge, z + 0.5f * along, 0.0f, v.raised ? 0.14f : 0.0f);
    if (homes) {
      addHouse(l.b, rng.fork(), {deep, high, along});
    } else {
      addBuilding(l.b, rng.fork(), {deep, high, along}, rng.chance(0.6f));
    }
    const float gap = homes ? rng.range(4.0f, 9.0f) : (rng.chance(0.2f) ? rng.range(4.0f, 12.0f) : 0.05f);
    z += along + gap;
  }
}

void addOpenRow(Layout& l, const Verge& v, float side, Rng rng) {
  // Scattered farms and barns, and a wood here and there.
  for (int i = 0; i < 3; ++i) {
    if (!rng.chance(0.55f)) continue;
    l.stand(side * (l.world.road.halfWidth + v.lotFrom + rng.range(8.0f, 30.0f)), rng.range(35.0f, 170.0f),
            rng.range(-0.6f, 0.6f), 0.6f);
    addHouse(l.b, rng.fork(), {rng.range(9.0f, 15.0f), rng.range(4.2f, 6.5f), rng.range(9.0f, 16.0f)});
  }
}

void addPlant(Layout& l, bool open, float detail, Rng& rng) {
  const bool conifer = open && rng.chance(0.3f);
  if (rng.chance(open ? 0.3f : (l.world.setting == Setting::Residential ? 0.35f : 0.0f))) {
    addBush(l.b, rng.fork(), rng.range(0.7f, 1.5f), detail);
  } else if (conifer) {
    addConifer(l.b, rng.fork(), rng.range(7.0f, 13.0f), detail);
  } else {
    addTree(l.b, rng.fork(), rng.range(6.0f, open ? 11.0f : 9.5f), detail);
  }
}

void addEdgeOfWood(Layout& l, const Verge& v, float side, Rng& rng) {
  const float from = rng.range(35.0f, 70.0f);
  for (int i = 0; i < 14; ++i) {
    l.stand(side * (l.world.road.halfWidth + v.lotFrom + rng.range(4.0f, 26.0f)),
            from + 5.0f * static_cast<float>(i) + rng.range(-2, 2), 0, 0.5f);
    if (rng.chance(0.5f))
      addConifer(l.b, rng.fork(), rng.range(9.0f, 15.0f), 0.1f);
    else
      addTree(l.b, rng.fork(), rng.range(8.0f, 13.0f), 0.1f);
  }
}

void addGreen(Layout& l, const Verge& v, float side, Rng rng) {
  const World& w = l.world;
  const bool open = w.setting == Setting::Country || w.setting == Setting::Highway;
  const bool city = w.setting == Setting::City || w.setting == Setting::TramStreet;
  const float base = v.raised ? 0.14f : 0.2f;
  const bool planted = !city || rng.chance(0.55f);
  float z = rng.range(5.0f, 12.0f);
  while (planted && z < 130.0f) {
    const float edge = rng.range(v.greenFrom, v.greenTo) + (open ? rng.range(0.0f, 14.0f) * rng.uniform() : 0.0f);
    const float detail = saturate(1.25f - z / 55.0f);
    l.stand(side * (w.road.halfWidth + edge), z, rng.range(0, 6), base);
    addPlant(l, open, detail, rng);
    z += open ? rng.range(3.0f, 11.0f) : rng.range(7.5f, 14.0f);
  }
  if (open && rng.chance(0.6f)) addEdgeOfWood(l, v, side, rng);
}

/// Metres from the road's middle to where lamps and signs stand.
float furnitureEdge(const World& w, const Verges& v) {
  return w.road.halfWidth + (w.setting == Setting::Highway ? 2.4f : (v.left.raised ? 0.45f : 1.6f));
}

void addStreetLamps(Layout& l, float edge, float base, float spacing, Rng& rng) {
  World& w = l.world;
  int count = 0;
  placeEvery(spacing, rng.range(7.0f, 16.0f), 150.0f, [&](float z) {
    const float side = (count++ % 2 == 0) ? 1.0f : -1.0f;
    l.stand(side * edge, z, 0, base);
    const Vec3 head = addStreetLamp(l.b, rng.fork(), -side * rng.range(1.2f, 1.9f), w.light.lampsOn);
    if (w.light.lampsOn && z < 95.0f && w.light.weather != Weather::Fog)
      w.light.lamps.push_back(
          {head, {0, -1, 0}, Vec3{24.0f, 18.5f, 11.5f} * (w.light.weather == Weather::Dusk ? 0.35f : 1.0f), 0.25f});
  });
}

void addSigns(Layout& l, float edge, float base, Rng& rng) {
  const int signs = 2 + rng.pick(4);
  for (int i = 0; i < signs; ++i) {
    const float side = rng.chance(0.7f) ? 1.0f : -1.0f, z = rng.range(8.0f, i == 0 ? 20.0f : 48.0f);
    if (!l.reserve(side * (edge + 0.25f), z, 0.3f, 0.3f)) continue;
    l.stand(side * (edge + 0.25f), z, rng.range(-0.12f, 0.12f), base);
    addTrafficSign(l.b, rng.fork(), false);
  }
}

/// At a crossing always, elsewhere now and then.
void addTrafficLights(Layout& l, float edge, float base, bool open, Rng& rng) {
  const World& w = l.world;
  const bool crossing = w.road.crossingAt > 0.0f;
  if (!crossing && !rng.chance(open || w.setting == Setting::Highway ? 0.2f : 0.45f)) return;
  const float z = crossing ? w.road.crossingAt + 0.3f : rng.range(13.0f, 26.0f);
  for (const float side : {1.0f, -1.0f}) {
    l.stand(side * (edge - 0.05f), z, 0, base);
    addTrafficLight(l.b, rng.fork(), side > 0 && rng.chance(0.55f));
  }
  if (crossing) {
    l.stand(w.road.halfWidth + 0.5f, w.road.crossingAt + 14.0f, 0, base);
    addTrafficLight(l.b, rng.fork(), true);
  }
}

void addLampsAndSigns(Layout& l, const Verges& v, Rng rng) {
  const World& w = l.world;
  const bool open = w.setting == Setting::Country;
  const float edge = furnitureEdge(w, v);
  const float base = v.left.raised ? 0.13f : 0.0f;
  const float spacing = rng.range(20.0f, 27.0f);
  if (!open) {
    addStreetLamps(l, edge, base, spacing, rng);
  } else {
    placeEvery(24.0f, rng.range(10.0f, 20.0f), 140.0f, [&](float z) {
      l.stand(-(w.road.halfWidth + 5.5f), z, 0, 0.0f);
      addMast(l.b, rng.fork(), 7.5f);
    });
  }
  addSigns(l, edge, base, rng);
  if (w.setting == Setting::Highway && rng.chance(0.6f)) {
    l.stand(0.0f, rng.range(26.0f, 60.0f), 0, 0);
    addGantry(l.b, rng.fork(), w.road.halfWidth + 2.6f);
  }
  addTrafficLights(l, edge, base, open, rng);
}

}  // namespace

void furnish(Layout& l, const Verges& v, Rng rng) {
  const bool open = l.world.setting == Setting::Country || l.world.setting == Setting::Highway;
  for (const float side : {-1.0f, 1.0f}) {
    const Verge& verge = side < 0 ? v.left : v.right;
    if (open)
      addOpenRow(l, verge, side, rng.fork());
    else
      addTownRow(l, verge, side, rng.fork());
    addGreen(l, verge, side, rng.fork());
  }
  addLampsAndSigns(l, v, rng.fork());
}

}  // namespace oodscope::demo
