// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/logits/cache_folder.h"

namespace oodscope {

/// A file without a name, gone when nothing holds it open, however the program ends. It lies in TMPDIR, /var/tmp
/// or /tmp, on a disk: a file system in memory would hide from every bound of memory. Not open:
/// no such folder has room for `bytes` and a reserve for others beside it.
[[nodiscard]] Descriptor unnamedTemporaryFile(std::uint64_t bytes);

}  // namespace oodscope
