// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/formats/npy.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace oodscope {

/// A member of a zip archive, stored or deflated.
struct ZipMember {
  std::string name;
  int method = 0;  ///< 0 stored, 8 deflated
  std::uint32_t crc = 0;
  std::uint64_t packedBytes = 0;
  std::uint64_t bytes = 0;
  std::uint64_t headerOffset = 0;
};

/// The directory of a zip, zip64 included. Throws Error: missing, not a zip, a directory that does not fit the file.
[[nodiscard]] std::vector<ZipMember> zipMembers(const std::filesystem::path& file);

/// A member's content, checked against its size and checksum. Throws Error: encrypted, packed by another method,
/// damaged, more than 2 GiB. Cost: O(bytes).
[[nodiscard]] std::vector<std::uint8_t> readZipMember(const std::filesystem::path& file, const ZipMember& member);

/// Reads array `name` of an .npz; an empty name stands for the only array. Throws Error: no such array (those there are
/// named), several where one is expected, and whatever readNpy refuses.
[[nodiscard]] NpyArray readNpz(const std::filesystem::path& file, const std::string& name = {});

}  // namespace oodscope
