// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/positive_index.h"
#include "analysis/metrics/ranking.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace oodscope {

/// What one thread carries while it counts: a small buffer of keys per partition, so that counting touches one
/// partition's tables at a time. Memory: as given to NegativeTally.
class NegativeBuffers {
public:
  NegativeBuffers(const PositiveIndex& index, std::size_t bytes);

private:
  friend class NegativeTally;
  std::size_t m_capacity;                     // keys per partition
  std::unique_ptr<std::int32_t[]> m_storage;  // one more row than partitions: for pixels that do not count
  std::vector<std::uint32_t> m_filled;
  std::vector<std::uint32_t> m_scratch;
};

/// Counts negatives into the slots of a PositiveIndex from several threads. Sums are integers, so the outcome does not
/// depend on the threads.
class NegativeTally {
public:
  explicit NegativeTally(const PositiveIndex& index);

  /// Adds the pixels with label kNormal and a finite score. Thread-safe with distinct buffers.
  /// Cost: some 4 ns a pixel.
  void add(std::span<const float> scores, std::span<const std::uint8_t> labels, NegativeBuffers& buffers);
  /// Empties the buffers into the counts; call once per buffers at the end. Thread-safe with distinct buffers.
  void flush(NegativeBuffers& buffers);
  /// 2 * index.keyCount() + 1 slots. Call once, after every flush.
  [[nodiscard]] SlotCounts finish();

private:
  void flushPartition(std::size_t partition, NegativeBuffers& buffers);

  const PositiveIndex& m_index;
  SlotCounts m_counts;  // per partition, neighbours not yet joined
  std::vector<std::mutex> m_locks;
};

/// Appends the keys of the finite scores of anomalous pixels; counts the others' hygiene.
void gatherPositives(std::span<const float> scores, std::span<const std::uint8_t> labels,
                     std::vector<std::int32_t>& keys, ScoreHygiene& hygiene);
/// Counts normal pixels by usability, and void pixels.
void tallyNegatives(std::span<const float> scores, std::span<const std::uint8_t> labels, std::uint64_t& negatives,
                    ScoreHygiene& hygiene);

}  // namespace oodscope
