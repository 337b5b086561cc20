// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string_view>

namespace oodscope {

/// Whether a file is on the disk before it takes its name. Quick: what a power cut destroys can be made again.
enum class Durability { Flushed, Quick };

/// Replaces `path` by `bytes`, all or nothing: a temporary name in the same folder, flushed to the disk, renamed.
/// Readers see the old file or the new one, never a part. The folder must exist. Links are followed, one that leads to
/// nothing too: the file they lead to is replaced, in its own folder. A file that is replaced hands on its permissions
/// and, where that is allowed, its owner. What is no regular file is written into and stays what it is: a device, a
/// FIFO (waits for its reader), an open descriptor as /dev/stdout. Throws Error: no such folder, not writable, disk
/// full, a folder or a socket; then the old file is untouched and no temporary one is left.
void writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> bytes);
void writeFileAtomically(const std::filesystem::path& path, std::string_view text);
/// The same from parts written one after another: a header and its data need not be joined first.
void writeFileAtomically(const std::filesystem::path& path, std::initializer_list<std::span<const std::byte>> parts,
                         Durability durability = Durability::Flushed);

}  // namespace oodscope
