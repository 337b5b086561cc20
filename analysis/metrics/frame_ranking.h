// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/pixel_metrics.h"
#include "analysis/metrics/quantile_bins.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace oodscope {

/// Metrics of one frame alone, ranked within it, by the rule of `protocol`. Cost: O(n + p log p), one thread.
[[nodiscard]] PixelMetrics rankFrame(std::span<const float> scores, std::span<const std::uint8_t> labels,
                                     Protocol protocol);

/// The row of a frame in a table: step-sum AP, first TPR >= 0.95, mean score.
[[nodiscard]] FrameMetrics frameMetrics(std::size_t frame, std::span<const float> scores,
                                        std::span<const std::uint8_t> labels);

/// Quantile bins of one frame for both kinds of edges at once. Cost: O(n), a radix sort.
struct FrameBins {
  std::vector<QuantileBin> beyondRange;
  std::vector<QuantileBin> zeroAndOne;
  [[nodiscard]] const std::vector<QuantileBin>& of(BinEdges edges) const {
    return edges == BinEdges::BeyondRange ? beyondRange : zeroAndOne;
  }
};
[[nodiscard]] FrameBins frameBins(std::span<const float> scores, std::span<const std::uint8_t> labels, bool asFloat16);

}  // namespace oodscope
