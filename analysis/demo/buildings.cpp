// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/models.h"

#include <array>

namespace oodscope::demo {
namespace {

Vec3 plaster(Rng& rng) {
  constexpr std::array<Vec3, 9> tones{{{0.55f, 0.50f, 0.40f},
                                       {0.62f, 0.58f, 0.50f},
                                       {0.50f, 0.38f, 0.25f},
                                       {0.42f, 0.40f, 0.38f},
                                       {0.60f, 0.48f, 0.30f},
                                       {0.48f, 0.32f, 0.26f},
                                       {0.36f, 0.40f, 0.42f},
                                       {0.66f, 0.64f, 0.60f},
                                       {0.45f, 0.46f, 0.38f}}};
  return tones[static_cast<std::size_t>(rng.pick(9))] * rng.range(0.82f, 1.08f);
}

void addWalls(Builder& b, Vec3 low, Vec3 high) {
  const float x0 = low.x, x1 = high.x, z0 = low.z, z1 = high.z, y0 = low.y, y1 = high.y;
  b.quad({x0, y0, z0}, {x1, y0, z0}, {x1, y1, z0}, {x0, y1, z0});
  b.quad({x1, y0, z1}, {x0, y0, z1}, {x0, y1, z1}, {x1, y1, z1});
  b.quad({x0, y0, z1}, {x0, y0, z0}, {x0, y1, z0}, {x0, y1, z1}, {0.7f, 0});
  b.quad({x1, y0, z0}, {x1, y0, z1}, {x1, y1, z1}, {x1, y1, z0}, {1.3f, 0});
}

Part wallOf(Rng& rng, float height, bool shops) {
  Part wall = partOf(Surface::Facade, Kind::Building, plaster(rng),
                     Vec3{rng.range(0.04f, 0.25f), rng.range(0.08f, 0.22f), rng.range(0.05f, 0.2f)}, rng.bits());
  const int finish = rng.pick(4);
  wall.variant = finish;
  if (finish == 1) wall.colour = rng.chance(0.6f) ? Vec3{0.30f, 0.13f, 0.09f} : Vec3{0.38f, 0.29f, 0.20f};
  if (shops) wall.variant |= 4;
  if (rng.chance(0.35f)) wall.variant |= 8;
  if (rng.chance(0.3f)) wall.variant |= 16;
  wall.glow = height;  // the facade needs its height to keep windows below the eaves
  return wall;
}

constexpr float kEaves = 0.4f;  // metres

/// Two triangles of wall over the ends, then the roof's two planes; the ridge runs along z.
void addGableAlongZ(Builder& b, Rng& rng, Vec3 low, Vec3 high, float rise, Vec3 tone) {
  const float y = high.y, mx = 0.5f * (low.x + high.x), over = kEaves;
  for (const float z : {low.z, high.z}) {
    const Vec3 outwards{0, 0, z == low.z ? -1.0f : 1.0f};
    b.triangle({{low.x, y, z}, outwards, low.x, y}, {{high.x, y, z}, outwards, high.x, y},
               {{mx, y + rise, z}, outwards, mx, y + rise});
  }
  b.use(partOf(Surface::Roof, Kind::Building, tone, {}, rng.bits()));
  b.quad({low.x - over, y - 0.2f, low.z - over}, {low.x - over, y - 0.2f, high.z + over}, {mx, y + rise, high.z + over},
         {mx, y + rise, low.z - over});
  b.quad({high.x + over, y - 0.2f, high.z + over}, {high.x + over, y - 0.2f, low.z - over},
         {mx, y + rise, low.z - over}, {mx, y + rise, high.z + over});
}

/// The same with the ridge along x.
void addGableAlongX(Builder& b, Rng& rng, Vec3 low, Vec3 high, float rise, Vec3 tone) {
  const float y = high.y, mz = 0.5f * (low.z + high.z), over = kEaves;
  for (const float x : {low.x, high.x}) {
    const Vec3 outwards{x == low.x ? -1.0f : 1.0f, 0, 0};
    b.triangle({{x, y, low.z}, outwards, low.z, y}, {{x, y, high.z}, outwards, high.z, y},
               {{x, y + rise, mz}, outwards, mz, y + rise});
  }
  b.use(partOf(Surface::Roof, Kind::Building, tone, {}, rng.bits()));
  b.quad({high.x + over, y - 0.2f, low.z - over}, {low.x - over, y - 0.2f, low.z - over}, {low.x - over, y + rise, mz},
         {high.x + over, y + rise, mz});
  b.quad({low.x - over, y - 0.2f, high.z + over}, {high.x + over, y - 0.2f, high.z + over},
         {high.x + over, y + rise, mz}, {low.x - over, y + rise, mz});
}

void addGable(Builder& b, Rng& rng, Vec3 low, Vec3 high, const Part& wall, bool alongZ) {
  const float rise = std::min(high.x - low.x, high.z - low.z) * rng.range(0.32f, 0.48f);
  const Vec3 tone =
      rng.chance(0.6f) ? Vec3{0.26f, 0.10f, 0.06f} : (rng.chance(0.5f) ? grey(0.09f) : Vec3{0.17f, 0.11f, 0.08f});
  Part gable = wall;
  gable.glow = high.y + 20.0f;
  gable.surface = Surface::Plaster;
  b.use(gable);
  if (alongZ)
    addGableAlongZ(b, rng, low, high, rise, tone);
  else
    addGableAlongX(b, rng, low, high, rise, tone);
  if (rng.chance(0.7f)) {
    b.use(partOf(Surface::Brick, Kind::Building, {0.28f, 0.12f, 0.08f}, grey(0.3f), 2u));
    const float y = high.y, x = mix(low.x, high.x, rng.range(0.3f, 0.7f)),
                z = mix(low.z, high.z, rng.range(0.3f, 0.7f));
    b.box({x - 0.3f, y + rise * 0.3f, z - 0.3f}, {x + 0.3f, y + rise + 0.7f, z + 0.3f});
  }
}

/// On the faces along the road. `from`: height of the ground floor.
void addBalconies(Builder& b, Vec3 low, Vec3 high, float from, float storey) {
  for (const float s : {-1.0f, 1.0f}) {
    placeEvery(storey, from + storey, high.y - 2.0f, [&](float y) {
      placeEvery(5.4f, low.z + 2.0f, high.z - 2.5f, [&](float z) {
        b.use(partOf(Surface::Concrete, Kind::Building, grey(0.4f), {}, 3u));
        b.box({s * high.x - (s < 0 ? 0.9f : 0.0f), y + 0.1f, z},
              {s * high.x + (s > 0 ? 0.9f : 0.0f), y + 0.25f, z + 2.2f});
        b.use(partOf(Surface::Railing, Kind::Building, grey(0.05f)));
        b.quad({s * (high.x + 0.88f), y + 0.25f, z}, {s * (high.x + 0.88f), y + 0.25f, z + 2.2f},
               {s * (high.x + 0.88f), y + 1.2f, z + 2.2f}, {s * (high.x + 0.88f), y + 1.2f, z});
      });
    });
  }
}

/// Over some of the shops.
void addAwnings(Builder& b, Rng& rng, Vec3 low, Vec3 high) {
  for (const float s : {-1.0f, 1.0f}) {
    placeEvery(5.8f, low.z + 0.5f, high.z - 3.5f, [&](float z) {
      if (!rng.chance(0.4f)) return;
      b.use(partOf(Surface::Cloth, Kind::Building, carPaint(rng), {}, rng.bits()));
      b.quad({s * high.x, 3.1f, z}, {s * high.x, 3.1f, z + 3.4f}, {s * (high.x + 1.2f), 2.5f, z + 3.4f},
             {s * (high.x + 1.2f), 2.5f, z});
      b.quad({s * (high.x + 1.2f), 2.3f, z}, {s * (high.x + 1.2f), 2.3f, z + 3.4f},
             {s * (high.x + 1.2f), 2.5f, z + 3.4f}, {s * (high.x + 1.2f), 2.5f, z});
    });
  }
}

}  // namespace

void addBuilding(Builder& b, Rng rng, Vec3 e, bool shops) {
  const Vec3 low{-0.5f * e.x, -0.3f, -0.5f * e.z}, high{0.5f * e.x, e.y, 0.5f * e.z};
  const Part wall = wallOf(rng, e.y, shops);
  b.use(wall);
  addWalls(b, {low.x, 0, low.z}, high);
  if (rng.chance(0.5f) && e.y < 17.0f) {
    addGable(b, rng, {low.x, 0, low.z}, high, wall, true);
  } else {
    Part trim = partOf(Surface::Plaster, Kind::Building, wall.colour * 1.1f + grey(0.04f), {}, rng.bits());
    b.use(trim);
    b.box({low.x - 0.35f, e.y - 0.1f, low.z - 0.1f}, {high.x + 0.35f, e.y + 0.35f, high.z + 0.1f});
    if (rng.chance(0.5f)) b.box({-1.5f, e.y, -1.5f}, {1.5f, e.y + 2.2f, 1.5f});
  }
  if (rng.chance(0.4f) && e.y > 9.0f)
    addBalconies(b, low, high, shops ? 4.2f : 0.6f, 2.9f + 0.5f * hash01(wall.seed, 1));
  if (shops) addAwnings(b, rng, low, high);
}

void addHouse(Builder& b, Rng rng, Vec3 e) {
  const Vec3 low{-0.5f * e.x, 0, -0.5f * e.z}, high{0.5f * e.x, e.y, 0.5f * e.z};
  const Part wall = wallOf(rng, e.y, false);
  b.use(wall);
  addWalls(b, low, high);
  addGable(b, rng, low, high, wall, rng.chance(0.5f));
  if (rng.chance(0.5f)) {
    Part garage = wall;
    garage.surface = Surface::Plaster;
    b.use(garage);
    b.box({low.x + 0.5f, 0, high.z}, {high.x - 0.5f, 2.7f, high.z + 3.2f});
    b.use(partOf(Surface::Planks, Kind::Building, grey(0.4f), {}, 6u));
    for (const float s : {-1.0f, 1.0f})
      b.quad({s * (high.x - 0.48f), 0, high.z + 0.4f}, {s * (high.x - 0.48f), 0, high.z + 2.8f},
             {s * (high.x - 0.48f), 2.2f, high.z + 2.8f}, {s * (high.x - 0.48f), 2.2f, high.z + 0.4f});
  }
}

}  // namespace oodscope::demo
