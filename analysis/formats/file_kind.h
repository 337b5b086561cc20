// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace oodscope {

enum class FileKind {
  Jpeg,
  Png,
  Webp,
  Tiff,
  Bmp,
  Npy,
  Zip,          ///< .npz, or any other zip archive that is not PyTorch's
  TorchZip,     ///< torch.save since 1.6, and TorchScript
  TorchLegacy,  ///< torch.save before 1.6: pickles one after another
  Hdf5,
  Json,
  Empty,
  Unknown
};

/// "JPEG", "PNG", … for messages.
[[nodiscard]] std::string_view fileKindName(FileKind kind);

/// What the content is, whatever the file's name says.
/// Throws Error: missing, a folder, not readable. Cost: a few hundred bytes.
[[nodiscard]] FileKind sniffFile(const std::filesystem::path& file);

/// The same from the first bytes; a zip is Zip or TorchZip by the name of its first member alone.
[[nodiscard]] FileKind sniffBytes(std::span<const std::uint8_t> start);

/// Whether the program decodes the kind as a picture.
[[nodiscard]] bool isPicture(FileKind kind);

}  // namespace oodscope
