// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/models.h"

namespace oodscope::demo {

void addClutter(Builder& b, Rng rng) {
  Part part =
      partOf(Surface::Pattern, Kind::Void, {rng.range(0.03f, 0.7f), rng.range(0.03f, 0.6f), rng.range(0.03f, 0.6f)},
             {rng.range(0.02f, 0.6f), rng.range(0.02f, 0.6f), rng.range(0.02f, 0.6f)}, rng.bits());
  part.role = Role::VoidObject;
  part.variant = rng.pick(5);
  if (rng.chance(0.45f)) {
    // Matt and nearly plain: texture alone must not give clutter away.
    part.accent = part.colour * rng.range(0.75f, 1.2f);
    part.colour = mix(part.colour, grey(dot(part.colour, grey(0.333f))), 0.6f);
  }
  b.use(part);
  const float s = rng.range(0.3f, 0.9f);
  switch (rng.pick(7)) {
    case 0:
      return b.ellipsoid({0, s, 0}, {s * rng.range(0.5f, 1.3f), s, s * rng.range(0.5f, 1.3f)}, 8, 12);
    case 1:
      return b.taperedBox({-s, 0, -s}, {s, s * 2.0f, s}, s * 0.97f, s * 0.97f);
    case 2: {
      const Placement before = b.placement;
      b.placement =
          before *
          Placement::at({0, s * 0.75f, 0}, rng.range(0, kPi)).tilted(rng.range(-0.9f, 0.9f), rng.range(-0.9f, 0.9f));
      b.taperedBox({-s * 0.8f, -s * 0.5f, -s * 0.6f}, {s * 0.8f, s * 0.5f, s * 0.6f}, s * 0.3f, s * 0.2f);
      b.placement = before;
      return;
    }
    case 3:
      for (int i = 0; i < 5; ++i)
        b.ellipsoid({rng.range(-0.6f, 0.6f) * s, s * rng.range(0.3f, 1.5f), rng.range(-0.5f, 0.5f) * s},
                    Vec3{rng.range(0.25f, 0.6f), rng.range(0.25f, 0.6f), rng.range(0.25f, 0.6f)} * s, 6, 9);
      return;
    case 4:
      for (int i = 0; i < 4; ++i)
        b.tube({rng.range(-s, s), rng.range(0.0f, 0.4f), rng.range(-s, s)},
               {rng.range(-s, s), rng.range(0.5f, 2.2f) * s, rng.range(-s, s)}, rng.range(0.06f, 0.25f) * s,
               rng.range(0.04f, 0.2f) * s, 7);
      return;
    case 5: {
      std::vector<std::vector<Vec3>> rings;
      const float wave = rng.range(1.0f, 4.0f), top = s * rng.range(1.2f, 2.4f);
      for (int i = 0; i <= 8; ++i) {
        const float t = static_cast<float>(i) / 8.0f,
                    r = s * (0.28f + 0.22f * std::sin(wave * 2.0f * t * kPi) + 0.15f * t);
        std::vector<Vec3> ring;
        ring.reserve(12);
        for (int k = 0; k < 12; ++k)
          ring.push_back({r * std::cos(2 * kPi * static_cast<float>(k) / 12), top * t,
                          r * std::sin(2 * kPi * static_cast<float>(k) / 12)});
        rings.push_back(ring);
      }
      return b.skin(rings, true, true);
    }
    default:
      for (int i = 0; i < 3; ++i)
        b.box({-s * rng.range(0.2f, 0.9f), s * 0.5f * static_cast<float>(i), -s * rng.range(0.2f, 0.6f)},
              {s * rng.range(0.2f, 0.9f), s * 0.5f * static_cast<float>(i + 1), s * rng.range(0.2f, 0.6f)});
      return;
  }
}

}  // namespace oodscope::demo
