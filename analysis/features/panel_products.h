// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>

namespace oodscope::kernels {

inline constexpr std::size_t kPanelRows = 16;    ///< of the bank, side by side
inline constexpr std::size_t kPanelQueries = 8;  ///< that are multiplied with a panel at once

/// out[q * 16 + r] = sum over d of queries[q * dimensions + d] * panel[d * 16 + r], for 8 queries.
void panelProducts(const float* queries, const float* panel, std::size_t dimensions, float* out);

}  // namespace oodscope::kernels
