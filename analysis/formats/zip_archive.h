// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace oodscope {

/// A member of a zip archive, from the directory.
struct ZipMember {
  std::string name;
  std::uint16_t method = 0;  ///< 0 stored, 8 deflated
  bool isEncrypted = false;
  std::uint32_t crc = 0;
  std::uint64_t packed = 0;  ///< bytes in the file
  std::uint64_t size = 0;    ///< bytes of the content
  std::uint64_t offset = 0;  ///< of the member's own header
};

/// Members of a zip file (.npz, .pth), held in memory or read in pieces as they are asked for. Reads stored and
/// deflated members, zip64 included; checks their CRC-32. Never trusts a size: whatever the file claims is checked
/// against what is there before memory is taken. Source: PKWARE APPNOTE 6.3.10.
class ZipArchive {
public:
  /// Of a file in memory; `bytes` must outlive the archive, `file` is named in messages. Throws Error where the
  /// directory is missing, absurd or does not fit the file.
  ZipArchive(std::span<const std::byte> bytes, std::filesystem::path file);
  /// Of a file on disk, of which only the directory is read. Throws Error as above; also: missing, not a zip.
  explicit ZipArchive(std::filesystem::path file);

  /// In the archive's order.
  [[nodiscard]] const std::vector<ZipMember>& members() const { return m_members; }
  [[nodiscard]] bool contains(const std::string& name) const { return m_byName.contains(name); }
  /// Names in ascending order.
  [[nodiscard]] std::vector<std::string> names() const;

  /// The member's bytes: in place where the file is in memory and the member is stored, else in `buffer`; of several of
  /// one name the first. Throws Error where it is absent, damaged, encrypted, packed otherwise, or larger than
  /// `maxBytes`. Cost: O(bytes).
  [[nodiscard]] std::span<const std::byte> read(const std::string& name, std::vector<std::byte>& buffer,
                                                std::uint64_t maxBytes) const;
  /// The first `count` bytes of a member, fewer where it is shorter; their checksum is not known. Throws Error as read.
  /// Cost: O(count).
  [[nodiscard]] std::vector<std::byte> readStart(const std::string& name, std::size_t count) const;

private:
  struct Directory {
    std::uint64_t count = 0, length = 0, start = 0;
  };
  [[noreturn]] void fail(const std::string& what) const;
  /// The file's bytes at a place: in place or in `buffer`. Throws Error where they lie beyond its end.
  [[nodiscard]] std::span<const std::byte> range(std::uint64_t offset, std::uint64_t count,
                                                 std::vector<std::byte>& buffer) const;
  [[nodiscard]] Directory findDirectory() const;
  [[nodiscard]] std::optional<Directory> wideDirectory(std::uint64_t end) const;
  void readDirectory();
  void addMember(std::span<const std::byte> entry, std::size_t nameLength, std::size_t extraLength);
  [[nodiscard]] const ZipMember& find(const std::string& name) const;
  /// The first `count` bytes of the member as it is packed.
  [[nodiscard]] std::span<const std::byte> packedContent(const ZipMember& member, std::uint64_t count,
                                                         std::vector<std::byte>& buffer) const;
  void inflateInto(std::span<std::byte> content, std::span<const std::byte> packed, const ZipMember& member) const;

  std::optional<std::span<const std::byte>> m_bytes;  ///< of a file in memory
  std::filesystem::path m_file;
  std::uint64_t m_length = 0;  ///< of the file
  std::vector<ZipMember> m_members;
  std::unordered_map<std::string, std::size_t> m_byName;
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
