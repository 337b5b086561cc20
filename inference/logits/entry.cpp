// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/logits/entry.h"

#include "analysis/core/error.h"
#include "analysis/core/random.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>

namespace oodscope {
namespace {

constexpr std::string_view kMagic = "OODSCOPE LOGITS2", kMagic1 = "OODSCOPE LOGITS1";
constexpr std::size_t kAddressAt = 16, kNumbersAt = 80, kOwnChecksumAt = 104;

std::uint64_t step(std::uint64_t lane, std::uint64_t word) { return std::rotl((lane ^ word) * kGoldenFraction, 29); }

std::uint64_t checksumOf(std::span<const std::byte> bytes) {
  DataChecksum sum;
  sum.add(bytes);
  return sum.value();
}

}  // namespace

DataChecksum::DataChecksum() : m_lanes{1, 2, 3, 4, 5, 6, 7, 8} {}

void DataChecksum::add(std::span<const std::byte> bytes) {
  require(m_length % 64 == 0, "DataChecksum: only the last piece may be ragged");
  m_length += bytes.size();
  std::array<std::uint64_t, 8> words{};
  while (bytes.size() >= 64) {
    std::memcpy(words.data(), bytes.data(), 64);
    for (std::size_t i = 0; i < 8; ++i) m_lanes[i] = step(m_lanes[i], words[i]);
    bytes = bytes.subspan(64);
  }
  if (bytes.empty()) return;
  words = {};
  std::memcpy(words.data(), bytes.data(), bytes.size());
  for (std::size_t i = 0; i < 8; ++i) m_lanes[i] = step(m_lanes[i], words[i]);
}

std::uint64_t DataChecksum::value() const {
  std::uint64_t out = step(0, m_length);
  for (const std::uint64_t lane : m_lanes) out = step(out, lane);
  return out;
}

std::array<std::byte, kEntryRecordBytes> encode(const EntryRecord& record) {
  require(record.address.size() == kAddressDigits, "EntryRecord: an address has 64 digits");
  std::array<std::byte, kEntryRecordBytes> out{};
  std::memcpy(out.data(), kMagic.data(), kMagic.size());
  std::memcpy(out.data() + kAddressAt, record.address.data(), kAddressDigits);
  const std::array numbers{record.dataBytes, record.checksum, record.saturated};
  std::memcpy(out.data() + kNumbersAt, numbers.data(), sizeof numbers);
  const std::uint64_t own = checksumOf(std::span(out).first(kOwnChecksumAt));
  std::memcpy(out.data() + kOwnChecksumAt, &own, sizeof own);
  return out;
}

std::optional<EntryRecord> decode(std::span<const std::byte> bytes) {
  if (bytes.size() != kEntryRecordBytes) return std::nullopt;
  const auto begins = [&](std::string_view magic) {
    return std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
  };
  if (!begins(kMagic) && !begins(kMagic1)) return std::nullopt;
  EntryRecord out;
  out.version = begins(kMagic) ? 2 : 1;
  out.address.assign(reinterpret_cast<const char*>(bytes.data()) + kAddressAt, kAddressDigits);
  std::array<std::uint64_t, 4> numbers{};
  std::memcpy(numbers.data(), bytes.data() + kNumbersAt, sizeof numbers);
  out.dataBytes = numbers[0];
  out.checksum = numbers[1];
  out.saturated = numbers[2];
  const std::uint64_t own = out.version == 1 ? 0 : checksumOf(bytes.first(kOwnChecksumAt));
  const auto rest = bytes.subspan(kOwnChecksumAt + sizeof own);
  if (numbers[3] != own || std::any_of(rest.begin(), rest.end(), [](std::byte b) { return b != std::byte{0}; }))
    return std::nullopt;
  return out;
}

bool agree(const EntryRecord& record, const NpyHeader& header, const std::string& address,
           std::span<const std::byte> file) {
  if (record.address != address || record.dataBytes != header.dataBytes || record.saturated > header.elements() ||
      header.dataOffset + header.dataBytes + kEntryRecordBytes != file.size())
    return false;
  if (record.version > 1) return true;
  const std::string text = npyHeaderText(header.type, header.shape);
  return text.size() == header.dataOffset && std::memcmp(text.data(), file.data(), text.size()) == 0;
}

bool isUndamaged(const EntryRecord& record, const NpyHeader& header, std::span<const std::byte> file) {
  const auto content = file.first(header.dataOffset + header.dataBytes);
  return checksumOf(record.version > 1 ? content : content.subspan(header.dataOffset)) == record.checksum;
}

std::optional<EntryRecord> recordOf(const std::filesystem::path& file) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return std::nullopt;
  std::array<std::byte, kEntryRecordBytes> bytes{};
  struct stat status {};
  const bool isWhole =
      fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
      status.st_size > static_cast<off_t>(kEntryRecordBytes) &&
      pread(descriptor, bytes.data(), bytes.size(), status.st_size - static_cast<off_t>(kEntryRecordBytes)) ==
          static_cast<ssize_t>(bytes.size());
  close(descriptor);
  return isWhole ? decode(bytes) : std::nullopt;
}

}  // namespace oodscope
