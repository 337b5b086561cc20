// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace oodscope {

/// What the containers say before anything is decoded. Decoders fill what is missing with grey and call it success, so
/// completeness is judged here.
struct PictureStructure {
  std::optional<Size> size;
  bool isComplete = false;  ///< the end marker is there: IEND, EOI, all the bytes that RIFF, TIFF or BMP announce
  int bitDepth = 8;
  bool isPalette = false;   ///< PNG colour type 3
  bool isGrey = false;      ///< PNG colour types 0 and 4
  bool isLossy = false;     ///< JPEG, and WebP's VP8: values are not those that were written
  bool isAnimated = false;  ///< WebP of several pictures
  int components = 0;       ///< JPEG: 4 is CMYK or YCCK
  std::size_t pages = 1;    ///< TIFF: full-size pages
  /// TIFF of four inks, eight bits each: where its photometric tag has its value; else 0.
  std::size_t inkTagAt = 0;
  std::vector<Rgb> palette;  ///< PNG's PLTE
};

[[nodiscard]] PictureStructure pngStructure(std::span<const std::uint8_t> bytes);
[[nodiscard]] PictureStructure jpegStructure(std::span<const std::uint8_t> bytes);
[[nodiscard]] PictureStructure webpStructure(std::span<const std::uint8_t> bytes);
[[nodiscard]] PictureStructure bmpStructure(std::span<const std::uint8_t> bytes);
/// Also BigTIFF. Thumbnails and reduced copies are no pages.
[[nodiscard]] PictureStructure tiffStructure(std::span<const std::uint8_t> bytes);

/// A TIFF of inks retold as one of colours with alpha, so that a decoder hands out the inks. Requires: inkTagAt.
[[nodiscard]] std::vector<std::uint8_t> inkTiffAsRgba(std::span<const std::uint8_t> bytes, std::size_t inkTagAt);

/// A palette PNG retold as a grey one, so that a decoder hands out indices. Requires: a complete palette PNG.
[[nodiscard]] std::vector<std::uint8_t> palettePngAsGrey(std::span<const std::uint8_t> bytes);

}  // namespace oodscope
