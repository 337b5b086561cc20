// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/tiff_header.h"

namespace oodscope {
namespace {

/// Numbers at offsets of a TIFF in its byte order; beyond the end they are absent.
class TiffBytes {
public:
  explicit TiffBytes(std::span<const std::uint8_t> bytes) : m_bytes(bytes), m_isBigEndian(bytes[0] == 'M') {}

  [[nodiscard]] std::optional<std::uint64_t> number(std::uint64_t at, std::size_t count) const {
    if (at > m_bytes.size() || m_bytes.size() - at < count) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
      value = value << 8 | m_bytes[static_cast<std::size_t>(at) + (m_isBigEndian ? i : count - 1 - i)];
    return value;
  }

  [[nodiscard]] bool isBigEndian() const { return m_isBigEndian; }

private:
  std::span<const std::uint8_t> m_bytes;
  bool m_isBigEndian;
};

/// What differs between classic and big TIFF.
struct Widths {
  std::size_t offset, entryCount, entry, valueAt;
};
constexpr Widths kClassic = {4, 2, 12, 8};
constexpr Widths kBig = {8, 8, 20, 12};

enum Tag : std::uint16_t {
  kSubfileType = 254,
  kWidth = 256,
  kHeight = 257,
  kBits = 258,
  kCompression = 259,
  kSamples = 277,
  kSampleFormat = 339
};

/// The first value of an entry; nothing for types that are no whole numbers.
std::optional<std::uint64_t> firstValue(const TiffBytes& bytes, std::uint64_t entry, const Widths& widths) {
  constexpr std::size_t kByte = 1, kShort = 3, kLong = 4, kLong8 = 16;
  const auto type = bytes.number(entry + 2, 2);
  const auto count = bytes.number(entry + 4, widths.offset);
  if (!type || !count || *count == 0) return std::nullopt;
  const std::size_t size = *type == kByte ? 1 : *type == kShort ? 2 : *type == kLong ? 4 : *type == kLong8 ? 8 : 0;
  if (size == 0) return std::nullopt;
  const std::uint64_t place = entry + widths.valueAt;
  if (*count <= widths.offset / size) return bytes.number(place, size);
  const auto offset = bytes.number(place, widths.offset);
  return offset ? bytes.number(*offset, size) : std::nullopt;
}

/// Reads a page's entries into `out`; whether it is one in its own right. Nothing where it is damaged.
std::optional<bool> readPage(const TiffBytes& bytes, std::uint64_t at, const Widths& widths, TiffHeader& out) {
  const auto entries = bytes.number(at, widths.entryCount);
  if (!entries) return std::nullopt;
  bool isPage = true;
  for (std::uint64_t i = 0; i < *entries; ++i) {
    const std::uint64_t entry = at + widths.entryCount + i * widths.entry;
    const auto tag = bytes.number(entry, 2);
    if (!tag) return std::nullopt;
    const auto value = firstValue(bytes, entry, widths);
    if (!value) continue;
    switch (*tag) {
      case kSubfileType:
        isPage = (*value & 0b101U) == 0;  // an overview, a mask
        break;
      case kWidth:
        out.width = *value;
        break;
      case kHeight:
        out.height = *value;
        break;
      case kBits:
        out.bits = static_cast<unsigned>(*value);
        break;
      case kCompression:
        out.compression = static_cast<unsigned>(*value);
        break;
      case kSamples:
        out.samples = static_cast<unsigned>(*value);
        break;
      case kSampleFormat:
        out.sample = *value >= 1 && *value <= 3 ? static_cast<TiffSample>(*value) : TiffSample::Other;
        // Of a single sample the value, a number of two bytes, lies in the entry itself.
        out.sampleAt = static_cast<std::size_t>(entry) + widths.valueAt + (bytes.isBigEndian() ? 1 : 0);
        break;
      default:
        break;
    }
  }
  return isPage;
}

}  // namespace

std::optional<TiffHeader> readTiffHeader(std::span<const std::uint8_t> file) {
  constexpr std::size_t kFirstBytes = 16;
  constexpr std::uint64_t kBigVersion = 43;
  constexpr std::size_t kMostPages = 65536;
  if (file.size() < kFirstBytes || (file[0] != 'I' && file[0] != 'M') || file[0] != file[1]) return std::nullopt;
  const TiffBytes bytes(file);
  const bool isBig = bytes.number(2, 2) == kBigVersion;
  const Widths& widths = isBig ? kBig : kClassic;
  std::optional<TiffHeader> first;
  std::size_t pages = 0;
  auto at = bytes.number(isBig ? 8 : 4, widths.offset);
  for (std::size_t seen = 0; at && *at != 0 && seen < kMostPages; ++seen) {
    TiffHeader page;
    const auto isPage = readPage(bytes, *at, widths, page);
    if (!isPage) break;
    if (!first) first = page;
    pages += *isPage ? 1U : 0U;
    const auto entries = bytes.number(*at, widths.entryCount);
    at = bytes.number(*at + widths.entryCount + *entries * widths.entry, widths.offset);
  }
  if (first) first->pages = pages;
  return first;
}

}  // namespace oodscope
