// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace oodscope {

/// Finds how many of many ascending thresholds lie below a score, faster than a binary search over all of them: a table
/// over equal steps of their range narrows it first.
class ThresholdLevels {
public:
  /// Requires: ascending, none NaN.
  explicit ThresholdLevels(std::vector<float> ascending);

  /// Number of thresholds t with t < score; 0 for NaN.
  [[nodiscard]] std::uint32_t below(float score) const {
    const std::uint32_t at = bucket(score);
    std::uint32_t first = m_firstOfBucket[at];
    std::uint32_t count = m_firstOfBucket[at + 1] - first;
    while (count > 0) {
      const std::uint32_t half = count / 2;
      if (m_thresholds[first + half] < score) {
        first += half + 1;
        count -= half + 1;
      } else {
        count = half;
      }
    }
    return first;
  }
  [[nodiscard]] std::span<const float> thresholds() const { return m_thresholds; }

private:
  static constexpr std::uint32_t kBuckets = 4096;
  /// Never falls as the score rises, which is all that below() needs; NaN goes to 0.
  [[nodiscard]] std::uint32_t bucket(float score) const {
    float at = (score - m_low) * m_scale;
    at = at > 0.0F ? at : 0.0F;
    at = at < static_cast<float>(kBuckets - 1) ? at : static_cast<float>(kBuckets - 1);
    return static_cast<std::uint32_t>(at);
  }

  std::vector<float> m_thresholds;
  float m_low = 0.0F;
  float m_scale = 0.0F;
  std::vector<std::uint32_t>
      m_firstOfBucket;  // index of the first threshold in or above the bucket; kBuckets + 1 values
};

}  // namespace oodscope
