// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>

namespace oodscope {

/// What no score kernel on this machine can beat, on all threads of the caller's oneTBB arena.
struct MachineFloors {
  double bytesPerSecond = 0;         ///< reading memory once, far beyond the caches
  double exponentialsPerSecond = 0;  ///< float exponentials by the kernels' own polynomial, in registers
};

/// Measured: the best of several rounds. Cost: about half a second and 512 MB of memory for its time.
[[nodiscard]] MachineFloors measureFloors();

/// The processor as the system names it; "unknown" where it does not.
[[nodiscard]] std::string processorName();

}  // namespace oodscope
