// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/pixel_metrics.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace oodscope {

/// About `most` finite values at equal steps through `values`, ascending (fewer where some are not finite, up to twice
/// as many where the step rounds down). Requires: most > 0. Cost: a sort of them.
[[nodiscard]] std::vector<float> orderedSample(std::span<const float> values, std::size_t most);
/// The value below which a share in [0, 1] of an ascending sample lies, by the lower (or nearest) rank. Requires: a
/// sample that is not empty.
[[nodiscard]] float lowerQuantile(std::span<const float> ordered, double share);
[[nodiscard]] float nearestQuantile(std::span<const float> ordered, double share);
/// Share in [0, 1] of the values outside [low, high]; NaN lies inside, 0 where there is no value. Cost: one read.
[[nodiscard]] double shareOutside(std::span<const float> values, float low, float high);

/// One edge more than the histogram has bins, at equal steps from low to high; empty without bins.
[[nodiscard]] std::vector<double> edgesOf(const ScoreHistogram& histogram);
/// Each count as a share of their sum; zeros where that is 0.
[[nodiscard]] std::vector<double> sharesOf(std::span<const std::uint64_t> counts);

}  // namespace oodscope
