// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string_view>

namespace oodscope {

/// Replaces `path` by `bytes`, all or nothing: a temporary name in the same folder, flushed to the disk, renamed.
/// Readers see the old file or the new one, never a part. The folder must exist. A link is followed, so that its target
/// is replaced. Throws Error: no such folder, not writable, disk full; then the old file is untouched and no temporary
/// one is left.
void writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> bytes);
void writeFileAtomically(const std::filesystem::path& path, std::string_view text);
/// The same from parts written one after another: a header and its data need not be joined first.
void writeFileAtomically(const std::filesystem::path& path, std::initializer_list<std::span<const std::byte>> parts);

}  // namespace oodscope
