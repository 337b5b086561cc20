// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/models.h"

namespace oodscope::demo {
namespace {

/// A strip along the road between two lines (offset from the road's edge, height), the same for every z.
struct Band {
  float from, to, heightFrom, heightTo;
  Part part;
};

constexpr float kBack = -14.0f, kFar = 420.0f;

class Ribbon {
public:
  Ribbon(World& world, Builder& b) : m_road(world.road), m_b(b) {}

  /// Lays a strip at `side` (-1 left, 1 right) of the road, over [kBack, kFar].
  void lay(const Band& band, float side, float swell = 0.0f) {
    m_b.use(band.part);
    float z = kBack;
    while (z < kFar) {
      const float step = std::clamp(std::fabs(z) * 0.09f, 1.0f, 16.0f), next = std::min(z + step, kFar);
      const auto vertex = [&](float edge, float height, float at) {
        const float offset = side * (m_road.halfWidth + edge);
        Vertex v;
        const float hill =
            swell > 0.0f ? swell * (noise2(at * 0.02f + 40.0f, offset * 0.03f) - 0.3f) * smoothStep(2.0f, 20.0f, edge)
                         : 0.0f;
        v.position = m_road.at(offset, at, height + hill);
        const bool upright = std::fabs(band.to - band.from) < 0.02f;
        v.normal = upright ? Vec3{-side, 0, 0}
                           : normalize({-side * (band.heightTo - band.heightFrom) / (band.to - band.from), 1, 0});
        v.u = upright ? at : offset;
        v.v = upright ? height - std::min(band.heightFrom, band.heightTo) : at;
        return v;
      };
      const Vertex a = vertex(band.from, band.heightFrom, z), bb = vertex(band.to, band.heightTo, z);
      const Vertex c = vertex(band.to, band.heightTo, next), d = vertex(band.from, band.heightFrom, next);
      m_b.triangle(a, bb, c);
      m_b.triangle(a, c, d);
      z = next;
    }
  }

  void road(const Part& part) {
    m_b.use(part);
    float z = kBack;
    while (z < kFar) {
      const float step = std::clamp(std::fabs(z) * 0.09f, 1.0f, 16.0f), next = std::min(z + step, kFar);
      const auto vertex = [&](float offset, float at) { return Vertex{m_road.at(offset, at), {0, 1, 0}, offset, at}; };
      const float h = m_road.halfWidth;
      m_b.triangle(vertex(-h, z), vertex(h, z), vertex(h, next));
      m_b.triangle(vertex(-h, z), vertex(h, next), vertex(-h, next));
      z = next;
    }
  }

  /// A free-standing wall or hedge `thick` metres thick at `edge`.
  void wall(float edge, float thick, float base, float height, const Part& part, float side) {
    lay({edge, edge, base, base + height, part}, side);
    lay({edge, edge + thick, base + height, base + height, part}, side);
    lay({edge + thick, edge + thick, base + height, base, part}, side);
  }

