// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/documents/evaluate.h"
#include "app/session/session.h"

namespace oodscope {

/// What a session asks to be evaluated: its sets, models and score folders; its methods, temperatures and protocols,
/// each the view's own where the session lists none. Throws ContractViolation for a method name that no session file
/// could hold.
[[nodiscard]] EvaluationRequest requestOf(const Session& session);

}  // namespace oodscope
