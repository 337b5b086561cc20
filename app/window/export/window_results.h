// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/workspace.h"
#include "app/documents/session_results.h"

#include <memory>

namespace oodscope {

/// What the window has open and ready, as documents are drawn from: the same live sets, so that nothing is scored
/// twice. nullptr where no frame of the view's model or scores is ready. GUI thread.
[[nodiscard]] std::shared_ptr<SessionResults> windowResults(Workspace& workspace, const Session& session,
                                                            std::stop_token stop);

}  // namespace oodscope
