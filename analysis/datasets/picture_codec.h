// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/formats/npy.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace oodscope {

/// Samples as stored, before any meaning: whole numbers of 0 to 65535, or palette indices.
struct RawSamples {
  Grid<std::uint16_t> values;
  int bitDepth = 8;
  std::vector<Rgb> palette;  ///< not empty: values are indices into it
  bool isLossy = false;      ///< JPEG or lossy WebP: values are near those that were written, not the same
  bool hasMinusOne = false;  ///< -1 was there, kept as 65535
};

/// Decodes a picture file's bytes to RGB; see readImage. Throws Error naming `file`.
[[nodiscard]] RgbImage decodeRgb(std::span<const std::uint8_t> bytes, const std::filesystem::path& file);

/// Decodes one sample per pixel: grey as stored (1-, 2- and 4-bit values unscaled), palette indices, or the common
/// value of channels that are equal everywhere; alpha is dropped. Floating and signed samples are read where they are
/// whole numbers of -1 to 65535. Throws Error naming `file`, also where channels differ, a value is no whole number, or
/// the file has several pages.
[[nodiscard]] RawSamples decodeSamples(std::span<const std::uint8_t> bytes, const std::filesystem::path& file);

/// The same from a NumPy array, height x width, dimensions of one element left out. Throws Error naming `file`.
[[nodiscard]] RawSamples samplesOf(const NpyArray& array, const std::filesystem::path& file);

/// What the bytes are, in words, of kinds too that are not read: "GIF", "JPEG 2000", "a web page".
[[nodiscard]] std::string contentName(std::span<const std::uint8_t> start);

/// Size from the header of a picture; empty for other kinds or where the start is too short to tell.
[[nodiscard]] std::optional<Size> pictureSizeFromHeader(std::span<const std::uint8_t> start);

}  // namespace oodscope
