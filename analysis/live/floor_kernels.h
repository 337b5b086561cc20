// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>

// What machine_floors times, one body for each SIMD target and chosen at run time. Internal to analysis/live.
namespace oodscope::kernels {

/// Reads `count` values once; the result depends on all of them.
[[nodiscard]] std::uint64_t floorRead(const std::uint64_t* values, std::size_t count);

/// Evaluates the score kernels' exponential `vectors` times (rounded up to fours) and returns how many values that are.
[[nodiscard]] std::size_t floorExponentials(std::size_t vectors, float* result);

}  // namespace oodscope::kernels
