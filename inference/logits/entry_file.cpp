// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/logits/entry_file.h"

#include "analysis/core/error.h"
#include "inference/logits/half_conversion.h"
#include "inference/logits/stored_logits.h"

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

/// Values converted and written at a time: fits the second-level cache; a multiple of 64 bytes in both precisions.
constexpr std::size_t kPiece = 65'536;

std::string headerOf(const LogitsMap& logits, StorePrecision precision) {
  const std::array shape{static_cast<std::size_t>(logits.channels), static_cast<std::size_t>(logits.size.height),
                         static_cast<std::size_t>(logits.size.width)};
  return npyHeaderText(precision == StorePrecision::Half ? NpyType::Float16 : NpyType::Float32, shape);
}

std::uint64_t dataBytes(const LogitsMap& logits, StorePrecision precision) {
  return logits.values.size() * (precision == StorePrecision::Half ? 2U : 4U);
}

}  // namespace

std::uint64_t entryBytes(const LogitsMap& logits, StorePrecision precision) {
  return headerOf(logits, precision).size() + dataBytes(logits, precision) + kEntryRecordBytes;
}

bool writeEntry(const Descriptor& out, const std::string& address, const LogitsMap& logits, StorePrecision precision) {
  const std::string header = headerOf(logits, precision);
  DataChecksum sum;
  sum.add(std::as_bytes(std::span(header)));
  if (!writeAll(out, std::as_bytes(std::span(header)))) return false;
  EntryRecord record{.address = address, .dataBytes = dataBytes(logits, precision)};
  const bool isHalf = precision == StorePrecision::Half;
  std::vector<std::uint16_t> half(isHalf ? kPiece : 0);
  for (std::span<const float> rest(logits.values); !rest.empty();) {
    const auto piece = rest.first(std::min(kPiece, rest.size()));
    std::span<const std::byte> bytes = std::as_bytes(piece);
    if (isHalf) {
      record.saturated += toHalf(piece, std::span(half).first(piece.size()));
      bytes = std::as_bytes(std::span(half).first(piece.size()));
    }
    sum.add(bytes);
    if (!writeAll(out, bytes)) return false;
    rest = rest.subspan(piece.size());
  }
  record.checksum = sum.value();
  return writeAll(out, encode(record));
}

std::optional<StoredLogits> readEntry(MappedFile file, const std::string& address, bool trusted) {
  const auto all = file.bytes();
  if (all.size() < kEntryRecordBytes) return std::nullopt;
  const auto record = decode(all.last(kEntryRecordBytes));
  if (!record) return std::nullopt;
  const std::filesystem::path path = file.file();
  try {
    const NpyHeader header =
        parseNpyHeader({reinterpret_cast<const std::uint8_t*>(all.data()), all.size()}, all.size(), path);
    if (!agree(*record, header, address, all) || !(trusted || isUndamaged(*record, header, all)) || !file.isIntact())
      return std::nullopt;
    return logitsIn(std::move(file), header, record->saturated, path);
  } catch (const Error&) {
    return std::nullopt;  // a header of another shape or type
  }
}

}  // namespace oodscope
