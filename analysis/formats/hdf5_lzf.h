// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace oodscope {

/// What LibLZF packed, at most `most` bytes of it; nothing where the data is damaged or larger. Cost: O(bytes).
/// Format: a control byte below 32 is followed by that many bytes and one more; any other names a copy of an earlier
/// part: its upper three bits the length less 2 (7: a further byte adds), its lower five and the next byte the distance
/// less 1.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> unpackLzf(std::span<const std::uint8_t> packed,
                                                                 std::size_t most);

/// Makes HDF5 able to read h5py's filter lzf (number 32000). The library has no decoder of its own and no plug-in for
/// it is in the distributions, while h5py carries one everywhere. Once; requires HDF5's lock.
void registerLzf();

}  // namespace oodscope
