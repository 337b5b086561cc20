// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <span>

namespace oodscope {

/// Floats to the nearest binary16, ties to even; infinities and NaN kept. Finite values beyond its range become the
/// largest finite one, which keeps their rank; returns how many did. Requires: equal lengths. Cost: memory speed with
/// F16C.
std::uint64_t toHalf(std::span<const float> values, std::span<std::uint16_t> out);

}  // namespace oodscope
