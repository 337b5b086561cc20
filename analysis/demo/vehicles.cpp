// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/models.h"

#include <array>

namespace oodscope::demo {
namespace {

/// One cross-section of a car's body.
struct Station {
  float z, width, belt, roof, roofWidth;
};

using Stations = std::array<Station, 9>;  // from the rear to the front

constexpr std::array<Station, 9> kSedan{{{-2.22f, .74f, .66f, .70f, .60f},
                                         {-2.08f, .84f, .90f, .95f, .72f},
                                         {-1.45f, .88f, .96f, 1.01f, .74f},
                                         {-.85f, .89f, .95f, 1.39f, .58f},
                                         {-.1f, .90f, .94f, 1.46f, .61f},
                                         {.42f, .90f, .93f, 1.42f, .60f},
                                         {1.12f, .89f, .92f, .99f, .76f},
                                         {1.95f, .85f, .78f, .84f, .68f},
                                         {2.24f, .74f, .60f, .64f, .6f}}};
constexpr std::array<Station, 9> kHatch{{{-1.98f, .76f, .70f, .76f, .62f},
                                         {-1.90f, .86f, .93f, 1.02f, .66f},
                                         {-1.72f, .88f, .96f, 1.14f, .62f},
                                         {-1.38f, .89f, .96f, 1.46f, .60f},
                                         {-.2f, .89f, .94f, 1.52f, .62f},
                                         {.45f, .89f, .93f, 1.47f, .61f},
                                         {1.12f, .88f, .92f, 1.00f, .76f},
                                         {1.75f, .84f, .80f, .87f, .68f},
                                         {2.0f, .74f, .62f, .66f, .6f}}};
constexpr std::array<Station, 9> kSuv{{{-2.25f, .82f, .78f, .84f, .70f},
                                       {-2.2f, .92f, 1.05f, 1.15f, .76f},
                                       {-2.1f, .94f, 1.10f, 1.25f, .74f},
                                       {-1.75f, .95f, 1.10f, 1.68f, .68f},
                                       {-.2f, .95f, 1.08f, 1.74f, .70f},
                                       {.55f, .95f, 1.06f, 1.68f, .69f},
                                       {1.15f, .94f, 1.05f, 1.14f, .84f},
                                       {2.05f, .92f, .98f, 1.04f, .78f},
                                       {2.3f, .82f, .74f, .80f, .7f}}};
constexpr std::array<Station, 9> kVan{{{-2.5f, .86f, .9f, .98f, .8f},
                                       {-2.46f, .95f, 1.10f, 1.5f, .86f},
                                       {-2.42f, .96f, 1.15f, 1.80f, .84f},
                                       {-2.35f, .97f, 1.15f, 1.95f, .80f},
                                       {-.2f, .97f, 1.14f, 1.98f, .80f},
                                       {1.0f, .97f, 1.12f, 1.93f, .79f},
                                       {1.72f, .96f, 1.08f, 1.2f, .82f},
                                       {2.25f, .92f, .95f, 1.02f, .76f},
                                       {2.45f, .82f, .74f, .8f, .7f}}};

std::vector<Vec3> ringOf(const Station& s) {
  const float sill = 0.27f, middle = mix(sill, s.belt, 0.55f);
  std::vector<Vec3> half{{s.width * 0.94f, sill, s.z},
                         {s.width, mix(sill, middle, 0.5f), s.z},
                         {s.width, middle, s.z},
                         {s.width * 0.965f, s.belt, s.z},
                         {s.roofWidth, s.roof - 0.03f, s.z},
                         {s.roofWidth * 0.55f, s.roof + 0.015f, s.z}};
  std::vector<Vec3> ring;
  ring.reserve(2 * half.size());
  for (const Vec3& p : half) ring.push_back({-p.x, p.y, p.z});
  for (std::size_t i = half.size(); i-- > 0;) ring.push_back(half[i]);
  return ring;
}

void addWheel(Builder& b, Kind kind, Vec3 centre, float radius, float width, Vec3 rim, std::uint32_t seed) {
  const float side = centre.x < 0 ? -1.0f : 1.0f;
  b.use(partOf(Surface::Rubber, kind, grey(0.02f)));
  b.tube(centre - Vec3{side * width, 0, 0}, centre, radius, radius, 16);
  b.torus(centre - Vec3{side * 0.03f, 0, 0}, {side, 0, 0}, radius - 0.05f, 0.055f, 16, 5);
  b.use(partOf(Surface::WheelFace, kind, rim, {}, seed));
  b.disc(centre + Vec3{side * 0.012f, 0, 0}, {side, 0, 0}, radius * 0.66f);
}

Part lampOf(Surface surface, Kind kind, Vec3 colour, float glow) {
  Part p = partOf(surface, kind, colour);
  p.glow = glow;
  return p;
}

void addLamps(Builder& b, Kind kind, float x, float yFront, float yRear, float front, float rear, bool on,
              bool braking) {
  b.use(lampOf(Surface::HeadLamp, kind, {0.95f, 0.95f, 0.9f}, on ? 5.0f : 0.05f));
  for (const float s : {-1.0f, 1.0f}) b.ellipsoid({s * x, yFront, front}, {0.17f, 0.085f, 0.12f}, 5, 8);
  b.use(lampOf(Surface::TailLamp, kind, {0.8f, 0.02f, 0.015f}, braking ? 0.9f : (on ? 0.4f : 0.03f)));
  for (const float s : {-1.0f, 1.0f}) b.ellipsoid({s * x * 1.06f, yRear, rear}, {0.12f, 0.10f, 0.06f}, 5, 8);
}

void addPlates(Builder& b, Kind kind, float front, float rear, float y) {
  b.use(partOf(Surface::Plate, kind, grey(0.6f)));
  b.unitQuad({-0.26f, y - 0.055f, front}, {0.26f, y - 0.055f, front}, {0.26f, y + 0.055f, front},
             {-0.26f, y + 0.055f, front});
  b.unitQuad({0.26f, y + 0.02f, rear}, {-0.26f, y + 0.02f, rear}, {-0.26f, y + 0.13f, rear}, {0.26f, y + 0.13f, rear});
}

}  // namespace

Vec3 carPaint(Rng& rng) {
  constexpr std::array<Vec3, 12> paints{{{0.55f, 0.56f, 0.57f},
                                         {0.30f, 0.31f, 0.32f},
                                         {0.02f, 0.02f, 0.022f},
                                         {0.70f, 0.70f, 0.69f},
                                         {0.36f, 0.02f, 0.02f},
                                         {0.02f, 0.06f, 0.22f},
                                         {0.10f, 0.11f, 0.12f},
                                         {0.05f, 0.16f, 0.36f},
                                         {0.30f, 0.26f, 0.18f},
                                         {0.03f, 0.12f, 0.07f},
                                         {0.45f, 0.20f, 0.03f},
                                         {0.16f, 0.17f, 0.19f}}};
  return paints[static_cast<std::size_t>(rng.pick(static_cast<int>(paints.size())))] * rng.range(0.85f, 1.1f);
}

namespace {

using Rings = std::vector<std::vector<Vec3>>;

bool isPane(int i, int j, int count, bool van) {
  const bool side = j == 3 || j == count - 5;  // from belt to roof
  const bool over = j > 3 && j < count - 5;    // across the roof
  const bool rear = i == 2, front = i == 5;
  if (side) return (van ? i >= 4 : i >= 2) && i <= 5;
  return over && (front || (rear && !van));
}

/// The skin over the rings: its panes, or what is painted.
void addShell(Builder& b, const Rings& rings, bool van, bool panes) {
  const int count = static_cast<int>(rings[0].size());
  const auto normal = [&](int i, int j) {
    const auto at = [&](int r, int k) {
      return rings[static_cast<std::size_t>(std::clamp(r, 0, 8))]
                  [static_cast<std::size_t>(std::clamp(k, 0, count - 1))];
    };
    return normalize(cross(at(i + 1, j) - at(i - 1, j), at(i, j + 1) - at(i, j - 1)));
  };
  const auto v = [&](int r, int k) {
    const Vec3 p = rings[static_cast<std::size_t>(r)][static_cast<std::size_t>(k)];
    return Vertex{p, normal(r, k), p.z, p.y};
  };
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j + 1 < count; ++j) {
      if (isPane(i, j, count, van) != panes) continue;
      b.triangle(v(i, j), v(i, j + 1), v(i + 1, j + 1));
      b.triangle(v(i, j), v(i + 1, j + 1), v(i + 1, j));
    }
  }
}

