// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/workspace.h"
#include "app/session/edits.h"

namespace oodscope {

/// The run becomes the view's own; where its set has no frame of the present one's name, with the set's first.
[[nodiscard]] Edit showRun(const Workspace& workspace, const ViewState& view, const RunChoice& run);

}  // namespace oodscope
