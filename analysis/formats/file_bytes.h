// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace oodscope {

/// Size in bytes of a regular file. Throws Error where it is missing, a folder or cannot be asked. Cost: one stat.
[[nodiscard]] std::uint64_t sizeOfFile(const std::filesystem::path& file);

/// The whole content of a file. Throws Error: missing, a folder, not readable, empty, more than `maxBytes`.
/// Cost: O(bytes), memory of the same order.
[[nodiscard]] std::vector<std::uint8_t> readFileBytes(const std::filesystem::path& file,
                                                      std::uint64_t maxBytes = std::uint64_t{2} << 30);

/// Up to `count` bytes from the start; fewer where the file is shorter, none where it is empty. Throws Error: missing,
/// a folder, not readable.
[[nodiscard]] std::vector<std::uint8_t> readFileStart(const std::filesystem::path& file, std::size_t count);

}  // namespace oodscope
