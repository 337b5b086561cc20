// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QProcess>

namespace oodscope {

/// Lets `process` start with fork() where Qt would use vfork(). The thread sanitizer takes what the child of a vfork
/// does for the parent's doing and no longer sees what the parent's main thread synchronises.
inline void startWithFork(QProcess& process) {
  process.setChildProcessModifier([] {});
}

}  // namespace oodscope
