// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace oodscope {

/// The indices that sort `values` ascending, equal ones in the order in which numpy.argsort (1.24, kind "quicksort", no
/// vector instructions) leaves them: quicksort on the median of first, middle and last, the smaller part first,
/// insertion sort for 16 values or fewer. Where partitions degenerate (numpy turns to a heap sort) equal values keep
/// their order. Requires: no NaN, fewer than 2^32 values. Cost: O(n log n).
[[nodiscard]] std::vector<std::uint32_t> introsortOrder(std::span<const double> values);

}  // namespace oodscope
