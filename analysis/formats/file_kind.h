// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
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
  Hdf5,         ///< with or without a user block before it, as MATLAB v7.3 writes
  Json,
  Empty,
  // Named so that a refusal can say what is there; the program reads none of these.
  Gif,
  OtherPicture,  ///< JPEG 2000 or XL, AVIF or HEIC, OpenEXR, PFM, PGM or PPM, Photoshop
  Pdf,
  Matlab5,
  Safetensors,
  Onnx,
  Pickle,
  Tar,
  Packed,  ///< gzip, bzip2, xz, zstd, 7z, RAR
  LfsPointer,
  Html,
  MacLeftover,  ///< AppleDouble "._name" or .DS_Store
  Text,
  Unknown
};

/// "JPEG", "PNG", … for messages.
[[nodiscard]] std::string_view fileKindName(FileKind kind);

/// What the content is, whatever the file's name says.
/// Throws Error: missing, a folder, not readable. Cost: a few kilobytes, and a few bytes at each doubling of an offset
/// where an HDF5 file's user block is looked for.
[[nodiscard]] FileKind sniffFile(const std::filesystem::path& file);

/// The same from the first bytes (8 KiB tell all but HDF5 behind a longer user block); a zip is Zip or TorchZip by the
/// name of its first member alone.
[[nodiscard]] FileKind sniffBytes(std::span<const std::uint8_t> start);

/// What a path is and, for what people mistake for something else, what to do, for the "found" of a refusal: "a Git LFS
/// pointer, not the content (fetch that with: git lfs pull)", "an animated WebP", "a folder", "a named pipe", "nothing
/// of that name". Never throws Error. Cost: as sniffFile.
[[nodiscard]] std::string describeFile(const std::filesystem::path& file);
/// The same of a file's first bytes.
[[nodiscard]] std::string describeBytes(std::span<const std::uint8_t> start);

/// Whether the program decodes the kind as a picture.
[[nodiscard]] bool isPicture(FileKind kind);

}  // namespace oodscope
