// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <bit>
#include <cstdint>
#include <span>

namespace oodscope {

/// Integer image of a score: a < b exactly where keyOfScore(a) < keyOfScore(b), and -0 equals +0. Not for NaN.
[[nodiscard]] inline std::int32_t keyOfScore(float score) {
  const auto bits = std::bit_cast<std::int32_t>(score + 0.0F);  // -0 + 0 is +0
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

/// The score that has this key.
[[nodiscard]] inline float scoreOfKey(std::int32_t key) {
  return std::bit_cast<float>(key ^ ((key >> 31) & 0x7fffffff));
}

[[nodiscard]] inline bool isFiniteScore(float score) {
  return (std::bit_cast<std::uint32_t>(score) & 0x7f800000U) != 0x7f800000U;
}

/// The nearest float16 (IEEE 754 binary16, ties to even) as a float; beyond 65504 + 15 infinite.
[[nodiscard]] inline float roundedToFloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t magnitude = bits & 0x7fffffffU;
  if (magnitude >= 0x7f800000U) return value;
  const std::uint32_t sign = bits & 0x80000000U;
  if (magnitude >= 0x477ff000U) return std::bit_cast<float>(sign | 0x7f800000U);
  if (magnitude < 0x38800000U) {  // subnormal in float16: a multiple of 2^-24, adding 0.5 rounds there
    const float rounded = (std::bit_cast<float>(magnitude) + 0.5F) - 0.5F;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(rounded));
  }
  const std::uint32_t rounded = magnitude + 0xfffU + ((magnitude >> 13) & 1U);
  return std::bit_cast<float>(sign | (rounded & 0xffffe000U));
}

/// Every score in place.
inline void roundToFloat16(std::span<float> scores) {
  for (float& score : scores) score = roundedToFloat16(score);
}

}  // namespace oodscope