  /// Posts of `part` every `spacing` metres up to `until`.
  void posts(float edge, float spacing, float base, float height, const Part& part, float side) {
    m_b.use(part);
    placeEvery(spacing, 2.0f, 110.0f, [&](float z) {
      const Vec3 foot = m_road.at(side * (m_road.halfWidth + edge), z, base);
      m_b.tube(foot, foot + Vec3{0, height, 0}, 0.035f, 0.035f, 5);
    });
  }

private:
  const Road& m_road;
  Builder& m_b;
};

Part grass(Rng& rng) {
  const float dry = rng.uniform();
  return partOf(Surface::Grass, Kind::Terrain, mix({0.085f, 0.145f, 0.03f}, {0.15f, 0.16f, 0.05f}, dry),
                {0.24f, 0.21f, 0.09f}, rng.bits());
}

Part paving(Rng& rng) {
  const float tone = rng.range(0.24f, 0.34f);
  const bool warm = rng.chance(0.3f);
  return partOf(rng.chance(0.25f) ? Surface::Cobbles : Surface::Slabs, Kind::Sidewalk,
                warm ? Vec3{tone * 1.12f, tone * 0.95f, tone * 0.84f} : Vec3{tone, tone * 0.98f, tone * 0.95f}, {},
                rng.bits());
}

Part hedge(Rng& rng) {
  return partOf(Surface::Hedge, Kind::Vegetation, Vec3{0.035f, 0.085f, 0.02f} * rng.range(0.8f, 1.3f),
                {0.06f, 0.13f, 0.03f}, rng.bits());
}

Part masonry(Rng& rng) {
  switch (rng.pick(3)) {
    case 0:
      return partOf(Surface::Brick, Kind::Wall, {0.32f, 0.13f, 0.09f}, grey(0.4f), rng.bits());
    case 1:
      return partOf(Surface::StoneWall, Kind::Wall, {0.30f, 0.28f, 0.25f}, grey(0.14f), rng.bits());
    default:
      return partOf(Surface::Concrete, Kind::Wall, grey(0.38f), {}, rng.bits());
  }
}

/// Something upright between path and lot: wall, fence, hedge or nothing.
void boundary(Ribbon& ribbon, Rng& rng, float edge, float base, float side, bool always) {
  const int kind = rng.pick(always ? 5 : 7);
  if (kind <= 1) {
    ribbon.wall(edge, 0.25f, base, rng.range(0.9f, 1.9f), masonry(rng), side);
  } else if (kind == 2) {
    ribbon.wall(edge, 0.5f, base, rng.range(0.9f, 1.5f), hedge(rng), side);
  } else if (kind == 3) {
    const float height = rng.range(1.0f, 1.6f);
    ribbon.wall(edge, 0.04f, base, height,
                partOf(Surface::Planks, Kind::Fence,
                       rng.chance(0.4f) ? Vec3{0.48f, 0.47f, 0.44f} : Vec3{0.26f, 0.16f, 0.09f}, {}, rng.bits()),
                side);
  } else if (kind == 4) {
    Part p = partOf(Surface::Railing, Kind::Fence, rng.chance(0.5f) ? grey(0.04f) : Vec3{0.05f, 0.11f, 0.07f}, {},
                    rng.bits());
    ribbon.lay({edge, edge, base, base + 1.0f, p}, side);
  }
}

Verge townVerge(Ribbon& ribbon, World& world, Rng& rng, float side) {
  Verge v;
  v.raised = true;
  const bool homes = world.setting == Setting::Residential, avenue = world.setting == Setting::Avenue;
  const float kerb = 0.13f, path = homes ? rng.range(1.8f, 2.4f) : rng.range(2.6f, 4.2f);
  const Part stone = partOf(Surface::Kerb, Kind::Sidewalk, grey(0.36f), {}, rng.bits());
  ribbon.lay({0.0f, 0.001f, 0.0f, kerb, stone}, side);
  ribbon.lay({0.001f, 0.16f, kerb, kerb, stone}, side);
  float at = 0.16f;
  const bool strip = avenue || (homes ? rng.chance(0.5f) : rng.chance(0.25f));
  if (strip) {
    const float width = avenue ? rng.range(2.2f, 3.4f) : rng.range(1.2f, 1.8f);
    ribbon.lay({at, at + width, kerb, kerb + 0.03f, grass(rng)}, side);
    v.greenFrom = at + 0.5f;
    v.greenTo = at + width - 0.4f;
    at += width;
  }
  ribbon.lay({at, at + path, kerb, kerb + 0.02f, paving(rng)}, side);
  v.pathFrom = at + 0.3f;
  v.pathTo = at + path - 0.4f;
  at += path;
  if (!strip) {
    v.greenFrom = v.pathFrom + 0.3f;
    v.greenTo = v.pathFrom + 0.5f;
  }
  if (homes) {
    boundary(ribbon, rng, at, kerb, side, true);
    ribbon.lay({at, at + 60.0f, kerb, kerb + 0.6f, grass(rng)}, side, 0.4f);
    v.lotFrom = at + rng.range(3.5f, 6.0f);
    v.greenFrom = at + 1.3f;
    v.greenTo = at + 2.6f;
  } else {
    const bool open = avenue && rng.chance(0.5f);
    if (open) {
      boundary(ribbon, rng, at, kerb, side, true);
      ribbon.lay({at, at + 24.0f, kerb, kerb + 0.3f, grass(rng)}, side, 0.5f);
      v.lotFrom = at + rng.range(10.0f, 18.0f);
    } else {
      if (rng.chance(0.45f)) boundary(ribbon, rng, at, kerb, side, false);
      ribbon.lay({at, at + 40.0f, kerb, kerb, paving(rng)}, side);
      v.lotFrom = at + (rng.chance(0.6f) ? 0.3f : rng.range(1.5f, 3.0f));
    }
  }
  return v;
}

Verge openVerge(Ribbon& ribbon, World& world, Rng& rng, float side) {
  Verge v;
  const bool highway = world.setting == Setting::Highway;
  const float shoulder = highway ? 0.3f : rng.range(0.6f, 1.1f);
  ribbon.lay(
      {0.0f, shoulder, 0.0f, -0.01f, partOf(Surface::Gravel, Kind::Terrain, {0.24f, 0.21f, 0.17f}, {}, rng.bits())},
      side);
  float at = shoulder;
  if (highway) {
    if (side < 0 || rng.chance(0.35f)) {
      ribbon.wall(at + 0.3f, 0.35f, 0.0f, side < 0 ? 0.9f : rng.range(0.9f, 3.6f),
                  partOf(Surface::Concrete, Kind::Wall, grey(rng.range(0.32f, 0.45f)), {}, rng.bits()), side);
    } else {
      const Part rail = partOf(Surface::Galvanised, Kind::Fence, grey(0.42f), {}, rng.bits());
      ribbon.wall(at + 0.3f, 0.09f, 0.48f, 0.33f, rail, side);
      ribbon.posts(at + 0.36f, 2.0f, -0.1f, 0.7f, rail, side);
    }
    at += 1.0f;
  }
  const bool path = !highway && rng.chance(0.45f);
  if (path) {
    ribbon.lay({at, at + 1.4f, 0.0f, 0.05f, grass(rng)}, side);
    at += 1.4f;
    ribbon.lay({at, at + 2.0f, 0.06f, 0.06f, paving(rng)}, side);
    v.pathFrom = at + 0.4f;
    v.pathTo = at + 1.6f;
    at += 2.0f;
  }
  const float bank = rng.range(-0.5f, 1.4f);
  ribbon.lay({at, at + 3.0f, 0.0f, bank, grass(rng)}, side);
  at += 3.0f;
  v.greenFrom = at + 0.5f;
  v.greenTo = at + 9.0f;
  if (!highway && rng.chance(0.75f)) {
    const int kind = rng.pick(3);
    if (kind == 0)
      ribbon.wall(at + 0.5f, 0.4f, bank - 0.1f, rng.range(0.7f, 1.1f),
                  partOf(Surface::StoneWall, Kind::Wall, {0.30f, 0.28f, 0.25f}, grey(0.12f), rng.bits()), side);
    if (kind == 1) {
      ribbon.lay({at + 0.4f, at + 0.4f, bank, bank + 1.15f,
                  partOf(Surface::WireFence, Kind::Fence, {0.25f, 0.2f, 0.14f}, {}, rng.bits())},
                 side);
      ribbon.posts(at + 0.4f, 2.6f, bank - 0.1f, 1.4f,
                   partOf(Surface::Wood, Kind::Fence, {0.24f, 0.18f, 0.12f}, {}, rng.bits()), side);
    }
    if (kind == 2) {
      const Part rail = partOf(Surface::Planks, Kind::Fence, {0.36f, 0.29f, 0.21f}, {}, rng.bits());
      for (const float h : {0.35f, 0.75f, 1.15f}) ribbon.wall(at + 0.4f, 0.05f, bank + h - 0.14f, 0.14f, rail, side);
      ribbon.posts(at + 0.42f, 2.4f, bank - 0.1f, 1.35f, rail, side);
    }
  }
  Part field = grass(rng);
  field.surface = rng.chance(0.5f) ? Surface::Field : Surface::Grass;
  if (rng.chance(0.4f)) field.colour = {0.27f, 0.22f, 0.09f};
  ribbon.lay({at, at + 30.0f, bank, bank + rng.range(-0.4f, 2.0f), field}, side, 2.0f);
  ribbon.lay({at + 30.0f, at + 260.0f, bank + 1.0f, bank + rng.range(1.0f, 16.0f), grass(rng)}, side, 7.0f);
  v.lotFrom = at + rng.range(14.0f, 22.0f);
  return v;
}

}  // namespace

Verges addGround(World& world, Builder& b, Rng rng) {
  b.placement = {};
  Ribbon ribbon(world, b);
  ribbon.road(partOf(Surface::Asphalt, Kind::Road, grey(0.1f), {}, world.road.seed));
  Verges v;
  const bool open = world.setting == Setting::Country || world.setting == Setting::Highway;
  v.left = open ? openVerge(ribbon, world, rng, -1.0f) : townVerge(ribbon, world, rng, -1.0f);
  v.right = open ? openVerge(ribbon, world, rng, 1.0f) : townVerge(ribbon, world, rng, 1.0f);
  return v;
}

}  // namespace oodscope::demo
