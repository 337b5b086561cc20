// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <algorithm>
#include <cmath>

namespace oodscope::demo {

inline constexpr float kPi = 3.14159265f;

struct Vec2 {
  float x = 0, y = 0;
};

/// A point or direction in metres (x right, y up, z forward, origin on the road below the camera), or a linear colour.
struct Vec3 {
  float x = 0, y = 0, z = 0;
};

constexpr Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
constexpr Vec3 operator-(Vec3 a, Vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
constexpr Vec3 operator-(Vec3 a) { return {-a.x, -a.y, -a.z}; }
constexpr Vec3 operator*(Vec3 a, float k) { return {a.x * k, a.y * k, a.z * k}; }
constexpr Vec3 operator*(float k, Vec3 a) { return a * k; }
constexpr Vec3 operator*(Vec3 a, Vec3 b) { return {a.x * b.x, a.y * b.y, a.z * b.z}; }
constexpr Vec3& operator+=(Vec3& a, Vec3 b) { return a = a + b; }
constexpr float dot(Vec3 a, Vec3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
constexpr Vec3 cross(Vec3 a, Vec3 b) { return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x}; }
inline float length(Vec3 a) { return std::sqrt(dot(a, a)); }
inline Vec3 normalize(Vec3 a) {
  const float l = length(a);
  return l > 1e-12f ? a * (1.0f / l) : Vec3{0, 1, 0};
}
constexpr float mix(float a, float b, float t) { return a + (b - a) * t; }
constexpr Vec3 mix(Vec3 a, Vec3 b, float t) { return a + (b - a) * t; }
constexpr float saturate(float x) { return x < 0.0f ? 0.0f : (x > 1.0f ? 1.0f : x); }
constexpr float smoothStep(float from, float to, float x) {
  const float t = saturate((x - from) / (to - from));
  return t * t * (3.0f - 2.0f * t);
}
inline float fract(float x) { return x - std::floor(x); }

/// Calls `place(at)` for at = from, from + spacing, … below `until` (metres), as posts stand along a road.
template <class Place>
void placeEvery(float spacing, float from, float until, Place place) {
  float at = from;
  while (at < until) {
    place(at);
    at += spacing;
  }
}
inline Vec3 grey(float v) { return {v, v, v}; }

}  // namespace oodscope::demo
