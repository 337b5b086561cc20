// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/logits/logits_store.h"

#include "analysis/core/error.h"
#include "analysis/core/sha256.h"
#include "inference/logits/entry_file.h"
#include "inference/logits/shared_budget.h"
#include "inference/logits/stored_logits.h"
#include "inference/logits/temporary_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Evicting a little more than needed, so that not every put has to.
constexpr double kKeptShare = 0.9;
/// Other processes fill the folder too: look again after so much of the bound, and after so many own entries.
constexpr double kLookShare = 0.05;
constexpr std::uint64_t kPutsBetweenLooks = 32;
/// A folder that took nothing is tried again after so long: a disk may be full for a while only.
constexpr std::chrono::seconds kBetweenTries{60};
/// Half of what Linux allows a process (vm.max_map_count); others need theirs.
constexpr std::size_t kMostMappings = 32'000;

bool usedBefore(const CacheEntry& a, const CacheEntry& b) {
  return a.used.tv_sec != b.used.tv_sec ? a.used.tv_sec < b.used.tv_sec : a.used.tv_nsec < b.used.tv_nsec;
}

/// Removes the file under its temporary name unless that has been renamed.
struct Part {
  explicit Part(fs::path where) : path(std::move(where)) {}
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  ~Part() {
    if (!path.empty()) unlink(path.c_str());
  }
  fs::path path;
};

void requireFull(const LogitsMap& logits) {
  require(logits.channels > 0 && logits.values.size() == static_cast<std::size_t>(logits.channels) * logits.size.area(),
          "LogitsStore: the logits do not fill their shape");
}

std::string secondsText(std::chrono::milliseconds time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3g s", static_cast<double>(time.count()) / 1000.0);
  return text.data();
}

}  // namespace

struct LogitsStore::Impl {
  explicit Impl(Options asked)
      : options(std::move(asked)),
        working(std::max(options.maxBytes, options.workingBytes)),
        memory(options.memoryBytes),
        patience(options.patience) {}

  Options options;
  fs::path folder;
  SharedBudget working, memory;
  std::atomic<unsigned> serial{0};

  std::mutex mutex;
  std::map<std::string, FileIdentity> verified;
  std::uint64_t estimate = 0;  ///< bytes in the folder, as far as this process knows
  std::uint64_t putsSinceLook = 0;
  std::vector<std::string> warnings;
  Clock::time_point notBefore;  ///< when the folder may be tried again

  std::mutex roomMutex;
  std::chrono::milliseconds patience;

  void warn(const std::string& text);
  std::nullopt_t refuse(int problem);
  std::optional<StoredLogits> openEntry(const std::string& address);
  std::optional<StoredLogits> putInFolder(const std::string& address, const LogitsMap& logits, std::uint64_t bytes);
  std::optional<StoredLogits> putInTemporaryFile(const std::string& address, const LogitsMap& logits,
                                                 std::uint64_t bytes);
  bool makeRoom(std::uint64_t bytes);
};

void LogitsStore::Impl::warn(const std::string& text) {
  const std::lock_guard lock(mutex);
  if (std::find(warnings.begin(), warnings.end(), text) == warnings.end()) warnings.push_back(text);
}

/// Takes note that the folder does not take logits now, and why.
std::nullopt_t LogitsStore::Impl::refuse(int problem) {
  warn("no logits can be kept in " + folder.string() + " (" + std::strerror(problem) +
       "): this run holds them in temporary files and in memory");
  const std::lock_guard lock(mutex);
  notBefore = Clock::now() + kBetweenTries;
  return std::nullopt;
}

