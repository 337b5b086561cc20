// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/world.h"

namespace oodscope::demo {
namespace {

/// Distance to the nearest multiple of `period`.
float toLine(float x, float period) { return std::fabs(fract(x / period + 0.5f) - 0.5f) * period; }

float joint(float x, float period, float half, float footprint) {
  return saturate((half - toLine(x, period)) / std::max(footprint, 0.004f) + 0.5f) *
         saturate(1.3f - footprint / (period * 0.6f));
}

Finish slabs(const Part& part, const SurfacePoint& p, float along, const World& world) {
  Finish f;
  const float size = part.surface == Surface::Cobbles ? 0.16f : 0.5f;
  const float shift = part.surface == Surface::Cobbles && (cellOf(p.v / size) & 1u) ? 0.5f * size : 0.0f;
  const float cell = hash01(cellOf((p.u + shift) / size), cellOf(p.v / size), part.seed);
  const float spread = saturate(1.4f - along / size) * (part.surface == Surface::Cobbles ? 0.34f : 0.2f);
  const float stains = fbm(p.u * 0.9f, p.v * 0.5f + static_cast<float>(part.seed & 31u), 4, along * 0.5f);
  float tone = (1.0f + (cell - 0.5f) * spread) * (0.74f + 0.5f * stains) *
               (0.9f + 0.2f * fbm(p.u * 21.0f, p.v * 21.0f, 2, along * 21.0f));
  const float gap = std::max(joint(p.u + shift, size, 0.007f, p.footprint), joint(p.v, size, 0.007f, along));
  tone *= 1.0f - 0.5f * gap;
  f.albedo = part.colour * tone * (1.0f - 0.45f * world.light.wetness);
  f.mirror = 0.02f + 0.03f * world.light.wetness;
  f.rough = 1.0f - 0.6f * world.light.wetness;
  f.puddle = 0.35f * world.light.wetness * smoothStep(0.5f, 0.7f, stains);
  return f;
}

Finish greenery(const Part& part, const SurfacePoint& p, float along) {
  Finish f;
  const float seed = static_cast<float>(part.seed & 63u);
  const float patches = fbm(p.u * 0.22f + seed, p.v * 0.12f, 4, along * 0.12f);
  const float tufts = fbm(p.u * 3.0f, p.v * 3.0f + seed, 3, along * 3.0f);
  const float blades = fbm(p.u * 34.0f, p.v * 11.0f, 2, along * 20.0f);
  const float dry = smoothStep(0.42f, 0.68f, patches);
  f.albedo = mix(part.colour, part.accent, dry) * ((0.55f + 0.9f * tufts) * (0.5f + blades));
  if (part.surface == Surface::Field) {
    const float furrow = 0.5f + 0.5f * std::sin(p.u * 9.0f);
    f.albedo = f.albedo * mix(1.0f, 0.7f + 0.5f * furrow, saturate(1.2f - p.footprint * 2.0f - p.distance * 0.01f));
  }
  f.bump = Vec3{tufts - 0.5f, 0, blades - 0.5f} * (0.6f * saturate(1.0f - along));
  return f;
}

Finish masonry(const Part& part, const SurfacePoint& p) {
  Finish f;
  const bool stone = part.surface == Surface::StoneWall;
  const float h = stone ? 0.28f : 0.085f, w = stone ? 0.55f : 0.25f;
  const std::uint32_t row = cellOf(p.v / h);
  const float shift = (row & 1u) ? 0.5f * w : 0.0f;
  const float brick = hash01(cellOf((p.u + shift) / w), row, part.seed);
  const float near = saturate(1.3f - p.footprint / h);
  float tone = 1.0f + (brick - 0.5f) * (stone ? 0.5f : 0.4f) * near;
  tone *= 0.75f + 0.5f * fbm(p.u * 1.1f, p.v * 1.1f + static_cast<float>(part.seed & 31u), 4, p.footprint);
  const float gap = std::max(joint(p.u + shift, w, stone ? 0.014f : 0.007f, p.footprint),
                             joint(p.v, h, stone ? 0.014f : 0.007f, p.footprint));
  f.albedo = mix(part.colour * tone, part.accent, 0.8f * gap * near);
  f.bump = Vec3{0, 0.35f * (brick - 0.5f) * near, 0};
  return f;
}

Finish concrete(const Part& part, const SurfacePoint& p) {
  Finish f;
  const float streaks = fbm(p.u * 2.2f + static_cast<float>(part.seed & 63u), p.v * 0.25f, 4, p.footprint * 2.0f);
  const float pores = fbm(p.u * 18.0f, p.v * 18.0f, 2, p.footprint * 18.0f);
  float tone = (0.66f + 0.6f * streaks) * (0.86f + 0.28f * pores);
  tone *= 1.0f - 0.35f * joint(p.u, 3.0f, 0.02f, p.footprint);
  f.albedo = part.colour * tone;
  return f;
}

Finish timber(const Part& part, const SurfacePoint& p) {
  Finish f;
  const float board = 0.14f;
  const std::uint32_t plank = cellOf(p.u / board);
  const float grain = fbm(p.u * 40.0f + hash01(plank, part.seed) * 90.0f, p.v * 2.4f, 3, p.footprint * 40.0f);
  f.albedo = part.colour * ((0.7f + 0.5f * hash01(plank, 7u, part.seed)) * (0.65f + 0.7f * grain));
  if (part.surface == Surface::Planks) f.albedo = f.albedo * (1.0f - 0.8f * joint(p.u, board, 0.008f, p.footprint));
  return f;
}

Finish tiles(const Part& part, const SurfacePoint& p) {
  Finish f;
  const float wave = 0.5f + 0.5f * std::cos(p.u * 2.0f * kPi / 0.24f);
  const float row = fract(p.v / 0.36f);
  const float near = saturate(1.2f - p.footprint / 0.12f);
  f.albedo =
      part.colour * ((0.7f + 0.5f * fbm(p.u * 0.8f, p.v * 0.8f + static_cast<float>(part.seed & 31u), 4, p.footprint)) *
                     mix(0.9f, 0.6f + 0.35f * wave + 0.3f * row, near));
  return f;
}

Finish leaves(const Part& part, const SurfacePoint& p) {
  Finish f;
  const float cell = hash01(cellOf(p.u * 9.0f), cellOf(p.v * 9.0f), part.seed);
  const float clump = fbm(p.position.x * 0.9f + static_cast<float>(part.seed & 31u),
                          p.position.y * 0.9f + p.position.z * 0.7f, 3, p.footprint);
  f.albedo = mix(part.colour, part.accent, clump) * (0.55f + 0.85f * cell);
  return f;
}

Finish cloth(const Part& part, const SurfacePoint& p) {
  Finish f;
  const float folds = fbm(p.u * 7.0f + static_cast<float>(part.seed & 63u), p.v * 3.2f, 3, p.footprint * 7.0f);
  f.albedo = part.colour * (0.62f + 0.76f * folds);
  if (part.variant == 1 && fract(p.v / 0.12f) < 0.5f) f.albedo = part.accent * (0.62f + 0.76f * folds);
  f.bump = Vec3{folds - 0.5f, 0.5f * (folds - 0.5f), 0} * 0.9f;
  return f;
}

constexpr Vec3 kSignWhite{0.75f, 0.75f, 0.75f}, kSignRed{0.55f, 0.02f, 0.03f}, kSignBlue{0.02f, 0.11f, 0.45f},
    kSignBlack{0.03f, 0.03f, 0.03f}, kSignYellow{0.75f, 0.5f, 0.02f};

bool isBar(float a, float half) { return std::fabs(a) < half; }

/// Whether the digits of a speed limit, 50, are there; x and y from -1 to 1.
bool isDigit(float x, float y) {
  const bool five = isBar(x + 0.24f, 0.14f) && isBar(y, 0.34f) && !(isBar(x + 0.24f, 0.05f) && isBar(y, 0.24f));
  return five || (std::fabs(std::sqrt((x - 0.26f) * (x - 0.26f) + y * y * 0.4f) - 0.17f) < 0.055f);
}

bool isArrow(float x, float y) {
  return (isBar(x, 0.1f) && y > -0.6f && y < 0.2f) || (y > 0.1f && y < 0.65f && std::fabs(x) < 0.65f - y);
}

/// The frame or a line of letters on a board with names of places.
bool isLettered(float x, float y, std::uint32_t seed) {
  if (isBar(std::fabs(x) - 0.93f, 0.03f) || isBar(std::fabs(y) - 0.9f, 0.04f)) return true;
  return toLine(y + 0.1f, 0.55f) < 0.1f &&
         std::fabs(x) < 0.25f + 0.5f * hash01(cellOf((y + 0.1f) / 0.55f + 0.5f), seed);
}

Vec3 warningColour(float x, float y) {
  const bool within = std::fabs(x) * 1.0f + 0.0f < (y + 1.0f) * 0.30f - 0.22f && y < 0.62f;
  if (!within) return kSignRed;
  return isBar(x, 0.07f) && y > -0.4f ? kSignBlack : kSignWhite;
}

Vec3 signColour(const Part& part, float x, float y) {
  const float r = std::sqrt(x * x + y * y);
  switch (part.variant) {
    case 0:  // speed limit
      if (r > 0.74f) return kSignRed;
      return isDigit(x, y) ? kSignBlack : kSignWhite;
    case 1:  // no entry
      return isBar(y, 0.17f) && isBar(x, 0.68f) ? kSignWhite : kSignRed;
    case 2:
      return warningColour(x, y);
    case 3:  // ahead only
      return isArrow(x, y) ? kSignWhite : kSignBlue;
    case 4:  // priority road
      return std::fabs(x) + std::fabs(y) < 0.72f ? kSignYellow : kSignWhite;
    case 5:  // no parking
      return isBar(x + y, 0.12f) || r > 0.8f ? kSignRed : kSignBlue;
    case 6:
      return isLettered(x, y, part.seed) ? kSignWhite : part.colour;
    default:  // chevrons
      return fract((x + y) * 1.5f) < 0.5f ? kSignRed : kSignWhite;
  }
}

/// Signs: u and v from 0 to 1 over the plate.
Finish sign(const Part& part, const SurfacePoint& p) {
  Finish f;
  f.albedo = signColour(part, p.u * 2.0f - 1.0f, p.v * 2.0f - 1.0f) * 0.9f;
  f.mirror = 0.03f;
  f.rough = 0.6f;
  f.glow = f.albedo * 0.02f;
  return f;
}

/// Sides of buses, trams and lorries: u along the vehicle, v height above its floor line, both in metres.
Finish bodySide(const Part& part, const SurfacePoint& p) {
  Finish f;
  f.albedo = part.colour;
  f.mirror = 0.05f;
  f.rough = 0.2f;
  const bool tram = part.surface == Surface::TramSide;
  if (part.surface == Surface::CargoSide) {
    const float rib = joint(p.u, part.variant == 1 ? 0.3f : 1.2f, 0.02f, p.footprint);
    f.albedo = part.colour * (1.0f - 0.25f * rib) *
               (0.88f + 0.24f * fbm(p.u * 0.7f, p.v * 1.6f + static_cast<float>(part.seed & 31u), 3));
    if (part.variant == 2 && p.v > 1.9f && p.v < 2.7f) f.albedo = part.accent;
    if (part.variant == 3 && std::fabs(p.v - 2.2f - 0.4f * std::sin(p.u)) < 0.35f) f.albedo = part.accent;
    f.mirror = 0.025f;
    f.rough = 0.7f;
    return f;
  }
  const float bottom = tram ? 1.15f : 1.25f, top = tram ? 2.45f : 2.55f;
  const bool door = fract(p.u / (tram ? 4.2f : 3.9f)) < 0.30f;
  const float pillar = joint(p.u, tram ? 1.4f : 1.3f, 0.05f, p.footprint);
  const bool window = p.v > (door ? 0.55f : bottom) && p.v < top;
  if (window) {
    const float lit = part.glow * (0.7f + 0.6f * hash01(cellOf(p.u / 1.3f), part.seed));
    f.albedo = mix(grey(0.025f), grey(0.05f), pillar);
    const float heads = smoothStep(0.48f, 0.56f, noise2(p.u * 2.4f, 3.0f + static_cast<float>(part.seed & 31u))) *
                        (p.v < bottom + 0.65f ? 1.0f : 0.0f);
    f.albedo = mix(f.albedo, Vec3{0.12f, 0.09f, 0.07f}, heads * 0.7f);
    f.glow = Vec3{0.9f, 0.8f, 0.6f} * (lit * (1.0f - 0.7f * heads) * (1.0f - pillar));
    f.mirror = 0.10f;
    f.rough = 0.05f;
    return f;
  }
  if (p.v < (tram ? 0.75f : 0.95f)) f.albedo = part.accent;
  if (door) f.albedo = f.albedo * 0.75f;
  f.albedo = f.albedo * (1.0f - 0.35f * joint(p.u, tram ? 4.2f : 3.9f, 0.03f, p.footprint));
  if (p.v < 0.35f) f.albedo = f.albedo * 0.45f;
  f.albedo = f.albedo * (0.9f + 0.2f * fbm(p.u, p.v, 3, p.footprint));
  return f;
}

Finish fur(const Part& part, const SurfacePoint& p) {
  Finish f;
  const float hairs = fbm(p.u * 70.0f, p.v * 40.0f, 2, p.footprint * 70.0f);
  const float blotch = fbm(p.position.x * 1.7f + static_cast<float>(part.seed & 63u),
                           p.position.y * 2.1f + p.position.z * 1.7f, 3, p.footprint);
  const Vec3 base = part.variant == 1 ? (blotch > 0.5f ? part.accent : part.colour)
                                      : mix(part.colour, part.accent, saturate(blotch * 0.6f));
  f.albedo = base * (0.75f + 0.5f * hairs);
  return f;
}

/// Textures of the clutter that teaches what no class is: checks, stripes, dots, marble.
Finish pattern(const Part& part, const SurfacePoint& p) {
  Finish f;
  const float k = 3.0f + static_cast<float>(part.seed % 9u);
  const float x = p.u * k, y = p.v * k;
  float t = 0;
  switch (part.variant % 5) {
    case 0:
      t = (cellOf(x) + cellOf(y)) & 1u ? 1.0f : 0.0f;
      break;
    case 1:
      t = fract(x + 0.5f * y) < 0.5f ? 1.0f : 0.0f;
      break;
    case 2:
      t = toLine(x, 1.0f) * toLine(x, 1.0f) + toLine(y, 1.0f) * toLine(y, 1.0f) < 0.1f ? 1.0f : 0.0f;
      break;
    case 3:
      t = 0.5f + 0.5f * std::sin(6.0f * fbm(x * 0.4f, y * 0.4f, 4));
      break;
    default:
      t = hash01(cellOf(x * 1.5f), cellOf(y * 1.5f), part.seed);
      break;
  }
  f.albedo = mix(part.colour, part.accent, t) * (0.85f + 0.3f * fbm(p.u * 5.0f, p.v * 5.0f, 3, p.footprint));
  f.mirror = (part.seed & 64u) ? 0.06f : 0.0f;
  f.rough = 0.35f;
  return f;
}

/// What is painted, cast, glazed or lit.
Finish smoothFinish(const Part& part, const SurfacePoint& p, const World& world) {
  Finish f;
  switch (part.surface) {
    case Surface::Paint:
      f.albedo = part.colour;
      f.mirror = 0.06f;
      f.rough = 0.12f;
      f.albedo = f.albedo * (0.93f + 0.14f * fbm(p.u * 2.0f, p.v * 2.0f, 2));
      if (p.v < 0.42f && part.variant == 1) f.albedo = mix(f.albedo, Vec3{0.10f, 0.09f, 0.08f}, 0.35f);
      return f;
    case Surface::Glass:
      f.albedo = grey(0.02f);
      f.mirror = 0.11f;
      f.rough = 0.04f;
      f.glow = grey(part.glow * 0.4f);
      return f;
    case Surface::Rubber:
      f.albedo = grey(0.022f) * (0.7f + 0.6f * fbm(p.u * 22.0f, p.v * 22.0f, 2, p.footprint * 22.0f));
      f.mirror = 0.02f;
      f.rough = 0.7f;
      return f;
    case Surface::WheelFace: {
      const float r = std::sqrt(p.u * p.u + p.v * p.v), a = std::atan2(p.v, p.u);
      const bool spoke =
          std::fabs(fract(a / (2 * kPi) * 5.0f + hash01(part.seed)) - 0.5f) < 0.27f || r < 0.25f || r > 0.86f;
      f.albedo = spoke ? part.colour : grey(0.02f);
      f.mirror = spoke ? 0.15f : 0.02f;
      f.rough = 0.3f;
      return f;
    }
    case Surface::Metal:
    case Surface::Galvanised:
      f.albedo = part.colour * (0.8f + 0.4f * fbm(p.u * 6.0f, p.v * 2.0f, 3, p.footprint * 6.0f));
      f.mirror = part.surface == Surface::Metal ? 0.07f : 0.12f;
      f.rough = 0.5f;
      return f;
    case Surface::Skin:
      f.albedo = part.colour * (0.9f + 0.2f * fbm(p.u * 20.0f, p.v * 20.0f, 2, p.footprint * 20.0f));
      f.mirror = 0.02f;
      return f;
    case Surface::Hair:
      f.albedo = part.colour * (0.6f + 0.8f * fbm(p.u * 60.0f, p.v * 8.0f, 2, p.footprint * 60.0f));
      return f;
    case Surface::Balloon:
      f.albedo = part.colour;
      f.mirror = 0.07f;
      f.rough = 0.1f;
      f.glow = part.colour * (0.12f * dot(world.light.sun, {0.2f, 0.2f, 0.2f}));
      return f;
    case Surface::Lamp:
    case Surface::HeadLamp:
    case Surface::TailLamp:
      f.albedo = part.colour * 0.6f;
      f.glow = part.colour * part.glow;
      f.mirror = 0.1f;
      f.rough = 0.1f;
      return f;
    case Surface::TrafficLamp: {
      const float r = std::sqrt(p.u * p.u + p.v * p.v);
      f.albedo = part.colour * (0.25f * (1.2f - r));
      f.glow = part.colour * (part.glow * (1.15f - 0.6f * r));
      return f;
    }
    case Surface::Plate:
      f.albedo = std::fabs(p.v - 0.5f) < 0.26f && fract(p.u * 8.0f) < 0.6f && p.u > 0.12f ? grey(0.04f) : grey(0.65f);
      return f;
    case Surface::Grille:
      f.albedo = grey(fract(p.v / 0.05f) < 0.5f ? 0.015f : 0.07f);
      return f;
    case Surface::Track:
      f.albedo = grey(0.25f);
      f.mirror = 0.2f;
      f.rough = 0.4f;
      return f;
    default:
      f.albedo = part.colour;
      return f;
  }
}

}  // namespace

Finish finishOf(const Part& part, const SurfacePoint& p, const World& world) {
  const float along = std::min(p.footprint * std::max(1.0f, p.distance / 1.5f), 40.0f);  // on level ground
  Finish f;
  switch (part.surface) {
    case Surface::Asphalt:
      return roadFinish(part, p, world);
    case Surface::Slabs:
    case Surface::Cobbles:
      return slabs(part, p, along, world);
    case Surface::Kerb:
      f.albedo = part.colour * (0.75f + 0.4f * fbm(p.u * 9.0f, p.v * 3.0f, 3, along)) *
                 (1.0f - 0.5f * joint(p.v, 1.0f, 0.012f, along));
      return f;
    case Surface::Grass:
    case Surface::Field:
      return greenery(part, p, along);
    case Surface::Soil:
    case Surface::Gravel: {
      const float stones = fbm(p.u * 14.0f, p.v * 14.0f, 3, along * 14.0f),
                  blot = fbm(p.u * 0.8f, p.v * 0.4f, 3, along * 0.4f);
      f.albedo = part.colour * ((0.45f + 1.1f * stones) * (0.7f + 0.6f * blot));
      f.bump = Vec3{stones - 0.5f, 0, 0.5f - stones} * (0.8f * saturate(1.0f - along * 4.0f));
      return f;
    }
    case Surface::Facade:
    case Surface::ShopWindow:
      return facadeFinish(part, p, world);
    case Surface::Brick:
    case Surface::StoneWall:
      return masonry(part, p);
    case Surface::Concrete:
    case Surface::Plaster:
      return concrete(part, p);
    case Surface::Wood:
    case Surface::Planks:
      return timber(part, p);
    case Surface::Roof:
      return tiles(part, p);
    case Surface::Leaves:
      return leaves(part, p);
    case Surface::FarForest:
    case Surface::Hedge: {
      const float fine = fbm(p.u * 11.0f, p.v * 11.0f, 3, p.footprint * 11.0f),
                  clump = fbm(p.u * 1.7f, p.v * 1.7f + static_cast<float>(part.seed & 31u), 3, p.footprint);
      f.albedo = mix(part.colour, part.accent, clump) * (0.25f + 1.5f * fine * fine * 1.6f);
      f.bump = Vec3{fine - 0.5f, clump - 0.3f, 0.5f - fine} * 1.6f;
      return f;
    }
    case Surface::Bark:
      f.albedo = part.colour * (0.45f + 1.1f * fbm(p.u * 14.0f, p.v * 3.0f, 3, p.footprint * 14.0f));
      return f;
    case Surface::Cloth:
    case Surface::Upholstery:
      return cloth(part, p);
    case Surface::Sign:
    case Surface::SignBoard:
      return sign(part, p);
    case Surface::BusSide:
    case Surface::TramSide:
    case Surface::CargoSide:
      return bodySide(part, p);
    case Surface::Fur:
      return fur(part, p);
    case Surface::Pattern:
      return pattern(part, p);
    case Surface::Cardboard:
      f.albedo = part.colour * (0.85f + 0.3f * fbm(p.u * 6.0f, p.v * 6.0f, 3, p.footprint)) *
                 (toLine(p.u, 0.6f) < 0.03f ? 1.25f : 1.0f);
      return f;
    default:
      return smoothFinish(part, p, world);
  }
}

}  // namespace oodscope::demo
