// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace oodscope {

/// Finds the slot of a key among sorted distinct keys (see SlotCounts) in about one comparison, cache by cache: a table
/// over equal cells of the key range names a partition of some 2,000 of them, whose own table of equal buckets, sized
/// to it, mostly holds at most one. Partitions follow where the positives are, so crowded scores cost no more than
/// others.
class PositiveIndex {
public:
  struct Partition {
    std::uint32_t base = 0;    ///< key of its first cell, as unsigned
    int shift = 0;             ///< key - base >> shift is the bucket
    std::size_t firstKey = 0;  ///< into keys()
    std::size_t keyCount = 0;
    std::size_t firstBucket = 0;  ///< into the buckets
    std::size_t buckets = 0;      ///< and how many, one more at the end apart
    [[nodiscard]] std::size_t slots() const { return 2 * keyCount + 1; }
  };

  /// Requires: `distinctKeys` ascending and distinct, of finite scores, fewer than 5e8, outliving this.
  explicit PositiveIndex(std::span<const std::int32_t> distinctKeys);

  [[nodiscard]] std::size_t keyCount() const { return m_keyCount; }
  [[nodiscard]] std::span<const Partition> partitions() const { return m_partitions; }
  /// Slots of all partitions before this one: each has its own, so neighbours share the gap between them.
  [[nodiscard]] std::size_t firstSlot(std::size_t partition) const {
    return 2 * m_partitions[partition].firstKey + partition;
  }

  /// Keys are clamped to [lowest - 1, highest + 1] before anything else.
  [[nodiscard]] std::int32_t lowest() const { return m_lowest; }
  [[nodiscard]] std::int32_t highest() const { return m_highest; }
  [[nodiscard]] int cellShift() const { return m_cellShift; }
  /// Partition of each cell; one entry more stands for "no partition" and holds partitions().size().
  [[nodiscard]] std::span<const std::uint16_t> partitionOfCell() const { return m_partitionOfCell; }

  /// Adds each (clamped) key of the partition to counts[slot within the partition].
  void count(const Partition& partition, std::span<const std::int32_t> keys, std::uint32_t* counts) const;

private:
  void addPartition(std::size_t firstKey, std::size_t endKey, std::uint32_t base, std::uint64_t width);
  void fillBuckets(const Partition& partition);

  std::vector<std::int32_t> m_keys;  // with a sentinel
  std::size_t m_keyCount = 0;
  std::int32_t m_lowest = 0;
  std::int32_t m_highest = 0;
  int m_cellShift = 0;
  std::vector<std::uint16_t> m_partitionOfCell;
  std::vector<Partition> m_partitions;
  std::vector<std::uint16_t>
      m_buckets;  // first key at or after the bucket's start, kCrowded set where it holds several
};

}  // namespace oodscope
