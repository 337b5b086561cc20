// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/atomic_file.h"

#include "analysis/core/error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

namespace oodscope {
namespace {

[[noreturn]] void fail(const char* what, int code, const std::filesystem::path& path) {
  throw Error({.what = what, .found = std::strerror(code), .file = path});
}

/// A file under a temporary name that goes away unless it is renamed.
class TemporaryFile {
public:
  explicit TemporaryFile(const std::filesystem::path& target)
      : m_target(target), m_name(target.string() + ".part-XXXXXX") {
    m_descriptor = mkstemp(m_name.data());
    if (m_descriptor < 0) fail("file cannot be written", errno, target);
    // mkstemp makes files private to the user; a result is as readable as any other new file.
    const mode_t mask = umask(0);
    umask(mask);
    fchmod(m_descriptor, 0666 & ~mask);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (m_descriptor >= 0) close(m_descriptor);
    if (!m_name.empty()) unlink(m_name.c_str());
  }

  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::write(m_descriptor, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) fail("file cannot be written", count < 0 ? errno : ENOSPC, m_target);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }

  void commit() {
    // EINVAL and ENOTSUP: a file system that cannot flush single files.
    if (fsync(m_descriptor) != 0 && errno != EINVAL && errno != ENOTSUP) {
      fail("file cannot be flushed to the disk", errno, m_target);
    }
    const int descriptor = std::exchange(m_descriptor, -1);
    if (close(descriptor) != 0) fail("file cannot be written", errno, m_target);
    if (std::rename(m_name.c_str(), m_target.c_str()) != 0) fail("file cannot be put in place", errno, m_target);
    m_name.clear();
  }

private:
  std::filesystem::path m_target;
  std::string m_name;
  int m_descriptor = -1;
};

}  // namespace

void writeFileAtomically(const std::filesystem::path& path, std::initializer_list<std::span<const std::byte>> parts) {
  std::error_code failure;
  const auto resolved =
      std::filesystem::is_symlink(path, failure) ? std::filesystem::weakly_canonical(path, failure) : path;
  const auto& target = failure ? path : resolved;
  if (std::filesystem::is_directory(target, failure)) {
    throw Error({.what = "file cannot be written", .expected = "a file name", .found = "a folder", .file = path});
  }
  TemporaryFile file(target);
  for (const auto part : parts) file.write(part);
  file.commit();
}

void writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  writeFileAtomically(path, {bytes});
}

void writeFileAtomically(const std::filesystem::path& path, std::string_view text) {
  writeFileAtomically(path, {std::as_bytes(std::span(text.data(), text.size()))});
}

}  // namespace oodscope
