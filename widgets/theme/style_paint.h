// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/theme/tokens.h"

class QPainter;
class QRect;
class QRectF;
class QStyleOption;
class QStyleOptionComboBox;
class QStyleOptionSlider;
class QStyleOptionSpinBox;

namespace oodscope {

inline constexpr double kControlRadius = 3.0;

/// Shared by the style and by widgets that paint themselves.
void paintBox(QPainter* painter, const QRect& rect, const QColor& fill, const QColor& outline,
              double radius = kControlRadius);
/// 2 px ring inside `rect`.
void paintFocusRing(QPainter* painter, const QRect& rect, const QColor& colour, double radius = kControlRadius);
enum class Arrow { Up, Down, Left, Right };
/// Filled triangle, `size` wide, centred in `rect`.
void paintArrow(QPainter* painter, const QRect& rect, Arrow direction, const QColor& colour, double size);
/// Round slider handle with the hole that shows the panel: outline accent, plain when `quiet`.
void paintSliderHandle(QPainter* painter, const QRectF& rect, const Tokens& tokens, bool enabled, bool hovered);
[[nodiscard]] bool isEnabled(const QStyleOption* option);
/// Whether the option's widget shows keyboard focus (and not that of a click).
[[nodiscard]] bool showsKeyboardFocus(const QStyleOption* option);

}  // namespace oodscope
