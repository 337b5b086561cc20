// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/positive_index.h"

#include "analysis/core/error.h"

#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <bit>
#include <limits>

namespace oodscope {
namespace {

// A partition's keys, buckets and counts are 8 + 16 + 16 KB: together they fit a first-level cache of 48 KB.
constexpr std::size_t kKeysPerPartition = 2048;
constexpr std::size_t kMostPartitions = 32000;  // with the largest cell they stay within 16 bits
constexpr int kMostCellBits = 18;               // 512 KB of table, and cells of at most 2^14 keys
constexpr int kFewCellBits = 14;
constexpr std::size_t kBucketsPerKey = 4;
constexpr std::uint16_t kCrowded = 0x8000;

/// Smallest shift that brings `width` values into at most `most` cells.
int shiftFor(std::uint64_t width, std::uint64_t most) {
  int shift = 0;
  while (((width - 1) >> shift) + 1 > most) ++shift;
  return shift;
}

}  // namespace

PositiveIndex::PositiveIndex(std::span<const std::int32_t> distinctKeys)
    : m_keys(distinctKeys.begin(), distinctKeys.end()), m_keyCount(distinctKeys.size()) {
  require(m_keyCount < 500'000'000, "PositiveIndex: too many distinct scores");
  m_keys.push_back(std::numeric_limits<std::int32_t>::max());
  if (m_keyCount == 0) {
    m_partitionOfCell = {0};
    return;
  }
  m_lowest = m_keys.front();
  m_highest = m_keys[m_keyCount - 1];
  const auto base = static_cast<std::uint32_t>(m_lowest) - 1U;
  const std::uint64_t width = static_cast<std::uint64_t>(static_cast<std::uint32_t>(m_highest) + 1U - base) + 1;
  const int cellBits = m_keyCount > 8 * kKeysPerPartition ? kMostCellBits : kFewCellBits;
  m_cellShift = shiftFor(width, std::uint64_t{1} << cellBits);
  const std::size_t cells = ((width - 1) >> m_cellShift) + 1;
  m_partitionOfCell.resize(cells + 1);

  const std::size_t target = std::max(kKeysPerPartition, m_keyCount / kMostPartitions + 1);
  std::size_t key = 0;
  std::size_t partitionKey = 0;
  std::size_t partitionCell = 0;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    m_partitionOfCell[cell] = static_cast<std::uint16_t>(m_partitions.size());
    while (key < m_keyCount && ((static_cast<std::uint32_t>(m_keys[key]) - base) >> m_cellShift) == cell) ++key;
    if (key - partitionKey < target && cell + 1 < cells) continue;
    addPartition(partitionKey, key, base + static_cast<std::uint32_t>(partitionCell << m_cellShift),
                 static_cast<std::uint64_t>(cell + 1 - partitionCell) << m_cellShift);
    partitionKey = key;
    partitionCell = cell + 1;
  }
  m_partitionOfCell[cells] = static_cast<std::uint16_t>(m_partitions.size());
  m_buckets.resize(m_partitions.back().firstBucket + m_partitions.back().buckets + 1);
  tbb::parallel_for(std::size_t{0}, m_partitions.size(), [&](std::size_t p) { fillBuckets(m_partitions[p]); });
}

void PositiveIndex::addPartition(std::size_t firstKey, std::size_t endKey, std::uint32_t base, std::uint64_t width) {
  Partition partition;
  partition.base = base;
  partition.firstKey = firstKey;
  partition.keyCount = endKey - firstKey;
  if (!m_partitions.empty()) partition.firstBucket = m_partitions.back().firstBucket + m_partitions.back().buckets + 1;
  partition.shift = shiftFor(width, std::max<std::size_t>(16, kBucketsPerKey * partition.keyCount));
  partition.buckets = ((width - 1) >> partition.shift) + 1;
  m_partitions.push_back(partition);
}

void PositiveIndex::fillBuckets(const Partition& partition) {
  std::uint16_t* buckets = m_buckets.data() + partition.firstBucket;
  const std::int32_t* own = m_keys.data() + partition.firstKey;
  std::size_t next = 0;  // the first bucket that has no start yet
  for (std::size_t key = 0; key < partition.keyCount; ++key) {
    const std::size_t bucket = (static_cast<std::uint32_t>(own[key]) - partition.base) >> partition.shift;
    if (bucket + 1 == next) buckets[bucket] |= kCrowded;
    while (next <= bucket) buckets[next++] = static_cast<std::uint16_t>(key);
  }
  while (next <= partition.buckets) buckets[next++] = static_cast<std::uint16_t>(partition.keyCount);
}

void PositiveIndex::count(const Partition& partition, std::span<const std::int32_t> keys, std::uint32_t* counts) const {
  const std::int32_t* own = m_keys.data() + partition.firstKey;
  const std::uint16_t* buckets = m_buckets.data() + partition.firstBucket;
  const std::uint32_t base = partition.base;
  const int shift = partition.shift;
  for (const std::int32_t key : keys) {
    const std::uint16_t* bucket = buckets + ((static_cast<std::uint32_t>(key) - base) >> shift);
    std::size_t j = bucket[0];
    if ((j & kCrowded) != 0) [[unlikely]] {
      const std::int32_t* end = own + (bucket[1] & ~kCrowded);
      j = static_cast<std::size_t>(std::lower_bound(own + (j & ~std::size_t{kCrowded}), end, key) - own);
    }
    // own[j] beyond the bucket is greater than the key: the slot is then 2 j.
    const std::int32_t neighbour = own[j];
    ++counts[2 * (j + static_cast<std::size_t>(neighbour < key)) + static_cast<std::size_t>(neighbour == key)];
  }
}

}  // namespace oodscope
