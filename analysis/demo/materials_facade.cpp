// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/world.h"

namespace oodscope::demo {
namespace {

float inside(float x, float low, float high, float footprint) {
  const float soft = std::max(footprint, 0.01f);
  return saturate((x - low) / soft + 0.5f) * saturate((high - x) / soft + 0.5f);
}

/// What a facade is like all over. Variant bits: 0-1 wall (plaster, brick, concrete panels, stone), 2 shops on the
/// ground floor, 3 wide windows, 4 shutters.
struct Facade {
  explicit Facade(const Part& part)
      : seed(part.seed),
        shops((part.variant & 4) != 0),
        wide((part.variant & 8) != 0),
        shutters((part.variant & 16) != 0),
        ground(shops ? 4.2f : 0.6f),
        storey(2.9f + 0.5f * hash01(seed, 1)),
        bay((wide ? 3.4f : 2.1f) + 0.9f * hash01(seed, 2)),
        frame(hash01(seed, 9) < 0.7f ? grey(0.55f) : Vec3{0.12f, 0.08f, 0.05f}) {}

  std::uint32_t seed;
  bool shops, wide, shutters;
  float ground, storey, bay;  // metres
  Vec3 frame;
};

float wallTone(const Facade& facade, const Part& part, const SurfacePoint& p) {
  const std::uint32_t seed = facade.seed;
  const float ground = facade.ground, storey = facade.storey, bay = facade.bay;
  const float stains = fbm(p.u * 0.5f + static_cast<float>(seed & 63u), p.v * 0.16f, 4, p.footprint * 0.5f);
  const float grain = fbm(p.u * 13.0f, p.v * 13.0f, 2, p.footprint * 13.0f);
  float tone = (0.8f + 0.4f * stains) * (0.92f + 0.16f * grain);
  if ((part.variant & 3) == 1) {
    const float row = fract(p.v / 0.09f), near = saturate(1.3f - p.footprint / 0.09f);
    tone *= 1.0f - 0.3f * near * (row < 0.16f ? 1.0f : 0.0f) +
            0.25f * near *
                (hash01(cellOf(p.u / 0.25f + ((cellOf(p.v / 0.09f) & 1u) ? 0.5f : 0.0f)), cellOf(p.v / 0.09f), seed) -
                 0.5f);
  } else if ((part.variant & 3) == 2) {
    tone *= 1.0f - 0.22f * std::max(inside(fract(p.u / bay) * bay, 0, 0.05f, p.footprint),
                                    inside(fract((p.v - ground) / storey) * storey, 0, 0.05f, p.footprint));
  }
  tone *= mix(0.72f, 1.0f, smoothStep(0.0f, 0.9f, p.v));  // splashed base
  return tone;
}

/// A shop's front on the ground floor, laid over the wall.
void addShopFront(Finish& f, const Facade& facade, const SurfacePoint& p, const World& world) {
  const std::uint32_t seed = facade.seed;
  const float span = 5.2f + 2.0f * hash01(seed, 3), x = fract(p.u / span) * span;
  const std::uint32_t shop = hash(cellOf(p.u / span), seed);
  const Vec3 brand{0.1f + 0.5f * hash01(shop, 1), 0.06f + 0.35f * hash01(shop, 2), 0.06f + 0.4f * hash01(shop, 3)};
  const float pane = inside(x, 0.4f, span - 0.4f, p.footprint) * inside(p.v, 0.5f, 2.9f, p.footprint);
  const float fascia = inside(x, 0.2f, span - 0.2f, p.footprint) * inside(p.v, 3.1f, 3.75f, p.footprint);
  f.albedo = mix(f.albedo, brand, fascia);
  if (fascia > 0.5f && inside(p.v, 3.3f, 3.58f, 0.01f) > 0.5f && x > 0.8f && x < 0.8f + 2.5f * hash01(shop, 4) + 0.8f &&
      fract(x / 0.26f) < 0.62f)
    f.albedo = grey(0.7f);
  if (pane > 0.0f) {
    const float goods = fbm(p.u * 2.6f, p.v * 2.6f + hash01(shop, 5) * 40.0f, 3, p.footprint);
    const float lit = world.light.lampsOn ? 0.55f * (hash01(shop, 6) < 0.75f ? 1.0f : 0.05f) : 0.03f;
    const float mullion = inside(fract(x / 1.7f) * 1.7f, 0.0f, 0.07f, p.footprint);
    f.albedo =
        mix(f.albedo, mix(Vec3{0.03f, 0.03f, 0.032f} + brand * (0.22f * goods), facade.frame * 0.4f, mullion), pane);
    f.glow = Vec3{1.0f, 0.86f, 0.62f} * (pane * lit * goods * goods * (1.0f - mullion));
    f.mirror = 0.10f * pane * (1.0f - mullion);
    f.rough = mix(1.0f, 0.05f, pane);
  }
}

/// A point within its bay and storey, and the window there.
struct WindowPlace {
  WindowPlace(const Facade& facade, const SurfacePoint& p, float level)
      : cx(fract(p.u / facade.bay) * facade.bay - 0.5f * facade.bay),
        y(fract(level) * facade.storey),
        w(facade.wide ? facade.bay * 0.38f : 0.55f + 0.12f * hash01(facade.seed, 4)),
        sill(facade.wide ? 0.85f : 0.8f),
        head(sill + (facade.wide ? 1.5f : 1.55f)),
        cell(hash(cellOf(p.u / facade.bay), cellOf(level), facade.seed)) {}