/// Between the panes; and the mirrors.
void addPillars(Builder& b, const Stations& stations, const Part& body) {
  b.use(body);
  for (const float side : {-1.0f, 1.0f}) {
    for (const int i : {3, 4, 5}) {
      const Station& s = stations[static_cast<std::size_t>(i)];
      const Station& low = stations[static_cast<std::size_t>(i == 3 ? 2 : (i == 5 ? 6 : 4))];
      const Vec3 foot{side * low.width * 0.965f, low.belt, low.z}, head{side * s.roofWidth, s.roof - 0.03f, s.z};
      b.tube(foot, head, 0.035f, 0.03f, 5);
    }
    b.box({side * (stations[5].width + 0.03f) - 0.1f, stations[5].belt + 0.02f, 0.78f},
          {side * (stations[5].width + 0.03f) + 0.1f, stations[5].belt + 0.15f, 0.92f});
    b.use(body);
  }
}

void closeEnds(Builder& b, const Stations& stations, const Rings& rings) {
  for (const std::size_t end : {std::size_t{0}, std::size_t{8}}) {
    const Station& s = stations[end];
    const std::vector<Vec3>& ring = rings[end];
    const Vec3 middle{0, 0.5f * (0.27f + s.belt), s.z}, n{0, 0, end == 0 ? -1.0f : 1.0f};
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const Vec3 p = ring[i], q = ring[(i + 1) % ring.size()];
      b.triangle({middle, n, middle.x, middle.y}, {p, n, p.x, p.y}, {q, n, q.x, q.y});
    }
  }
}

}  // namespace

