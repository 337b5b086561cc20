// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <cstddef>
#include <vector>

namespace oodscope {

/// The bytes of an 8-bit grey PNG of the values; the same values give the same bytes. Requires: a pixel. Throws Error
/// where it cannot be encoded. Cost: O(pixels).
[[nodiscard]] std::vector<std::byte> greyPng(const Grid<std::uint8_t>& values);

/// The same of a picture in colour.
[[nodiscard]] std::vector<std::byte> rgbPng(const RgbImage& picture);

}  // namespace oodscope
