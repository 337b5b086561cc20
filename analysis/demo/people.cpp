// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/models.h"

#include <array>

namespace oodscope::demo {
namespace {

struct Look {
  Part top, trousers, shoes, skin, hair;
};

Look lookOf(Rng& rng, Kind kind) {
  constexpr std::array<Vec3, 12> cloths{{{0.03f, 0.03f, 0.035f},
                                         {0.05f, 0.07f, 0.16f},
                                         {0.35f, 0.04f, 0.04f},
                                         {0.45f, 0.44f, 0.42f},
                                         {0.10f, 0.16f, 0.10f},
                                         {0.42f, 0.33f, 0.20f},
                                         {0.06f, 0.20f, 0.34f},
                                         {0.5f, 0.32f, 0.04f},
                                         {0.16f, 0.16f, 0.17f},
                                         {0.28f, 0.10f, 0.24f},
                                         {0.6f, 0.58f, 0.55f},
                                         {0.12f, 0.08f, 0.05f}}};
  constexpr std::array<Vec3, 4> skins{
      {{0.50f, 0.33f, 0.25f}, {0.40f, 0.25f, 0.17f}, {0.20f, 0.11f, 0.07f}, {0.56f, 0.39f, 0.31f}}};
  const auto cloth = [&] { return cloths[static_cast<std::size_t>(rng.pick(12))]; };
  Look l;
  l.top = partOf(Surface::Cloth, kind, cloth(), cloth(), rng.bits());
  l.top.variant = rng.chance(0.15f) ? 1 : 0;
  l.trousers = partOf(Surface::Cloth, kind,
                      rng.chance(0.6f) ? Vec3{0.04f, 0.05f, 0.09f} * rng.range(0.6f, 2.2f) : cloth(), {}, rng.bits());
  l.shoes = partOf(Surface::Rubber, kind, grey(0.04f));
  l.skin = partOf(Surface::Skin, kind, skins[static_cast<std::size_t>(rng.pick(4))], {}, rng.bits());
  constexpr std::array<Vec3, 4> hairs{
      {{0.02f, 0.015f, 0.012f}, {0.10f, 0.06f, 0.03f}, {0.30f, 0.22f, 0.11f}, {0.28f, 0.27f, 0.26f}}};
  l.hair = partOf(Surface::Hair, kind, hairs[static_cast<std::size_t>(rng.pick(4))], {}, rng.bits());
  return l;
}

Part lampOf(bool on) {
  Part p = partOf(Surface::HeadLamp, Kind::Motorcycle, {0.95f, 0.95f, 0.9f});
  p.glow = on ? 5.0f : 0.8f;
  return p;
}

/// The torso as a lofted skin from hips to neck, leaning by `lean` metres forward at the shoulders.
void addTorso(Builder& b, Vec3 hip, Vec3 neck, float shoulder, float waist) {
  std::vector<std::vector<Vec3>> rings;
  struct Level {
    float t, half, deep;
  };
  const std::array<Level, 6> levels{{{-0.12f, waist * 0.92f, 0.125f},
                                     {0.0f, waist, 0.135f},
                                     {0.35f, waist * 0.92f, 0.125f},
                                     {0.72f, shoulder * 0.95f, 0.14f},
                                     {0.9f, shoulder * 0.86f, 0.115f},
                                     {1.0f, 0.075f, 0.07f}}};
  for (const Level& level : levels) {
    const Vec3 c = mix(hip, neck, level.t);
    std::vector<Vec3> ring;
    for (int i = 0; i < 10; ++i) {
      const float a = 2 * kPi * static_cast<float>(i) / 10.0f;
      ring.push_back(c + Vec3{level.half * std::cos(a), 0, level.deep * std::sin(a)});
    }
    rings.push_back(ring);
  }
  b.skin(rings, true, true);
}

void addHead(Builder& b, const Look& look, Vec3 neck, bool helmet, Vec3 helmetColour) {
  b.use(look.skin);
  b.tube(neck, neck + Vec3{0, 0.09f, 0.01f}, 0.055f, 0.05f, 7);
  const Vec3 c = neck + Vec3{0, 0.19f, 0.02f};
  b.ellipsoid(c, {0.078f, 0.115f, 0.095f}, 7, 9);
  if (helmet) {
    b.use(partOf(Surface::Paint, b.part().kind, helmetColour));
    b.ellipsoid(c + Vec3{0, 0.055f, -0.012f}, {0.108f, 0.095f, 0.135f}, 6, 9);
  } else {
    b.use(look.hair);
    b.ellipsoid(c + Vec3{0, 0.035f, -0.022f}, {0.087f, 0.098f, 0.096f}, 6, 9);
  }
}

void addLimb(Builder& b, Vec3 a, Vec3 joint, Vec3 c, float r0, float r1, float r2) {
  b.tube(a, joint, r0, r1, 7);
  b.ellipsoid(joint, {r1, r1, r1}, 5, 7);
  b.tube(joint, c, r1, r2, 7);
}

void addFoot(Builder& b, Vec3 ankle) { b.ellipsoid(ankle + Vec3{0, -0.03f, 0.06f}, {0.05f, 0.05f, 0.13f}, 5, 7); }

/// Somebody seated at `seat` with hands at `grip` and feet at the two pedals.
void addSeated(Builder& b, Rng rng, Vec3 seat, Vec3 grip, Vec3 pedalLeft, Vec3 pedalRight, bool full) {
  Look look = lookOf(rng, Kind::Rider);
  if (rng.chance(0.35f)) look.top.colour = {0.55f, 0.6f, 0.03f};
  const Vec3 neck = seat + Vec3{0, 0.52f, full ? 0.12f : 0.26f};
  b.use(look.top);
  addTorso(b, seat + Vec3{0, 0.06f, 0}, neck, 0.21f, 0.16f);
  for (const float s : {-1.0f, 1.0f}) {
    const Vec3 shoulder = neck + Vec3{s * 0.18f, -0.07f, 0}, hand = grip + Vec3{s * 0.24f, 0, 0};
    addLimb(b, shoulder, mix(shoulder, hand, 0.5f) + Vec3{s * 0.06f, -0.09f, 0}, hand, 0.055f, 0.045f, 0.035f);
  }
  b.use(look.trousers);
  for (const float s : {-1.0f, 1.0f}) {
    const Vec3 hip = seat + Vec3{s * 0.1f, 0.02f, 0}, foot = s < 0 ? pedalLeft : pedalRight;
    addLimb(b, hip, mix(hip, foot, 0.5f) + Vec3{s * 0.05f, 0.14f, 0.2f}, foot + Vec3{0, 0.06f, 0}, 0.085f, 0.062f,
            0.045f);
  }
  b.use(look.shoes);
  addFoot(b, pedalLeft + Vec3{0, 0.06f, 0});
  addFoot(b, pedalRight + Vec3{0, 0.06f, 0});
  b.use(look.skin);
  for (const float s : {-1.0f, 1.0f}) b.ellipsoid(grip + Vec3{s * 0.24f, 0, 0}, {0.045f, 0.04f, 0.05f}, 5, 6);
  const bool helmet = full || rng.chance(0.65f);
  const Vec3 colour =
      rng.chance(0.4f) ? grey(0.03f) : Vec3{rng.range(0.1f, 0.7f), rng.range(0.05f, 0.6f), rng.range(0.05f, 0.6f)};
  addHead(b, look, neck, helmet, colour);
  if (full) {
    b.use(partOf(Surface::Glass, Kind::Rider, grey(0.02f)));
    b.ellipsoid(neck + Vec3{0, 0.19f, 0.06f}, {0.085f, 0.05f, 0.085f}, 5, 8);
  }
}

/// Walking legs and shoes; `reach`: how far the right foot is before the body.
void addLegs(Builder& b, const Look& look, float reach) {
  for (const float s : {-1.0f, 1.0f}) {
    const float step = s * reach;
    const Vec3 joint{s * 0.1f, 0.49f, 0.5f * step + 0.05f},
        ankle{s * 0.09f, 0.09f + std::max(0.0f, -step) * 0.25f, step};
    addLimb(b, {s * 0.09f, 0.9f, 0}, joint, ankle, 0.095f, 0.066f, 0.05f);
  }
  b.use(look.shoes);
  for (const float s : {-1.0f, 1.0f}) addFoot(b, {s * 0.09f, 0.09f + std::max(0.0f, -s * reach) * 0.25f, s * reach});
}

/// Of a coat or skirt: from the waist down to `low`, where it is `radius` wide.
void addHem(Builder& b, float radius, float low) {
  std::vector<std::vector<Vec3>> rings;
  for (const float t : {0.0f, 0.5f, 1.0f}) {
    std::vector<Vec3> ring;
    for (int i = 0; i < 10; ++i) {
      const float a = 2 * kPi * static_cast<float>(i) / 10.0f, r = mix(0.17f, radius, t);
      ring.push_back({r * std::cos(a), mix(1.0f, low, t), 0.85f * r * std::sin(a)});
    }
    rings.push_back(ring);
  }
  b.skin(rings, true, false);
}

/// A rucksack, a handbag or nothing.
void addBag(Builder& b, Rng& rng) {
  const int extra = rng.pick(5);
  if (extra == 0) {
    b.use(partOf(Surface::Cloth, Kind::Person, carPaint(rng) * 0.7f, {}, rng.bits()));
    b.ellipsoid({0, 1.2f, -0.19f}, {0.15f, 0.22f, 0.11f});
  } else if (extra == 1) {
    b.use(partOf(Surface::Cloth, Kind::Person, {0.1f, 0.06f, 0.03f}, {}, rng.bits()));
    b.box({0.24f, 0.55f, -0.14f}, {0.34f, 0.82f, 0.16f});
  }
}

}  // namespace

void addPedestrian(Builder& b, Rng rng) {
  const Placement before = b.placement;
  const float scale = rng.chance(0.12f) ? rng.range(0.68f, 0.8f) : rng.range(0.94f, 1.07f);
  b.placement = before * Placement::at({}, 0.0f, scale);
  Look look = lookOf(rng, Kind::Person);
  const float stride = rng.chance(0.25f) ? 0.04f : rng.range(0.12f, 0.34f), sway = rng.chance(0.5f) ? 1.0f : -1.0f;
  const bool coat = rng.chance(0.35f), skirt = !coat && rng.chance(0.15f);
  const Vec3 hip{0, 0.92f, 0}, neck{0, 1.46f, 0.03f};
  b.use(look.trousers);
  if (skirt) b.use(look.skin);
  addLegs(b, look, sway * stride);
  b.use(look.top);
  addTorso(b, hip, neck, 0.22f, 0.165f);
  if (coat) addHem(b, 0.21f, 0.55f);
  if (skirt) addHem(b, 0.26f, 0.5f);
  for (const float s : {-1.0f, 1.0f}) {
    const float swing = -s * sway * stride * 0.8f;
    addLimb(b, {s * 0.2f, 1.38f, 0.02f}, {s * 0.255f, 1.12f, 0.45f * swing - 0.03f}, {s * 0.25f, 0.88f, swing + 0.05f},
            0.06f, 0.047f, 0.036f);
  }
  addBag(b, rng);
  b.use(look.skin);
  for (const float s : {-1.0f, 1.0f})
    b.ellipsoid({s * 0.25f, 0.84f, -s * sway * stride * 0.8f + 0.06f}, {0.035f, 0.06f, 0.04f}, 5, 6);
  addHead(b, look, neck, false, {});
  b.placement = before;
}

void addBicycle(Builder& b, Rng rng) {
  const Vec3 paint = carPaint(rng) + grey(0.02f);
  constexpr float r = 0.34f;
  for (const float z : {-0.52f, 0.54f}) {
    b.use(partOf(Surface::Rubber, Kind::Bicycle, grey(0.02f)));
    b.torus({0, r, z}, {1, 0, 0}, r - 0.022f, 0.024f, 20, 5);
    b.use(partOf(Surface::Spokes, Kind::Bicycle, grey(0.4f)));
    b.disc({0, r, z}, {1, 0, 0}, r - 0.03f, 16);
  }
  b.use(partOf(Surface::Paint, Kind::Bicycle, paint));
  const Vec3 crank{0, 0.29f, -0.06f}, seat{0, 0.86f, -0.24f}, head{0, 0.84f, 0.36f}, steer{0, 0.70f, 0.41f},
      rear{0, r, -0.52f}, front{0, r, 0.54f};
  constexpr float t = 0.022f;
  b.tube(crank, seat, t, t, 6);
  b.tube(crank, steer, t, t, 6);
  b.tube({0, 0.80f, -0.22f}, head, t, t, 6);
  b.tube(crank, rear, 0.016f, 0.016f, 5);
  b.tube({0, 0.8f, -0.22f}, rear, 0.014f, 0.014f, 5);
  b.tube({0, 0.96f, 0.33f}, front, 0.02f, 0.02f, 6);
  b.use(partOf(Surface::Metal, Kind::Bicycle, grey(0.06f)));
  b.tube({-0.26f, 0.98f, 0.26f}, {0, 1.0f, 0.34f}, 0.016f, 0.016f, 5);
  b.tube({0.26f, 0.98f, 0.26f}, {0, 1.0f, 0.34f}, 0.016f, 0.016f, 5);
  b.ellipsoid({0, 0.92f, -0.27f}, {0.075f, 0.035f, 0.13f}, 5, 7);
  b.disc({0.05f, 0.29f, -0.06f}, {1, 0, 0}, 0.09f, 10);
  b.tube({0.07f, 0.29f, -0.06f}, {0.09f, 0.14f, 0.0f}, 0.012f, 0.012f, 4);
  b.tube({-0.07f, 0.29f, -0.06f}, {-0.09f, 0.44f, -0.12f}, 0.012f, 0.012f, 4);
  if (rng.chance(0.5f)) {
    b.use(partOf(Surface::Metal, Kind::Bicycle, grey(0.05f)));
    b.box({-0.06f, 0.70f, -0.75f}, {0.06f, 0.73f, -0.3f});
  }
  Part lamp = partOf(Surface::TailLamp, Kind::Bicycle, {0.8f, 0.02f, 0.02f});
  lamp.glow = 0.6f;
  b.use(lamp);
  b.ellipsoid({0, 0.72f, -0.62f}, {0.03f, 0.03f, 0.02f}, 4, 6);
}

void addMotorcycle(Builder& b, Rng rng, bool lightsOn) {
  const Vec3 paint = rng.chance(0.4f) ? Vec3{0.45f, 0.02f, 0.02f} : carPaint(rng);
  constexpr float r = 0.32f;
  for (const float z : {-0.70f, 0.74f}) {
    b.use(partOf(Surface::Rubber, Kind::Motorcycle, grey(0.02f)));
    b.torus({0, r, z}, {1, 0, 0}, r - 0.07f, 0.075f, 18, 6);
    b.use(partOf(Surface::WheelFace, Kind::Motorcycle, grey(0.2f)));
    b.disc({0.02f, r, z}, {1, 0, 0}, r - 0.1f);
    b.disc({-0.02f, r, z}, {-1, 0, 0}, r - 0.1f);
  }
  b.use(partOf(Surface::Paint, Kind::Motorcycle, paint));
  b.ellipsoid({0, 0.82f, 0.18f}, {0.16f, 0.15f, 0.32f}, 7, 10);
  b.ellipsoid({0, 0.72f, -0.62f}, {0.13f, 0.10f, 0.30f}, 6, 9);
  b.ellipsoid({0, 0.86f, 0.58f}, {0.15f, 0.17f, 0.15f}, 6, 9);
  b.ellipsoid({0, 0.62f, 0.74f}, {0.085f, 0.05f, 0.24f}, 5, 8);
  b.use(partOf(Surface::Metal, Kind::Motorcycle, grey(0.09f)));
  b.ellipsoid({0, 0.44f, 0.06f}, {0.19f, 0.2f, 0.3f}, 6, 9);
  b.box({-0.1f, 0.3f, -0.6f}, {0.1f, 0.6f, 0.1f});
  b.tube({0.08f, r, 0.74f}, {0.09f, 1.0f, 0.46f}, 0.03f, 0.03f, 6);
  b.tube({-0.08f, r, 0.74f}, {-0.09f, 1.0f, 0.46f}, 0.03f, 0.03f, 6);
  b.tube({-0.36f, 1.03f, 0.38f}, {0.36f, 1.03f, 0.38f}, 0.02f, 0.02f, 6);
  b.use(partOf(Surface::Metal, Kind::Motorcycle, grey(0.4f)));
  b.tube({0.18f, 0.34f, 0.1f}, {0.2f, 0.42f, -0.85f}, 0.045f, 0.06f, 7);
  b.use(partOf(Surface::Upholstery, Kind::Motorcycle, grey(0.02f)));
  b.ellipsoid({0, 0.81f, -0.38f}, {0.15f, 0.06f, 0.36f}, 5, 8);
  b.use(lampOf(lightsOn));
  b.ellipsoid({0, 0.86f, 0.71f}, {0.09f, 0.09f, 0.05f}, 5, 8);
  Part tail = partOf(Surface::TailLamp, Kind::Motorcycle, {0.8f, 0.02f, 0.02f});
  tail.glow = lightsOn ? 1.0f : 0.2f;
  b.use(tail);
  b.ellipsoid({0, 0.74f, -0.92f}, {0.08f, 0.04f, 0.03f}, 4, 7);
}

void addCyclist(Builder& b, Rng rng) {
  addBicycle(b, rng.fork());
  addSeated(b, rng.fork(), {0, 0.95f, -0.22f}, {0, 1.01f, 0.3f}, {-0.1f, 0.40f, -0.1f}, {0.1f, 0.10f, 0.02f}, false);
}

void addMotorcyclist(Builder& b, Rng rng, bool lightsOn) {
  addMotorcycle(b, rng.fork(), lightsOn);
  addSeated(b, rng.fork(), {0, 0.88f, -0.3f}, {0, 1.06f, 0.36f}, {-0.17f, 0.30f, -0.1f}, {0.17f, 0.30f, -0.1f}, true);
}

}  // namespace oodscope::demo
