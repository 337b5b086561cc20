// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/atomic_file.h"

#include "analysis/core/error.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// As the kernel counts before it gives up with ELOOP.
constexpr int kMostLinks = 40;
/// Of 255 that a file name may have; the rest is for what makes it temporary.
constexpr std::size_t kLongestStem = 200;
constexpr int kMostNames = 100;

[[noreturn]] void fail(const char* what, int code, const fs::path& path) {
  throw Error({.what = what, .found = std::strerror(code), .file = path});
}

void writeAll(int descriptor, std::span<const std::byte> bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail("file cannot be written", count < 0 ? errno : ENOSPC, path);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

/// Where writing goes: a regular file, or a place for one, that is replaced; or something that is written into.
struct Target {
  fs::path path;
  bool isWrittenInto = false;
};

/// Links of /proc lead to what a process has open, not to a path.
bool liesInProc(const fs::path& folder) {
  struct statfs status {};
  return statfs(folder.empty() ? "." : folder.c_str(), &status) == 0 && status.f_type == PROC_SUPER_MAGIC;
}

Target targetOf(const fs::path& asked) {
  struct stat status {};
  if (stat(asked.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode))
      throw Error({.what = "file cannot be written", .expected = "a file name", .found = "a folder", .file = asked});
    if (!S_ISREG(status.st_mode)) return {asked, true};
  }
  fs::path path = asked;
  for (int links = 0; links <= kMostLinks; ++links) {
    if (lstat(path.c_str(), &status) != 0 || !S_ISLNK(status.st_mode)) return {path};
    if (liesInProc(path.parent_path())) return {asked, true};
    std::error_code failure;
    const fs::path next = fs::read_symlink(path, failure);
    if (failure) fail("file cannot be written", failure.value(), asked);
    path = next.is_absolute() ? next : path.parent_path() / next;
  }
  fail("file cannot be written", ELOOP, asked);
}

/// Something that is no file to replace, open for writing at its end.
class Opened {
public:
  explicit Opened(const fs::path& path) : m_path(path), m_descriptor(open(path.c_str(), kFlags)) {
    if (m_descriptor < 0) fail("file cannot be written", errno, path);
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    if (m_descriptor >= 0) close(m_descriptor);
  }
  void write(std::span<const std::byte> bytes) const { writeAll(m_descriptor, bytes, m_path); }
  void commit() {
    if (close(std::exchange(m_descriptor, -1)) != 0) fail("file cannot be written", errno, m_path);
  }

private:
  static constexpr int kFlags = O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC;
  fs::path m_path;
  int m_descriptor;
};

/// A file under a temporary name that goes away unless it is renamed.
class TemporaryFile {
public:
  explicit TemporaryFile(const fs::path& target) : m_target(target) {
    static std::atomic<unsigned> serial{0};
    const std::string stem = target.filename().string().substr(0, kLongestStem) + ".part-" + std::to_string(getpid());
    // As readable as any other new file: the kernel applies the process's mask.
    for (int attempt = 0; m_descriptor < 0 && attempt < kMostNames; ++attempt) {
      m_name = target.parent_path() / (stem + "-" + std::to_string(serial++));
      m_descriptor = open(m_name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (m_descriptor < 0 && errno != EEXIST) break;
    }
    if (m_descriptor < 0) fail("file cannot be written", errno, target);
    struct stat old {};
    if (stat(target.c_str(), &old) == 0) takeOver(old);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (m_descriptor < 0 && m_name.empty()) return;
    if (m_descriptor >= 0) close(m_descriptor);
    if (!m_name.empty()) unlink(m_name.c_str());
  }

  void write(std::span<const std::byte> bytes) const { writeAll(m_descriptor, bytes, m_target); }

  void commit(Durability durability) {
    // EINVAL and ENOTSUP: a file system that cannot flush single files.
    if (durability == Durability::Flushed && fsync(m_descriptor) != 0 && errno != EINVAL && errno != ENOTSUP) {
      fail("file cannot be flushed to the disk", errno, m_target);
    }
    const int descriptor = std::exchange(m_descriptor, -1);
    if (close(descriptor) != 0) fail("file cannot be written", errno, m_target);
    if (std::rename(m_name.c_str(), m_target.c_str()) != 0) fail("file cannot be put in place", errno, m_target);
    m_name.clear();
  }

private:
  /// Permissions and owner of the file that is replaced. Another owner is root's to give; without it the group alone.
  void takeOver(const struct stat& old) const {
    mode_t mode = old.st_mode & 07777U;
    if (fchown(m_descriptor, old.st_uid, old.st_gid) != 0 &&
        fchown(m_descriptor, static_cast<uid_t>(-1), old.st_gid) != 0) {
      mode &= 01777U;  // what ran as the old owner must not run as the new one
    }
    (void)fchmod(m_descriptor, mode);
  }

  fs::path m_target;
  fs::path m_name;
  int m_descriptor = -1;
};

}  // namespace

void writeFileAtomically(const fs::path& path, std::initializer_list<std::span<const std::byte>> parts,
                         Durability durability) {
  const Target target = targetOf(path);
  if (target.isWrittenInto) {
    Opened file(target.path);
    for (const auto part : parts) file.write(part);
    file.commit();
    return;
  }
  TemporaryFile file(target.path);
  for (const auto part : parts) file.write(part);
  file.commit(durability);
}

void writeFileAtomically(const fs::path& path, std::span<const std::byte> bytes) { writeFileAtomically(path, {bytes}); }

void writeFileAtomically(const fs::path& path, std::string_view text) {
  writeFileAtomically(path, {std::as_bytes(std::span(text.data(), text.size()))});
}

}  // namespace oodscope
