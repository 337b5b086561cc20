// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/picture_structure.h"

#include <zlib.h>
#include <algorithm>
#include <cstring>
#include <string_view>

namespace oodscope {
namespace {

using Bytes = std::span<const std::uint8_t>;
constexpr std::size_t kPngSignature = 8;
constexpr std::uint8_t kPalette = 3;

std::uint32_t bigEndian32(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) << 24 | static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
         static_cast<std::uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}
std::uint32_t bigEndian16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) << 8 | bytes[at + 1];
}
std::uint32_t littleEndian(Bytes bytes, std::size_t at, int count) {
  std::uint32_t value = 0;
  for (int i = count - 1; i >= 0; --i) value = value << 8 | bytes[at + static_cast<std::size_t>(i)];
  return value;
}

std::optional<Size> sizeOf(std::uint32_t width, std::uint32_t height) {
  constexpr std::uint32_t kMost = 0x7FFFFFFF;
  if (width == 0 || height == 0 || width > kMost || height > kMost) return std::nullopt;
  return Size{static_cast<int>(width), static_cast<int>(height)};
}

/// A PNG chunk: type and content within the file.
struct Chunk {
  std::string_view type;
  std::size_t start = 0;  ///< of the length field
  std::size_t dataStart = 0;
  std::size_t dataSize = 0;
};

/// Calls `visit` for each chunk that lies wholly in `bytes`; returns whether the last one visited was IEND.
template <class Visit>
bool forEachChunk(Bytes bytes, Visit visit) {
  std::size_t at = kPngSignature;
  while (bytes.size() >= at + 12) {
    const std::size_t length = bigEndian32(bytes, at);
    const Chunk chunk{{reinterpret_cast<const char*>(bytes.data()) + at + 4, 4}, at, at + 8, length};
    // The header is told even where what follows is cut off.
    if (bytes.size() - at - 12 < length) return false;
    visit(chunk);
    if (chunk.type == "IEND") return true;
    at += 12 + length;
  }
  return false;
}

/// Where the entropy-coded data that starts at `at` ends: the next marker that is neither stuffing nor a restart.
std::size_t endOfScan(Bytes bytes, std::size_t at) {
  while (at + 1 < bytes.size()) {
    const void* found = std::memchr(bytes.data() + at, 0xFF, bytes.size() - at - 1);
    if (found == nullptr) return bytes.size();
    at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes.data());
    const auto marker = bytes[at + 1];
    if (marker != 0x00 && marker != 0xFF && (marker < 0xD0 || marker > 0xD7)) return at;
    at += marker == 0xFF ? 1 : 2;
  }
  return bytes.size();
}

}  // namespace

PictureStructure pngStructure(Bytes bytes) {
  PictureStructure out;
  out.isComplete = forEachChunk(bytes, [&](const Chunk& chunk) {
    if (chunk.type == "IHDR" && chunk.dataSize >= 13) {
      out.size = sizeOf(bigEndian32(bytes, chunk.dataStart), bigEndian32(bytes, chunk.dataStart + 4));
      out.bitDepth = bytes[chunk.dataStart + 8];
      const auto type = bytes[chunk.dataStart + 9];
      out.isPalette = type == kPalette;
      out.isGrey = type == 0 || type == 4;
    } else if (chunk.type == "PLTE") {
      out.palette.clear();
      for (std::size_t i = 0; i + 2 < chunk.dataSize; i += 3) {
        const auto* entry = bytes.data() + chunk.dataStart + i;
        out.palette.push_back({entry[0], entry[1], entry[2]});
      }
    }
  });
  return out;
}

