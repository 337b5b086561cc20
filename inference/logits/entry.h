// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/formats/npy.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace oodscope {

/// Checksum of data that comes in pieces. Finds every change of a single 8-byte word for certain, others but for 1 in
/// 2^64. Not cryptographic: it guards against damage, not against malice.
class DataChecksum {
public:
  DataChecksum();
  /// Requires: every piece but the last is a multiple of 64 bytes long.
  void add(std::span<const std::byte> bytes);
  [[nodiscard]] std::uint64_t value() const;

private:
  std::array<std::uint64_t, 8> m_lanes;
  std::uint64_t m_length = 0;
};

/// What follows the array in an entry's file: 128 bytes, little-endian.
///   0  "OODSCOPE LOGITS2"   16  address, 64 hexadecimal digits   80  bytes of array data
///  88  checksum of the array's header and data   96  saturated values   104  checksum of the 104 bytes before
/// 112  zeros
/// Version 1, which is still read, ends in "LOGITS1", its checksum leaves the header out, and 104 is zero.
struct EntryRecord {
  std::string address;
  std::uint64_t dataBytes = 0, checksum = 0, saturated = 0;
  int version = 2;
};
inline constexpr std::size_t kEntryRecordBytes = 128, kAddressDigits = 64;
/// Writes version 2.
[[nodiscard]] std::array<std::byte, kEntryRecordBytes> encode(const EntryRecord& record);
/// Nothing where the bytes are no record, or a damaged one.
[[nodiscard]] std::optional<EntryRecord> decode(std::span<const std::byte> bytes);

/// Whether header and record of an entry's file agree with each other and with the address and length of the file.
/// A version 1 record says nothing of the header, which must then be just what this program writes for its shape.
[[nodiscard]] bool agree(const EntryRecord& record, const NpyHeader& header, const std::string& address,
                         std::span<const std::byte> file);
/// Whether the content is what the record says. Requires: agree(). Cost: reads all of it.
[[nodiscard]] bool isUndamaged(const EntryRecord& record, const NpyHeader& header, std::span<const std::byte> file);

/// The record at the end of a regular file that is no link; nothing where there is none. Cost: two system calls.
[[nodiscard]] std::optional<EntryRecord> recordOf(const std::filesystem::path& file);

}  // namespace oodscope
