// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

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
///   0  "OODSCOPE LOGITS1"   16  address, 64 hexadecimal digits   80  bytes of array data   88  checksum of these
///  96  saturated values    104  zeros
struct EntryRecord {
  std::string address;
  std::uint64_t dataBytes = 0, checksum = 0, saturated = 0;
};
inline constexpr std::size_t kEntryRecordBytes = 128;
[[nodiscard]] std::array<std::byte, kEntryRecordBytes> encode(const EntryRecord& record);
/// Nothing where the bytes are no record.
[[nodiscard]] std::optional<EntryRecord> decode(std::span<const std::byte> bytes);

/// A file's content, mapped for reading while this lives. Empty files map to nothing.
class MappedFile {
public:
  MappedFile() = default;
  explicit MappedFile(int descriptor, std::size_t bytes);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();
  [[nodiscard]] std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(m_start), m_bytes}; }

private:
  void* m_start = nullptr;
  std::size_t m_bytes = 0;
};

}  // namespace oodscope
