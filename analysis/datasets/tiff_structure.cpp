// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/picture_structure.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace oodscope {
namespace {

using Bytes = std::span<const std::uint8_t>;

/// Reads numbers of either byte order; what lies outside the file makes it `isCutOff`.
class TiffReader {
public:
  explicit TiffReader(Bytes bytes) : m_bytes(bytes), m_isBig(bytes.size() > 1 && bytes[0] == 'M') {
    m_isLarge = number(2, 2) == 43;
  }
  [[nodiscard]] bool isLarge() const { return m_isLarge; }
  [[nodiscard]] bool isCutOff() const { return m_isCutOff; }
  [[nodiscard]] bool holds(std::uint64_t end) const { return end <= m_bytes.size(); }

  std::uint64_t number(std::uint64_t at, std::size_t count) {
    if (at > m_bytes.size() || m_bytes.size() - at < count) {
      m_isCutOff = true;
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value << 8 | m_bytes[at + (m_isBig ? i : count - 1 - i)];
    return value;
  }

private:
  Bytes m_bytes;
  bool m_isBig;
  bool m_isLarge = false;
  bool m_isCutOff = false;
};

/// One entry of a directory: where its values are, how many and of which size.
struct Field {
  std::uint64_t tag = 0;
  std::uint64_t count = 0;
  std::uint64_t valuesAt = 0;
  std::size_t valueBytes = 1;
};

std::size_t bytesOfType(std::uint64_t type) {
  // BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED, SSHORT, SLONG, SRATIONAL, FLOAT, DOUBLE, IFD; 16 to 18 are
  // BigTIFF's of eight bytes. Source: TIFF 6.0, section 2.
  constexpr std::array<std::size_t, 19> kBytes = {1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 1, 1, 8, 8, 8};
  return type < kBytes.size() ? kBytes[type] : 1;
}

struct Directory {
  std::vector<Field> fields;
  std::uint64_t next = 0;
};

Directory directoryAt(TiffReader& reader, std::uint64_t at) {
  const std::size_t word = reader.isLarge() ? 8 : 4;
  const std::size_t countBytes = reader.isLarge() ? 8 : 2;
  const std::size_t entryBytes = reader.isLarge() ? 20 : 12;
  constexpr std::uint64_t kMostFields = 4096;
  Directory out;
  const auto count = reader.number(at, countBytes);
  for (std::uint64_t i = 0; i < std::min(count, kMostFields) && !reader.isCutOff(); ++i) {
    const auto entry = at + countBytes + i * entryBytes;
    Field field{.tag = reader.number(entry, 2), .count = reader.number(entry + 4, word), .valuesAt = entry + 4 + word};
    field.valueBytes = bytesOfType(reader.number(entry + 2, 2));
    if (field.count > word / field.valueBytes) field.valuesAt = reader.number(field.valuesAt, word);
    out.fields.push_back(field);
  }
  out.next = reader.number(at + countBytes + count * entryBytes, word);
  return out;
}

std::uint64_t valueOf(TiffReader& reader, const Directory& directory, std::uint64_t tag, std::uint64_t absent,
                      std::uint64_t index = 0) {
  for (const auto& field : directory.fields) {
    if (field.tag != tag || index >= field.count) continue;
    return reader.number(field.valuesAt + index * field.valueBytes, std::min<std::size_t>(field.valueBytes, 8));
  }
  return absent;
}

/// Whether every strip or tile lies within the file.
bool hasAllData(TiffReader& reader, const Directory& directory) {
  constexpr std::uint64_t kStripOffsets = 273, kStripBytes = 279, kTileOffsets = 324, kTileBytes = 325;
  for (const auto& [offsets, bytes] : {std::pair(kStripOffsets, kStripBytes), std::pair(kTileOffsets, kTileBytes)}) {
    for (const auto& field : directory.fields) {
      if (field.tag != offsets) continue;
      for (std::uint64_t i = 0; i < field.count && !reader.isCutOff(); ++i) {
        const auto start = valueOf(reader, directory, offsets, 0, i);
        if (!reader.holds(start + valueOf(reader, directory, bytes, 0, i))) return false;
      }
    }
  }
  return !reader.isCutOff();
}

}  // namespace

PictureStructure tiffStructure(Bytes bytes) {
  constexpr std::uint64_t kSubfileType = 254, kWidth = 256, kHeight = 257, kBits = 258, kCompression = 259;
  constexpr std::uint64_t kOldJpeg = 6, kJpeg = 7;
  constexpr std::uint64_t kReduced = 1;
  constexpr std::uint64_t kPhotometric = 262, kSeparated = 5, kSamples = 277;
  constexpr std::size_t kMostPages = 65536;
  PictureStructure out;
  out.pages = 0;
  TiffReader reader(bytes);
  std::set<std::uint64_t> seen;
  auto at = reader.isLarge() ? reader.number(8, 8) : reader.number(4, 4);
  bool hasData = true;
  while (at != 0 && !reader.isCutOff() && seen.insert(at).second && seen.size() <= kMostPages) {
    const auto directory = directoryAt(reader, at);
    const bool isFirst = seen.size() == 1;
    if (isFirst) {
      const auto width = valueOf(reader, directory, kWidth, 0);
      const auto height = valueOf(reader, directory, kHeight, 0);
      constexpr std::uint64_t kMost = 0x7FFFFFFF;
      if (width > 0 && height > 0 && width <= kMost && height <= kMost)
        out.size = Size{static_cast<int>(width), static_cast<int>(height)};
      out.bitDepth = static_cast<int>(valueOf(reader, directory, kBits, 1) & 0xFFU);
      const auto compression = valueOf(reader, directory, kCompression, 1);
      out.isLossy = compression == kOldJpeg || compression == kJpeg;
      hasData = hasAllData(reader, directory);
      const bool isInk = valueOf(reader, directory, kPhotometric, 0) == kSeparated &&
                         valueOf(reader, directory, kSamples, 1) == 4 && out.bitDepth == 8;
      for (const auto& field : directory.fields) {
        if (isInk && field.tag == kPhotometric) out.inkTagAt = static_cast<std::size_t>(field.valuesAt);
      }
    }
    if (isFirst || (valueOf(reader, directory, kSubfileType, 0) & kReduced) == 0) ++out.pages;
    at = directory.next;
  }
  out.isComplete = hasData && !reader.isCutOff() && out.pages > 0;
  return out;
}

std::vector<std::uint8_t> inkTiffAsRgba(Bytes bytes, std::size_t inkTagAt) {
  constexpr std::uint8_t kRgb = 2;
  std::vector<std::uint8_t> out(bytes.begin(), bytes.end());
  out[inkTagAt] = bytes[0] == 'M' ? 0 : kRgb;
  out[inkTagAt + 1] = bytes[0] == 'M' ? kRgb : 0;
  return out;
}

}  // namespace oodscope
