// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>

namespace oodscope {

/// Lays the four pixels of each block in their places: `source` holds blocks of 4 c values (upper left, upper right,
/// lower left, lower right), `columns` a row, of which the first `margin` rows and columns are left out; `target` is
/// the picture of 2 h x 2 w pixels of c values, both row by row. Rows are shared among LibTorch's threads.
template <class T>
void blocksToRows(const T* source, T* target, std::int64_t h, std::int64_t columns, std::int64_t c,
                  std::int64_t margin) {
  constexpr std::int64_t kRowGrain = 4;
  const std::int64_t w = columns - margin;
  at::parallel_for(0, h, kRowGrain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y) {
      const T* from = source + ((y + margin) * columns + margin) * 4 * c;
      T* upper = target + 2 * y * 2 * w * c;
      T* lower = upper + 2 * w * c;
      for (std::int64_t x = 0; x < w; ++x) {
        std::copy_n(from, 2 * c, upper);
        std::copy_n(from + 2 * c, 2 * c, lower);
        from += 4 * c;
        upper += 2 * c;
        lower += 2 * c;
      }
    }
  });
}

}  // namespace oodscope
