// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace oodscope {

/// Lowers the calling thread's priority, and that of threads it starts later: work that nobody waits for steps back
/// behind the hand.
void lowerThreadPriority();

}  // namespace oodscope
