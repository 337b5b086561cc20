// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/demo/mesh.h"

#include <optional>
#include <vector>

namespace oodscope::demo {

/// A pinhole above the road, looking along +z, pitched down and turned a little.
struct Camera {
  Vec3 position{0, 1.4f, 0};
  float pitch = 0.0f, yaw = 0.0f;            ///< radians; pitch > 0 looks down, yaw > 0 looks right
  float focal = 1000.0f;                     ///< pixels of the sample grid
  float centreX = 512.0f, centreY = 256.0f;  ///< sample grid coordinates of the optical axis
  [[nodiscard]] Vec3 toView(Vec3 world) const;
  /// World direction of the ray through sample (x, y), of depth 1 along the optical axis.
  [[nodiscard]] Vec3 ray(float x, float y) const;
};

/// A vertex after projection. `nearness` is compared for visibility (larger wins) and linear on the screen, as is
/// `weight`, which corrects the interpolation of everything else: 1/depth for a pinhole, 1 for a parallel projection.
struct Projected {
  double x = 0, y = 0, nearness = 0, weight = 1;
};

/// A triangle ready to be filled: the edge functions divided by its area, so that they are its barycentric coordinates.
struct ScreenTriangle {
  double a[3], b[3], c[3];  ///< coordinate i at (x, y) is a[i] x + b[i] y + c[i]
  Vertex vertex[3];
  float weight[3], nearness[3];
  float left, right, top, bottom;
  std::uint32_t part;
};

/// Which triangle is seen at each sample, and how near it is (0 and -1 where there is none).
struct Visibility {
  Grid<float> nearness;
  Grid<std::int32_t> triangle;
  std::vector<ScreenTriangle> triangles;
};

/// Barycentric weights, corrected for perspective, of triangle `t` at sample (x, y).
[[nodiscard]] Vec3 weightsAt(const ScreenTriangle& t, float x, float y);

/// Whether a surface with holes is solid at (u, v). `footprint` is the size of a sample in the units of u and v.
[[nodiscard]] bool isSolid(const Part& part, float u, float v, float footprint);
[[nodiscard]] bool hasHoles(Surface surface);

/// What the camera sees. `mirrored` shows the world reflected in the road plane, without the road itself.
/// Cost: O(triangles + covered samples), parallel over bands of rows.
[[nodiscard]] Visibility see(const Mesh& mesh, const Camera& camera, Size size, bool mirrored = false);

/// Distances to the first surface along a direction, over the part of the scene before the camera.
class ShadowMap {
public:
  /// `towards` points to the light. `resolution` samples cover `extent` metres in either direction.
  ShadowMap() = default;
  ShadowMap(const Mesh& mesh, Vec3 towards, int resolution, float extent);
  /// 1 where `point` sees the light, 0 where it does not and an estimate in between near edges; 1 outside of the map.
  /// `jitter` in [0, 1) displaces the lookup within `radius` metres.
  [[nodiscard]] float lit(Vec3 point, float radius, float jitterX, float jitterY, float bias) const;

  /// The same without jitter, weighing the four samples around `point`.
  [[nodiscard]] float softlyLit(Vec3 point, float bias) const;

private:
  Vec3 m_right, m_up, m_towards;
  float m_scale = 1.0f, m_half = 0.0f;
  Vec3 m_middle;
  Grid<float> m_nearness;
};

}  // namespace oodscope::demo
