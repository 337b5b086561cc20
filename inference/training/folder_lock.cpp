// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/folder_lock.h"

#include "analysis/core/error.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

namespace oodscope {
namespace {

constexpr const char* kName = "training.lock";
constexpr std::string_view kHeading = "oodscope training, process ";

std::string contentOf(int descriptor) {
  std::array<char, 200> text{};
  const ssize_t count = pread(descriptor, text.data(), text.size(), 0);
  return count > 0 ? std::string(text.data(), static_cast<std::size_t>(count)) : std::string();
}

/// Says who holds the lock, unless the file is somebody's own of the same name.
void sign(int descriptor) {
  if (const std::string known = contentOf(descriptor); !known.empty() && !known.starts_with(kHeading)) return;
  std::array<char, 80> host{};
  gethostname(host.data(), host.size() - 1);
  const std::string text = std::string(kHeading) + std::to_string(getpid()) + " on " + host.data() + "\n";
  // The text is for people; the lock holds without it.
  if (ftruncate(descriptor, 0) == 0) static_cast<void>(pwrite(descriptor, text.data(), text.size(), 0) == 0);
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / kName;
  m_descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
  if (m_descriptor < 0) {
    throw Error({.what = "the training's folder cannot be written", .found = std::strerror(errno), .file = file});
  }
  int status = 0;
  do {
    status = flock(m_descriptor, LOCK_EX | LOCK_NB);
  } while (status != 0 && errno == EINTR);
  if (status != 0 && errno == EWOULDBLOCK) {
    std::string who = contentOf(m_descriptor);
    who = who.starts_with(kHeading) ? who.substr(0, who.find('\n')) : "another process";
    close(m_descriptor);
    throw Error({.what = "another training is writing into this folder: wait for it, or name another --output",
                 .expected = "one training a folder",
                 .found = who,
                 .file = file});
  }
  m_isHeld = status == 0;
  if (m_isHeld) sign(m_descriptor);
}

FolderLock::~FolderLock() {
  if (m_descriptor >= 0) close(m_descriptor);
}

}  // namespace oodscope
