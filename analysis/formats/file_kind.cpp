// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/file_kind.h"

#include "analysis/core/error.h"
#include "analysis/formats/byte_signs.h"
#include "analysis/formats/file_bytes.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>

namespace oodscope {
namespace {

using Bytes = std::span<const std::uint8_t>;
namespace fs = std::filesystem;

/// Enough for the longest member name anybody writes first into a zip, for tar's mark and for usual HDF5 user blocks.
constexpr std::size_t kSniffedBytes = 8192 + 8;
constexpr std::string_view kHdf5Sign = "\x89HDF\r\n\x1A\n";
constexpr std::size_t kFirstUserBlock = 512;  // and its doubles
constexpr std::uint64_t kFirstFarUserBlock = 16384;

struct KindFacts {
  FileKind kind;
  std::string_view name;         ///< "JPEG"
  std::string_view description;  ///< "a JPEG picture"
  std::string_view advice = {};
};
constexpr std::array<KindFacts, 26> kKinds = {{
    {FileKind::Jpeg, "JPEG", "a JPEG picture"},
    {FileKind::Png, "PNG", "a PNG picture"},
    {FileKind::Webp, "WebP", "a WebP picture"},
    {FileKind::Tiff, "TIFF", "a TIFF picture"},
    {FileKind::Bmp, "BMP", "a BMP picture"},
    {FileKind::Npy, "NumPy array (.npy)", "a NumPy array (.npy)"},
    {FileKind::Zip, "zip archive", "a zip archive"},
    {FileKind::TorchZip, "PyTorch archive", "a PyTorch file (torch.save or TorchScript)"},
    {FileKind::TorchLegacy, "legacy PyTorch file", "a PyTorch file of the format before 1.6"},
    {FileKind::Hdf5, "HDF5", "an HDF5 file"},
    {FileKind::Json, "JSON", "JSON text"},
    {FileKind::Empty, "an empty file", "an empty file", "was it copied or downloaded completely?"},
    {FileKind::Gif, "GIF", "a GIF picture", "convert it to PNG"},
    {FileKind::OtherPicture, "picture of a kind that is not read", "a picture of a kind that is not read",
     "convert it to PNG"},
    {FileKind::Pdf, "PDF", "a PDF document"},
    {FileKind::Matlab5, "MATLAB file (v5)", "a MATLAB file of version 5",
     "write it as .npy, or in MATLAB with: save -v7.3"},
    {FileKind::Safetensors, "safetensors file", "a safetensors file",
     "in Python: torch.save(safetensors.torch.load_file(IN), OUT)"},
    {FileKind::Onnx, "ONNX model", "an ONNX model",
     "save the network it was made from as a state dict or as TorchScript with torch.jit.trace"},
    {FileKind::Pickle, "Python pickle", "a Python pickle, which is never unpickled as it can run code",
     "write arrays with numpy.save, weights with torch.save"},
    {FileKind::Tar, "tar archive", "a tar archive", "unpack it first"},
    {FileKind::Packed, "packed file", "a packed file", "unpack it first"},
    {FileKind::LfsPointer, "Git LFS pointer", "a Git LFS pointer, not the content", "fetch that with: git lfs pull"},
    {FileKind::Html, "web page (HTML)", "a web page (HTML)",
     "the download gave a page instead of the file: a log-in or a confirmation may be needed"},
    {FileKind::MacLeftover, "macOS leftover", "a leftover of macOS that holds no data"},
    {FileKind::Text, "text", "plain text"},
    {FileKind::Unknown, "unknown content", "unknown content"},
}};

const KindFacts& factsOf(FileKind kind) {
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(), [&](const KindFacts& f) { return f.kind == kind; });
  require(found != kKinds.end(), "file_kind: a kind without facts");
  return *found;
}

FileKind pictureKind(Bytes start) {
  using signs::hasAt;
  if (hasAt(start, 0, "\xFF\xD8\xFF")) return FileKind::Jpeg;
  if (hasAt(start, 0, "\x89PNG\r\n\x1A\n")) return FileKind::Png;
  if (hasAt(start, 0, "RIFF") && hasAt(start, 8, "WEBP")) return FileKind::Webp;
  constexpr std::array kTiffs = {std::string_view("II*\0", 4), std::string_view("MM\0*", 4),
                                 std::string_view("II+\0", 4), std::string_view("MM\0+", 4)};
  if (std::any_of(kTiffs.begin(), kTiffs.end(), [&](auto sign) { return hasAt(start, 0, sign); }))
    return FileKind::Tiff;
  if (hasAt(start, 0, "BM") && hasAt(start, 6, std::string_view("\0\0\0\0", 4))) return FileKind::Bmp;
  if (hasAt(start, 0, "GIF87a") || hasAt(start, 0, "GIF89a")) return FileKind::Gif;
  return signs::otherPictureName(start).empty() ? FileKind::Unknown : FileKind::OtherPicture;
}

bool hasHdf5Sign(Bytes start) {
  if (signs::hasAt(start, 0, kHdf5Sign)) return true;
  for (std::size_t at = kFirstUserBlock; at + kHdf5Sign.size() <= start.size(); at *= 2)
    if (signs::hasAt(start, at, kHdf5Sign)) return true;
  return false;
}

/// Whether HDF5 begins behind a user block longer than what was read.
bool hasFarHdf5Sign(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const auto size = sizeOfFile(file);
  for (std::uint64_t at = kFirstFarUserBlock; at + kHdf5Sign.size() <= size; at *= 2) {
    std::array<char, kHdf5Sign.size()> bytes{};
    stream.seekg(static_cast<std::streamoff>(at));
    if (!stream.read(bytes.data(), bytes.size())) return false;
    if (std::string_view(bytes.data(), bytes.size()) == kHdf5Sign) return true;
  }
  return false;
}

/// What belongs to the kind and can only be told from the bytes.
std::string details(FileKind kind, Bytes start) {
  using signs::hasAt;
  constexpr std::size_t kFlags = 20;
  constexpr std::uint8_t kAnimated = 0x02;
  switch (kind) {
    case FileKind::Webp:
      if (hasAt(start, 12, "VP8X") && start.size() > kFlags && (start[kFlags] & kAnimated) != 0)
        return "an animated WebP";
      return {};
    case FileKind::Zip:
      return signs::zipName(start);
    case FileKind::Hdf5:
      return hasAt(start, 0, "MATLAB 7.3") ? "a MATLAB file of version 7.3 (HDF5)" : std::string();
    case FileKind::Packed:
      return std::string(signs::packedName(start));
    case FileKind::OtherPicture:
      return std::string(signs::otherPictureName(start));
    case FileKind::Text:
      return hasAt(start, 0, "/annex/objects/") || hasAt(start, 0, "../.git/annex/objects/")
                 ? "a git-annex pointer, not the content (fetch that with: git annex get)"
                 : std::string();
    default:
      return {};
  }
}

std::string description(FileKind kind, Bytes start) {
  const auto& facts = factsOf(kind);
  std::string out = details(kind, start);
  if (out.empty()) out = facts.description;
  if (!facts.advice.empty()) out.append(" (").append(facts.advice).append(")");
  return out;
}

}  // namespace

