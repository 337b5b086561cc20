// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// Members of a zip file held in memory. Reads stored and deflated members, zip64 included; checks their CRC-32. Never
/// trusts a size: whatever the file claims is checked against what is there.
class ZipArchive {
public:
  /// Throws Error where the central directory is missing or absurd. `bytes` must outlive the archive.
  ZipArchive(std::span<const std::byte> bytes, std::filesystem::path file);
  [[nodiscard]] bool contains(const std::string& name) const { return m_members.contains(name); }
  /// Names in ascending order.
  [[nodiscard]] std::vector<std::string> names() const;
  /// The member's bytes, in place where it is stored, else inflated into `buffer`. Throws Error where it is absent,
  /// damaged, compressed otherwise, or larger than `maxBytes`.
  [[nodiscard]] std::span<const std::byte> read(const std::string& name, std::vector<std::byte>& buffer,
                                                std::uint64_t maxBytes) const;

private:
  struct Member {
    std::uint64_t offset = 0, packed = 0, size = 0;
    std::uint32_t crc = 0;
    std::uint16_t method = 0;
  };
  [[noreturn]] void fail(const std::string& what) const;
  std::span<const std::byte> m_bytes;
  std::filesystem::path m_file;
  std::map<std::string, Member> m_members;
};

/// A zip file of stored members in the order given, each starting at a multiple of 64 bytes as LibTorch's own, without
/// times: the same members give the same bytes.
class ZipWriter {
public:
  void add(std::string_view name, std::span<const std::byte> content);
  /// The whole file. Call once, last.
  [[nodiscard]] std::vector<std::byte> finish();

private:
  std::vector<std::byte> m_bytes, m_directory;
  std::uint16_t m_count = 0;
};

}  // namespace oodscope
