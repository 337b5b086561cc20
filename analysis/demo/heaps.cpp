// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/models.h"

#include <array>

namespace oodscope::demo {
namespace {

/// Surfaces of normal classes, plain ones more often. Of those that anomalies have only Plain and Metal are among them,
/// which cars and poles are made of, too.
constexpr std::array kHeapSurfaces{Surface::Plain,   Surface::Plain,      Surface::Plain,  Surface::Concrete,
                                   Surface::Plaster, Surface::Brick,      Surface::Cloth,  Surface::Paint,
                                   Surface::Metal,   Surface::Galvanised, Surface::Gravel, Surface::Soil,
                                   Surface::Grass,   Surface::Roof};

/// Reflectance uniform in its logarithm from 0.02 to 0.7, half of the hues nearly grey: neither brightness nor colour
/// gives a heap away.
Vec3 heapColour(Rng& rng) {
  const float value = 0.02f * std::pow(35.0f, rng.uniform());
  Vec3 hue{rng.uniform(), rng.uniform(), rng.uniform()};
  hue = hue * (1.0f / (std::max({hue.x, hue.y, hue.z}) + 1e-3f));
  const float saturation = rng.chance(0.5f) ? rng.range(0.0f, 0.35f) : rng.range(0.2f, 1.0f);
  return mix(grey(1.0f), hue, saturation) * value;
}

Part heapPart(Rng& rng) {
  const bool isPatterned = rng.chance(0.45f);
  const Surface plain = kHeapSurfaces[static_cast<std::size_t>(rng.pick(static_cast<int>(kHeapSurfaces.size())))];
  const Vec3 colour = heapColour(rng), accent = heapColour(rng);
  Part part = partOf(isPatterned ? Surface::Pattern : plain, Kind::Void, colour, accent, rng.bits());
  part.role = Role::VoidObject;
  part.variant = isPatterned ? rng.pick(5) : 0;
  if (rng.chance(0.5f)) part.accent = part.colour * rng.range(0.7f, 1.3f);
  return part;
}

/// The same material, lighter or darker.
Part heapShade(const Part& part, Rng& rng) {
  Part out = part;
  out.colour = part.colour * rng.range(0.5f, 1.4f);
  out.accent = part.accent * rng.range(0.5f, 1.4f);
  out.seed = rng.bits();
  return out;
}

/// A body of revolution of a random profile, its section an oval of 3 to 12 sides.
void addLathe(Builder& b, Rng& rng, float s) {
  const int sides = 3 + rng.pick(10), steps = 4 + rng.pick(5);
  const float half = s * rng.range(0.5f, 1.2f), wide = rng.range(0.4f, 1.0f), deep = rng.range(0.4f, 1.0f);
  std::vector<std::vector<Vec3>> rings;
  for (int i = 0; i <= steps; ++i) {
    const float y = half * (2.0f * static_cast<float>(i) / static_cast<float>(steps) - 1.0f);
    const float radius = s * rng.range(0.15f, 0.8f);
    std::vector<Vec3> ring;
    for (int k = 0; k < sides; ++k) {
      const float a = 2.0f * kPi * static_cast<float>(k) / static_cast<float>(sides);
      ring.push_back({radius * wide * std::cos(a), y, radius * deep * std::sin(a)});
    }
    rings.push_back(std::move(ring));
  }
  b.skin(rings, true, true);
}

void addBentRod(Builder& b, Rng& rng, float s) {
  const float radius = s * rng.range(0.03f, 0.16f);
  const auto within = [&](float low, float high) { return s * rng.range(low, high); };
  const float x = within(-0.5f, 0.5f), y = within(-0.5f, 0.5f), z = within(-0.5f, 0.5f);
  Vec3 from{x, y, z};
  for (int i = 0; i < 3; ++i) {
    const float right = within(-0.8f, 0.8f), up = within(-0.6f, 0.8f), ahead = within(-0.8f, 0.8f);
    const Vec3 to = from + Vec3{right, up, ahead};
    b.tube(from, to, radius, radius * 0.9f, 6);
    from = to;
  }
}

/// One solid of half size `s` about the origin.
void addSolid(Builder& b, Rng& rng, float s) {
  const auto part = [&](float low, float high) { return s * rng.range(low, high); };
  const int kind = rng.pick(7);
  if (kind == 4) return addLathe(b, rng, s);
  if (kind == 6) return addBentRod(b, rng, s);
  if (kind == 3) {
    const float left = part(-0.6f, 0.6f), bottom = part(0.4f, 1.0f), back = part(-0.6f, 0.6f);
    const float right = part(-0.6f, 0.6f), top = part(0.4f, 1.0f), front = part(-0.6f, 0.6f);
    const float first = part(0.05f, 0.5f), second = part(0.03f, 0.5f);
    return b.tube({left, -bottom, back}, {right, top, front}, first, second, 5 + rng.pick(8));
  }
  const bool isSlab = kind == 5;
  const float x = isSlab ? part(0.5f, 1.3f) : part(0.27f, 1.0f), y = isSlab ? part(0.03f, 0.18f) : part(0.27f, 1.0f),
              z = isSlab ? part(0.06f, 1.0f) : part(0.27f, 1.0f);
  if (kind == 0) return b.ellipsoid({0, 0, 0}, {x, y, z}, 7, 11);
  if (kind == 2) {
    const float insetX = x * rng.range(0.0f, 0.98f), insetZ = z * rng.range(0.0f, 0.98f);
    return b.taperedBox({-x, -y, -z}, {x, y, z}, insetX, insetZ);
  }
  b.box({-x, -y, -z}, {x, y, z});
}

/// A solid about `centre`, turned, and tilted more often than not.
void addTurnedSolid(Builder& b, Rng& rng, float s, Vec3 centre) {
  const Placement before = b.placement;
  b.placement = before * Placement::at(centre, rng.range(0.0f, 2.0f * kPi));
  if (rng.chance(0.6f)) {
    const float lean = rng.range(-1.2f, 1.2f), tilt = rng.range(-1.2f, 1.2f);
    b.placement = b.placement.tilted(lean, tilt);
  }
  addSolid(b, rng, s);
  b.placement = before;
}

/// Two to seven solids of one material or two.
void addPile(Builder& b, Rng& rng, const Part& part, float s) {
  const int count = 2 + rng.pick(6);
  const Part other = rng.chance(0.5f) ? heapPart(rng) : heapShade(part, rng);
  for (int i = 0; i < count; ++i) {
    b.use(rng.chance(0.5f) ? other : heapShade(part, rng));
    const float size = s * rng.range(0.3f, 0.8f), x = s * rng.range(-0.9f, 0.9f), y = s * rng.range(0.1f, 1.5f),
                z = s * rng.range(-0.9f, 0.9f);
    addTurnedSolid(b, rng, size, {x, y, z});
  }
}

/// Plates, bars and lenses that lie about.
void addFlatThings(Builder& b, Rng& rng, const Part& part, float s) {
  const Placement before = b.placement;
  const int count = 1 + rng.pick(5);
  for (int i = 0; i < count; ++i) {
    b.use(heapShade(part, rng));
    const float right = s * rng.range(-0.6f, 0.6f), ahead = s * rng.range(-0.6f, 0.6f), yaw = rng.range(0.0f, kPi),
                lean = rng.range(-0.1f, 0.1f), tilt = rng.range(-0.1f, 0.1f);
    b.placement = before * Placement::at({right, 0.02f, ahead}, yaw).tilted(lean, tilt);
    const float x = s * rng.range(0.15f, 1.6f), z = s * rng.range(0.15f, 1.6f), high = s * rng.range(0.04f, 0.5f);
    if (rng.chance(0.5f)) {
      const float insetX = x * rng.range(0.0f, 0.6f), insetZ = z * rng.range(0.0f, 0.6f);
      b.taperedBox({-x, 0, -z}, {x, high, z}, insetX, insetZ);
    } else {
      b.ellipsoid({0, 0, 0}, {x, high, z}, 6, 11);
    }
    b.placement = before;
  }
}

/// Four to twelve rods in a tangle.
void addTangle(Builder& b, Rng& rng, const Part& part, float s) {
  const int count = 4 + rng.pick(9);
  for (int i = 0; i < count; ++i) {
    if (i % 3 == 0) b.use(heapShade(part, rng));
    const float x = rng.range(-s, s), y = s * rng.range(0.0f, 1.2f), z = rng.range(-s, s), right = rng.range(-s, s),
                up = s * rng.range(0.0f, 1.8f), ahead = rng.range(-s, s), first = s * rng.range(0.02f, 0.12f),
                second = s * rng.range(0.02f, 0.12f);
    b.tube({x, y, z}, {right, up, ahead}, first, second, 6);
  }
}

}  // namespace

void addHeap(Builder& b, Rng rng) {
  const Part part = heapPart(rng);
  b.use(part);
  const float s = 0.16f * std::pow(6.5f, rng.uniform());  // half size, 0.16 to 1.04 m
  const int kind = rng.pick(7);
  if (kind < 2) return addTurnedSolid(b, rng, s, {0, s * rng.range(0.3f, 0.7f), 0});
  if (kind < 5) return addPile(b, rng, part, s);
  if (kind == 5) return addFlatThings(b, rng, part, s);
  addTangle(b, rng, part, s);
}

}  // namespace oodscope::demo
