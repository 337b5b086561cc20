// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/logits/entry.h"

#include "analysis/core/error.h"

#include <sys/mman.h>

#include <bit>
#include <cstring>
#include <utility>

namespace oodscope {
namespace {

constexpr std::string_view kMagic = "OODSCOPE LOGITS1";
constexpr std::size_t kAddressDigits = 64, kAddressAt = 16, kNumbersAt = 80;

/// Odd, so that multiplying loses nothing; the fraction of the golden ratio, whose bits are well mixed.
constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15;

std::uint64_t step(std::uint64_t lane, std::uint64_t word) { return std::rotl((lane ^ word) * kMultiplier, 29); }

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
  return out;
}

std::optional<EntryRecord> decode(std::span<const std::byte> bytes) {
  if (bytes.size() != kEntryRecordBytes || std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0) {
    return std::nullopt;
  }
  EntryRecord out;
  out.address.assign(reinterpret_cast<const char*>(bytes.data()) + kAddressAt, kAddressDigits);
  std::array<std::uint64_t, 3> numbers{};
  std::memcpy(numbers.data(), bytes.data() + kNumbersAt, sizeof numbers);
  out.dataBytes = numbers[0];
  out.checksum = numbers[1];
  out.saturated = numbers[2];
  return out;
}

MappedFile::MappedFile(int descriptor, std::size_t bytes) {
  if (bytes == 0) return;
  void* start = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, descriptor, 0);
  if (start == MAP_FAILED) return;
  m_start = start;
  m_bytes = bytes;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : m_start(std::exchange(other.m_start, nullptr)), m_bytes(std::exchange(other.m_bytes, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(m_start, other.m_start);
  std::swap(m_bytes, other.m_bytes);
  return *this;
}

MappedFile::~MappedFile() {
  if (m_start != nullptr) munmap(m_start, m_bytes);
}

}  // namespace oodscope
