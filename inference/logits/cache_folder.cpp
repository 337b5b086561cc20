// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/logits/cache_folder.h"

#include "analysis/core/error.h"
#include "analysis/formats/atomic_file.h"
#include "inference/logits/entry.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLock = ".lock";
constexpr const char* kTag = "CACHEDIR.TAG";
constexpr const char* kVersionFile = "oodscope-logits-version";
constexpr const char* kSubfolder = "oodscope-logits";
/// From the specification of cache directories, bford.info/cachedir, so that backups leave the folder out.
constexpr std::string_view kSignature = "Signature: 8a477f597d28d172789f06886806bc55";
constexpr std::string_view kVersionWords = "oodscope logits";
/// Earlier versions held no lock while they wrote.
constexpr std::time_t kAbandonedAfterSeconds = 3600;
/// Between the making of a file and its lock.
constexpr std::time_t kUnlockedForSeconds = 60;
constexpr std::chrono::milliseconds kLockLook{20};

bool isHexadecimal(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool isEntryFolderName(const std::string& name) { return name.size() == 2 && isHexadecimal(name); }

/// The address in an entry's file name, or nothing.
std::optional<std::string> addressIn(const fs::path& file) {
  std::string stem = file.stem().string();
  const bool fits = file.extension() == ".npy" && stem.size() == kAddressDigits && isHexadecimal(stem) &&
                    stem.substr(0, 2) == file.parent_path().filename();
  return fits ? std::optional(std::move(stem)) : std::nullopt;
}

bool isPartName(const std::string& name) {
  return name.size() > kAddressDigits && name.ends_with(".part") && name[kAddressDigits] == '.' &&
         isHexadecimal(std::string_view(name).substr(0, kAddressDigits));
}

/// Whether nobody will finish a part.
bool isAbandoned(const fs::path& part, const struct stat& status, std::time_t now) {
  const std::time_t age = now - status.st_mtime;
  const bool isLocked = part.filename().string().find('-') != std::string::npos;  // by its writer while that lives
  if (!isLocked) return age >= kAbandonedAfterSeconds;
  if (status.st_size == 0 && age < kUnlockedForSeconds) return false;  // its writer may not have the lock yet
  const Descriptor file(part, O_RDWR | O_NOFOLLOW);
  return file.isOpen() && flock(file.value(), LOCK_EX | LOCK_NB) == 0;
}

bool isEntry(const fs::path& file) {
  const auto address = addressIn(file);
  if (!address) return false;
  const auto record = recordOf(file);
  return record && record->address == *address;
}

/// What a folder holds, or nothing where it cannot be read.
std::optional<std::vector<fs::path>> contentOf(const fs::path& folder) {
  std::error_code problem;
  std::vector<fs::path> out;
  fs::directory_iterator it(folder, problem);
  for (const fs::directory_iterator end; !problem && it != end; it.increment(problem)) out.push_back(it->path());
  return problem ? std::nullopt : std::optional(std::move(out));
}

bool isRealFolder(const fs::path& path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// Every file that lies where an entry or a part of one may lie. Follows no links.
void forEachFile(const fs::path& folder, const std::function<void(const fs::path&, const struct stat&)>& visit) {
  for (const fs::path& below : contentOf(folder).value_or(std::vector<fs::path>())) {
    if (!isEntryFolderName(below.filename().string()) || !isRealFolder(below)) continue;
    for (const fs::path& file : contentOf(below).value_or(std::vector<fs::path>())) {
      struct stat status {};
      if (lstat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode)) visit(file, status);
    }
  }
}

bool beginsWith(const fs::path& file, std::string_view text) {
  std::ifstream in(file, std::ios::binary);
  std::string found(text.size(), '\0');
  return static_cast<bool>(in.read(found.data(), static_cast<std::streamsize>(found.size()))) && found == text;
}

bool isTagged(const fs::path& folder) {
  return beginsWith(folder / kTag, kSignature) && beginsWith(folder / kVersionFile, kVersionWords);
}

/// Whether a path directly below the store's folder is this program's.
bool isOwn(const fs::path& path) {
  const std::string name = path.filename().string();
  if (name == kLock || name == kVersionFile) return true;
  if (name == kTag) return beginsWith(path, kSignature) && fs::exists(path.parent_path() / kVersionFile);
  if (!isEntryFolderName(name) || !isRealFolder(path)) return false;
  const auto files = contentOf(path);
  return files && std::all_of(files->begin(), files->end(), [](const fs::path& file) {
           return isEntry(file) || isPartName(file.filename().string());
         });
}

/// Whether all that a folder holds is this program's: nothing, or entries of it.
bool holdsNothingElse(const fs::path& folder) {
  const auto content = contentOf(folder);
  return content && std::all_of(content->begin(), content->end(), isOwn);
}

/// Empty where the tag stands; otherwise why it could not be written.
std::string writeTag(const fs::path& folder) {
  try {
    writeFileAtomically(folder / kVersionFile, std::string(kVersionWords) + " 2\n");
    writeFileAtomically(folder / kTag, std::string(kSignature) +
                                           "\n# This folder holds logits that Oodscope made and can make again.\n"
                                           "# About cache directory tags see https://bford.info/cachedir/\n");
  } catch (const Error& error) {
    return error.parts().found;
  }
  return {};
}

std::string noFolder(const fs::path& folder, const std::string& reason) {
  return "no logits are kept in " + folder.string() + " (" + reason + "): they are made again by the next run";
}

}  // namespace

