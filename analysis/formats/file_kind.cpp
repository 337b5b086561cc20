// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/file_kind.h"

#include "analysis/formats/file_bytes.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace oodscope {
namespace {

using Bytes = std::span<const std::uint8_t>;

/// Enough for the longest member name anybody writes first into a zip.
constexpr std::size_t kSniffedBytes = 512;

bool hasAt(Bytes bytes, std::size_t offset, std::string_view text) {
  if (bytes.size() < offset + text.size()) return false;
  return std::equal(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

/// A local file header is 30 bytes, the name's length at 26. PyTorch writes "<archive>/data.pkl" or
/// "<archive>/constants.pkl" first, and ".data/" records later.
bool isTorchArchive(Bytes bytes) {
  if (bytes.size() < 30) return false;
  const std::size_t length = bytes[26] + 256U * bytes[27];
  const std::size_t end = std::min<std::size_t>(bytes.size(), 30 + length);
  const std::string name(bytes.begin() + 30, bytes.begin() + static_cast<std::ptrdiff_t>(end));
  const auto slash = name.find('/');
  if (slash == std::string::npos) return false;
  const std::string_view rest = std::string_view(name).substr(slash + 1);
  return rest == "data.pkl" || rest == "constants.pkl" || rest == "version" || rest.starts_with("code/") ||
         rest.starts_with("data/") || rest == "byteorder" || rest == ".format_version";
}

/// The legacy format starts with a pickled magic number, 0x1950a86a20f9469cfc6c, as a long of ten bytes.
bool isLegacyTorch(Bytes bytes) {
  constexpr std::array<std::uint8_t, 10> kMagic = {0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};
  const auto head = bytes.first(std::min<std::size_t>(bytes.size(), 32));
  return !head.empty() && head[0] == 0x80 &&
         std::search(head.begin(), head.end(), kMagic.begin(), kMagic.end()) != head.end();
}

bool looksLikeJson(Bytes bytes) {
  std::size_t i = hasAt(bytes, 0, "\xEF\xBB\xBF") ? 3 : 0;
  const auto skipSpace = [&] {
    while (i < bytes.size() && (bytes[i] == ' ' || bytes[i] == '\n' || bytes[i] == '\r' || bytes[i] == '\t')) ++i;
  };
  skipSpace();
  if (i >= bytes.size() || (bytes[i] != '{' && bytes[i] != '[')) return false;
  const bool isObject = bytes[i] == '{';
  ++i;
  skipSpace();
  if (i >= bytes.size()) return true;
  const auto c = bytes[i];
  if (isObject) return c == '"' || c == '}';
  return c == '"' || c == ']' || c == '[' || c == '{' || c == '-' || c == 't' || c == 'f' || c == 'n' ||
         std::isdigit(c) != 0;
}

}  // namespace

std::string_view fileKindName(FileKind kind) {
  switch (kind) {
    case FileKind::Jpeg:
      return "JPEG";
    case FileKind::Png:
      return "PNG";
    case FileKind::Webp:
      return "WebP";
    case FileKind::Tiff:
      return "TIFF";
    case FileKind::Bmp:
      return "BMP";
    case FileKind::Npy:
      return "NumPy array (.npy)";
    case FileKind::Zip:
      return "zip archive";
    case FileKind::TorchZip:
      return "PyTorch archive";
    case FileKind::TorchLegacy:
      return "legacy PyTorch file";
    case FileKind::Hdf5:
      return "HDF5";
    case FileKind::Json:
      return "JSON";
    case FileKind::Empty:
      return "an empty file";
    case FileKind::Unknown:
      break;
  }
  return "unknown content";
}

FileKind sniffBytes(Bytes start) {
  if (start.empty()) return FileKind::Empty;
  if (hasAt(start, 0, "\xFF\xD8\xFF")) return FileKind::Jpeg;
  if (hasAt(start, 0, "\x89PNG\r\n\x1A\n")) return FileKind::Png;
  if (hasAt(start, 0, "RIFF") && hasAt(start, 8, "WEBP")) return FileKind::Webp;
  if (hasAt(start, 0, std::string_view("II*\0", 4)) || hasAt(start, 0, std::string_view("MM\0*", 4)) ||
      hasAt(start, 0, std::string_view("II+\0", 4)) || hasAt(start, 0, std::string_view("MM\0+", 4))) {
    return FileKind::Tiff;
  }
  if (hasAt(start, 0, "\x93NUMPY")) return FileKind::Npy;
  if (hasAt(start, 0, "PK\x03\x04") || hasAt(start, 0, "PK\x05\x06")) {
    return isTorchArchive(start) ? FileKind::TorchZip : FileKind::Zip;
  }
  if (hasAt(start, 0, "\x89HDF\r\n\x1A\n")) return FileKind::Hdf5;
  if (isLegacyTorch(start)) return FileKind::TorchLegacy;
  if (hasAt(start, 0, "BM") && hasAt(start, 6, std::string_view("\0\0\0\0", 4))) return FileKind::Bmp;
  if (looksLikeJson(start)) return FileKind::Json;
  return FileKind::Unknown;
}

FileKind sniffFile(const std::filesystem::path& file) { return sniffBytes(readFileStart(file, kSniffedBytes)); }

bool isPicture(FileKind kind) {
  return kind == FileKind::Jpeg || kind == FileKind::Png || kind == FileKind::Webp || kind == FileKind::Tiff ||
         kind == FileKind::Bmp;
}

}  // namespace oodscope
