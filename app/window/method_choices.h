// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/session.h"

#include <QString>

namespace oodscope {

class Workspace;

/// Why a method cannot score what a run of `view` shows, as a sentence of a tooltip; empty where it can, and where that
/// is not known yet.
[[nodiscard]] QString whyNotMethod(Workspace& workspace, const ViewState& view, Method method);
/// Its tooltip in menus and boxes: what it is and, where it cannot be chosen, why.
[[nodiscard]] QString methodExplanation(Method method, const QString& whyNot);

}  // namespace oodscope
