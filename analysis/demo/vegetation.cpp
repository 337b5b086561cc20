// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/models.h"

namespace oodscope::demo {
namespace {

/// One spray: a square turned at random whose normal is the crown's, so that the crown is shaded as a volume.
void addSpray(Builder& b, Rng& rng, Vec3 centre, Vec3 outward, float size) {
  const Vec3 random = normalize({rng.range(-1, 1), rng.range(-1, 1), rng.range(-1, 1)});
  const Vec3 face = normalize(outward * 0.7f + random);
  const Vec3 p = normalize(cross(std::fabs(face.y) < 0.9f ? Vec3{0, 1, 0} : Vec3{1, 0, 0}, face)), q = cross(face, p);
  const Vec3 n = normalize(outward + Vec3{0, 0.35f, 0} + random * 0.35f);
  const auto corner = [&](float u, float v) {
    return Vertex{centre + p * ((u - 0.5f) * size) + q * ((v - 0.5f) * size), n, u, v};
  };
  b.triangle(corner(0, 0), corner(1, 0), corner(1, 1));
  b.triangle(corner(0, 0), corner(1, 1), corner(0, 1));
}

/// Four parts of the same leaves, one per mask, so that sprays differ.
void addCrown(Builder& b, Rng& rng, Part leaf, Vec3 centre, Vec3 radii, int sprays, float size) {
  for (int variant = 0; variant < 4; ++variant) {
    leaf.variant = variant;
    leaf.colour = leaf.colour * rng.range(0.9f, 1.1f);
    b.use(leaf);
    for (int i = variant; i < sprays; i += 4) {
      const float y = rng.range(-0.75f, 1.0f), a = rng.range(0, 2 * kPi),
                  ring = std::sqrt(std::max(0.0f, 1.0f - y * y));
      const Vec3 d{ring * std::cos(a), y, ring * std::sin(a)};
      const float depth = 0.55f + 0.45f * std::sqrt(rng.uniform());
      addSpray(b, rng, centre + d * radii * depth, normalize(d), size * rng.range(0.75f, 1.3f));
    }
  }
}

Part leafOf(Rng& rng) {
  const float hue = rng.uniform();
  Vec3 light = mix(Vec3{0.10f, 0.19f, 0.035f}, Vec3{0.19f, 0.23f, 0.05f}, hue);
  if (rng.chance(0.08f)) light = {0.36f, 0.20f, 0.04f};
  return partOf(Surface::Leaves, Kind::Vegetation, light, light * 0.55f, rng.bits());
}

}  // namespace

void addTree(Builder& b, Rng rng, float height, float detail) {
  const float trunk = height * rng.range(0.28f, 0.4f), radius = 0.03f * height * rng.range(0.8f, 1.2f);
  const Vec3 bend{rng.range(-0.3f, 0.3f), 0, rng.range(-0.3f, 0.3f)};
  b.use(partOf(Surface::Bark, Kind::Vegetation, {0.13f, 0.10f, 0.075f}, {}, rng.bits()));
  const Vec3 fork = Vec3{0, trunk, 0} + bend;
  b.tube({0, -0.2f, 0}, fork, radius, radius * 0.7f, detail > 0.3f ? 9 : 5);
  const Vec3 middle = fork + Vec3{0, (height - trunk) * 0.5f, 0};
  const Part leaf = leafOf(rng);
  const int lobes = detail > 0.3f ? 7 : 4;
  const float spread = height * rng.range(0.2f, 0.28f);
  const int sprays = static_cast<int>(mix(24.0f, 150.0f, detail));
  const float size = mix(1.25f, 0.62f, detail) * height / 8.0f;
  for (int i = 0; i < lobes; ++i) {
    const float a = 2 * kPi * static_cast<float>(i) / static_cast<float>(lobes) + rng.range(-0.4f, 0.4f);
    const float up = (height - trunk) * rng.range(-0.28f, 0.3f);
    const Vec3 c = i == 0 ? middle + Vec3{0, (height - trunk) * 0.22f, 0}
                          : middle + Vec3{std::cos(a) * spread * 0.75f, up, std::sin(a) * spread * 0.75f};
    if (detail > 0.3f) {
      b.use(partOf(Surface::Bark, Kind::Vegetation, {0.10f, 0.08f, 0.06f}));
      b.tube(fork - Vec3{0, 0.2f, 0}, c, radius * 0.5f, radius * 0.12f, 5);
    }
    addCrown(b, rng, leaf, c, Vec3{spread * 0.72f, (height - trunk) * 0.3f, spread * 0.72f} * rng.range(0.85f, 1.15f),
             sprays, size);
  }
}

void addConifer(Builder& b, Rng rng, float height, float detail) {
  b.use(partOf(Surface::Bark, Kind::Vegetation, {0.11f, 0.08f, 0.06f}, {}, rng.bits()));
  b.tube({0, -0.2f, 0}, {0, height * 0.9f, 0}, 0.018f * height, 0.02f, 6);
  Part leaf = partOf(Surface::Leaves, Kind::Vegetation, Vec3{0.045f, 0.095f, 0.035f} * rng.range(0.8f, 1.3f),
                     {0.025f, 0.055f, 0.025f}, rng.bits());
  const int layers = detail > 0.3f ? 11 : 6;
  for (int i = 0; i < layers; ++i) {
    const float t = static_cast<float>(i) / static_cast<float>(layers);
    const float r = height * 0.2f * (1.05f - t);
    addCrown(b, rng, leaf, {0, height * mix(0.14f, 0.97f, t), 0}, {r, height * 0.05f, r},
             static_cast<int>(mix(14.0f, 70.0f, detail) * (1.1f - t)) + 4, mix(1.1f, 0.6f, detail) * height / 9.0f);
  }
}

void addBush(Builder& b, Rng rng, float radius, float detail) {
  Part leaf = leafOf(rng);
  leaf.colour = leaf.colour * 0.8f;
  for (int i = 0; i < 3; ++i) {
    const Vec3 c{rng.range(-0.5f, 0.5f) * radius, radius * rng.range(0.45f, 0.7f), rng.range(-0.5f, 0.5f) * radius};
    addCrown(b, rng, leaf, c, Vec3{radius * 0.8f, radius * 0.7f, radius * 0.8f},
             static_cast<int>(mix(20.0f, 110.0f, detail)), 0.45f * std::sqrt(radius));
  }
}

}  // namespace oodscope::demo
