// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/scores/score_function.h"
#include "inference/models/model.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace oodscope {

/// Logits of one frame, memory-mapped (or held in memory) for as long as this object lives. Cheap to move, thread-safe
/// to read.
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
  struct Impl;
  explicit StoredLogits(std::unique_ptr<Impl> impl);

private:
  std::unique_ptr<Impl> m_impl;
};

/// Opens a C x H x W or 1 x C x H x W .npy (float16 or float32, C order) that this program or anybody's Python wrote.
/// Throws Error for an absurd header, a short file or another type. Cost: maps the file, reads nothing yet.
[[nodiscard]] StoredLogits openLogits(const std::filesystem::path& npy);

enum class StorePrecision { Half, Single };

/// float16 .npy per frame below one folder, addressed by the SHA-256 of (image content, model and preprocessing key),
/// written to a temporary name and renamed, bounded least-recently used; shared between runs and processes. numpy.load
/// opens an entry: after the array comes a record of 128 bytes (see entry.h) with the entry's address and a checksum.
/// Corrupt or foreign entries are detected by header, size, address and checksum, removed, and reported as absent. The
/// checksum is over the whole data, once per entry and process; a later find() trusts an unchanged
/// file. Thread-safe.
class LogitsStore {
public:
  struct Options {
    std::filesystem::path folder = {};  ///< empty: defaultFolder()
    std::uint64_t maxBytes = std::uint64_t{8} << 30;
    StorePrecision precision = StorePrecision::Half;
    bool temporary = false;  ///< --no-cache: a private folder, removed on destruction
  };
  explicit LogitsStore(Options options);
  ~LogitsStore();
  LogitsStore(const LogitsStore&) = delete;
  LogitsStore& operator=(const LogitsStore&) = delete;

  /// $XDG_CACHE_HOME/oodscope/logits, or ~/.cache/oodscope/logits.
  [[nodiscard]] static std::filesystem::path defaultFolder();
  /// The entry's address. imageDigest: SHA-256 of the image file (and overlay). Cost: none.
  [[nodiscard]] std::string address(const std::string& imageDigest, const std::string& logitsKey) const;
  /// The entry, now the most recently used, or nothing where it is absent or was unusable.
  [[nodiscard]] std::optional<StoredLogits> find(const std::string& address) const;
  /// Writes and returns the mapped entry. A full disk or an unwritable folder throws Error; the logits are not lost:
  /// the caller still holds `logits` and may use holdInMemory().
  StoredLogits put(const std::string& address, const LogitsMap& logits);
  [[nodiscard]] static StoredLogits holdInMemory(const LogitsMap& logits, StorePrecision precision);
  /// Of all entries in the folder, other processes' too. Cost: one directory walk.
  [[nodiscard]] std::uint64_t bytesUsed() const;
  [[nodiscard]] const std::filesystem::path& folder() const;
  [[nodiscard]] StorePrecision precision() const;
  /// Removes all entries; those that are open stay readable.
  void clear();

private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace oodscope
