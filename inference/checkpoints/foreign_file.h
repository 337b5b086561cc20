// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/formats/zip_archive.h"

#include <cstddef>
#include <filesystem>
#include <span>

namespace oodscope {

/// Throws the Error of a file that is no checkpoint: what its content is and what to do with it. For files that are
/// neither torch.save's zip nor its legacy format. Requires: bytes are not empty. Cost: O(first kilobyte).
[[noreturn]] void refuseForeign(std::span<const std::byte> bytes, const std::filesystem::path& file);

/// The same for a zip file that holds no data.pkl, judged by its members' names.
[[noreturn]] void refuseForeignZip(const ZipArchive& archive, const std::filesystem::path& file);

}  // namespace oodscope
