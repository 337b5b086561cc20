// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/logits/logits_store.h"

#include "analysis/core/error.h"
#include "analysis/core/sha256.h"
#include "inference/logits/half_conversion.h"
#include "inference/logits/stored_logits.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".npy", kPart = ".part";
/// Evicting a little more than needed, so that not every put has to.
constexpr double kKeptShare = 0.9;
/// Other processes fill the folder too: look again after so many own entries.
constexpr int kPutsBetweenLooks = 32;
/// A temporary file of this age was left by a process that died.
constexpr std::time_t kAbandonedAfterSeconds = 3600;
/// What npyHeaderText gives for three dimensions: two times 64.
constexpr std::uint64_t kHeaderBytes = 128;
/// Values converted and written at a time: fits the second-level cache; a multiple of 64 bytes in both precisions.
constexpr std::size_t kPiece = 65'536;

class Descriptor {
public:
  Descriptor(const fs::path& file, int flags) : m_value(open(file.c_str(), flags | O_CLOEXEC, 0644)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  [[nodiscard]] int value() const { return m_value; }
  [[nodiscard]] bool isOpen() const { return m_value >= 0; }
  bool close() {
    const bool closed = m_value < 0 || ::close(m_value) == 0;
    m_value = -1;
    return closed;
  }

private:
  int m_value;
};

/// Removes the temporary file unless it has been renamed.
struct Temporary {
  explicit Temporary(fs::path where) : path(std::move(where)) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (!path.empty()) unlink(path.c_str());
  }
  fs::path path;
};

[[noreturn]] void failWriting(const fs::path& file) {
  throw Error({.what = "Cannot store the logits",
               .expected = "room and permission to write",
               .found = std::strerror(errno),
               .file = file});
}

