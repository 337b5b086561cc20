// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/demo/vector.h"

#include <cstdint>

namespace oodscope::demo {

/// A well-mixed 32-bit function of its arguments (integer arithmetic only).
[[nodiscard]] constexpr std::uint32_t hash(std::uint32_t a, std::uint32_t b = 0, std::uint32_t c = 0) {
  std::uint32_t h = a * 0x9E3779B1u ^ (b + 0x7F4A7C15u) * 0x85EBCA77u ^ (c + 0x165667B1u) * 0xC2B2AE3Du;
  h ^= h >> 16;
  h *= 0x7FEB352Du;
  h ^= h >> 15;
  h *= 0x846CA68Bu;
  return h ^ (h >> 16);
}
/// hash() as a number in [0, 1).
[[nodiscard]] constexpr float hash01(std::uint32_t a, std::uint32_t b = 0, std::uint32_t c = 0) {
  return static_cast<float>(hash(a, b, c) >> 8) * (1.0f / 16777216.0f);
}
[[nodiscard]] inline std::uint32_t cellOf(float x) {
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(std::floor(x)));
}

/// Counter-based random numbers: the n-th draw is hash(key, n), so streams of different keys are independent.
class Rng {
public:
  explicit constexpr Rng(std::uint32_t key) : m_key(key) {}
  constexpr std::uint32_t bits() { return hash(m_key, m_counter++, 0x51ED27u); }
  constexpr float uniform() { return static_cast<float>(bits() >> 8) * (1.0f / 16777216.0f); }
  constexpr float range(float low, float high) { return low + (high - low) * uniform(); }
  /// An integer in [0, count).
  constexpr int pick(int count) {
    return static_cast<int>((static_cast<std::uint64_t>(bits()) * static_cast<std::uint64_t>(count)) >> 32);
  }
  constexpr bool chance(float probability) { return uniform() < probability; }
  /// A stream of its own, for an object that must not disturb what comes after it.
  constexpr Rng fork() { return Rng(bits()); }

private:
  std::uint32_t m_key;
  std::uint32_t m_counter = 0;
};

/// Smooth noise in [0, 1], period 256 in both directions, feature size 1.
[[nodiscard]] float noise2(float x, float y);

/// Sum of `octaves` octaves of noise2, normalised to [0, 1]. Octaves finer than `footprint` (in the same unit as x and
/// y) fade to their mean, so that far surfaces do not glitter.
[[nodiscard]] float fbm(float x, float y, int octaves, float footprint = 0.0f);

}  // namespace oodscope::demo