PictureStructure jpegStructure(Bytes bytes) {
  PictureStructure out;
  out.isLossy = true;
  std::size_t at = 2;
  while (at + 1 < bytes.size()) {
    if (bytes[at] != 0xFF) {
      ++at;  // decoders skip stray bytes between segments, too
      continue;
    }
    const auto marker = bytes[at + 1];
    if (marker == 0xFF) {
      ++at;
      continue;
    }
    if (marker == 0xD9) {
      out.isComplete = true;
      return out;
    }
    if (marker == 0x00 || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
      at += 2;
      continue;
    }
    if (at + 4 > bytes.size()) return out;
    const std::size_t length = bigEndian16(bytes, at + 2);
    const bool isFrame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (isFrame && at + 10 <= bytes.size()) {
      out.size = sizeOf(bigEndian16(bytes, at + 7), bigEndian16(bytes, at + 5));
      out.components = bytes[at + 9];
    }
    at += 2 + std::max<std::size_t>(length, 2);
    if (marker == 0xDA) at = endOfScan(bytes, at);
  }
  return out;
}

PictureStructure webpStructure(Bytes bytes) {
  PictureStructure out;
  if (bytes.size() < 30) return out;
  out.isComplete = std::uint64_t{littleEndian(bytes, 4, 4)} + 8 <= bytes.size();
  const std::string_view kind(reinterpret_cast<const char*>(bytes.data()) + 12, 4);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  out.isLossy = kind == "VP8 " || (kind == "VP8X" && text.find("VP8L") == std::string_view::npos);
  if (kind == "VP8 ") {
    out.size = sizeOf(littleEndian(bytes, 26, 2) & 0x3FFFU, littleEndian(bytes, 28, 2) & 0x3FFFU);
  } else if (kind == "VP8L") {
    const auto packed = littleEndian(bytes, 21, 4);
    out.size = sizeOf((packed & 0x3FFFU) + 1, ((packed >> 14) & 0x3FFFU) + 1);
  } else if (kind == "VP8X") {
    constexpr std::uint8_t kAnimation = 2;
    out.isAnimated = (bytes[20] & kAnimation) != 0;
    out.size = sizeOf(littleEndian(bytes, 24, 3) + 1, littleEndian(bytes, 27, 3) + 1);
  }
  return out;
}

PictureStructure bmpStructure(Bytes bytes) {
  PictureStructure out;
  constexpr std::size_t kHeaders = 54;  // BITMAPFILEHEADER and BITMAPINFOHEADER
  if (bytes.size() < kHeaders) return out;
  const auto header = littleEndian(bytes, 14, 4);
  if (header < 40) {
    out.isComplete = true;  // OS/2's old header: left to the decoder
    return out;
  }
  const auto width = littleEndian(bytes, 18, 4);
  const auto height = static_cast<std::int32_t>(littleEndian(bytes, 22, 4));
  out.size = sizeOf(width, height < 0 ? 0U - static_cast<std::uint32_t>(height) : static_cast<std::uint32_t>(height));
  const std::uint64_t bits = littleEndian(bytes, 28, 2);
  const bool isPacked = littleEndian(bytes, 30, 4) != 0;
  const std::uint64_t rowBytes = (std::uint64_t{width} * bits + 31) / 32 * 4;
  const std::uint64_t rows = out.size ? static_cast<std::uint64_t>(out.size->height) : 0;
  out.isComplete = out.size && (isPacked || littleEndian(bytes, 10, 4) + rowBytes * rows <= bytes.size());
  return out;
}

std::vector<std::uint8_t> palettePngAsGrey(Bytes bytes) {
  std::vector<std::uint8_t> out(bytes.begin(), bytes.begin() + kPngSignature);
  forEachChunk(bytes, [&](const Chunk& chunk) {
    if (chunk.type != "IHDR" && chunk.type != "IDAT" && chunk.type != "IEND") return;
    const std::size_t start = out.size();
    const auto whole = bytes.subspan(chunk.start, chunk.dataSize + 12);
    out.insert(out.end(), whole.begin(), whole.end());
    if (chunk.type != "IHDR" || chunk.dataSize < 13) return;
    out[start + 8 + 9] = 0;  // colour type: grey
    const auto sum = static_cast<std::uint32_t>(
        crc32(crc32(0, nullptr, 0), out.data() + start + 4, static_cast<unsigned>(chunk.dataSize + 4)));
    for (std::size_t i = 0; i < 4; ++i) {
      out[start + 8 + chunk.dataSize + i] = static_cast<std::uint8_t>(sum >> (24 - 8 * i));
    }
  });
  return out;
}

}  // namespace oodscope
