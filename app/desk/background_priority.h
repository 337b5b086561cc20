// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>

namespace oodscope {

/// How far work steps back behind the hand: what follows it, and what nobody waits for. In steps of niceness.
inline constexpr int kLiveWork = 12, kBackgroundWork = 16;

/// Lowers the calling thread's priority, and that of threads it starts later.
void lowerThreadPriority(int steps = kBackgroundWork);

/// What the calling thread is called from outside (/proc/self/task), 15 characters at most. A thread that it starts
/// begins with the same name: all of the program's own have one, and none has another's.
void nameThread(const std::string& name);

/// Lowers that of all of oneTBB's threads, now and later, to kLiveWork, and names them: the thread that paints never
/// waits for a core that they hold. For the whole process.
void lowerWorkerPriorities();

}  // namespace oodscope
