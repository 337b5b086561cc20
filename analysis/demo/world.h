// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/demo/mesh.h"
#include "analysis/demo/raster.h"

#include <string>
#include <vector>

namespace oodscope::demo {

enum class Weather { Noon, LowSun, Overcast, Dusk, Night, Fog, Wet };
enum class Setting { City, Residential, Country, Highway, TramStreet, Avenue };

/// A lamp that lights its surroundings: a street light (cone downwards) or a head light (cone forwards).
struct Lamp {
  Vec3 position, direction, colour;  ///< colour times 1/m² at one metre
  float coneCosine = 0.5f;           ///< full inside a little more than this, none outside
};

/// Everything the weather decides.
struct Light {
  Weather weather = Weather::Noon;
  Vec3 towardsSun{0.3f, 0.8f, -0.4f}, sun, zenith, horizon, ground;
  float cloudCover = 0.4f;
  std::uint32_t cloudSeed = 0;
  float fogDensity = 0.0005f;  ///< 1/metre
  Vec3 fog;
  float exposure = 1.0f;
  float wetness = 0.0f;  ///< 0 dry, 1 puddles
  bool lampsOn = false;
  std::vector<Lamp> lamps;
};

struct Marking {
  float offset = 0.0f;  ///< metres right of the road's middle
  float dash = 0.0f;    ///< metres painted, as many again and a half free; 0 is a solid line
  float width = 0.15f;
};

/// The road's course and what is painted on it.
struct Road {
  float halfWidth = 4.0f;
  float camera = 0.0f;                ///< lateral place of the camera, metres right of the road's middle
  float bend = 0.0f, heading = 0.0f;  ///< middle of the road at z: heading z + bend z² (clamped far away)
  std::vector<Marking> markings;
  float crossingAt = -1.0f;  ///< zebra crossing from here for 3.5 m; negative: none
  float stopLineAt = -1.0f;
  float rails = 1.65f;  ///< offset of a tram track's middle on either side, when railsOn
  bool railsOn = false;
  float cracks = 0.5f, patches = 0.5f, tone = 0.1f;
  std::uint32_t seed = 0;
  [[nodiscard]] float middle(float z) const;
  [[nodiscard]] float slope(float z) const;  ///< yaw of the road at z, radians
  /// World point `offset` metres right of the middle at z.
  [[nodiscard]] Vec3 at(float offset, float z, float y = 0.0f) const { return {middle(z) + offset - camera, y, z}; }
};

struct World {
  Mesh mesh;
  Road road;
  Light light;
  Camera camera;
  Setting setting = Setting::City;
  std::vector<std::string> anomalies;  ///< "deer at 31 m"
  float bonnet = 0.0f;                 ///< share of the picture's height the own car's bonnet takes
};

/// The light of a weather. Deterministic in `rng`.
[[nodiscard]] Light lightOf(Weather weather, Rng rng);
/// Radiance of the sky in a direction.
[[nodiscard]] Vec3 skyColour(const Light& light, Vec3 direction);

/// What a point of a surface looks like before it is lit.
struct Finish {
  Vec3 albedo;
  Vec3 glow{};
  float mirror = 0.0f;  ///< reflectance straight on; grows to grazing
  float rough = 1.0f;   ///< 0 polished, 1 none of the sun's highlight
  Vec3 bump{};          ///< added to the normal
  float puddle = 0.0f;  ///< how much the mirrored world shows
};

struct SurfacePoint {
  Vec3 position, normal;
  float u, v;
  float footprint;  ///< metres a sample covers here, across the view
  float distance;   ///< metres from the camera
};

[[nodiscard]] Finish finishOf(const Part& part, const SurfacePoint& at, const World& world);
/// The road's own finish, kept apart for its size.
[[nodiscard]] Finish roadFinish(const Part& part, const SurfacePoint& at, const World& world);
/// Walls of houses: windows, doors, shops.
[[nodiscard]] Finish facadeFinish(const Part& part, const SurfacePoint& at, const World& world);

/// Linear radiance at every sample of the grid.
[[nodiscard]] Grid<Vec3> shade(const World& world, const Visibility& seen, const Visibility* mirrored);

/// Samples to an 8-bit picture: glow around lights, lens, exposure, film curve, sensor noise, bonnet.
[[nodiscard]] RgbImage develop(const World& world, const Grid<Vec3>& radiance, int samples, std::uint32_t seed);

}  // namespace oodscope::demo
