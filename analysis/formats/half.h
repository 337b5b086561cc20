// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <bit>
#include <cstdint>

namespace oodscope {

/// The float that IEEE 754 binary16 bits stand for; exact, infinities and NaN kept.
[[nodiscard]] constexpr float floatFromHalf(std::uint16_t half) {
  const std::uint32_t sign = (static_cast<std::uint32_t>(half) & 0x8000U) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1FU;
  const std::uint32_t fraction = half & 0x3FFU;
  if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000U | (fraction << 13));
  if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112U) << 23) | (fraction << 13));
  const float magnitude = static_cast<float>(fraction) * 0x1p-24F;  // exact: ten bits times a power of two
  return sign != 0 ? -magnitude : magnitude;
}

/// The nearest binary16, ties to even, as numpy's astype(float16): overflow gives infinity, NaN stays NaN.
[[nodiscard]] constexpr std::uint16_t halfFromFloat(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000U);
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  if (magnitude > 0x7F800000U) return static_cast<std::uint16_t>(sign | 0x7E00U);
  if (magnitude >= 0x477FF000U) return static_cast<std::uint16_t>(sign | 0x7C00U);  // 65520 rounds up to infinity
  if (magnitude < 0x33000001U) return sign;                                         // up to 2^-25: to zero
  const int exponent = static_cast<int>(magnitude >> 23) - 127;
  const bool isSubnormal = exponent < -14;
  const int shift = isSubnormal ? 13 - 14 - exponent : 13;
  const std::uint32_t significand = isSubnormal ? (magnitude & 0x7FFFFFU) | 0x800000U : magnitude - (112U << 23);
  std::uint32_t result = significand >> shift;
  const std::uint32_t rest = significand & ((1U << shift) - 1U);
  const std::uint32_t halfway = 1U << (shift - 1);
  if (rest > halfway || (rest == halfway && (result & 1U) != 0)) ++result;
  return static_cast<std::uint16_t>(sign | result);
}

}  // namespace oodscope
