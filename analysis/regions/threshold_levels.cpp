// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/threshold_levels.h"

#include "analysis/core/error.h"

#include <algorithm>
#include <cmath>

namespace oodscope {

ThresholdLevels::ThresholdLevels(std::vector<float> ascending) : m_thresholds(std::move(ascending)) {
  require(std::none_of(m_thresholds.begin(), m_thresholds.end(), [](float t) { return std::isnan(t); }),
          "ThresholdLevels: a threshold is NaN");
  require(std::is_sorted(m_thresholds.begin(), m_thresholds.end()), "ThresholdLevels: thresholds are not ascending");
  float high = 0.0F;
  bool any = false;
  for (const float t : m_thresholds) {
    if (!std::isfinite(t)) continue;
    if (!any) m_low = t;
    high = t;
    any = true;
  }
  const float range = high - m_low;
  // No range, or one that overflows: everything falls into one bucket and the binary search does the work.
  m_scale = range > 0.0F && std::isfinite(range) ? static_cast<float>(kBuckets - 1) / range : 0.0F;
  if (!std::isfinite(m_scale)) m_scale = 0.0F;
  m_firstOfBucket.assign(kBuckets + 1, 0);
  for (const float t : m_thresholds) ++m_firstOfBucket[bucket(t) + 1];
  for (std::uint32_t b = 0; b < kBuckets; ++b) m_firstOfBucket[b + 1] += m_firstOfBucket[b];
}

}  // namespace oodscope