  float cx, y;          // metres from the bay's middle and the storey's floor
  float w, sill, head;  // half width, lower and upper edge
  std::uint32_t cell;
};

/// Glass with its frame and what is behind it, where the window is `open`.
void addPane(Finish& f, const Facade& facade, const WindowPlace& at, const SurfacePoint& p, const World& world,
             float open) {
  const float cx = at.cx, y = at.y, w = at.w, sill = at.sill, head = at.head;
  const std::uint32_t cell = at.cell;
  const float cross = std::max(inside(std::fabs(cx), -1.0f, 0.04f, p.footprint),
                               inside(std::fabs(y - sill - 1.0f), -1.0f, 0.035f, p.footprint));
  const float border =
      1.0f - inside(cx, -w + 0.06f, w - 0.06f, p.footprint) * inside(y, sill + 0.06f, head - 0.06f, p.footprint);
  const float bars = saturate(std::max(cross, border));
  const float curtain =
      hash01(cell, 1) < 0.55f ? inside(std::fabs(cx), w * (0.35f + 0.4f * hash01(cell, 2)), w, p.footprint) : 0.0f;
  const float blind = hash01(cell, 3) < 0.25f ? inside(y, sill + 1.5f * hash01(cell, 4), head, p.footprint) : 0.0f;
  Vec3 room = mix(grey(0.025f), grey(0.30f), 0.6f * std::max(curtain, blind));
  const bool lit = world.light.lampsOn && hash01(cell, 5) < 0.38f;
  const float shadow = smoothStep(0.0f, 0.3f, head - y);
  f.albedo = mix(f.albedo, mix(room, facade.frame, bars) * (0.4f + 0.6f * shadow), open);
  if (lit)
    f.glow = mix(Vec3{0.62f, 0.44f, 0.22f}, Vec3{0.5f, 0.5f, 0.42f}, hash01(cell, 6)) *
             (open * (1.0f - bars) * (0.45f + 0.4f * curtain));
  f.mirror = 0.13f * open * (1.0f - bars);
  f.rough = mix(1.0f, 0.05f, open);
  f.bump = Vec3{hash01(cell, 7) - 0.5f, 0.3f * (hash01(cell, 8) - 0.5f), 0} * (0.1f * open);
}

/// Surround, shutters, ledge and pane; the reveal's shade at the top.
void addWindow(Finish& f, const Facade& facade, const WindowPlace& at, const Part& part, const SurfacePoint& p,
               const World& world, float tone) {
  const float cx = at.cx, y = at.y, w = at.w, sill = at.sill, head = at.head;
  const float surround =
      inside(cx, -w - 0.14f, w + 0.14f, p.footprint) * inside(y, sill - 0.14f, head + 0.16f, p.footprint);
  if (hash01(facade.seed, 5) < 0.55f) f.albedo = mix(f.albedo, mix(part.colour, grey(0.6f), 0.6f) * tone, surround);
  if (facade.shutters && !facade.wide) {
    const float leaf = inside(std::fabs(cx), w + 0.03f, w + 0.45f, p.footprint) * inside(y, sill, head, p.footprint);
    f.albedo = mix(
        f.albedo,
        part.accent * (0.75f + 0.4f * (fract(y / 0.07f) < 0.5f ? 1.0f : 0.0f) * saturate(1.0f - p.footprint * 20.0f)),
        leaf);
  }
  const float open = inside(cx, -w, w, p.footprint) * inside(y, sill, head, p.footprint);
  const float ledge = inside(cx, -w - 0.16f, w + 0.16f, p.footprint) * inside(y, sill - 0.1f, sill, p.footprint);
  f.albedo = mix(f.albedo, grey(0.5f) * tone, ledge * 0.7f);
  f.albedo = f.albedo *
             (1.0f - 0.35f * inside(cx, -w - 0.1f, w + 0.1f, p.footprint) * inside(y, sill - 0.4f, sill - 0.1f, 0.2f));
  if (open > 0.0f) addPane(f, facade, at, p, world, open);
}

}  // namespace

Finish facadeFinish(const Part& part, const SurfacePoint& p, const World& world) {
  const Facade facade(part);
  const float tone = wallTone(facade, part, p);
  Finish f;
  f.albedo = part.colour * tone;
  f.rough = 1.0f;
  const float top = part.glow;  // metres to the eaves
  if (facade.shops && p.v < facade.ground) {
    addShopFront(f, facade, p, world);
    return f;
  }
  if (p.v > top - 0.6f) {
    f.albedo = f.albedo * (p.v > top - 0.25f ? 1.15f : 0.8f);
    return f;
  }
  const float level = (p.v - facade.ground) / facade.storey;
  if (level < 0.0f || (std::floor(level) + 1.0f) * facade.storey + facade.ground > top + 0.2f) return f;
  addWindow(f, facade, WindowPlace(facade, p, level), part, p, world, tone);
  return f;
}

}  // namespace oodscope::demo
