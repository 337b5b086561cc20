// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/raster.h"

#include <tbb/parallel_for.h>

#include <limits>

namespace oodscope::demo {
namespace {

constexpr float kNear = 0.25f;  // metres before the camera where surfaces are cut off
constexpr int kBand = 64;       // rows a task fills

Vertex between(const Vertex& a, const Vertex& b, float t) {
  return {mix(a.position, b.position, t), mix(a.normal, b.normal, t), mix(a.u, b.u, t), mix(a.v, b.v, t)};
}

/// Appends the triangle unless it is degenerate or outside of the grid.
void setUp(const Projected p[3], const Vertex v[3], std::uint32_t part, Size size, std::vector<ScreenTriangle>& out) {
  ScreenTriangle t;
  t.left = static_cast<float>(std::min({p[0].x, p[1].x, p[2].x}));
  t.right = static_cast<float>(std::max({p[0].x, p[1].x, p[2].x}));
  t.top = static_cast<float>(std::min({p[0].y, p[1].y, p[2].y}));
  t.bottom = static_cast<float>(std::max({p[0].y, p[1].y, p[2].y}));
  if (t.right < 0 || t.bottom < 0 || t.left > static_cast<float>(size.width - 1) ||
      t.top > static_cast<float>(size.height - 1))
    return;
  const double area = (p[1].x - p[0].x) * (p[2].y - p[0].y) - (p[2].x - p[0].x) * (p[1].y - p[0].y);
  if (std::fabs(area) < 1e-7) return;
  for (int i = 0; i < 3; ++i) {
    const Projected &q = p[(i + 1) % 3], &r = p[(i + 2) % 3];
    t.a[i] = (q.y - r.y) / area;
    t.b[i] = (r.x - q.x) / area;
    t.c[i] = (q.x * r.y - r.x * q.y) / area;
    t.vertex[i] = v[i];
    t.weight[i] = static_cast<float>(p[i].weight);
    t.nearness[i] = static_cast<float>(p[i].nearness);
  }
  t.part = part;
  out.push_back(t);
}

/// How far texture coordinates of a triangle run over a pixel, at most.
float footprintOf(const ScreenTriangle& t) {
  const float extent = std::max(t.right - t.left, t.bottom - t.top);
  const float du =
      std::max({t.vertex[0].u, t.vertex[1].u, t.vertex[2].u}) - std::min({t.vertex[0].u, t.vertex[1].u, t.vertex[2].u});
  const float dv =
      std::max({t.vertex[0].v, t.vertex[1].v, t.vertex[2].v}) - std::min({t.vertex[0].v, t.vertex[1].v, t.vertex[2].v});
  return std::max(du, dv) / std::max(extent, 1e-3f);
}

bool isSolidAt(const ScreenTriangle& t, const Part& part, int x, int y, float footprint) {
  const Vec3 w = weightsAt(t, static_cast<float>(x), static_cast<float>(y));
  const float u = w.x * t.vertex[0].u + w.y * t.vertex[1].u + w.z * t.vertex[2].u;
  const float v = w.x * t.vertex[0].v + w.y * t.vertex[1].v + w.z * t.vertex[2].v;
  return isSolid(part, u, v, footprint);
}

/// The pixels of a row that a triangle covers: first > last where it covers none.
struct RowSpan {
  int first = 0, last = -1;
};

RowSpan spanOf(const ScreenTriangle& t, int y, float lastX) {
  double x0 = static_cast<double>(std::max(t.left, 0.0f)), x1 = static_cast<double>(std::min(t.right, lastX));
  bool empty = false;
  for (int i = 0; i < 3; ++i) {
    const double rest = t.b[i] * y + t.c[i];
    if (t.a[i] > 0) {
      x0 = std::max(x0, -rest / t.a[i]);
    } else if (t.a[i] < 0) {
      x1 = std::min(x1, -rest / t.a[i]);
    } else if (rest < 0) {
      empty = true;
    }
  }
  if (empty || x0 > x1) return {};
  return {static_cast<int>(std::ceil(x0)), static_cast<int>(std::floor(x1))};
}

/// a x + b y + c.
struct Plane {
  double a = 0, b = 0, c = 0;
};

Plane nearnessOver(const ScreenTriangle& t) {
  Plane plane;
  for (int i = 0; i < 3; ++i) {
    plane.a += t.a[i] * static_cast<double>(t.nearness[i]);
    plane.b += t.b[i] * static_cast<double>(t.nearness[i]);
    plane.c += t.c[i] * static_cast<double>(t.nearness[i]);
  }
  return plane;
}

/// Fills rows [from, to) of the grid with what is nearest. `index` may be null.
void fillBand(const std::vector<ScreenTriangle>& triangles, const Mesh& mesh, int from, int to, Grid<float>& nearness,
              Grid<std::int32_t>* index) {
  const float lastX = static_cast<float>(nearness.width() - 1);
  for (std::size_t k = 0; k < triangles.size(); ++k) {
    const ScreenTriangle& t = triangles[k];
    if (t.bottom < static_cast<float>(from) || t.top > static_cast<float>(to - 1)) continue;
    const int y0 = std::max(from, static_cast<int>(std::ceil(t.top)));
    const int y1 = std::min(to - 1, static_cast<int>(std::floor(t.bottom)));
    const Part& part = mesh.parts[t.part];
    const bool holes = hasHoles(part.surface);
    const Plane plane = nearnessOver(t);
    const float footprint = holes ? footprintOf(t) : 0.0f;
    for (int y = y0; y <= y1; ++y) {
      const RowSpan span = spanOf(t, y, lastX);
      for (int x = span.first; x <= span.last; ++x) {
        const float n = static_cast<float>(plane.a * x + plane.b * y + plane.c);
        float& stored = nearness.at(x, y);
        if (n <= stored) continue;
        if (holes && !isSolidAt(t, part, x, y, footprint)) continue;
        stored = n;
        if (index) index->at(x, y) = static_cast<std::int32_t>(k);
      }
    }
  }
}

}  // namespace

Vec3 Camera::toView(Vec3 world) const {
  const Vec3 d = world - position;
  const float cy = std::cos(yaw), sy = std::sin(yaw), cp = std::cos(pitch), sp = std::sin(pitch);
  const float x = d.x * cy - d.z * sy, z = d.x * sy + d.z * cy;
  return {x, d.y * cp + z * sp, z * cp - d.y * sp};
}

Vec3 Camera::ray(float x, float y) const {
  const float vx = (x - centreX) / focal, vy = (centreY - y) / focal;
  const float cy = std::cos(yaw), sy = std::sin(yaw), cp = std::cos(pitch), sp = std::sin(pitch);
  const float wy = vy * cp - sp, wz = vy * sp + cp;
  return {vx * cy + wz * sy, wy, wz * cy - vx * sy};
}

Vec3 weightsAt(const ScreenTriangle& t, float x, float y) {
  float w[3], sum = 0;
  for (int i = 0; i < 3; ++i) {
    w[i] = static_cast<float>(t.a[i] * static_cast<double>(x) + t.b[i] * static_cast<double>(y) + t.c[i]) * t.weight[i];
    sum += w[i];
  }
  const float k = 1.0f / sum;
  return {w[0] * k, w[1] * k, w[2] * k};
}

Visibility see(const Mesh& mesh, const Camera& camera, Size size, bool mirrored) {
  Visibility seen{Grid<float>(size, 0.0f), Grid<std::int32_t>(size, -1), {}};
  std::vector<Vec3> view(mesh.vertices.size());
  for (std::size_t i = 0; i < view.size(); ++i) {
    Vec3 p = mesh.vertices[i].position;
    if (mirrored) p.y = -p.y;
    view[i] = camera.toView(p);
  }
  seen.triangles.reserve(mesh.triangles.size());
  const auto project = [&camera](Vec3 p) {
    const double z = static_cast<double>(p.z), f = static_cast<double>(camera.focal);
    return Projected{static_cast<double>(camera.centreX) + f * static_cast<double>(p.x) / z,
                     static_cast<double>(camera.centreY) - f * static_cast<double>(p.y) / z, 1.0 / z, 1.0 / z};
  };
  for (const Triangle& t : mesh.triangles) {
    const std::uint32_t ids[3] = {t.a, t.b, t.c};
    if (mirrored) {
      const Kind kind = mesh.parts[t.part].kind;
      if (kind == Kind::Road || kind == Kind::Sidewalk || kind == Kind::Terrain) continue;
    }
    // Cut at the near plane: a triangle keeps 0, 3 or 4 corners.
    Vec3 corner[4];
    Vertex vertex[4];
    int count = 0;
    for (int i = 0; i < 3; ++i) {
      const Vec3 a = view[ids[i]], b = view[ids[(i + 1) % 3]];
      if (a.z >= kNear) {
        corner[count] = a;
        vertex[count++] = mesh.vertices[ids[i]];
      }
      if ((a.z >= kNear) != (b.z >= kNear)) {
        const float s = (kNear - a.z) / (b.z - a.z);
        corner[count] = mix(a, b, s);
        vertex[count++] = between(mesh.vertices[ids[i]], mesh.vertices[ids[(i + 1) % 3]], s);
      }
    }
    if (count < 3) continue;
    Projected p[4];
    for (int i = 0; i < count; ++i) p[i] = project(corner[i]);
    for (int i = 2; i < count; ++i) {
      const Projected q[3] = {p[0], p[i - 1], p[i]};
      const Vertex v[3] = {vertex[0], vertex[i - 1], vertex[i]};
      setUp(q, v, t.part, size, seen.triangles);
    }
  }
  const int bands = (size.height + kBand - 1) / kBand;
  tbb::parallel_for(0, bands, [&](int band) {
    fillBand(seen.triangles, mesh, band * kBand, std::min(size.height, (band + 1) * kBand), seen.nearness,
             &seen.triangle);
  });
  return seen;
}

ShadowMap::ShadowMap(const Mesh& mesh, Vec3 towards, int resolution, float extent)
    : m_towards(normalize(towards)), m_nearness(Size{resolution, resolution}, std::numeric_limits<float>::lowest()) {
  m_right = normalize(cross({0, 0, 1}, m_towards));
  m_up = cross(m_towards, m_right);
  m_scale = static_cast<float>(resolution) / extent;
  m_half = 0.5f * static_cast<float>(resolution);
  m_middle = {0, 0, 0.42f * extent};
  const auto project = [this](Vec3 point) {
    const Vec3 d = point - m_middle;
    return Projected{static_cast<double>(m_half + dot(d, m_right) * m_scale),
                     static_cast<double>(m_half + dot(d, m_up) * m_scale), static_cast<double>(dot(d, m_towards)), 1.0};
  };
  std::vector<ScreenTriangle> triangles;
  triangles.reserve(mesh.triangles.size());
  for (const Triangle& t : mesh.triangles) {
    const Vertex v[3] = {mesh.vertices[t.a], mesh.vertices[t.b], mesh.vertices[t.c]};
    const Kind kind = mesh.parts[t.part].kind;
    if (kind == Kind::Road) continue;  // the lowest surface: casts nothing
    const Projected p[3] = {project(v[0].position), project(v[1].position), project(v[2].position)};
    setUp(p, v, t.part, m_nearness.size(), triangles);
  }
  fillBand(triangles, mesh, 0, resolution, m_nearness, nullptr);
}

float ShadowMap::softlyLit(Vec3 point, float bias) const {
  const Vec3 d = point - m_middle;
  const float x = m_half + dot(d, m_right) * m_scale, y = m_half + dot(d, m_up) * m_scale;
  if (!(x >= 0.0f && y >= 0.0f && x < 2.0f * m_half - 2.0f && y < 2.0f * m_half - 2.0f)) return 1.0f;
  const float n = dot(d, m_towards) + bias;
  const int ix = static_cast<int>(x), iy = static_cast<int>(y);
  const float fx = x - static_cast<float>(ix), fy = y - static_cast<float>(iy);
  const auto open = [&](int i, int j) { return m_nearness.at(ix + i, iy + j) > n ? 0.0f : 1.0f; };
  return mix(mix(open(0, 0), open(1, 0), fx), mix(open(0, 1), open(1, 1), fx), fy);
}

float ShadowMap::lit(Vec3 point, float radius, float jitterX, float jitterY, float bias) const {
  const Vec3 d = point - m_middle;
  const float x = m_half + (dot(d, m_right) + (jitterX - 0.5f) * 2.0f * radius) * m_scale;
  const float y = m_half + (dot(d, m_up) + (jitterY - 0.5f) * 2.0f * radius) * m_scale;
  if (!(x >= 0.0f && y >= 0.0f && x < 2.0f * m_half - 1.0f && y < 2.0f * m_half - 1.0f)) return 1.0f;
  const float n = dot(d, m_towards) + bias;
  constexpr float kHalf = 0.5f;  // to the nearest texel: neither is negative
  return m_nearness.at(static_cast<int>(x + kHalf), static_cast<int>(y + kHalf)) > n ? 0.0f : 1.0f;
}

}  // namespace oodscope::demo
