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
  bool isComplete = false;  ///< the end marker is there: IEND, EOI, or all the bytes that RIFF announces
  int bitDepth = 8;
  bool isPalette = false;    ///< PNG colour type 3
  std::vector<Rgb> palette;  ///< PNG's PLTE
};

[[nodiscard]] PictureStructure pngStructure(std::span<const std::uint8_t> bytes);
[[nodiscard]] PictureStructure jpegStructure(std::span<const std::uint8_t> bytes);
[[nodiscard]] PictureStructure webpStructure(std::span<const std::uint8_t> bytes);

/// A palette PNG retold as a grey one, so that a decoder hands out indices. Requires: a complete palette PNG.
[[nodiscard]] std::vector<std::uint8_t> palettePngAsGrey(std::span<const std::uint8_t> bytes);

}  // namespace oodscope
