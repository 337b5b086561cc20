// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/demo/noise.h"
#include "analysis/demo/vector.h"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace oodscope::demo {

/// What a part is made of: decides its texture, gloss and whether it has holes.
enum class Surface : std::uint8_t {
  Plain,
  Asphalt,
  Slabs,
  Cobbles,
  Kerb,
  Grass,
  Soil,
  Gravel,
  Track,
  Field,
  Facade,
  Brick,
  Plaster,
  Roof,
  Concrete,
  StoneWall,
  Wood,
  Planks,
  Metal,
  Galvanised,
  Paint,
  Glass,
  Rubber,
  WheelFace,
  Cloth,
  Skin,
  Hair,
  Leaves,
  Hedge,
  Bark,
  Sign,
  SignBoard,
  Lamp,
  TrafficLamp,
  HeadLamp,
  TailLamp,
  ChainLink,
  Railing,
  WireFence,
  Spokes,
  BusSide,
  TramSide,
  CargoSide,
  Fur,
  Balloon,
  Cardboard,
  Upholstery,
  Wicker,
  FarForest,
  Pattern,
  Plate,
  Grille,
  ShopWindow
};

/// Cityscapes train ids.
enum class Kind : std::uint8_t {
  Road,
  Sidewalk,
  Building,
  Wall,
  Fence,
  Pole,
  TrafficLight,
  TrafficSign,
  Vegetation,
  Terrain,
  Sky,
  Person,
  Rider,
  Car,
  Truck,
  Bus,
  Train,
  Motorcycle,
  Bicycle,
  Void = 255
};

enum class Role : std::uint8_t { Normal, Anomaly, VoidObject };

/// A piece of the scene of one material and meaning.
struct Part {
  Surface surface = Surface::Plain;
  Kind kind = Kind::Void;
  Role role = Role::Normal;
  Vec3 colour = {0.5f, 0.5f, 0.5f};  ///< linear reflectance
  Vec3 accent = {0.2f, 0.2f, 0.2f};  ///< second colour where the surface has a pattern
  std::uint32_t seed = 0;
  float glow = 0.0f;  ///< emitted light, in units of colour, for lamps
  int variant = 0;    ///< which pattern of the surface
};

struct Vertex {
  Vec3 position, normal;
  float u = 0, v = 0;  ///< metres along the surface unless the surface says otherwise
};

struct Triangle {
  std::uint32_t a = 0, b = 0, c = 0;
  std::uint32_t part = 0;
};

struct Mesh {
  std::vector<Vertex> vertices;
  std::vector<Triangle> triangles;
  std::vector<Part> parts;
};

/// Rotation and scale, then translation.
struct Placement {
  Vec3 right{1, 0, 0}, up{0, 1, 0}, forward{0, 0, 1}, origin{};
  [[nodiscard]] Vec3 point(Vec3 p) const { return origin + direction(p); }
  [[nodiscard]] Vec3 direction(Vec3 d) const { return right * d.x + up * d.y + forward * d.z; }
  /// Stands at `origin`, its forward axis turned by `yaw` radians from +z towards +x.
  static Placement at(Vec3 origin, float yaw, float scale = 1.0f);
  /// This placement with a further local one below it.
  [[nodiscard]] Placement operator*(const Placement& local) const;
  /// Turned about its own forward axis (lean) and right axis (tilt), radians.
  [[nodiscard]] Placement tilted(float lean, float tilt) const;
};

/// Adds shapes to a mesh in local coordinates. Every shape belongs to the current part.
class Builder {
public:
  explicit Builder(Mesh& mesh) : m_mesh(mesh) {}
  Placement placement;
  /// Makes `part` the current part.
  void use(const Part& part);
  /// The current part, to derive a similar one from.
  [[nodiscard]] const Part& part() const { return m_mesh.parts.back(); }

  void triangle(const Vertex& a, const Vertex& b, const Vertex& c);
  /// Flat quadrilateral, u along ab, v along ad, in metres from the given start.
  void quad(Vec3 a, Vec3 b, Vec3 c, Vec3 d, Vec2 uv = {});
  /// Quadrilateral with u and v from 0 to 1.
  void unitQuad(Vec3 a, Vec3 b, Vec3 c, Vec3 d);
  void box(Vec3 low, Vec3 high);
  /// A box whose top is smaller than its bottom by `inset` on each side in x and z.
  void taperedBox(Vec3 low, Vec3 high, float insetX, float insetZ);
  /// A round bar from a to b with the two radii; capped.
  void tube(Vec3 a, Vec3 b, float radiusA, float radiusB, int sides = 8);
  void ellipsoid(Vec3 centre, Vec3 radii, int rings = 7, int sides = 10);
  /// Ring in the plane spanned by x and y around `centre`, seen along z: tyres, rims.
  void torus(Vec3 centre, Vec3 axis, float radius, float thickness, int segments = 18, int sides = 6);
  /// Disc around `centre` facing `axis`; u and v in units of the radius.
  void disc(Vec3 centre, Vec3 axis, float radius, int segments = 16);
  /// Skin over cross-sections of equally many points each, shaded smoothly; closed at both ends where `capped`.
  void skin(std::span<const std::vector<Vec3>> sections, bool closedRing, bool capped);

private:
  void patch(const Vertex& a, const Vertex& b, const Vertex& c, const Vertex& d);
  std::uint32_t add(const Vertex& v);
  Mesh& m_mesh;
};

}  // namespace oodscope::demo
