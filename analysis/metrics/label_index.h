// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace oodscope {

/// Neighbouring pixels with one meaning.
struct PixelRun {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  friend bool operator==(const PixelRun&, const PixelRun&) = default;
};

/// Where a frame's labels say what: read once, so that a further score map is looked at only where it counts. Memory: 4
/// bytes a positive and 8 a run of negatives.
class LabelIndex {
public:
  LabelIndex() = default;
  /// Requires: fewer than 2^32 labels. Cost: one read of the labels.
  explicit LabelIndex(std::span<const std::uint8_t> labels);

  [[nodiscard]] std::size_t size() const { return m_size; }
  [[nodiscard]] std::span<const std::uint32_t> positives() const { return m_positives; }  ///< ascending
  [[nodiscard]] std::span<const PixelRun> negatives() const { return m_negatives; }       ///< maximal, ascending
  [[nodiscard]] std::uint64_t positiveCount() const { return m_positives.size(); }
  [[nodiscard]] std::uint64_t negativeCount() const { return m_negativeCount; }
  [[nodiscard]] std::uint64_t voidCount() const { return m_size - m_positives.size() - m_negativeCount; }
  [[nodiscard]] std::size_t bytes() const {
    return m_positives.size() * sizeof(std::uint32_t) + m_negatives.size() * sizeof(PixelRun);
  }

private:
  std::size_t m_size = 0;
  std::vector<std::uint32_t> m_positives;
  std::vector<PixelRun> m_negatives;
  std::uint64_t m_negativeCount = 0;
};

/// Calls visit(first, count) for the parts of `runs` within [begin, end), in order. Cost: O(log runs + parts).
template <class Visit>
void visitRuns(std::span<const PixelRun> runs, std::size_t begin, std::size_t end, const Visit& visit) {
  std::size_t low = 0, high = runs.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (std::size_t{runs[middle].first} + runs[middle].count <= begin)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low < runs.size() && runs[low].first < end; ++low) {
    const std::size_t first = runs[low].first < begin ? begin : runs[low].first;
    const std::size_t last = std::size_t{runs[low].first} + runs[low].count;
    visit(first, (last < end ? last : end) - first);
  }
}

}  // namespace oodscope
