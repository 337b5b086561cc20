// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/models.h"

namespace oodscope::demo {
namespace {

Part steel(float tone = 0.22f) { return partOf(Surface::Galvanised, Kind::Pole, grey(tone)); }

void addSignal(Builder& b, Rng& rng, Vec3 c, float dir) {
  b.use(partOf(Surface::Plain, Kind::TrafficLight, grey(0.018f)));
  b.box(c - Vec3{0.17f, 0.5f, 0.12f}, c + Vec3{0.17f, 0.5f, 0.12f});
  b.box({c.x - 0.3f, c.y - 0.62f, c.z - 0.015f - dir * 0.1f}, {c.x + 0.3f, c.y + 0.62f, c.z + 0.015f - dir * 0.1f});
  const int lit = rng.pick(3);
  constexpr Vec3 colours[3] = {{0.9f, 0.05f, 0.02f}, {0.95f, 0.5f, 0.03f}, {0.05f, 0.8f, 0.35f}};
  for (int i = 0; i < 3; ++i) {
    Part lamp = partOf(Surface::TrafficLamp, Kind::TrafficLight, colours[i]);
    lamp.glow = i == lit ? 2.6f : 0.015f;
    b.use(lamp);
    const float y = c.y + 0.32f - 0.32f * static_cast<float>(i);
    b.disc({c.x, y, c.z + dir * 0.13f}, {0, 0, dir}, 0.125f, 12);
    b.use(partOf(Surface::Plain, Kind::TrafficLight, grey(0.015f)));
    b.quad({c.x - 0.13f, y + 0.12f, c.z + dir * 0.12f}, {c.x + 0.13f, y + 0.12f, c.z + dir * 0.12f},
           {c.x + 0.12f, y + 0.1f, c.z + dir * 0.3f}, {c.x - 0.12f, y + 0.1f, c.z + dir * 0.3f});
  }
}

}  // namespace

Vec3 addStreetLamp(Builder& b, Rng rng, float reach, bool on) {
  const float h = rng.range(6.5f, 8.0f);
  b.use(steel(rng.chance(0.5f) ? 0.26f : 0.06f));
  b.tube({0, 0, 0}, {0, h, 0}, 0.095f, 0.055f, 8);
  b.tube({0, 0, 0}, {0, 1.1f, 0}, 0.13f, 0.12f, 8);
  const Vec3 head{reach, h + 0.35f, 0};
  b.tube({0, h - 0.05f, 0}, head, 0.05f, 0.04f, 6);
  b.use(partOf(Surface::Metal, Kind::Pole, grey(0.2f)));
  b.box(head + Vec3{-0.35f, -0.02f, -0.13f}, head + Vec3{0.35f, 0.1f, 0.13f});
  Part lamp = partOf(Surface::Lamp, Kind::Pole, {1.0f, 0.86f, 0.6f});
  lamp.glow = on ? 6.0f : 0.1f;
  b.use(lamp);
  b.box(head + Vec3{-0.28f, -0.06f, -0.1f}, head + Vec3{0.28f, -0.02f, 0.1f});
  return b.placement.point(head);
}

void addTrafficLight(Builder& b, Rng rng, bool overhead) {
  b.use(steel(0.1f));
  const float h = overhead ? 5.6f : 3.4f;
  b.tube({0, 0, 0}, {0, h, 0}, 0.085f, 0.07f, 8);
  addSignal(b, rng, {0.0f, overhead ? 3.1f : 2.9f, -0.2f}, -1.0f);
  if (!overhead) return;
  b.use(steel(0.1f));
  b.tube({0, h - 0.1f, 0}, {-4.2f, h + 0.1f, 0}, 0.06f, 0.05f, 7);
  addSignal(b, rng, {-3.6f, h - 0.35f, -0.18f}, -1.0f);
}

void addTrafficSign(Builder& b, Rng rng, bool facingBack) {
  const float h = rng.range(2.3f, 2.7f), dir = facingBack ? 1.0f : -1.0f;
  b.use(steel());
  b.tube({0, 0, 0}, {0, h + 0.5f, 0}, 0.038f, 0.038f, 7);
  Part plate = partOf(Surface::Sign, Kind::TrafficSign, {0.02f, 0.13f, 0.42f}, {}, rng.bits());
  plate.variant = rng.pick(7);
  const int count = rng.chance(0.3f) ? 2 : 1;
  for (int i = 0; i < count; ++i) {
    const float y = h - 0.72f * static_cast<float>(i), r = 0.36f, z = dir * 0.05f;
    b.use(plate);
    if (plate.variant == 0 || plate.variant == 1 || plate.variant == 5) {
      constexpr int n = 20;
      for (int k = 0; k < n; ++k) {
        const float t0 = 2 * kPi * static_cast<float>(k) / n, t1 = 2 * kPi * static_cast<float>(k + 1) / n;
        const auto rim = [&](float t) {
          return Vertex{{-dir * 0.0f + r * std::cos(t), y + r * std::sin(t), z},
                        {0, 0, dir},
                        0.5f + 0.5f * std::cos(t),
                        0.5f + 0.5f * std::sin(t)};
        };
        b.triangle({{0, y, z}, {0, 0, dir}, 0.5f, 0.5f}, rim(t0), rim(t1));
      }
    } else if (plate.variant == 2) {
      b.triangle({{-0.42f, y - 0.3f, z}, {0, 0, dir}, 0, 1.0f}, {{0.42f, y - 0.3f, z}, {0, 0, dir}, 1, 1.0f},
                 {{0, y + 0.42f, z}, {0, 0, dir}, 0.5f, 0.0f});
    } else if (plate.variant == 4) {
      const auto corner = [&](float x, float v) {
        return Vertex{{x * 0.45f, y + v * 0.45f, z}, {0, 0, dir}, 0.5f + 0.5f * x, 0.5f + 0.5f * v};
      };
      b.triangle(corner(-1, 0), corner(0, -1), corner(1, 0));
      b.triangle(corner(-1, 0), corner(1, 0), corner(0, 1));
    } else {
      b.unitQuad({-r, y - r, z}, {r, y - r, z}, {r, y + r, z}, {-r, y + r, z});
    }
    plate.variant = rng.pick(2) == 0 ? 3 : 6;
    if (count == 2) plate.variant = 6;
  }
}

void addGantry(Builder& b, Rng rng, float half) {
  b.use(steel(0.3f));
  for (const float s : {-1.0f, 1.0f}) b.tube({s * half, -0.3f, 0}, {s * half, 6.6f, 0}, 0.2f, 0.16f, 8);
  b.tube({-half, 6.3f, 0}, {half, 6.3f, 0}, 0.12f, 0.12f, 7);
  b.tube({-half, 5.7f, 0}, {half, 5.7f, 0}, 0.1f, 0.1f, 7);
  placeEvery(4.6f, -half * 0.62f, half * 0.7f, [&](float x) {
    Part plate = partOf(Surface::SignBoard, Kind::TrafficSign,
                        rng.chance(0.5f) ? Vec3{0.02f, 0.12f, 0.42f} : Vec3{0.02f, 0.25f, 0.12f}, {}, rng.bits());
    plate.variant = 6;
    b.use(plate);
    b.unitQuad({x - 1.9f, 5.2f, -0.2f}, {x + 1.9f, 5.2f, -0.2f}, {x + 1.9f, 7.1f, -0.2f}, {x - 1.9f, 7.1f, -0.2f});
  });
}

void addMast(Builder& b, Rng rng, float height) {
  const bool wood = rng.chance(0.5f);
  b.use(wood ? partOf(Surface::Bark, Kind::Pole, {0.16f, 0.12f, 0.09f}) : steel(0.2f));
  b.tube({0, -0.2f, 0}, {0, height, 0}, 0.14f, 0.09f, 8);
  b.tube({-0.9f, height - 0.5f, 0}, {0.9f, height - 0.5f, 0}, 0.05f, 0.05f, 5);
}

}  // namespace oodscope::demo
