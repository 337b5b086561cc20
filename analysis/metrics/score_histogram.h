// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/pixel_metrics.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace oodscope {

/// Lowest and highest finite score of labelled pixels. Merging commutes.
class ScoreRange {
public:
  void add(std::span<const float> scores, std::span<const std::uint8_t> labels);
  void merge(const ScoreRange& other);
  [[nodiscard]] bool empty() const { return m_low > m_high; }
  /// Empty bins over this range. Requires: !empty(), bins > 0.
  [[nodiscard]] ScoreHistogram histogram(std::size_t bins) const;

private:
  float m_low = std::numeric_limits<float>::infinity();
  float m_high = -std::numeric_limits<float>::infinity();
};

/// Counts labelled pixels with scores within the histogram's range. Requires: equal lengths, bins.
void addToHistogram(ScoreHistogram& histogram, std::span<const float> scores, std::span<const std::uint8_t> labels);
/// Requires: the same bins and range.
void mergeHistogram(ScoreHistogram& sum, const ScoreHistogram& part);

}  // namespace oodscope