void writeAll(const Descriptor& out, std::span<const std::byte> bytes, const fs::path& file) {
  while (!bytes.empty()) {
    const ssize_t written = write(out.value(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) failWriting(file);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

struct Entry {
  fs::path path;
  std::uint64_t bytes = 0;
  timespec used{};
};

bool usedBefore(const Entry& a, const Entry& b) {
  return a.used.tv_sec != b.used.tv_sec ? a.used.tv_sec < b.used.tv_sec : a.used.tv_nsec < b.used.tv_nsec;
}

/// Entries of the folder; temporary files that nobody will finish are removed on the way.
std::vector<Entry> entriesBelow(const fs::path& folder) {
  std::vector<Entry> out;
  std::error_code ignored;
  const std::time_t now = std::time(nullptr);
  for (fs::recursive_directory_iterator it(folder, ignored), end; it != end; it.increment(ignored)) {
    struct stat status {};
    if (lstat(it->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    const std::string extension = it->path().extension().string();
    if (extension == kExtension) {
      out.push_back({it->path(), static_cast<std::uint64_t>(status.st_size), status.st_atim});
    } else if (extension == kPart && now - status.st_mtime > kAbandonedAfterSeconds) {
      unlink(it->path().c_str());
    }
  }
  return out;
}

fs::path privateFolder() {
  std::error_code problem;
  fs::path base = fs::temp_directory_path(problem);
  if (problem) base = "/tmp";
  std::string name = (base / "oodscope-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) failWriting(base);
  return name;
}

/// What tells an unchanged file from a replaced one.
struct Identity {
  ino_t inode = 0;
  off_t bytes = 0;
  std::int64_t seconds = 0, nanoseconds = 0;
  friend bool operator==(const Identity&, const Identity&) = default;
};

Identity identityOf(const struct stat& status) {
  return {status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

}  // namespace

struct LogitsStore::Impl {
  Options options;
  fs::path folder;
  std::mutex mutex;
  std::map<std::string, Identity> verified;
  std::uint64_t estimate = 0;  ///< bytes in the folder, as far as this process knows
  int putsSinceLook = 0;
  std::atomic<unsigned> serial{0};

  [[nodiscard]] fs::path pathOf(const std::string& address) const {
    return folder / address.substr(0, 2) / (address + std::string(kExtension));
  }
  std::optional<StoredLogits> openEntry(const std::string& address, bool trusted);
  void write(const std::string& address, const LogitsMap& logits, const fs::path& target);
  void makeRoom(const fs::path& keep);
};

std::optional<StoredLogits> LogitsStore::Impl::openEntry(const std::string& address, bool trusted) {
  const fs::path path = pathOf(address);
  const Descriptor file(path, O_RDONLY);
  struct stat status {};
  if (!file.isOpen() || fstat(file.value(), &status) != 0) return std::nullopt;
  const Identity identity = identityOf(status);
  const auto size = static_cast<std::size_t>(status.st_size);
  MappedFile mapped(file.value(), size);
  try {
    const auto all = mapped.bytes();
    if (all.size() < kEntryRecordBytes) throw Error("The entry is cut short", path);
    const auto record = decode(all.last(kEntryRecordBytes));
    const NpyHeader header =
        parseNpyHeader({reinterpret_cast<const std::uint8_t*>(all.data()), all.size()}, all.size(), path);
    if (!record || record->address != address || record->dataBytes != header.dataBytes ||
        header.dataOffset + header.dataBytes + kEntryRecordBytes != all.size()) {
      throw Error("The entry is not this program's", path);
    }
    {
      const std::lock_guard lock(mutex);
      const auto known = verified.find(address);
      trusted = trusted || (known != verified.end() && known->second == identity);
    }
    if (!trusted) {
      DataChecksum sum;
      sum.add(all.subspan(header.dataOffset, header.dataBytes));
      if (sum.value() != record->checksum) throw Error("The entry is damaged", path);
    }
    StoredLogits out = logitsIn(std::move(mapped), header, record->saturated, path);
    // The time of access is the time of use, whatever the mount options say.
    const std::array times{timespec{0, UTIME_NOW}, timespec{0, UTIME_OMIT}};
    (void)futimens(file.value(), times.data());
    const std::lock_guard lock(mutex);
    verified[address] = identity;
    return out;
  } catch (const Error&) {
    // Remade by the caller; left in place it would be checked again each time. Only the file that was looked at goes.
    struct stat now {};
    if (stat(path.c_str(), &now) == 0 && identityOf(now) == identity) unlink(path.c_str());
    return std::nullopt;
  }
}

void LogitsStore::Impl::write(const std::string& address, const LogitsMap& logits, const fs::path& target) {
  std::error_code ignored;
  fs::create_directories(target.parent_path(), ignored);
  std::string name = target.string();
  for (const unsigned part : {static_cast<unsigned>(getpid()), serial++}) {
    name += '.';
    name += std::to_string(part);
  }
  name += kPart;
  Temporary temporary{fs::path(name)};
  Descriptor out(temporary.path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!out.isOpen()) failWriting(target);
  const bool isHalf = options.precision == StorePrecision::Half;
  const std::array shape{static_cast<std::size_t>(logits.channels), static_cast<std::size_t>(logits.size.height),
                         static_cast<std::size_t>(logits.size.width)};
  const std::string header = npyHeaderText(isHalf ? NpyType::Float16 : NpyType::Float32, shape);
  writeAll(out, std::as_bytes(std::span(header)), target);
  DataChecksum sum;
  EntryRecord record{.address = address, .dataBytes = logits.values.size() * (isHalf ? 2U : 4U)};
  std::vector<std::uint16_t> half(isHalf ? kPiece : 0);
  for (std::span<const float> rest(logits.values); !rest.empty();) {
    const auto piece = rest.first(std::min(kPiece, rest.size()));
    std::span<const std::byte> bytes = std::as_bytes(piece);
    if (isHalf) {
      record.saturated += toHalf(piece, std::span(half).first(piece.size()));
      bytes = std::as_bytes(std::span(half).first(piece.size()));
    }
    sum.add(bytes);
    writeAll(out, bytes, target);
    rest = rest.subspan(piece.size());
  }
  record.checksum = sum.value();
  writeAll(out, encode(record), target);
  // No flush to the disk: the checksum finds what a power cut leaves, and the entry can be remade.
  if (!out.close() || rename(temporary.path.c_str(), target.c_str()) != 0) failWriting(target);
  temporary.path.clear();
}

void LogitsStore::Impl::makeRoom(const fs::path& keep) {
  // One process evicts at a time; the others would only delete more than needed.
  const Descriptor lock(folder / ".lock", O_RDWR | O_CREAT);
  if (!lock.isOpen() || flock(lock.value(), LOCK_EX) != 0) return;
  std::vector<Entry> entries = entriesBelow(folder);
  std::uint64_t used = 0;
  for (const Entry& entry : entries) used += entry.bytes;
  if (used > options.maxBytes) {
    std::sort(entries.begin(), entries.end(), usedBefore);
    const auto kept = static_cast<std::uint64_t>(kKeptShare * static_cast<double>(options.maxBytes));
    for (const Entry& entry : entries) {
      if (used <= kept) break;
      if (entry.path == keep || unlink(entry.path.c_str()) != 0) continue;
      used -= entry.bytes;
    }
  }
  const std::lock_guard guard(mutex);
  estimate = used;
  putsSinceLook = 0;
}

fs::path LogitsStore::defaultFolder() {
  const auto absolute = [](const char* name) -> fs::path {
    const char* value = std::getenv(name);
    return value != nullptr && value[0] == '/' ? fs::path(value) : fs::path();
  };
  fs::path cache = absolute("XDG_CACHE_HOME");
  if (cache.empty()) {
    const fs::path home = absolute("HOME");
    cache = home.empty() ? fs::temp_directory_path() : home / ".cache";
  }
  return cache / "oodscope" / "logits";
}

LogitsStore::LogitsStore(Options options) : m_impl(std::make_unique<Impl>()) {
  m_impl->options = std::move(options);
  if (m_impl->options.temporary) {
    m_impl->folder = privateFolder();
    return;
  }
  m_impl->folder = m_impl->options.folder.empty() ? defaultFolder() : m_impl->options.folder;
  std::error_code problem;
  fs::create_directories(m_impl->folder, problem);
  if (problem || !fs::is_directory(m_impl->folder)) {
    throw Error("Cannot make the folder of stored logits: " + (problem ? problem.message() : "a file is there"),
                m_impl->folder);
  }
  m_impl->estimate = bytesUsed();
}

LogitsStore::~LogitsStore() {
  if (!m_impl->options.temporary) return;
  std::error_code ignored;
  fs::remove_all(m_impl->folder, ignored);
}

std::string LogitsStore::address(const std::string& imageDigest, const std::string& logitsKey) const {
  const char* precision = m_impl->options.precision == StorePrecision::Half ? "float16" : "float32";
  return Sha256().add(imageDigest).add("\n").add(logitsKey).add("\n").add(precision).hex();
}

std::optional<StoredLogits> LogitsStore::find(const std::string& address) const {
  require(address.size() == 64, "LogitsStore: an address has 64 digits");
  return m_impl->openEntry(address, false);
}

StoredLogits LogitsStore::put(const std::string& address, const LogitsMap& logits) {
  require(address.size() == 64, "LogitsStore: an address has 64 digits");
  require(logits.channels > 0 && logits.values.size() == static_cast<std::size_t>(logits.channels) * logits.size.area(),
          "LogitsStore: the logits do not fill their shape");
  const fs::path path = m_impl->pathOf(address);
  m_impl->write(address, logits, path);
  // Opened before others may evict it, trusted because it was written a moment ago.
  std::optional<StoredLogits> out = m_impl->openEntry(address, true);
  bool isTight = false;
  {
    const std::lock_guard lock(m_impl->mutex);
    m_impl->estimate += logits.values.size() * (m_impl->options.precision == StorePrecision::Half ? 2U : 4U) +
                        kEntryRecordBytes + kHeaderBytes;
    isTight = m_impl->estimate > m_impl->options.maxBytes || ++m_impl->putsSinceLook >= kPutsBetweenLooks;
  }
  if (isTight) m_impl->makeRoom(path);
  if (out) return std::move(*out);
  return holdInMemory(logits, m_impl->options.precision);  // another process evicted it in between
}

std::uint64_t LogitsStore::bytesUsed() const {
  std::uint64_t used = 0;
  for (const Entry& entry : entriesBelow(m_impl->folder)) used += entry.bytes;
  return used;
}

const fs::path& LogitsStore::folder() const { return m_impl->folder; }

StorePrecision LogitsStore::precision() const { return m_impl->options.precision; }

void LogitsStore::clear() {
  for (const Entry& entry : entriesBelow(m_impl->folder)) unlink(entry.path.c_str());
  const std::lock_guard lock(m_impl->mutex);
  m_impl->estimate = 0;
  m_impl->verified.clear();
}

}  // namespace oodscope