std::string_view fileKindName(FileKind kind) { return factsOf(kind).name; }

FileKind sniffBytes(Bytes start) {
  using signs::hasAt;
  if (start.empty()) return FileKind::Empty;
  if (const FileKind picture = pictureKind(start); picture != FileKind::Unknown) return picture;
  if (hasAt(start, 0, "\x93NUMPY")) return FileKind::Npy;
  if (hasAt(start, 0, "PK\x03\x04") || hasAt(start, 0, "PK\x05\x06")) {
    return signs::isTorchArchive(start) ? FileKind::TorchZip : FileKind::Zip;
  }
  if (hasHdf5Sign(start)) return FileKind::Hdf5;
  if (signs::isLegacyTorch(start)) return FileKind::TorchLegacy;
  if (hasAt(start, 0, "%PDF-")) return FileKind::Pdf;
  if (hasAt(start, 0, "MATLAB 5.0 MAT-file")) return FileKind::Matlab5;
  if (signs::isSafetensors(start)) return FileKind::Safetensors;
  if (signs::isTar(start)) return FileKind::Tar;
  if (!signs::packedName(start).empty()) return FileKind::Packed;
  if (signs::isPickle(start)) return FileKind::Pickle;
  if (signs::isMacLeftover(start)) return FileKind::MacLeftover;
  if (hasAt(start, 0, "version https://git-lfs.github.com/spec/")) return FileKind::LfsPointer;
  if (signs::isHtml(start)) return FileKind::Html;
  if (signs::looksLikeJson(start)) return FileKind::Json;
  if (signs::isOnnx(start)) return FileKind::Onnx;
  return signs::isText(start) ? FileKind::Text : FileKind::Unknown;
}

FileKind sniffFile(const fs::path& file) {
  const auto kind = sniffBytes(readFileStart(file, kSniffedBytes));
  const bool isClear = kind != FileKind::Unknown && kind != FileKind::Text;
  return !isClear && hasFarHdf5Sign(file) ? FileKind::Hdf5 : kind;
}

std::string describeBytes(Bytes start) { return description(sniffBytes(start), start); }

std::string describeFile(const fs::path& file) {
  std::error_code failure;
  const auto status = fs::status(file, failure);
  switch (status.type()) {
    case fs::file_type::directory:
      return "a folder";
    case fs::file_type::fifo:
      return "a named pipe";
    case fs::file_type::socket:
      return "a socket";
    case fs::file_type::block:
    case fs::file_type::character:
      return "a device";
    case fs::file_type::not_found:
      return fs::is_symlink(fs::symlink_status(file, failure)) ? "a link that leads nowhere" : "nothing of that name";
    default:
      break;
  }
  try {
    return description(sniffFile(file), readFileStart(file, kSniffedBytes));
  } catch (const Error& error) {
    return error.parts().found.empty() ? "a file that cannot be read"
                                       : "a file that cannot be read: " + error.parts().found;
  }
}

bool isPicture(FileKind kind) {
  return kind == FileKind::Jpeg || kind == FileKind::Png || kind == FileKind::Webp || kind == FileKind::Tiff ||
         kind == FileKind::Bmp;
}

}  // namespace oodscope
