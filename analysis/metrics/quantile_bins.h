// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/pixel_metrics.h"

#include <cstdint>
#include <span>
#include <vector>

namespace oodscope {

/// One bin of a frame: the pixels with lowerEdge <= score < the next edge (the highest bin holds its upper edge too).
struct QuantileBin {
  double lowerEdge = 0;
  std::uint64_t positives = 0;
  std::uint64_t negatives = 0;
};

/// Bins of a frame at the quantiles of its own positives and negatives (384 each at most), strictest first.
/// Requires: keys sorted ascending. `asFloat16`: the scores are float16, whose differences round to float16 too.
/// Cost: O(log n). Source: SegmentMeIfYouCan/road-anomaly-benchmark, binary_confusion_matrix with "percentiles".
[[nodiscard]] std::vector<QuantileBin> quantileBins(std::span<const std::int32_t> positiveKeys,
                                                    std::span<const std::int32_t> negativeKeys, BinEdges edges,
                                                    bool asFloat16);

/// Metrics and, at most kMaxCurvePoints long, curves of a set from all frames' bins in frame order.
/// Requires: a protocol that pools bins of frames. Cost: O(bins log bins). Source: the same, curves_from_cmats.
struct BinnedSet {
  PixelMetrics metrics;
  SetCurves curves;
};
[[nodiscard]] BinnedSet evaluateBins(std::span<const QuantileBin> bins, Protocol protocol);

}  // namespace oodscope
