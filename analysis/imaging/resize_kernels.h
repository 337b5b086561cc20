// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>

// Inner loops of the antialiased resize, compiled for each SIMD target. Internal to analysis/imaging.
namespace oodscope::kernels {

inline constexpr int kWeightBits =
    22;  ///< fraction bits of a weight: 32 - 8 for the pixel - 2 for sums beyond 1 (Pillow)

/// Which source pixels make one target pixel: `count` from `first`, their weights from `weights` on.
struct Window {
  int first = 0;
  int count = 0;
  std::size_t weights = 0;
};

/// One row of RGB triples to `width` triples. Reads one byte beyond the last triple that a window needs and writes one
/// byte beyond the last triple of `out`.
void resampleRow(const std::uint8_t* row, const Window* windows, const std::int32_t* weights, std::size_t width,
                 std::uint8_t* out);

/// out[i] = the weighted sum of rows[k][i] over `count` rows, rounded, for `bytes` values.
void combineRows(const std::uint8_t* const* rows, const std::int32_t* weights, int count, std::size_t bytes,
                 std::uint8_t* out);

}  // namespace oodscope::kernels
