// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>

namespace oodscope {

/// The right to write into a training's folder, held by one process at a time: a lock on FOLDER/training.lock, which
/// the system takes back when the process ends, however it ends. The file stays; one that is left over locks nothing.
class FolderLock {
public:
  /// Throws Error where another process holds the lock (which), or the file cannot be made. On file systems without
  /// locks the folder is used without one.
  explicit FolderLock(const std::filesystem::path& folder);
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();
  /// Whether the file system gave a lock.
  [[nodiscard]] bool isHeld() const { return m_isHeld; }

private:
  int m_descriptor = -1;
  bool m_isHeld = false;
};

}  // namespace oodscope