void addCar(Builder& b, Rng rng, bool lightsOn) {
  const int shape = rng.pick(8);
  const auto& stations = shape < 3 ? kSedan : (shape < 6 ? kHatch : (shape == 6 ? kSuv : kVan));
  const float tall = stations[4].roof / 1.46f;
  const bool van = shape == 7;
  const Vec3 paint = carPaint(rng);
  Part body = partOf(Surface::Paint, Kind::Car, paint, {}, rng.bits());
  body.variant = 1;
  Rings rings;
  rings.reserve(stations.size());
  for (const Station& s : stations) rings.push_back(ringOf(s));
  b.use(body);
  addShell(b, rings, van, false);
  b.use(partOf(Surface::Glass, Kind::Car, grey(0.02f)));
  addShell(b, rings, van, true);
  addPillars(b, stations, body);
  closeEnds(b, stations, rings);
  const float front = stations[8].z, rear = stations[0].z;
  b.use(partOf(Surface::Plain, Kind::Car, grey(0.018f)));
  b.box({-stations[4].width * 0.9f, 0.17f, rear + 0.15f}, {stations[4].width * 0.9f, 0.36f, front - 0.15f});
  b.use(partOf(Surface::Grille, Kind::Car, grey(0.03f)));
  b.quad({-0.5f, 0.34f, front + 0.012f}, {0.5f, 0.34f, front + 0.012f}, {0.48f, 0.56f * tall, front + 0.006f},
         {-0.48f, 0.56f * tall, front + 0.006f});
  b.use(partOf(Surface::Plain, Kind::Car, grey(0.03f)));
  b.box({-0.74f, 0.28f, rear - 0.03f}, {0.74f, 0.40f, rear + 0.1f});
  addPlates(b, Kind::Car, front + 0.03f, rear - 0.035f, 0.45f);
  addLamps(b, Kind::Car, stations[7].width * 0.74f, 0.66f * tall, 0.80f * tall, front - 0.12f, rear + 0.05f, lightsOn,
           rng.chance(0.3f));
  const Vec3 rim = grey(rng.range(0.2f, 0.5f));
  for (const float side : {-1.0f, 1.0f}) {
    for (const float z : {rear + 0.78f, front - 0.82f}) {
      const float x = side * (stations[4].width + 0.004f);
      b.use(partOf(Surface::Plain, Kind::Car, grey(0.008f)));
      b.disc({x, 0.35f, z}, {side, 0, 0}, 0.395f);
      addWheel(b, Kind::Car, {x + side * 0.012f, 0.325f, z}, 0.325f, 0.2f, rim, rng.bits());
    }
  }
}

