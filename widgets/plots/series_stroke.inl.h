// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/theme/tokens.h"

#include <QPen>

#include <cstddef>

namespace oodscope {

/// Strokes of curves that stand beside A, or of sets: colours and dashes differ from one to the next, so that they can
/// be told apart in print without colours too. They repeat after 24.
[[nodiscard]] QPen seriesStroke(const Tokens& tokens, std::size_t index, double width);

}  // namespace oodscope
