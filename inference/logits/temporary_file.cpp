// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/logits/temporary_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// Left to the other users of the disk.
constexpr std::uint64_t kReserve = std::uint64_t{256} << 20;

std::vector<fs::path> temporaryFolders() {
  std::vector<fs::path> out;
  const char* chosen = std::getenv("TMPDIR");
  if (chosen != nullptr && chosen[0] == '/') out.emplace_back(chosen);
  out.insert(out.end(), {"/var/tmp", "/tmp"});
  return out;
}

bool hasRoomOnDisk(const fs::path& folder, std::uint64_t bytes) {
  struct statfs kind {};
  struct statvfs room {};
  if (statfs(folder.c_str(), &kind) != 0 || statvfs(folder.c_str(), &room) != 0) return false;
  if (kind.f_type == TMPFS_MAGIC || kind.f_type == RAMFS_MAGIC) return false;
  return std::uint64_t{room.f_bavail} * room.f_frsize > bytes + kReserve;
}

}  // namespace

Descriptor unnamedTemporaryFile(std::uint64_t bytes) {
  for (const fs::path& folder : temporaryFolders()) {
    if (!hasRoomOnDisk(folder, bytes)) continue;
    Descriptor unnamed(open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (unnamed.isOpen()) return unnamed;
    std::string name = (folder / "oodscope-XXXXXX").string();  // not every file system has files without a name
    Descriptor file(mkostemp(name.data(), O_CLOEXEC));
    if (!file.isOpen()) continue;
    unlink(name.c_str());
    return file;
  }
  return Descriptor(-1);
}

}  // namespace oodscope
