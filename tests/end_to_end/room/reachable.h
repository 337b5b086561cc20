// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QString>
#include <QStringList>

class QWidget;

namespace oodscope {

/// The controls of a window that can be seen or scrolled to: buttons, fields, boxes, sliders, lists, plots, views.
[[nodiscard]] QList<QWidget*> controlsOf(QWidget& window);
/// Why a control cannot be used whole: outside the window with nothing that scrolls there, cut off by what it lies in,
/// narrower than its text. Empty where it can.
[[nodiscard]] QString whyOutOfReach(const QWidget& control, const QWidget& window);
/// The same of all of them, each with its name and class.
[[nodiscard]] QStringList outOfReach(QWidget& window);

}  // namespace oodscope