std::optional<StoredLogits> LogitsStore::Impl::openEntry(const std::string& address) {
  const fs::path path = entryPath(folder, address);
  const Descriptor file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  struct stat status {};
  if (!file.isOpen() || fstat(file.value(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  const FileIdentity identity = identityOf(status);
  bool trusted = false;
  {
    const std::lock_guard lock(mutex);
    const auto known = verified.find(address);
    trusted = known != verified.end() && known->second == identity;
  }
  std::optional<StoredLogits> out = readEntry(MappedFile(file.value(), status, path), address, trusted);
  if (!out) {
    // Remade by the caller. An entry of the store that is damaged would be checked again each time; what is none is not
    // the store's to delete, and put() replaces it.
    const auto record = recordOf(path);
    if (record && record->address == address) removeEntry(folder, address, identity);
    return std::nullopt;
  }
  // The time of access is the time of use, whatever the mount options say.
  const std::array times{timespec{0, UTIME_NOW}, timespec{0, UTIME_OMIT}};
  (void)futimens(file.value(), times.data());
  const std::lock_guard lock(mutex);
  verified[address] = identity;
  return out;
}

std::optional<StoredLogits> LogitsStore::Impl::putInFolder(const std::string& address, const LogitsMap& logits,
                                                           std::uint64_t bytes) {
  if (folder.empty()) return std::nullopt;
  if (bytes > options.maxBytes) {
    warn("the bound of the stored logits is less than those of one frame (" + std::to_string(bytes) +
         " bytes): nothing is kept in " + folder.string());
    (void)makeRoom(0);  // what lies there has to keep the bound, too
    return std::nullopt;
  }
  {
    const std::lock_guard lock(mutex);
    if (Clock::now() < notBefore) return std::nullopt;
  }
  if (!makeRoom(bytes)) return std::nullopt;
  if (!makeEntryFolder(folder, address)) return refuse(errno);
  Part part(partPath(folder, address, serial++));
  Descriptor out(part.path, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW);
  if (!out.isOpen()) return refuse(errno);
  (void)flock(out.value(), LOCK_EX | LOCK_NB);  // says that its writer lives
  struct stat status {};
  // No flush to the disk: the checksum finds what a power cut leaves, and the entry can be remade.
  if (!writeEntry(out, address, logits, options.precision) || fstat(out.value(), &status) != 0) return refuse(errno);
  const fs::path target = entryPath(folder, address);
  // Opened before it has its name, so that nobody can evict it in between; trusted because it was written just now.
  std::optional<StoredLogits> kept = readEntry(MappedFile(out.value(), status, target), address, true);
  if (rename(part.path.c_str(), target.c_str()) != 0) return refuse(errno);
  part.path.clear();
  const std::lock_guard lock(mutex);
  estimate += bytes;
  verified[address] = identityOf(status);
  return kept;
}

std::optional<StoredLogits> LogitsStore::Impl::putInTemporaryFile(const std::string& address, const LogitsMap& logits,
                                                                  std::uint64_t bytes) {
  auto share = working.take(bytes);
  if (!share) return std::nullopt;
  const Descriptor file = unnamedTemporaryFile(bytes);
  struct stat status {};
  if (!file.isOpen() || !writeEntry(file, address, logits, options.precision) || fstat(file.value(), &status) != 0)
    return std::nullopt;
  auto out = readEntry(MappedFile(file.value(), status, {}), address, true);
  if (out) out->m_impl->share = std::move(share);
  return out;
}

bool LogitsStore::Impl::makeRoom(std::uint64_t bytes) {
  const std::lock_guard oneAtATime(roomMutex);
  const auto share = static_cast<std::uint64_t>(kLookShare * static_cast<double>(options.maxBytes));
  const std::uint64_t looks =
      std::clamp(share / std::max(bytes, std::uint64_t{1}), std::uint64_t{1}, kPutsBetweenLooks);
  bool isTight = false;
  {
    const std::lock_guard lock(mutex);
    isTight = estimate + bytes > options.maxBytes;
    if (!isTight && ++putsSinceLook < looks) return true;
  }
  // One process evicts at a time; the others would only delete more than needed.
  const Descriptor lock = lockFolder(folder, patience);
  if (!lock.isOpen() && errno == EWOULDBLOCK) {
    warn("another process holds the lock of " + folder.string() + " and does not let go of it (waited " +
         secondsText(options.patience) +
         "; is it stopped?): this run adds no logits there beyond the bound and holds " +
         "them in temporary files and in memory");
    patience = std::chrono::milliseconds(0);  // once is enough
    return !isTight;
  }
  if (!lock.isOpen()) {
    refuse(errno);
    return false;
  }
  patience = options.patience;
  std::uint64_t used = sweep(folder);
  if (used + bytes > options.maxBytes) {
    std::vector<CacheEntry> entries = entriesIn(folder);
    used = 0;
    for (const CacheEntry& entry : entries) used += entry.bytes;
    std::sort(entries.begin(), entries.end(), usedBefore);
    const auto kept = static_cast<std::uint64_t>(kKeptShare * static_cast<double>(options.maxBytes));
    for (const CacheEntry& entry : entries) {
      if (used + bytes <= kept) break;
      if (unlink(entry.path.c_str()) == 0) used -= entry.bytes;
    }
  }
  const std::lock_guard guard(mutex);
  estimate = used;
  putsSinceLook = 0;
  return used + bytes <= options.maxBytes;
}

fs::path LogitsStore::defaultFolder() {
  const auto absolute = [](const char* name) -> fs::path {
    const char* value = std::getenv(name);
    return value != nullptr && value[0] == '/' ? fs::path(value) : fs::path();
  };
  fs::path cache = absolute("XDG_CACHE_HOME");
  if (cache.empty()) {
    const fs::path home = absolute("HOME");
    std::error_code ignored;
    cache = home.empty() ? fs::temp_directory_path(ignored) : home / ".cache";
  }
  return cache / "oodscope" / "logits";
}

LogitsStore::LogitsStore(Options options) : m_impl(std::make_unique<Impl>(std::move(options))) {
  Impl& impl = *m_impl;
  if (impl.options.temporary) return;
  const fs::path standard = defaultFolder();
  const fs::path wanted = impl.options.folder.empty() ? standard : impl.options.folder;
  CacheFolder opened = openCacheFolder(wanted, wanted == standard);
  impl.folder = std::move(opened.path);
  if (!opened.remark.empty()) impl.warn(opened.remark);
  if (impl.folder.empty()) return;
  impl.estimate = sweep(impl.folder);
}

LogitsStore::~LogitsStore() = default;

std::string outputAddress(const std::string& address, Output output) {
  if (output == Output::Logits) return address;
  return Sha256().add(address).add("\n").add(std::string(outputName(output))).hex();
}

std::string LogitsStore::address(const std::string& imageDigest, const std::string& logitsKey) const {
  const char* precision = m_impl->options.precision == StorePrecision::Half ? "float16" : "float32";
  return Sha256().add(imageDigest).add("\n").add(logitsKey).add("\n").add(precision).hex();
}

std::optional<StoredLogits> LogitsStore::find(const std::string& address) const {
  require(address.size() == 64, "LogitsStore: an address has 64 digits");
  if (m_impl->folder.empty()) return std::nullopt;
  return m_impl->openEntry(address);
}

StoredLogits LogitsStore::put(const std::string& address, const LogitsMap& logits) {
  require(address.size() == 64, "LogitsStore: an address has 64 digits");
  requireFull(logits);
  try {
    if (auto kept = m_impl->putInFolder(address, logits, entryBytes(logits, m_impl->options.precision)))
      return std::move(*kept);
  } catch (const Error&) {
    // Neither a mapping nor memory for a copy: less may still fit.
  }
  return putAside(address, logits);
}

StoredLogits LogitsStore::putAside(const std::string& address, const LogitsMap& logits) {
  requireFull(logits);
  try {
    if (auto kept = m_impl->putInTemporaryFile(address, logits, entryBytes(logits, m_impl->options.precision)))
      return std::move(*kept);
  } catch (const Error&) {
    // As above; the conversion below may still fit.
  }
  StoredLogits out = holdInMemory(logits, m_impl->options.precision);
  out.m_impl->share = m_impl->memory.take(out.bytes());
  return out;
}

std::shared_ptr<const void> LogitsStore::share(const StoredLogits& logits) const {
  const StoredLogits::Impl& held = *logits.m_impl;
  if (held.share) return held.share;
  if (!held.mapped.isMapped()) return m_impl->memory.take(held.bytes);
  if (MappedFile::livingMappings() > kMostMappings) return nullptr;
  return m_impl->working.take(held.bytes);
}

StorePrecision LogitsStore::precision() const { return m_impl->options.precision; }

std::uint64_t LogitsStore::bytesUsed() const {
  if (m_impl->folder.empty()) return m_impl->working.used();
  std::uint64_t used = 0;
  for (const CacheEntry& entry : entriesIn(m_impl->folder)) used += entry.bytes;
  return used;
}

const fs::path& LogitsStore::folder() const { return m_impl->folder; }

std::vector<std::string> LogitsStore::warnings() const {
  const std::lock_guard lock(m_impl->mutex);
  return m_impl->warnings;
}

void LogitsStore::clear() {
  if (m_impl->folder.empty()) return;
  std::size_t left = 0;
  int problem = 0;
  for (const CacheEntry& entry : entriesIn(m_impl->folder)) {
    if (unlink(entry.path.c_str()) == 0 || errno == ENOENT) continue;
    problem = errno;
    ++left;
  }
  {
    const std::lock_guard lock(m_impl->mutex);
    m_impl->estimate = 0;
    m_impl->verified.clear();
  }
  if (left > 0)
    throw Error({.what = std::to_string(left) + " stored frames could not be removed",
                 .found = std::strerror(problem),
                 .file = m_impl->folder});
}

}  // namespace oodscope
