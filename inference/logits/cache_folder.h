// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/logits/entry.h"
#include "inference/logits/mapped_file.h"

#include <chrono>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

namespace oodscope {

/// An open descriptor, closed at the end.
class Descriptor {
public:
  explicit Descriptor(int value) : m_value(value) {}
  Descriptor(const std::filesystem::path& file, int flags);
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { close(); }
  [[nodiscard]] int value() const { return m_value; }
  [[nodiscard]] bool isOpen() const { return m_value >= 0; }
  /// Whether what was written has arrived.
  bool close();

private:
  int m_value;
};

/// Writes all of it. False, with errno set: it could not.
[[nodiscard]] bool writeAll(const Descriptor& out, std::span<const std::byte> bytes);

/// A folder that the store may write into and delete from, or why there is none.
struct CacheFolder {
  std::filesystem::path path;  ///< empty: none
  std::string remark;          ///< what the user should know: another folder than asked for, or none
};

/// Prepares `wanted`: makes it, or takes it where it is empty, carries the store's tag (CACHEDIR.TAG beside a version
/// file) or holds nothing but entries of this program; it is tagged then. Any other folder keeps what it holds, and
/// `wanted`/oodscope-logits is taken instead. `isOurs`: a place of the program's own, taken whatever it holds. Never
/// throws: a folder that cannot be had is said in the remark. Cost: a few system calls; reads the records of all
/// entries where the tag is missing.
[[nodiscard]] CacheFolder openCacheFolder(const std::filesystem::path& wanted, bool isOurs);

/// FOLDER/ab/ABCD….npy. Requires: an address of 64 digits.
[[nodiscard]] std::filesystem::path entryPath(const std::filesystem::path& folder, const std::string& address);
/// Makes the folder that the entry lies in. False: not possible, or a link that leads elsewhere is there.
[[nodiscard]] bool makeEntryFolder(const std::filesystem::path& folder, const std::string& address);
/// A name to write the entry under before it is renamed; its writer holds a lock on the file.
[[nodiscard]] std::filesystem::path partPath(const std::filesystem::path& folder, const std::string& address,
                                             unsigned serial);

/// An entry of the store: recognised by its name and by a record that names the same address.
struct CacheEntry {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
  timespec used{};
};
/// All entries of a folder. Follows no links. Cost: a directory walk and 128 bytes of each.
[[nodiscard]] std::vector<CacheEntry> entriesIn(const std::filesystem::path& folder);
/// Bytes of what has an entry's name, at least those of the entries; files that were begun by processes which have
/// ended are removed on the way. Cost: a directory walk.
std::uint64_t sweep(const std::filesystem::path& folder);
/// Removes the entry that lies at an address, if it is still the file of that identity.
void removeEntry(const std::filesystem::path& folder, const std::string& address, const FileIdentity& identity);

/// One process at a time evicts. Waits for at most `patience` where another holds the lock; file systems without locks
/// give it at once. Not open: it was not to be had.
[[nodiscard]] Descriptor lockFolder(const std::filesystem::path& folder, std::chrono::milliseconds patience);

}  // namespace oodscope
