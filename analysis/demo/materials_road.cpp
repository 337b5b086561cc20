// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/world.h"

namespace oodscope::demo {
namespace {

/// 1 inside of [-half, half], softened over a sample.
float stripe(float x, float half, float footprint) {
  const float soft = std::max(footprint, 0.006f);
  return saturate((half - std::fabs(x)) / soft + 0.5f);
}

}  // namespace

float Road::middle(float z) const {
  const float far = std::clamp(z, -30.0f, 160.0f);
  return heading * z + bend * far * far + 2.0f * bend * far * (z - far);
}

float Road::slope(float z) const { return std::atan(heading + 2.0f * bend * std::clamp(z, -30.0f, 160.0f)); }

namespace {

/// How much of worn paint covers a point `s` metres right of the middle and `t` along: markings, crossing, stop line.
float paintAt(const Road& road, float s, float t, float across, float along, float seed) {
  float paint = 0.0f;
  for (const Marking& m : road.markings) {
    float amount = stripe(s - m.offset, m.width * 0.5f, across);
    if (amount <= 0.0f) continue;
    if (m.dash > 0.0f) {
      const float period = 2.5f * m.dash;
      const float at = (fract(t / period) - 0.5f) * period;
      amount *= mix(stripe(at, 0.5f * m.dash, along), 0.4f, saturate(along / period - 0.3f));
    }
    paint = std::max(paint, amount);
  }
  if (road.crossingAt > 0.0f && std::fabs(s) < road.halfWidth - 0.2f) {
    const float bar = stripe((fract(s / 1.0f) - 0.5f), 0.25f, across);
    paint = std::max(paint, bar * stripe(t - road.crossingAt - 1.75f, 1.75f, along));
  }
  if (road.stopLineAt > 0.0f && s > 0.1f && s < road.halfWidth - 0.2f)
    paint = std::max(paint, stripe(t - road.stopLineAt, 0.22f, along));
  const float wear = smoothStep(0.28f, 0.46f, fbm(s * 5.0f, t * 5.0f + seed, 3, along * 5.0f));
  paint *= 0.45f + 0.5f * wear;
  return paint;
}

/// Now and then one, at some place of the road's width.
void addManhole(Finish& f, const Road& road, float s, float t, float along) {
  const std::uint32_t hole = hash(cellOf(t / 14.0f), 5u, road.seed);
  if ((hole & 3u) == 0u) {
    const float hs = s - (hash01(hole, 1) - 0.5f) * road.halfWidth * 1.4f, ht = (fract(t / 14.0f) - 0.5f) * 14.0f;
    const float r = std::sqrt(hs * hs + ht * ht);
    const float lid = saturate((0.33f - r) / std::max(along, 0.02f) + 0.5f);
    const float pattern =
        0.7f + 0.3f * (fract(hs * 9.0f) > 0.5f ? 1.0f : 0.0f) * (fract(ht * 9.0f) > 0.5f ? 1.0f : 0.0f);
    f.albedo = mix(f.albedo, grey(0.055f * pattern), lid);
  }
}

}  // namespace

Finish roadFinish(const Part& part, const SurfacePoint& p, const World& world) {
  const Road& road = world.road;
  const float s = p.u, t = p.v;  // metres right of the middle, metres along
  const float along = std::min(p.footprint * std::max(1.0f, p.distance / 1.5f), 40.0f);
  const float across = p.footprint;
  const float seed = static_cast<float>(road.seed & 63u);
  Finish f;
  const float coarse = fbm(s * 0.35f + seed, t * 0.11f, 4, along * 0.11f);
  const float grain = fbm(s * 45.0f, t * 38.0f + seed, 2, along * 30.0f);
  float tone = road.tone * (0.72f + 0.5f * coarse) * (0.80f + 0.40f * grain);
  // Wheel tracks are polished darker, the middle of a lane keeps a film of oil.
  const float lane = 3.4f, inLane = fract((s - road.halfWidth) / lane) - 0.5f;
  const float wheel = stripe(std::fabs(inLane) * lane - 0.8f, 0.28f, 0.35f);
  tone *= 1.0f - 0.16f * wheel * noise2(t * 0.05f, seed) -
          0.14f * stripe(inLane * lane, 0.2f, 0.3f) * noise2(t * 0.4f, 3.0f);
  // Rectangular repairs and sealed cracks.
  const float cellS = s / 2.6f + seed, cellT = t / 7.0f;
  const std::uint32_t patch = hash(cellOf(cellS), cellOf(cellT), road.seed);
  if (static_cast<float>(patch & 255u) < road.patches * 70.0f) {
    const float ps = std::fabs(fract(cellS) - 0.5f) * 2.6f, pt = std::fabs(fract(cellT) - 0.5f) * 7.0f;
    const float in =
        stripe(ps, 0.5f + 0.7f * hash01(patch, 1), across) * stripe(pt, 1.0f + 2.2f * hash01(patch, 2), along);
    tone *= mix(1.0f, 0.62f + 0.22f * hash01(patch, 3), in);
  }
  const float crackNoise = fbm(s * 0.55f + 3.0f * seed, t * 0.4f, 4, along * 0.4f) - 0.5f;
  const float crack = stripe(crackNoise * 1.6f, 0.004f, 0.008f + along * 0.05f) *
                      smoothStep(0.5f, 0.62f, noise2(s * 0.3f, t * 0.06f + seed)) * saturate(1.2f - along * 2.0f);
  tone *= 1.0f - 0.55f * road.cracks * crack;
  tone *= 1.0f - 0.25f * smoothStep(road.halfWidth - 0.7f, road.halfWidth, std::fabs(s));  // dirt towards the kerb
  f.albedo = Vec3{tone * 1.02f, tone, tone * 0.975f} * (part.surface == Surface::Asphalt ? 1.0f : 1.2f);
  f.albedo = mix(f.albedo, grey(0.62f), paintAt(road, s, t, across, along, seed));
  // Tram rails in the asphalt.
  if (road.railsOn) {
    const float rail = std::fabs(std::fabs(std::fabs(s) - road.rails) - 0.72f);
    const float steel = stripe(rail, 0.045f, across),
                groove = stripe(std::fabs(std::fabs(std::fabs(s) - road.rails) - 0.64f), 0.03f, across);
    f.albedo = mix(f.albedo, grey(0.03f), groove * 0.9f);
    f.albedo = mix(f.albedo, Vec3{0.34f, 0.33f, 0.32f}, steel);
    f.mirror = 0.25f * steel;
    f.rough = mix(1.0f, 0.3f, steel);
  }
  addManhole(f, road, s, t, along);
  if (world.light.wetness > 0.0f) {
    const float pool = smoothStep(0.44f, 0.62f, fbm(s * 0.45f + 7.0f + seed, t * 0.16f, 4));
    f.albedo = f.albedo * mix(1.0f, 0.5f, world.light.wetness);
    f.puddle = world.light.wetness * (0.28f + 0.62f * pool);
    f.mirror = 0.05f;
    f.rough = 0.25f;
    f.bump = Vec3{noise2(s * 7.0f, t * 7.0f) - 0.5f, 0, noise2(s * 7.0f + 50.0f, t * 7.0f) - 0.5f} *
             (0.05f * (1.0f - 0.8f * pool));
  } else {
    f.bump =
        Vec3{grain - 0.5f, 0, noise2(s * 19.0f + 9.0f, t * 19.0f) - 0.5f} * (0.25f * saturate(1.0f - along * 8.0f));
    f.mirror = std::max(f.mirror, 0.018f);
  }
  return f;
}

}  // namespace oodscope::demo
