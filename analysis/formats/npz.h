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

/// The first `count` bytes of a member's content, fewer where it is shorter; unchecked. Throws Error as readZipMember.
/// Cost: O(count).
[[nodiscard]] std::vector<std::uint8_t> readZipMemberStart(const std::filesystem::path& file, const ZipMember& member,
                                                           std::size_t count);

/// An array of an .npz, from its header.
struct NpzArray {
  std::string name;
  NpyHeader header;
};
/// The arrays of an .npz in the archive's order; those whose header cannot be read (objects, text) are left out.
/// Throws Error: missing, not a zip, damaged. Cost: some kilobytes an array.
[[nodiscard]] std::vector<NpzArray> npzArrays(const std::filesystem::path& file);

/// Reads array `name` of an .npz; an empty name stands for the only array. Throws Error: no such array (those there are
/// named), several where one is expected, and whatever readNpy refuses.
[[nodiscard]] NpyArray readNpz(const std::filesystem::path& file, const std::string& name = {});

}  // namespace oodscope
