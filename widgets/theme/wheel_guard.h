// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace oodscope {

/// Whether a wheel over the widget could change a value: boxes of choices and numbers, sliders.
[[nodiscard]] bool changesByWheel(const QWidget& widget);
/// From now on a wheel changes the widget's value only while it has the keyboard's focus, which the wheel does not give
/// it; without focus what lies around it scrolls. Does nothing where no wheel could. The style does it for each widget.
void guardWheel(QWidget& widget);

}  // namespace oodscope
