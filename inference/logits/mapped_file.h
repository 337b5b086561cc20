// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace oodscope {

/// What tells an unchanged file from one that was written to or replaced.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  off_t bytes = 0;
  std::int64_t seconds = 0, nanoseconds = 0;  ///< of its last change
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};
[[nodiscard]] FileIdentity identityOf(const struct stat& status);

/// A file's content while this lives: mapped for reading, or a copy in memory where the system gives no mapping (their
/// number and the address space are limited). Readable whatever becomes of the file: once it is unlinked it stays, and
/// where it shrinks what is gone reads as zeros instead of ending the program, so ask isIntact() after reading. For
/// that the first mapping installs a handler of SIGBUS that hands on what is not its own.
class MappedFile {
public:
  MappedFile() = default;
  /// `status` is the descriptor's. Empty files map to nothing. Throws Error: neither mapped nor read. Cost: nothing is
  /// read yet where it is mapped.
  MappedFile(int descriptor, const struct stat& status, std::filesystem::path file);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  [[nodiscard]] std::span<const std::byte> bytes() const { return {m_start, m_bytes}; }
  [[nodiscard]] const std::filesystem::path& file() const { return m_file; }
  [[nodiscard]] bool isMapped() const { return m_place != nullptr; }
  /// Whether all that was read up to now was the file's as it was opened. What was unlinked or replaced by another file
  /// is intact. Cost: a microsecond.
  [[nodiscard]] bool isIntact() const;
  /// Mappings of this kind that live in the process.
  [[nodiscard]] static std::size_t livingMappings();

  /// Where the handler finds a mapping.
  struct Place;

private:
  void copy(int descriptor);

  const std::byte* m_start = nullptr;
  std::size_t m_bytes = 0;
  Place* m_place = nullptr;
  std::vector<std::byte> m_copy;
  std::filesystem::path m_file;
  FileIdentity m_identity;
};

}  // namespace oodscope
