// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/mesh.h"

#include "analysis/core/error.h"

namespace oodscope::demo {
namespace {

/// Two directions perpendicular to `axis` and to each other.
void basisOf(Vec3 axis, Vec3& p, Vec3& q) {
  const Vec3 helper = std::fabs(axis.y) < 0.9f ? Vec3{0, 1, 0} : Vec3{1, 0, 0};
  p = normalize(cross(helper, axis));
  q = cross(axis, p);
}

}  // namespace

Placement Placement::at(Vec3 origin, float yaw, float scale) {
  const float c = std::cos(yaw) * scale, s = std::sin(yaw) * scale;
  return {{c, 0, -s}, {0, scale, 0}, {s, 0, c}, origin};
}

Placement Placement::operator*(const Placement& local) const {
  return {direction(local.right), direction(local.up), direction(local.forward), point(local.origin)};
}

Placement Placement::tilted(float lean, float tilt) const {
  const float cl = std::cos(lean), sl = std::sin(lean), ct = std::cos(tilt), st = std::sin(tilt);
  const Vec3 r = right * cl + up * sl, u = up * cl - right * sl;
  return {r, u * ct + forward * st, forward * ct - u * st, origin};
}

void Builder::use(const Part& part) { m_mesh.parts.push_back(part); }

std::uint32_t Builder::add(const Vertex& v) {
  m_mesh.vertices.push_back({placement.point(v.position), normalize(placement.direction(v.normal)), v.u, v.v});
  return static_cast<std::uint32_t>(m_mesh.vertices.size() - 1);
}

void Builder::triangle(const Vertex& a, const Vertex& b, const Vertex& c) {
  const std::uint32_t ia = add(a), ib = add(b), ic = add(c);
  m_mesh.triangles.push_back({ia, ib, ic, static_cast<std::uint32_t>(m_mesh.parts.size() - 1)});
}

void Builder::patch(const Vertex& a, const Vertex& b, const Vertex& c, const Vertex& d) {
  const std::uint32_t part = static_cast<std::uint32_t>(m_mesh.parts.size() - 1);
  const std::uint32_t ia = add(a), ib = add(b), ic = add(c), id = add(d);
  m_mesh.triangles.push_back({ia, ib, ic, part});
  m_mesh.triangles.push_back({ia, ic, id, part});
}

void Builder::quad(Vec3 a, Vec3 b, Vec3 c, Vec3 d, Vec2 uv) {
  const Vec3 n = normalize(cross(b - a, d - a));
  const float w = length(b - a), h = length(d - a);
  patch({a, n, uv.x, uv.y}, {b, n, uv.x + w, uv.y}, {c, n, uv.x + w, uv.y + h}, {d, n, uv.x, uv.y + h});
}

void Builder::unitQuad(Vec3 a, Vec3 b, Vec3 c, Vec3 d) {
  const Vec3 n = normalize(cross(b - a, d - a));
  patch({a, n, 0, 0}, {b, n, 1, 0}, {c, n, 1, 1}, {d, n, 0, 1});
}

void Builder::box(Vec3 low, Vec3 high) { taperedBox(low, high, 0.0f, 0.0f); }

void Builder::taperedBox(Vec3 l, Vec3 h, float ix, float iz) {
  const Vec3 a{l.x, l.y, l.z}, b{h.x, l.y, l.z}, c{h.x, l.y, h.z}, d{l.x, l.y, h.z};
  const Vec3 e{l.x + ix, h.y, l.z + iz}, f{h.x - ix, h.y, l.z + iz}, g{h.x - ix, h.y, h.z - iz},
      i{l.x + ix, h.y, h.z - iz};
  quad(b, a, e, f);
  quad(d, c, g, i);
  quad(a, d, i, e);
  quad(c, b, f, g);
  quad(f, e, i, g);
  quad(a, b, c, d);
}

void Builder::tube(Vec3 a, Vec3 b, float ra, float rb, int sides) {
  const Vec3 axis = normalize(b - a);
  const float l = length(b - a);
  Vec3 p, q;
  basisOf(axis, p, q);
  for (int i = 0; i < sides; ++i) {
    const float t0 = 2 * kPi * static_cast<float>(i) / static_cast<float>(sides);
    const float t1 = 2 * kPi * static_cast<float>(i + 1) / static_cast<float>(sides);
    const Vec3 n0 = p * std::cos(t0) + q * std::sin(t0), n1 = p * std::cos(t1) + q * std::sin(t1);
    const float u0 = t0 * ra, u1 = t1 * ra;
    patch({a + n0 * ra, n0, u0, 0}, {a + n1 * ra, n1, u1, 0}, {b + n1 * rb, n1, u1, l}, {b + n0 * rb, n0, u0, l});
    if (ra > 0.02f) triangle({a, -axis, 0, 0}, {a + n1 * ra, -axis, 0, 0}, {a + n0 * ra, -axis, 0, 0});
    if (rb > 0.02f) triangle({b, axis, 0, l}, {b + n0 * rb, axis, 0, l}, {b + n1 * rb, axis, 0, l});
  }
}

void Builder::ellipsoid(Vec3 centre, Vec3 r, int rings, int sides) {
  const auto at = [&](int ring, int side) {
    const float t = kPi * static_cast<float>(ring) / static_cast<float>(rings);
    const float p = 2 * kPi * static_cast<float>(side) / static_cast<float>(sides);
    const Vec3 n{std::sin(t) * std::cos(p), std::cos(t), std::sin(t) * std::sin(p)};
    return Vertex{centre + n * r, normalize({n.x / r.x, n.y / r.y, n.z / r.z}), p * r.x, t * r.y};
  };
  for (int i = 0; i < rings; ++i) {
    for (int j = 0; j < sides; ++j) patch(at(i, j), at(i, j + 1), at(i + 1, j + 1), at(i + 1, j));
  }
}

void Builder::torus(Vec3 centre, Vec3 axis, float radius, float thickness, int segments, int sides) {
  Vec3 p, q;
  basisOf(axis, p, q);
  const auto at = [&](int i, int j) {
    const float t = 2 * kPi * static_cast<float>(i) / static_cast<float>(segments);
    const float s = 2 * kPi * static_cast<float>(j) / static_cast<float>(sides);
    const Vec3 out = p * std::cos(t) + q * std::sin(t);
    const Vec3 n = out * std::cos(s) + axis * std::sin(s);
    return Vertex{centre + out * radius + n * thickness, n, t * radius, s * thickness};
  };
  for (int i = 0; i < segments; ++i) {
    for (int j = 0; j < sides; ++j) patch(at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1));
  }
}