void addTruck(Builder& b, Rng rng, bool lightsOn) {
  const Vec3 cab = rng.chance(0.5f) ? Vec3{0.62f, 0.62f, 0.6f} : carPaint(rng);
  const float cargoTop = rng.range(3.3f, 3.9f);
  Part box = partOf(
      Surface::CargoSide, Kind::Truck,
      rng.chance(0.6f) ? grey(0.55f) : Vec3{rng.range(0.1f, 0.6f), rng.range(0.1f, 0.45f), rng.range(0.08f, 0.4f)},
      {rng.range(0.05f, 0.6f), rng.range(0.05f, 0.3f), rng.range(0.05f, 0.4f)}, rng.bits());
  box.variant = rng.pick(4);
  b.use(box);
  b.box({-1.24f, 1.05f, -4.5f}, {1.24f, cargoTop, 2.3f});
  b.use(partOf(Surface::Paint, Kind::Truck, cab));
  b.taperedBox({-1.2f, 0.55f, 2.55f}, {1.2f, 2.85f, 4.4f}, 0.05f, 0.14f);
  b.box({-1.1f, 2.8f, 2.6f}, {1.1f, 3.25f, 3.6f});
  b.use(partOf(Surface::Glass, Kind::Truck, grey(0.02f)));
  b.quad({-1.08f, 1.62f, 4.345f}, {1.08f, 1.62f, 4.345f}, {1.04f, 2.55f, 4.29f}, {-1.04f, 2.55f, 4.29f});
  for (const float s : {-1.0f, 1.0f})
    b.quad({s * 1.19f, 1.6f, 3.1f}, {s * 1.19f, 1.6f, 4.2f}, {s * 1.165f, 2.5f, 4.1f}, {s * 1.165f, 2.5f, 3.1f});
  b.use(partOf(Surface::Grille, Kind::Truck, grey(0.05f)));
  b.quad({-0.85f, 0.75f, 4.41f}, {0.85f, 0.75f, 4.41f}, {0.85f, 1.45f, 4.37f}, {-0.85f, 1.45f, 4.37f});
  b.use(partOf(Surface::Metal, Kind::Truck, grey(0.05f)));
  b.box({-0.9f, 0.6f, -4.4f}, {0.9f, 1.05f, 2.6f});
  b.box({-1.15f, 0.5f, -4.55f}, {1.15f, 0.68f, -4.4f});
  b.box({-1.2f, 0.35f, 4.3f}, {1.2f, 0.62f, 4.5f});
  b.use(partOf(Surface::Metal, Kind::Truck, grey(0.35f)));
  for (const float s : {-0.45f, 0.45f}) b.box({s - 0.03f, 1.1f, -4.55f}, {s + 0.03f, cargoTop - 0.1f, -4.5f});
  b.box({-1.2f, 2.0f, -4.53f}, {1.2f, 2.08f, -4.5f});
  addLamps(b, Kind::Truck, 0.95f, 0.72f, 0.8f, 4.45f, -4.55f, lightsOn, rng.chance(0.4f));
  addPlates(b, Kind::Truck, 4.52f, -4.58f, 0.52f);
  for (const float s : {-1.0f, 1.0f}) {
    for (const float z : {-3.4f, -2.2f, 3.3f})
      addWheel(b, Kind::Truck, {s * 1.22f, 0.5f, z}, 0.5f, 0.32f, grey(0.25f), 3u);
  }
}

