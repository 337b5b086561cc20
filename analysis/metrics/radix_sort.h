// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <vector>

namespace oodscope {

/// Sorts ascending. `scratch` grows to the size of `keys`; pass the same one again to save its allocation.
/// Cost: O(n), at most three passes, digits that all keys share are skipped; std::sort below 256 keys.
void radixSort(std::vector<std::int32_t>& keys, std::vector<std::int32_t>& scratch);
/// The same on the threads of the caller's arena, for a set's keys. Waits inside parallel loops: isolate it where a
/// waiting thread may not take up other work.
void parallelRadixSort(std::vector<std::int32_t>& keys, std::vector<std::int32_t>& scratch);

}  // namespace oodscope
