// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace oodscope {

/// Makes sure that the process can run `count` threads at once (0: one a core), by starting and ending them: the pools
/// of OpenMP and oneTBB end the process where they cannot. Throws Error with the limits to look at. Cost: some 20 us a
/// thread.
void requireThreads(int count);

}  // namespace oodscope
