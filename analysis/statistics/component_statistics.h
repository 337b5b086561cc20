// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/component_metrics.h"

#include <cstdint>
#include <limits>
#include <span>

namespace oodscope {

/// Mean sIoU, mean PPV and F1*, in this order; NaN where not defined.
inline constexpr std::size_t kComponentStatistics = 3;

inline void componentStatistics(const ComponentTally& tally, std::span<double> values) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  values[0] = tally.siou().value_or(kNaN);
  values[1] = tally.ppv().value_or(kNaN);
  values[2] = tally.f1Star().value_or(kNaN);
}

/// Sum of frames, each taken `times[f]` times.
[[nodiscard]] inline ComponentTally pooledTally(std::span<const ComponentTally> frames,
                                                std::span<const std::uint32_t> times) {
  ComponentTally sum;
  for (std::size_t f = 0; f < frames.size(); ++f)
    if (times[f] != 0) sum.addScaled(frames[f], times[f]);
  return sum;
}

}  // namespace oodscope