void addBus(Builder& b, Rng rng, bool lightsOn) {
  constexpr std::array<Vec3, 5> colours{{{0.62f, 0.42f, 0.02f},
                                         {0.5f, 0.03f, 0.03f},
                                         {0.05f, 0.16f, 0.42f},
                                         {0.06f, 0.28f, 0.12f},
                                         {0.62f, 0.62f, 0.6f}}};
  const Vec3 main = colours[static_cast<std::size_t>(rng.pick(5))];
  Part side = partOf(Surface::BusSide, Kind::Bus, main, rng.chance(0.5f) ? main * 0.4f : grey(0.5f), rng.bits());
  side.glow = lightsOn ? 0.2f : 0.0f;
  const float l = 5.9f, w = 1.25f, y = 0.28f, top = 3.0f;
  b.use(side);
  for (const float s : {-1.0f, 1.0f})
    b.quad({s * w, y, -l}, {s * w, y, l}, {s * w, top - 0.12f, l}, {s * w, top - 0.12f, -l});
  b.use(partOf(Surface::Paint, Kind::Bus, main));
  b.quad({-w, y, l}, {w, y, l}, {w, top - 0.12f, l - 0.1f}, {-w, top - 0.12f, l - 0.1f});
  b.quad({w, y, -l}, {-w, y, -l}, {-w, top - 0.12f, -l}, {w, top - 0.12f, -l});
  b.taperedBox({-w, top - 0.14f, -l}, {w, top + 0.05f, l - 0.05f}, 0.14f, 0.1f);
  b.use(partOf(Surface::Plain, Kind::Bus, grey(0.25f)));
  b.box({-0.8f, top, -3.5f}, {0.8f, top + 0.25f, -0.5f});
  b.use(partOf(Surface::Glass, Kind::Bus, grey(0.02f)));
  b.quad({-1.15f, 1.05f, l + 0.02f}, {1.15f, 1.05f, l + 0.02f}, {1.15f, 2.5f, l - 0.06f}, {-1.15f, 2.5f, l - 0.06f});
  b.quad({1.0f, 1.5f, -l - 0.02f}, {-1.0f, 1.5f, -l - 0.02f}, {-1.0f, 2.4f, -l - 0.02f}, {1.0f, 2.4f, -l - 0.02f});
  Part board = partOf(Surface::Lamp, Kind::Bus, {0.9f, 0.45f, 0.03f});
  board.glow = 0.5f;
  b.use(partOf(Surface::Plain, Kind::Bus, grey(0.012f)));
  b.quad({-0.95f, 2.52f, l + 0.01f}, {0.95f, 2.52f, l + 0.01f}, {0.95f, 2.83f, l - 0.04f}, {-0.95f, 2.83f, l - 0.04f});
  b.use(board);
  for (int i = 0; i < 9; ++i) {
    const float x = -0.75f + 0.17f * static_cast<float>(i);
    if (i != 2) b.quad({x, 2.6f, l + 0.02f}, {x + 0.11f, 2.6f, l + 0.02f}, {x + 0.11f, 2.76f, l}, {x, 2.76f, l});
  }
  b.use(partOf(Surface::Plain, Kind::Bus, grey(0.02f)));
  b.box({-w + 0.1f, 0.2f, -l + 0.1f}, {w - 0.1f, 0.4f, l - 0.1f});
  for (const float s : {-1.0f, 1.0f}) b.box({s * 1.42f - 0.09f, 2.0f, l - 0.1f}, {s * 1.42f + 0.09f, 2.4f, l + 0.1f});
  addLamps(b, Kind::Bus, 0.95f, 0.66f, 0.95f, l, -l, lightsOn, rng.chance(0.4f));
  addPlates(b, Kind::Bus, l + 0.02f, -l - 0.02f, 0.5f);
  for (const float s : {-1.0f, 1.0f}) {
    for (const float z : {-3.0f, 3.4f}) {
      b.use(partOf(Surface::Plain, Kind::Bus, grey(0.01f)));
      b.disc({s * (w + 0.005f), 0.5f, z}, {s, 0, 0}, 0.56f);
      addWheel(b, Kind::Bus, {s * (w + 0.02f), 0.48f, z}, 0.48f, 0.3f, grey(0.3f), 5u);
    }
  }
}

