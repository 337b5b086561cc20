// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <cstdint>
#include <filesystem>
#include <span>

namespace oodscope {

/// Ink of one pixel to colour as PIL's convert("RGB") does it: white less ink, both darkened by black, products rounded
/// to the nearest (most libraries cut them, one grey level less). Values of 0 (no ink) to 255. Source: Pillow,
/// Convert.c, cmyk2rgb.
[[nodiscard]] Rgb rgbFromInk(std::uint8_t cyan, std::uint8_t magenta, std::uint8_t yellow, std::uint8_t black);

/// Decodes a JPEG of four components, CMYK or YCCK, whose values are inverted as Adobe writes them (PIL takes that for
/// granted, too). Throws Error naming `file` where it cannot be decoded. Cost: O(pixels).
[[nodiscard]] RgbImage decodeCmykJpeg(std::span<const std::uint8_t> bytes, const std::filesystem::path& file);

}  // namespace oodscope