Descriptor::Descriptor(const fs::path& file, int flags) : m_value(open(file.c_str(), flags | O_CLOEXEC, 0644)) {}
Descriptor::Descriptor(Descriptor&& other) noexcept : m_value(std::exchange(other.m_value, -1)) {}
Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(m_value, other.m_value);
  return *this;
}

bool Descriptor::close() {
  const int value = std::exchange(m_value, -1);
  return value < 0 || ::close(value) == 0;
}

bool writeAll(const Descriptor& out, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(out.value(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written == 0) errno = ENOSPC;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

CacheFolder openCacheFolder(const fs::path& wanted, bool isOurs) {
  std::error_code problem;
  fs::create_directories(wanted, problem);
  if (!fs::is_directory(wanted)) return {{}, noFolder(wanted, problem ? problem.message() : "a file is there")};
  if (isTagged(wanted)) return {wanted, {}};
  if (isOurs || holdsNothingElse(wanted)) {
    const std::string reason = writeTag(wanted);
    if (reason.empty()) return {wanted, {}};
    // What is there can be read; put() will fail for the same reason, and nothing can be deleted.
    return {wanted, noFolder(wanted, reason)};
  }
  const fs::path below = wanted / kSubfolder;
  fs::create_directory(below, problem);
  const bool usable = isRealFolder(below) && (isTagged(below) || holdsNothingElse(below));
  if (!usable) return {{}, noFolder(wanted, "it holds files that are not Oodscope's, and so does " + below.string())};
  const std::string reason = isTagged(below) ? std::string() : writeTag(below);
  if (!reason.empty()) return {{}, noFolder(wanted, "it holds files that are not Oodscope's; " + reason)};
  return {below, wanted.string() + " holds files that are not Oodscope's: logits are kept in " + below.string()};
}

fs::path entryPath(const fs::path& folder, const std::string& address) {
  require(address.size() == kAddressDigits, "LogitsStore: an address has 64 digits");
  return folder / address.substr(0, 2) / (address + ".npy");
}

bool makeEntryFolder(const fs::path& folder, const std::string& address) {
  const fs::path below = folder / address.substr(0, 2);
  if (mkdir(below.c_str(), 0777) == 0) return true;
  if (errno != EEXIST) return false;
  if (isRealFolder(below)) return true;
  errno = ENOTDIR;
  return false;
}

fs::path partPath(const fs::path& folder, const std::string& address, unsigned serial) {
  return folder / address.substr(0, 2) /
         (address + "." + std::to_string(getpid()) + "-" + std::to_string(serial) + ".part");
}

std::vector<CacheEntry> entriesIn(const fs::path& folder) {
  std::vector<CacheEntry> out;
  forEachFile(folder, [&](const fs::path& file, const struct stat& status) {
    if (isEntry(file)) out.push_back({file, static_cast<std::uint64_t>(status.st_size), status.st_atim});
  });
  return out;
}

void removeEntry(const fs::path& folder, const std::string& address, const FileIdentity& identity) {
  const fs::path path = entryPath(folder, address);
  struct stat status {};
  if (isRealFolder(path.parent_path()) && lstat(path.c_str(), &status) == 0 && identityOf(status) == identity)
    unlink(path.c_str());
}

std::uint64_t sweep(const fs::path& folder) {
  const std::time_t now = std::time(nullptr);
  std::uint64_t bytes = 0;
  forEachFile(folder, [&](const fs::path& file, const struct stat& status) {
    if (addressIn(file)) bytes += static_cast<std::uint64_t>(status.st_size);
    if (isPartName(file.filename().string()) && isAbandoned(file, status, now)) unlink(file.c_str());
  });
  return bytes;
}

Descriptor lockFolder(const fs::path& folder, std::chrono::milliseconds patience) {
  Descriptor lock(folder / kLock, O_RDWR | O_CREAT | O_NOFOLLOW);
  const auto end = std::chrono::steady_clock::now() + patience;
  while (lock.isOpen() && flock(lock.value(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) break;  // no locks on this file system: evicting twice deletes more than needed, no more
    if (std::chrono::steady_clock::now() >= end) {
      lock.close();
      errno = EWOULDBLOCK;
      break;
    }
    std::this_thread::sleep_for(kLockLook);
  }
  return lock;
}

}  // namespace oodscope
