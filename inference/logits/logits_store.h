// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/scores/score_function.h"
#include "inference/models/model.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// Logits of one frame, memory-mapped (or held in memory) for as long as this object lives. Cheap to move, thread-safe
/// to read. A file that is removed meanwhile stays readable; where one is cut short the missing part reads as zeros, so
/// what was read counts only if isIntact() says so afterwards.
class StoredLogits {
public:
  StoredLogits();
  StoredLogits(StoredLogits&&) noexcept;
  StoredLogits& operator=(StoredLogits&&) noexcept;
  ~StoredLogits();
  [[nodiscard]] LogitsView view() const;
  [[nodiscard]] std::uint64_t bytes() const;
  /// Finite values beyond float16's range that were stored as its largest: 0 but for broken networks. 0 where unknown.
  [[nodiscard]] std::uint64_t saturated() const;
  /// Whether all that was read up to now was what the file held when it was opened. Cost: a microsecond.
  [[nodiscard]] bool isIntact() const;
  /// Throws Error where it is not.
  void requireIntact() const;
  struct Impl;
  explicit StoredLogits(std::unique_ptr<Impl> impl);

private:
  friend class LogitsStore;
  std::unique_ptr<Impl> m_impl;
};

/// Opens a C x H x W or 1 x C x H x W .npy (float16 or float32, C order) that this program or anybody's Python wrote.
/// Throws Error for an absurd header, a short file or another type. Cost: maps the file, reads nothing yet.
[[nodiscard]] StoredLogits openLogits(const std::filesystem::path& npy);

/// The address of one array of a frame whose logits have `address`: an entry of its own. That of logits is `address`.
[[nodiscard]] std::string outputAddress(const std::string& address, Output output);

enum class StorePrecision { Half, Single };

/// float16 .npy per frame below one folder, addressed by the SHA-256 of (image content, model and preprocessing key),
/// written to a temporary name and renamed, bounded least-recently used; shared between runs and processes. numpy.load
/// opens an entry: after the array comes a record of 128 bytes (see entry.h) with the entry's address and a checksum of
/// header and data. The checksum is over the whole entry, once per entry and process; a later find() trusts an
/// unchanged file.
///
/// Nothing that happens to the folder costs a frame. What the folder does not take (read-only, full, held by a stopped
/// process, larger than the bound) stays in unnamed temporary files, then in memory, each within its bound; what fits
/// nowhere is returned for this one use and has to be made again. What find() no longer has must be made again, too.
/// Nothing but entries of the store is ever deleted. Thread-safe.
class LogitsStore {
public:
  struct Options {
    std::filesystem::path folder = {};  ///< empty: defaultFolder()
    std::uint64_t maxBytes = std::uint64_t{8} << 30;
    StorePrecision precision = StorePrecision::Half;
    bool temporary = false;  ///< --no-cache: no folder at all
    /// Of logits that stay open between uses, and of temporary files, where maxBytes is less: disk space for a run.
    std::uint64_t workingBytes = std::uint64_t{2} << 30;
    /// Of logits in memory, where no disk takes them.
    std::uint64_t memoryBytes = std::uint64_t{256} << 20;
    /// How long to wait for a process that holds the folder's lock.
    std::chrono::milliseconds patience{5000};
  };
  /// Never fails for the folder's sake: warnings() says what is amiss with it.
  explicit LogitsStore(Options options);
  ~LogitsStore();
  LogitsStore(const LogitsStore&) = delete;
  LogitsStore& operator=(const LogitsStore&) = delete;

  /// $XDG_CACHE_HOME/oodscope/logits, or ~/.cache/oodscope/logits.
  [[nodiscard]] static std::filesystem::path defaultFolder();
  /// The entry's address. imageDigest: SHA-256 of the image file (and overlay). Cost: none.
  [[nodiscard]] std::string address(const std::string& imageDigest, const std::string& logitsKey) const;
  /// The folder's entry, now the most recently used, or nothing where it is absent or was unusable. Throws Error where
  /// there is neither a mapping nor memory to read it.
  [[nodiscard]] std::optional<StoredLogits> find(const std::string& address) const;
  /// Stores the logits where there is room and returns them, open.
  StoredLogits put(const std::string& address, const LogitsMap& logits);
  /// The same without the folder, for logits whose entry somebody changes while it is read: nobody can change these.
  [[nodiscard]] StoredLogits putAside(const std::string& address, const LogitsMap& logits);
  /// A share of what may stay open between uses, on disk or in memory, whoever made the logits: to be held as long as
  /// `logits` are. nullptr: let them go.
  [[nodiscard]] std::shared_ptr<const void> share(const StoredLogits& logits) const;
  [[nodiscard]] static StoredLogits holdInMemory(const LogitsMap& logits, StorePrecision precision);
  [[nodiscard]] StorePrecision precision() const;
  /// Of all entries in the folder, other processes' too; without a folder of what lies in temporary files. Cost: one
  /// directory walk.
  [[nodiscard]] std::uint64_t bytesUsed() const;
  /// Empty where there is none.
  [[nodiscard]] const std::filesystem::path& folder() const;
  /// What the user should know of the folder so far, each a sentence.
  [[nodiscard]] std::vector<std::string> warnings() const;
  /// Removes all entries; those that are open stay readable. Throws Error where some cannot be removed.
  void clear();

private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace oodscope
