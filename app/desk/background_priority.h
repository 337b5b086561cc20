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

/// Lowers the priority of oneTBB's threads that work for the calling thread, now and later, to kLiveWork, and names
/// them "tbb-worker": the thread that paints never waits for a core that they hold. oneTBB tells of them by the thread
/// that they work for: each that has parallel work calls this once.
void lowerWorkerPriorities();

}  // namespace oodscope
