// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

namespace oodscope {

/// Samples as stored, before any meaning: grey values of 1 to 16 bits, or palette indices.
struct RawSamples {
  Grid<std::uint16_t> values;
  int bitDepth = 8;
  std::vector<Rgb> palette;  ///< not empty: values are indices into it
};

/// Decodes a picture file's bytes to RGB; see readImage. Throws Error naming `file`.
[[nodiscard]] RgbImage decodeRgb(std::span<const std::uint8_t> bytes, const std::filesystem::path& file);

/// Decodes one sample per pixel: grey as stored (1-, 2- and 4-bit values unscaled), palette indices, or the common
/// value of channels that are equal everywhere; alpha is dropped. Throws Error naming `file`, also where channels
/// differ.
[[nodiscard]] RawSamples decodeSamples(std::span<const std::uint8_t> bytes, const std::filesystem::path& file);

/// Size from the header of a JPEG, PNG or WebP; empty for other kinds or where the start is too short to tell.
[[nodiscard]] std::optional<Size> pictureSizeFromHeader(std::span<const std::uint8_t> start);

}  // namespace oodscope