void Builder::disc(Vec3 centre, Vec3 axis, float radius, int segments) {
  Vec3 p, q;
  basisOf(axis, p, q);
  for (int i = 0; i < segments; ++i) {
    const float t0 = 2 * kPi * static_cast<float>(i) / static_cast<float>(segments);
    const float t1 = 2 * kPi * static_cast<float>(i + 1) / static_cast<float>(segments);
    const float c0 = std::cos(t0), s0 = std::sin(t0), c1 = std::cos(t1), s1 = std::sin(t1);
    triangle({centre, axis, 0, 0}, {centre + (p * c0 + q * s0) * radius, axis, c0, s0},
             {centre + (p * c1 + q * s1) * radius, axis, c1, s1});
  }
}

void Builder::skin(std::span<const std::vector<Vec3>> sections, bool closedRing, bool capped) {
  const int rows = static_cast<int>(sections.size());
  const int count = sections.empty() ? 0 : static_cast<int>(sections[0].size());
  if (count <= 0) throw Error("skin: no sections, or sections without points", {});
  const auto wrap = [&](int j) { return closedRing ? (j + count) % count : std::clamp(j, 0, count - 1); };
  const auto point = [&](int i, int j) {
    return sections[static_cast<std::size_t>(i)][static_cast<std::size_t>(wrap(j))];
  };
  const auto at = [&](int i, int j) {
    const Vec3 along = point(std::min(i + 1, rows - 1), j) - point(std::max(i - 1, 0), j);
    const Vec3 around = point(i, j + 1) - point(i, j - 1);
    const Vec3 p = point(i, j);
    return Vertex{p, normalize(cross(along, around)), p.z, p.y};
  };
  const int last = closedRing ? count : count - 1;
  for (int i = 0; i + 1 < rows; ++i) {
    for (int j = 0; j < last; ++j) patch(at(i, j), at(i, j + 1), at(i + 1, j + 1), at(i + 1, j));
  }
  if (!capped) return;
  for (const int i : {0, rows - 1}) {
    Vec3 middle;
    for (int j = 0; j < count; ++j) middle += point(i, j) * (1.0f / static_cast<float>(count));
    const Vec3 n = normalize(i == 0 ? point(0, 0) - point(1, 0) : point(i, 0) - point(i - 1, 0));
    for (int j = 0; j < count; ++j) {
      const Vec3 a = point(i, j), b = point(i, (j + 1) % count);
      triangle({middle, n, middle.x, middle.y}, {a, n, a.x, a.y}, {b, n, b.x, b.y});
    }
  }
}

}  // namespace oodscope::demo
