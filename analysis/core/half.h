// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <bit>
#include <cstdint>

namespace oodscope {

/// Value of IEEE 754 binary16 bits, exact: subnormals, infinities and NaN (payload kept) included. Cost: a few
/// operations; whole arrays are for inference's toHalf() and the score kernels.
[[nodiscard]] constexpr float floatFromHalf(std::uint16_t half) {
  constexpr std::uint32_t kHalfInfinity = 0x7c00U << 13U;
  std::uint32_t bits = (half & 0x7fffU) << 13U;
  const std::uint32_t exponent = bits & kHalfInfinity;
  bits += (127U - 15U) << 23U;
  if (exponent == kHalfInfinity) {
    bits += (128U - 16U) << 23U;
  } else if (exponent == 0) {  // subnormal: the float subtraction renormalises it
    bits = std::bit_cast<std::uint32_t>(std::bit_cast<float>(bits + (1U << 23U)) - 0x1p-14F);
  }
  return std::bit_cast<float>(bits | ((half & 0x8000U) << 16U));
}

/// Bits of the nearest IEEE 754 binary16, ties to even; beyond 65519.99 infinity; NaN stays a quiet NaN with the first
/// ten bits of its payload, as the processor's own conversion gives it.
[[nodiscard]] constexpr std::uint16_t halfFromFloat(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16U) & 0x8000U;
  std::uint32_t magnitude = bits & 0x7fffffffU;
  if (magnitude > 0x7f800000U) return static_cast<std::uint16_t>(sign | 0x7e00U | ((magnitude >> 13U) & 0x3ffU));
  if (magnitude >= 0x477ff000U) return static_cast<std::uint16_t>(sign | 0x7c00U);
  if (magnitude < 0x38800000U) {  // below 2^-14: adding 1/2 leaves the rounded multiple of 2^-24 in the last bits
    const float shifted = std::bit_cast<float>(magnitude) + 0.5F;
    return static_cast<std::uint16_t>(sign |
                                      (std::bit_cast<std::uint32_t>(shifted) - std::bit_cast<std::uint32_t>(0.5F)));
  }
  magnitude += 0xfffU + ((magnitude >> 13U) & 1U);
  return static_cast<std::uint16_t>(sign | ((magnitude - 0x38000000U) >> 13U));
}

}  // namespace oodscope