namespace {

constexpr float kTramBodyHalf = 1.2f, kTramFloor = 0.22f, kTramTop = 3.25f;

/// The driver's end of a tram at `z`; `dir` is 1 at the front and -1 at the rear.
void addTramNose(Builder& b, float z, float dir, Vec3 skirt, bool lightsOn) {
  const float w = kTramBodyHalf, y = kTramFloor, top = kTramTop, back = z - dir * 0.9f;
  const bool front = dir > 0.0f;
  b.use(partOf(Surface::Paint, Kind::Train, skirt));
  const std::vector<std::vector<Vec3>> rings{
      {{-w, y, back}, {-w, 1.2f, back}, {-w, top - 0.3f, back}, {w, top - 0.3f, back}, {w, 1.2f, back}, {w, y, back}},
      {{-w * 0.85f, y, z},
       {-w * 0.85f, 1.2f, z + dir * 0.1f},
       {-w * 0.82f, top - 0.35f, z - dir * 0.5f},
       {w * 0.82f, top - 0.35f, z - dir * 0.5f},
       {w * 0.85f, 1.2f, z + dir * 0.1f},
       {w * 0.85f, y, z}}};
  b.skin(rings, true, true);
  b.use(partOf(Surface::Glass, Kind::Train, grey(0.02f)));
  b.quad({-0.92f, 1.3f, z + dir * 0.11f}, {0.92f, 1.3f, z + dir * 0.11f}, {0.9f, 2.55f, z - dir * 0.3f},
         {-0.9f, 2.55f, z - dir * 0.3f});
  b.use(lampOf(front ? Surface::HeadLamp : Surface::TailLamp, Kind::Train,
               front ? Vec3{1, 0.97f, 0.9f} : Vec3{0.8f, 0.02f, 0.02f}, lightsOn ? 4.0f : 0.5f));
  for (const float s : {-1.0f, 1.0f}) b.ellipsoid({s * 0.72f, 0.8f, z + dir * 0.06f}, {0.14f, 0.1f, 0.08f}, 5, 8);
}

}  // namespace

void addTram(Builder& b, Rng rng, bool lightsOn) {
  const Vec3 main = rng.chance(0.6f) ? Vec3{0.58f, 0.57f, 0.53f} : Vec3{0.5f, 0.36f, 0.04f};
  const Vec3 skirt = rng.chance(0.5f) ? Vec3{0.48f, 0.02f, 0.03f} : Vec3{0.03f, 0.22f, 0.12f};
  Part side = partOf(Surface::TramSide, Kind::Train, main, skirt, rng.bits());
  side.glow = lightsOn ? 0.22f : 0.0f;
  const float w = kTramBodyHalf, y = kTramFloor, top = kTramTop, l = 14.0f;
  for (int car = 0; car < 3; ++car) {
    const float from = -l + static_cast<float>(car) * 9.4f, to = from + 9.0f;
    const float noseFront = car == 2 ? 0.9f : 0.0f, noseRear = car == 0 ? 0.9f : 0.0f;
    b.use(side);
    for (const float s : {-1.0f, 1.0f})
      b.quad({s * w, y, from + noseRear}, {s * w, y, to - noseFront}, {s * w, top - 0.3f, to - noseFront},
             {s * w, top - 0.3f, from + noseRear});
    Part roof = partOf(Surface::Paint, Kind::Train, grey(0.3f));
    b.use(roof);
    b.taperedBox({-w, top - 0.3f, from}, {w, top, to}, 0.3f, 0.1f);
    b.box({-0.7f, top, from + 2.0f}, {0.7f, top + 0.28f, to - 3.0f});
    b.use(partOf(Surface::Plain, Kind::Train, grey(0.04f)));
    if (car < 2) b.box({-w * 0.85f, y + 0.1f, to}, {w * 0.85f, top - 0.25f, to + 0.4f});
    b.box({-w + 0.15f, 0.05f, from + 0.5f}, {w - 0.15f, 0.3f, to - 0.5f});
    if (car == 2) addTramNose(b, to, 1.0f, skirt, lightsOn);
    if (car == 0) addTramNose(b, from, -1.0f, skirt, lightsOn);
  }
  b.use(partOf(Surface::Metal, Kind::Train, grey(0.06f)));
  b.tube({0, top + 0.2f, -1.0f}, {0, top + 0.9f, 0.2f}, 0.03f, 0.03f, 5);
  b.tube({0, top + 0.9f, 0.2f}, {0, top + 1.7f, -0.8f}, 0.03f, 0.03f, 5);
  b.tube({-0.7f, top + 1.72f, -0.8f}, {0.7f, top + 1.72f, -0.8f}, 0.03f, 0.03f, 5);
}

}  // namespace oodscope::demo
