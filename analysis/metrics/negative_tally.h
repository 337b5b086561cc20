// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/label_index.h"
#include "analysis/metrics/positive_index.h"
#include "analysis/metrics/ranking.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace oodscope {

/// What one thread carries while it counts: small buffers of keys per partition, so that counting touches one
/// partition's tables at a time. Several per partition, filled by pixels that lie apart: neighbouring pixels have like
/// scores, and one buffer's fill count would be waited for at each of them.
class NegativeBuffers {
public:
  NegativeBuffers(const PositiveIndex& index, std::size_t bytes);

private:
  friend class NegativeTally;
  std::size_t m_capacity;                     // keys per row; kStreams rows a partition
  std::unique_ptr<std::int32_t[]> m_storage;  // one more partition than there are: for pixels that do not count
  std::vector<std::uint32_t> m_filled;
  std::vector<std::uint32_t> m_scratch;
};

/// Counts negatives into the slots of a PositiveIndex from several threads. Sums are integers, so the outcome does not
/// depend on the threads.
class NegativeTally {
public:
  explicit NegativeTally(const PositiveIndex& index);

  /// Adds the pixels of `runs` within [first, first + count) that have a finite score. Returns how many those are, the
  /// others are counted in `hygiene`. Thread-safe with distinct buffers. Cost: 2 to 5 ns a pixel.
  std::uint64_t add(std::span<const float> scores, std::span<const PixelRun> runs, std::size_t first, std::size_t count,
                    NegativeBuffers& buffers, ScoreHygiene& hygiene);
  /// Empties the buffers into the counts; call once per buffers at the end. Thread-safe with distinct buffers.
  void flush(NegativeBuffers& buffers);
  /// 2 * index.keyCount() + 1 slots. Call once, after every flush.
  [[nodiscard]] SlotCounts finish();

private:
  void scatter(std::span<const float> scores, NegativeBuffers& buffers, ScoreHygiene& hygiene);
  void flushPartition(std::size_t partition, NegativeBuffers& buffers);

  const PositiveIndex& m_index;
  SlotCounts m_counts;  // per partition, neighbours not yet joined
  std::vector<std::mutex> m_locks;
  std::vector<std::uint64_t> m_added;  // per partition, under its lock
};

/// Appends the keys of the finite scores of the pixels at `positives`; counts the others' hygiene.
void gatherPositives(std::span<const float> scores, std::span<const std::uint32_t> positives,
                     std::vector<std::int32_t>& keys, ScoreHygiene& hygiene);
/// Appends the keys of the finite scores of anomalous pixels; counts the others' hygiene.
void gatherPositives(std::span<const float> scores, std::span<const std::uint8_t> labels,
                     std::vector<std::int32_t>& keys, ScoreHygiene& hygiene);
/// The finite scores among the pixels of `runs` within [first, first + count); counts the others' hygiene.
[[nodiscard]] std::uint64_t countFinite(std::span<const float> scores, std::span<const PixelRun> runs,
                                        std::size_t first, std::size_t count, ScoreHygiene& hygiene);
/// Counts normal pixels by usability, and void pixels.
void tallyNegatives(std::span<const float> scores, std::span<const std::uint8_t> labels, std::uint64_t& negatives,
                    ScoreHygiene& hygiene);

}  // namespace oodscope
