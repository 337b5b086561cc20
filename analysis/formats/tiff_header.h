// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace oodscope {

/// How a TIFF's numbers are meant, which decoders do not tell.
enum class TiffSample { Unsigned = 1, Signed = 2, Floating = 3, Other = 4 };

/// The first page of a TIFF, classic or big, in either byte order.
struct TiffHeader {
  std::size_t pages = 0;  ///< overviews and masks apart
  std::uint64_t width = 0, height = 0;
  unsigned bits = 1;     ///< of a sample
  unsigned samples = 1;  ///< of a pixel
  unsigned compression = 1;
  TiffSample sample = TiffSample::Unsigned;
  std::size_t sampleAt = 0;  ///< where the file says so, the number's low byte; 0: nowhere
};

/// Nothing where the bytes are no TIFF or their directory is damaged. Cost: O(entries of all pages).
[[nodiscard]] std::optional<TiffHeader> readTiffHeader(std::span<const std::uint8_t> file);

}  // namespace oodscope
