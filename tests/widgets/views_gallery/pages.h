// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QString>

namespace oodscope {

/// Writes its pictures as FOLDER/NAME-THEME.png.
void viewsPage(const QString& folder, const QString& theme);
void plotsPage(const QString& folder, const QString& theme);
void scene3dPage(const QString& folder, const QString& theme);

}  // namespace oodscope
