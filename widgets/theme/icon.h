// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>

class QAbstractButton;
class QAction;

namespace oodscope {

/// An icon of resources/icons by file name without ending ("folder"), tinted with the palette's ButtonText at each
/// paint, so that it follows theme changes. An unknown name gives a null icon and a Qt warning.
[[nodiscard]] QIcon icon(const QString& name);
/// The same in one fixed colour: for delegates and paint events.
[[nodiscard]] QPixmap iconPixmap(const QString& name, const QColor& colour, int size, qreal devicePixelRatio = 1.0);

/// "Fit (F)" as tool tip, "Fit" as accessible name.
void nameControl(QWidget* control, const QString& name, const QString& shortcut = {});

}  // namespace oodscope
