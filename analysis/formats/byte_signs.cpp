// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/byte_signs.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

namespace oodscope::signs {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

bool isSpace(std::uint8_t c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

std::size_t afterMarkAndSpace(Bytes bytes) {
  std::size_t at = hasAt(bytes, 0, kUtf8Mark) ? kUtf8Mark.size() : 0;
  while (at < bytes.size() && isSpace(bytes[at])) ++at;
  return at;
}

/// A local file header is 30 bytes, the name's length at 26.
std::string firstMember(Bytes zip) {
  constexpr std::size_t kHeader = 30;
  if (zip.size() < kHeader) return {};
  const std::size_t length = zip[26] + 256U * zip[27];
  const std::size_t end = std::min<std::size_t>(zip.size(), kHeader + length);
  return {zip.begin() + kHeader, zip.begin() + static_cast<std::ptrdiff_t>(end)};
}

/// A protobuf varint at `at`, which moves behind it.
std::optional<std::uint64_t> varint(Bytes bytes, std::size_t& at) {
  constexpr int kMostBits = 64;
  std::uint64_t value = 0;
  for (int shift = 0; at < bytes.size() && shift < kMostBits; shift += 7) {
    const auto byte = bytes[at++];
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if ((byte & 0x80U) == 0) return value;
  }
  return std::nullopt;
}

}  // namespace

bool hasAt(Bytes bytes, std::size_t offset, std::string_view text) {
  if (bytes.size() < offset + text.size()) return false;
  return std::equal(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

bool isTorchArchive(Bytes zip) {
  // PyTorch writes "<archive>/data.pkl" or "<archive>/constants.pkl" first, and ".data/" records later.
  const std::string name = firstMember(zip);
  const auto slash = name.find('/');
  if (slash == std::string::npos) return false;
  const std::string_view rest = std::string_view(name).substr(slash + 1);
  return rest == "data.pkl" || rest == "constants.pkl" || rest == "version" || rest.starts_with("code/") ||
         rest.starts_with("data/") || rest == "byteorder" || rest == ".format_version";
}

std::string zipName(Bytes zip) {
  const std::string name = firstMember(zip);
  if (name.ends_with(".npy")) return "a NumPy archive (.npz)";
  if (name == "[Content_Types].xml" || name == "mimetype") return "an office document";
  if (name == "metadata.json" || name == "config.json") return "a Keras model or another zip archive with JSON";
  if (hasAt(zip, 0, "PK\x05\x06")) return "an empty zip archive";
  return "a zip archive";
}

bool isLegacyTorch(Bytes bytes) {
  // A pickled magic number, 0x1950a86a20f9469cfc6c, as a long of ten bytes.
  constexpr std::array<std::uint8_t, 10> kMagic = {0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};
  const auto head = bytes.first(std::min<std::size_t>(bytes.size(), 32));
  return !head.empty() && head[0] == 0x80 &&
         std::search(head.begin(), head.end(), kMagic.begin(), kMagic.end()) != head.end();
}

bool isPickle(Bytes bytes) {
  // PROTO and a version; then FRAME (since 4) or what opens a collection, a global, a number or a text.
  constexpr std::string_view kOpening = "\x95}](c\x8c\x58UKMJG)\x8f\x8a\x94qN\x89\x88";
  return bytes.size() > 2 && bytes[0] == 0x80 && bytes[1] >= 2 && bytes[1] <= 5 &&
         kOpening.find(static_cast<char>(bytes[2])) != std::string_view::npos;
}

bool isSafetensors(Bytes bytes) {
  constexpr std::size_t kLength = 8;
  constexpr std::uint64_t kMostHeader = 100'000'000;  // the format's own bound
  if (bytes.size() < kLength + 2 || bytes[kLength] != '{') return false;
  std::uint64_t length = 0;
  for (std::size_t i = kLength; i-- > 0;) length = length << 8 | bytes[i];
  if (length < 2 || length > kMostHeader) return false;
  const auto rest = bytes.subspan(kLength + 1);
  const auto first = std::find_if_not(rest.begin(), rest.end(), isSpace);
  return first != rest.end() && (*first == '"' || *first == '}');
}

bool isOnnx(Bytes bytes) {
  constexpr std::uint64_t kText = 2, kNumber = 0;                 // wire types
  constexpr std::uint64_t kVersion = 1, kGraph = 7, kOpsets = 8;  // fields of ModelProto
  constexpr std::uint64_t kMostVersion = 100;
  std::size_t at = 0;
  const auto first = varint(bytes, at);
  const auto version = varint(bytes, at);
  if (first != (kVersion << 3 | kNumber) || !version || *version == 0 || *version > kMostVersion) return false;
  while (at < bytes.size()) {
    const auto tag = varint(bytes, at);
    if (!tag) return false;
    const std::uint64_t field = *tag >> 3, wire = *tag & 7U;
    const auto value = varint(bytes, at);
    if (!value || field < 2 || (field > kOpsets && field != 14 && field != 20 && field != 25)) return false;
    if (field == 5 ? wire != kNumber : wire != kText) return false;
    if (field == kGraph) return true;
    if (wire == kText) {
      if (*value > bytes.size() - at) return false;
      at += static_cast<std::size_t>(*value);
    }
  }
  return false;
}

bool isTar(Bytes bytes) {
  constexpr std::size_t kMark = 257;
  return hasAt(bytes, kMark, "ustar");
}

bool isMacLeftover(Bytes bytes) {
  return hasAt(bytes, 0, std::string_view("\0\x05\x16\x07\0", 5)) ||
         hasAt(bytes, 0, std::string_view("\0\0\0\1Bud1", 8));
}

bool isHtml(Bytes bytes) {
  constexpr std::size_t kLooked = 1024;
  const auto at = afterMarkAndSpace(bytes);
  if (at >= bytes.size() || bytes[at] != '<') return false;
  std::string head(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                   bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes.size(), at + kLooked)));
  for (char& c : head) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return head.starts_with("<!doctype html") || head.starts_with("<html") || head.starts_with("<head") ||
         head.find("<html") != std::string::npos;
}

bool looksLikeJson(Bytes bytes) {
  std::size_t i = afterMarkAndSpace(bytes);
  if (i >= bytes.size() || (bytes[i] != '{' && bytes[i] != '[')) return false;
  const bool isObject = bytes[i] == '{';
  ++i;
  while (i < bytes.size() && isSpace(bytes[i])) ++i;
  if (i >= bytes.size()) return true;
  const auto c = bytes[i];
  if (isObject) return c == '"' || c == '}';
  return c == '"' || c == ']' || c == '[' || c == '{' || c == '-' || c == 't' || c == 'f' || c == 'n' ||
         std::isdigit(c) != 0;
}

bool isText(Bytes bytes) {
  if (hasAt(bytes, 0, "\xFF\xFE") || hasAt(bytes, 0, "\xFE\xFF")) return true;
  return std::all_of(bytes.begin(), bytes.end(),
                     [](std::uint8_t c) { return (c >= 0x20 && c != 0x7F) || isSpace(c) || c == '\f'; });
}

std::string_view packedName(Bytes bytes) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSigns = {
      {{"\x1F\x8B\x08", "a gzip file"},
       {"BZh", "a bzip2 file"},
       {std::string_view("\xFD"
                         "7zXZ\0",
                         6),
        "an xz file"},
       {"\x28\xB5\x2F\xFD", "a zstd file"},
       {"7z\xBC\xAF\x27\x1C", "a 7z archive"},
       {"Rar!\x1A\x07", "a RAR archive"}}};
  for (const auto& [sign, name] : kSigns)
    if (hasAt(bytes, 0, sign)) return name;
  return {};
}

std::string_view otherPictureName(Bytes bytes) {
  if (hasAt(bytes, 0, std::string_view("\0\0\0\x0CjP  ", 8)) || hasAt(bytes, 0, "\xFF\x4F\xFF\x51"))
    return "a JPEG 2000 picture";
  if (hasAt(bytes, 4, "JXL ")) return "a JPEG XL picture";
  if (hasAt(bytes, 4, "ftyp")) return hasAt(bytes, 8, "avi") ? "an AVIF picture" : "a HEIC picture or a film";
  if (hasAt(bytes, 0, "v/1\x01")) return "an OpenEXR picture";
  if (hasAt(bytes, 0, "8BPS")) return "a Photoshop picture";
  if (bytes.size() > 2 && bytes[0] == 'P' && isSpace(bytes[2])) {
    if (bytes[1] == 'f' || bytes[1] == 'F') return "a PFM picture";
    if (bytes[1] >= '1' && bytes[1] <= '6') return "a PBM, PGM or PPM picture";
  }
  return {};
}

}  // namespace oodscope::signs
