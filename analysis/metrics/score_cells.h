// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>

namespace oodscope {

/// How scores fall into equal cells of their keys (score_key.h).
struct CellRule {
  std::int32_t low = 0, high = 0;  ///< keys are clamped to this range; cells count from low
  int shift = 0;                   ///< key - low >> shift is the cell
  std::uint32_t nowhere = 0;       ///< the cell of scores that are not finite
};

/// Clamped keys and cells of `count` scores; returns how many are not finite. SIMD by run-time dispatch, the same
/// integers on every target.
std::size_t scoreCells(const float* scores, std::size_t count, const CellRule& rule, std::int32_t* keys,
                       std::uint32_t* cells);

}  // namespace oodscope
