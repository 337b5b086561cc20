// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/theme/colour_map.h"

namespace oodscope {

/// `table` as it can be seen on a background: on a dark one the darkest colours are lifted until they stand out, on a
/// light one the lightest are lowered. The order of lightness stays, and colours far from the background hardly change.
[[nodiscard]] ColourTable visibleOn(const ColourTable& table, const QColor& background);

/// Relative luminance (WCAG 2), 0 to 1.
[[nodiscard]] double luminance(QRgb colour);

}  // namespace oodscope
