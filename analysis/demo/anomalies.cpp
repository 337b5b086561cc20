// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/models.h"

#include <array>

namespace oodscope::demo {
namespace {

Part odd(Surface surface, Vec3 colour, Vec3 accent = {}, std::uint32_t seed = 0, int variant = 0) {
  Part p = partOf(surface, Kind::Void, colour, accent, seed);
  p.role = Role::Anomaly;
  p.variant = variant;
  return p;
}

/// A four-legged animal standing along z, its head at +z.
struct Beast {
  float shoulder, bodyLength, girth, legRadius, neckLength, neckRise, headLength;
  Part coat, dark;
};

void addBeast(Builder& b, Rng& rng, const Beast& a) {
  const float hip = a.shoulder - a.girth, l = 0.5f * a.bodyLength;
  b.use(a.coat);
  std::vector<std::vector<Vec3>> rings;
  constexpr std::array<float, 7> along{-1.05f, -0.9f, -0.5f, 0.0f, 0.5f, 0.85f, 1.05f},
      fat{0.35f, 0.8f, 0.95f, 0.92f, 1.08f, 0.9f, 0.4f};
  for (std::size_t i = 0; i < along.size(); ++i) {
    std::vector<Vec3> ring;
    for (int k = 0; k < 10; ++k) {
      const float t = 2 * kPi * static_cast<float>(k) / 10.0f;
      ring.push_back({0.62f * a.girth * fat[i] * std::cos(t),
                      hip + a.girth * 0.15f + a.girth * fat[i] * 0.95f * std::sin(t) + 0.04f * along[i], along[i] * l});
    }
    rings.push_back(ring);
  }
  b.skin(rings, true, true);
  for (const float z : {-0.8f * l, 0.78f * l}) {
    for (const float s : {-1.0f, 1.0f}) {
      const float step = rng.range(-0.14f, 0.14f) * a.shoulder;
      const Vec3 top{s * 0.38f * a.girth, hip, z},
          knee{s * 0.36f * a.girth, 0.5f * hip, z + 0.3f * step + (z < 0 ? -0.04f : 0.03f)},
          hoof{s * 0.36f * a.girth, 0.02f, z + step};
      b.tube(top, knee, a.legRadius * 2.0f, a.legRadius, 7);
      b.ellipsoid(top, {a.legRadius * 2.1f, a.girth * 0.5f, a.legRadius * 2.6f}, 6, 8);
      b.tube(knee, hoof, a.legRadius, a.legRadius * 0.75f, 7);
    }
  }
  const Vec3 base{0, hip + 0.55f * a.girth, 0.9f * l}, poll = base + Vec3{0, a.neckRise, a.neckLength};
  b.tube(base, poll, a.girth * 0.5f, a.girth * 0.28f, 9);
  const Vec3 muzzle = poll + Vec3{0, -0.35f * a.headLength, 0.85f * a.headLength};
  b.ellipsoid(poll, Vec3{0.3f, 0.32f, 0.36f} * a.girth, 6, 9);
  b.tube(poll, muzzle, a.girth * 0.27f, a.girth * 0.15f, 8);
  for (const float s : {-1.0f, 1.0f})
    b.tube(poll + Vec3{s * 0.15f * a.girth, 0.15f * a.girth, 0},
           poll + Vec3{s * 0.42f * a.girth, 0.5f * a.girth, -0.05f}, 0.1f * a.girth, 0.02f, 5);
  b.tube({0, hip + 0.7f * a.girth, -1.0f * l}, {0, hip - 0.25f * a.girth, -1.14f * l}, 0.1f * a.girth, 0.04f * a.girth,
         6);
  b.use(a.dark);
  b.ellipsoid(muzzle, Vec3{0.13f, 0.12f, 0.12f} * a.girth, 5, 7);
}

void addDeer(Builder& b, Rng& rng) {
  const Beast deer{1.02f,
                   1.15f,
                   0.30f,
                   0.035f,
                   0.28f,
                   0.48f,
                   0.3f,
                   odd(Surface::Fur, {0.27f, 0.16f, 0.08f}, {0.17f, 0.10f, 0.05f}, rng.bits()),
                   odd(Surface::Plain, grey(0.03f))};
  addBeast(b, rng, deer);
  if (!rng.chance(0.6f)) return;
  b.use(odd(Surface::Bark, {0.25f, 0.19f, 0.12f}));
  const Vec3 poll{0, 0.72f + 0.165f + 0.48f, 0.5175f + 0.28f};
  for (const float s : {-1.0f, 1.0f}) {
    const Vec3 bow = poll + Vec3{s * 0.28f, 0.34f, -0.12f};
    b.tube(poll + Vec3{s * 0.05f, 0.06f, 0}, bow, 0.02f, 0.017f, 5);
    b.tube(bow, bow + Vec3{-s * 0.05f, 0.28f, 0.1f}, 0.017f, 0.008f, 5);
    b.tube(mix(poll, bow, 0.6f), mix(poll, bow, 0.6f) + Vec3{s * 0.02f, 0.22f, 0.18f}, 0.015f, 0.007f, 5);
  }
}

void addChair(Builder& b, Rng& rng) {
  b.use(odd(Surface::Wood, rng.chance(0.5f) ? Vec3{0.30f, 0.17f, 0.08f} : Vec3{0.55f, 0.5f, 0.4f}, {}, rng.bits()));
  for (const float x : {-0.2f, 0.2f}) {
    for (const float z : {-0.2f, 0.2f}) b.tube({x, 0, z * 1.1f}, {x, z < 0 ? 0.98f : 0.45f, z}, 0.022f, 0.022f, 6);
  }
  b.box({-0.24f, 0.43f, -0.24f}, {0.24f, 0.48f, 0.24f});
  for (const float y : {0.62f, 0.76f, 0.9f}) b.box({-0.2f, y - 0.035f, -0.215f}, {0.2f, y + 0.035f, -0.185f});
}

void addSofa(Builder& b, Rng& rng) {
  constexpr std::array<Vec3, 5> stuffs{{{0.35f, 0.06f, 0.05f},
                                        {0.32f, 0.24f, 0.14f},
                                        {0.08f, 0.16f, 0.14f},
                                        {0.36f, 0.36f, 0.34f},
                                        {0.42f, 0.24f, 0.06f}}};
  b.use(odd(Surface::Upholstery, stuffs[static_cast<std::size_t>(rng.pick(5))], {}, rng.bits()));
  b.box({-0.95f, 0.1f, -0.42f}, {0.95f, 0.36f, 0.42f});
  for (const float x : {-0.4f, 0.4f}) b.ellipsoid({x, 0.42f, 0.06f}, {0.4f, 0.13f, 0.36f}, 6, 10);
  b.taperedBox({-0.92f, 0.3f, -0.45f}, {0.92f, 0.9f, -0.2f}, 0.06f, 0.04f);
  for (const float x : {-0.42f, 0.42f}) b.ellipsoid({x, 0.68f, -0.16f}, {0.4f, 0.22f, 0.12f}, 6, 10);
  for (const float s : {-1.0f, 1.0f}) {
    b.box({s * 0.9f - 0.1f, 0.1f, -0.42f}, {s * 0.9f + 0.1f, 0.58f, 0.42f});
    b.tube({s * 0.9f, 0.58f, -0.42f}, {s * 0.9f, 0.58f, 0.42f}, 0.12f, 0.12f, 9);
  }
}

void addRubble(Builder& b, Rng& rng) {
  for (int i = 0; i < 16; ++i) {
    const float r = rng.range(0.08f, 0.26f), a = rng.range(0, 2 * kPi), d = 0.75f * std::sqrt(rng.uniform());
    b.use(odd(Surface::StoneWall, grey(rng.range(0.2f, 0.4f)) * Vec3{1.05f, 0.98f, 0.9f}, grey(0.2f), rng.bits()));
    const Placement before = b.placement;
    b.placement =
        before * Placement::at({d * std::cos(a), r * 0.6f + 0.12f * (1.0f - d), d * std::sin(a)}, rng.range(0, kPi))
                     .tilted(rng.range(-0.6f, 0.6f), rng.range(-0.6f, 0.6f));
    b.taperedBox({-r, -r * 0.7f, -r * 0.8f}, {r, r * 0.6f, r * 0.8f}, r * rng.range(0.1f, 0.4f), r * 0.25f);
    b.placement = before;
  }
}

void addTrolley(Builder& b, Rng&) {
  b.use(odd(Surface::Wicker, grey(0.45f)));
  const Vec3 a{-0.24f, 0.5f, -0.38f}, c{0.24f, 0.5f, 0.34f};
  b.quad({a.x, a.y, a.z}, {c.x, a.y, a.z}, {c.x + 0.05f, 0.98f, a.z - 0.06f}, {a.x - 0.05f, 0.98f, a.z - 0.06f});
  b.quad({a.x, a.y, c.z}, {c.x, a.y, c.z}, {c.x + 0.05f, 0.92f, c.z + 0.1f}, {a.x - 0.05f, 0.92f, c.z + 0.1f});
  for (const float s : {-1.0f, 1.0f})
    b.quad({s * 0.24f, 0.5f, a.z}, {s * 0.24f, 0.5f, c.z}, {s * 0.29f, 0.95f, c.z + 0.1f},
           {s * 0.29f, 0.95f, a.z - 0.06f});
  b.quad({a.x, 0.5f, a.z}, {c.x, 0.5f, a.z}, {c.x, 0.5f, c.z}, {a.x, 0.5f, c.z});
  b.use(odd(Surface::Metal, grey(0.42f)));
  for (const float s : {-1.0f, 1.0f}) {
    b.tube({s * 0.24f, 0.12f, -0.34f}, {s * 0.24f, 0.12f, 0.4f}, 0.016f, 0.016f, 5);
    b.tube({s * 0.24f, 0.12f, -0.34f}, {s * 0.27f, 1.0f, -0.46f}, 0.016f, 0.016f, 5);
    b.tube({s * 0.29f, 0.95f, -0.44f}, {s * 0.29f, 0.93f, 0.44f}, 0.014f, 0.014f, 5);
  }
  b.use(odd(Surface::Plain, {0.55f, 0.03f, 0.02f}));
  b.tube({-0.29f, 1.02f, -0.48f}, {0.29f, 1.02f, -0.48f}, 0.024f, 0.024f, 7);
  b.use(odd(Surface::Rubber, grey(0.03f)));
  for (const float s : {-1.0f, 1.0f}) {
    for (const float z : {-0.32f, 0.38f}) b.torus({s * 0.24f, 0.065f, z}, {1, 0, 0}, 0.042f, 0.024f, 10, 5);
  }
}

void addBalloons(Builder& b, Rng& rng) {
  constexpr std::array<Vec3, 6> colours{{{0.6f, 0.03f, 0.04f},
                                         {0.05f, 0.2f, 0.6f},
                                         {0.65f, 0.5f, 0.03f},
                                         {0.06f, 0.45f, 0.12f},
                                         {0.55f, 0.1f, 0.4f},
                                         {0.65f, 0.3f, 0.03f}}};
  for (int i = 0; i < 6; ++i) {
    const Vec3 c{rng.range(-0.42f, 0.42f), rng.range(1.35f, 2.25f), rng.range(-0.3f, 0.3f)};
    b.use(odd(Surface::Balloon, colours[static_cast<std::size_t>(i)]));
    b.ellipsoid(c, {0.21f, 0.26f, 0.21f}, 9, 12);
    b.tube(c + Vec3{0, -0.25f, 0}, c + Vec3{0, -0.31f, 0}, 0.012f, 0.035f, 6);
    b.use(odd(Surface::Plain, grey(0.5f)));
    b.tube(c + Vec3{0, -0.3f, 0}, {0, 0.12f, 0}, 0.006f, 0.006f, 3);
  }
  b.use(odd(Surface::Plain, {0.5f, 0.1f, 0.1f}));
  b.box({-0.07f, 0, -0.07f}, {0.07f, 0.14f, 0.07f});
}

void addBoxes(Builder& b, Rng& rng) {
  const int count = 1 + rng.pick(4);
  for (int i = 0; i < count; ++i) {
    b.use(odd(Surface::Cardboard, Vec3{0.38f, 0.26f, 0.14f} * rng.range(0.85f, 1.2f), {}, rng.bits()));
    const Placement before = b.placement;
    const float s = rng.range(0.22f, 0.4f);
    b.placement = before * Placement::at({i == 0 ? 0.0f : rng.range(-0.75f, 0.75f), i == 3 ? 0.62f : 0.0f,
                                          i == 0 ? 0.0f : rng.range(-0.5f, 0.5f)},
                                         rng.range(0, kPi));
    b.box({-s, 0, -s * 0.8f}, {s, s * 1.5f, s * 0.8f});
    b.quad({-s, s * 1.5f, s * 0.8f}, {s, s * 1.5f, s * 0.8f}, {s, s * 1.9f, s * 1.15f}, {-s, s * 1.9f, s * 1.15f});
    b.placement = before;
  }
}

void addBarrel(Builder& b, Rng& rng) {
  const bool lying = rng.chance(0.5f);
  const Placement before = b.placement;
  if (lying) b.placement = before * Placement::at({0, 0.29f, 0}, rng.range(0, kPi)).tilted(kPi / 2, 0);
  b.use(odd(Surface::Metal, rng.chance(0.5f) ? Vec3{0.06f, 0.16f, 0.42f} : Vec3{0.5f, 0.2f, 0.03f}, {}, rng.bits()));
  const float from = lying ? -0.44f : 0.0f;
  b.tube({0, from, 0}, {0, from + 0.88f, 0}, 0.285f, 0.285f, 16);
  for (const float t : {0.02f, 0.3f, 0.58f, 0.86f}) b.torus({0, from + t, 0}, {0, 1, 0}, 0.285f, 0.018f, 18, 5);
  b.placement = before;
}

void addTyre(Builder& b, Rng& rng) {
  b.use(odd(Surface::Rubber, grey(0.02f)));
  if (rng.chance(0.5f)) return b.torus({0, 0.11f, 0}, {0, 1, 0}, 0.24f, 0.11f, 22, 9);
  return b.torus({0, 0.35f, 0}, normalize({0.6f, 0.15f, 0.7f}), 0.24f, 0.11f, 22, 9);
}

void addPlanks(Builder& b, Rng& rng) {
  for (int i = 0; i < 5; ++i) {
    b.use(odd(Surface::Wood, Vec3{0.36f, 0.25f, 0.14f} * rng.range(0.8f, 1.2f), {}, rng.bits()));
    const Placement before = b.placement;
    b.placement =
        before * Placement::at({rng.range(-0.3f, 0.3f), 0.03f + 0.05f * static_cast<float>(i), rng.range(-0.3f, 0.3f)},
                               rng.range(0.9f, 2.4f))
                     .tilted(0, rng.range(-0.06f, 0.06f));
    b.box({-0.09f, -0.02f, -1.0f}, {0.09f, 0.02f, 1.0f});
    b.placement = before;
  }
}

void addTyreStack(Builder& b, Rng& rng) {
  b.use(odd(Surface::Rubber, grey(0.022f)));
  for (int i = 0; i < 3; ++i)
    b.torus({rng.range(-0.04f, 0.04f), 0.11f + 0.21f * static_cast<float>(i), rng.range(-0.04f, 0.04f)}, {0, 1, 0},
            0.24f, 0.11f, 22, 9);
  return b.torus({0.5f, 0.33f, 0.1f}, normalize({0.9f, 0.35f, 0.2f}), 0.24f, 0.11f, 22, 9);
}

void addSuitcase(Builder& b, Rng& rng) {
  b.use(odd(Surface::Plain, carPaint(rng) + grey(0.03f)));
  b.box({-0.36f, 0.05f, -0.13f}, {0.36f, 0.55f, 0.13f});
  b.use(odd(Surface::Plain, grey(0.03f)));
  for (const float x : {-0.2f, 0.2f}) b.box({x - 0.03f, 0.05f, -0.14f}, {x + 0.03f, 0.56f, 0.14f});
  return b.box({-0.1f, 0.56f, -0.03f}, {0.1f, 0.62f, 0.03f});
}

}  // namespace

std::string anomalyName(int kind) {
  constexpr std::array<const char*, kAnomalyKinds> names{
      "cardboard boxes", "tyre",     "deer",      "dog",        "cow",
      "chair",           "sofa",     "planks",    "rubble",     "shopping trolley",
      "balloons",        "oil drum", "mattress",  "tyre stack", "suitcase",
      "ladder",          "horse",    "fallen log"};
  return names[static_cast<std::size_t>(kind)];
}

void addAnomaly(Builder& b, Rng rng, int kind) {
  switch (kind) {
    case 0:
      return addBoxes(b, rng);
    case 1:
      return addTyre(b, rng);
    case 2:
      return addDeer(b, rng);
    case 3:
      return addBeast(b, rng,
                      {0.58f, 0.66f, 0.19f, 0.028f, 0.14f, 0.2f, 0.2f,
                       odd(Surface::Fur, rng.chance(0.5f) ? Vec3{0.06f, 0.045f, 0.035f} : Vec3{0.42f, 0.29f, 0.15f},
                           {0.2f, 0.13f, 0.07f}, rng.bits()),
                       odd(Surface::Plain, grey(0.02f))});
    case 4:
      return addBeast(b, rng,
                      {1.36f, 1.75f, 0.48f, 0.055f, 0.42f, 0.12f, 0.48f,
                       odd(Surface::Fur, {0.62f, 0.58f, 0.52f},
                           rng.chance(0.5f) ? Vec3{0.05f, 0.045f, 0.04f} : Vec3{0.25f, 0.12f, 0.06f}, rng.bits(), 1),
                       odd(Surface::Plain, {0.35f, 0.2f, 0.17f})});
    case 5:
      return addChair(b, rng);
    case 6:
      return addSofa(b, rng);
    case 7:
      return addPlanks(b, rng);
    case 8:
      return addRubble(b, rng);
    case 9:
      return addTrolley(b, rng);
    case 10:
      return addBalloons(b, rng);
    case 11:
      return addBarrel(b, rng);
    case 12: {
      b.use(odd(Surface::Upholstery, {0.6f, 0.58f, 0.54f}, {0.2f, 0.25f, 0.4f}, rng.bits(), 1));
      b.placement = b.placement * Placement::at({0, 0.02f, 0}, 0.3f).tilted(0, rng.range(-0.05f, 0.0f));
      return b.box({-0.75f, 0, -1.0f}, {0.75f, 0.24f, 1.0f});
    }
    case 13:
      return addTyreStack(b, rng);
    case 14:
      return addSuitcase(b, rng);
    case 15: {
      b.use(odd(Surface::Metal, {0.55f, 0.5f, 0.1f}));
      b.placement = b.placement * Placement::at({0, 0.05f, 0}, 1.1f);
      for (const float x : {-0.22f, 0.22f}) b.tube({x, 0, -1.5f}, {x, 0.04f, 1.5f}, 0.035f, 0.035f, 6);
      placeEvery(0.28f, -1.35f, 1.4f, [&](float z) { b.tube({-0.22f, 0.02f, z}, {0.22f, 0.02f, z}, 0.02f, 0.02f, 5); });
      return;
    }
    case 16:
      return addBeast(b, rng,
                      {1.5f, 1.6f, 0.42f, 0.055f, 0.5f, 0.5f, 0.5f,
                       odd(Surface::Fur, {0.16f, 0.07f, 0.03f}, {0.07f, 0.035f, 0.02f}, rng.bits()),
                       odd(Surface::Plain, grey(0.03f))});
    default: {
      b.use(odd(Surface::Bark, {0.17f, 0.13f, 0.09f}, {}, rng.bits()));
      b.placement = b.placement * Placement::at({}, 1.2f);
      b.tube({0, 0.2f, -1.3f}, {0, 0.17f, 1.3f}, 0.22f, 0.17f, 12);
      b.tube({0, 0.25f, 0.3f}, {0.3f, 0.75f, 0.6f}, 0.06f, 0.03f, 6);
      return;
    }
  }
}

}  // namespace oodscope::demo
