// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/distance_bins.h"
#include "app/live/live_set.h"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

namespace oodscope {

/// Numbers of the pixels at one distance, one a protocol.
struct DistanceMetrics {
  double from = 0, to = 0;            ///< metres
  std::vector<PixelMetrics> metrics;  ///< in the order of the protocols
};
struct DistanceReport {
  std::vector<DistanceMetrics> bins;
  std::size_t withoutDistance = 0;     ///< labelled frames that have no disparity or no camera
  std::vector<FrameFailure> failures;  ///< by DataSet index: left out of all bins
};

/// Whether any frame of the set has a disparity map and a camera.
[[nodiscard]] bool hasDistances(const DataSet& set);

/// Exact metrics of the labelled pixels in each bin of distance, of the frames that are ready. Distances are brought to
/// the evaluation size by the nearest pixel. Frames without a labelled pixel in a bin take no part in it. What is held
/// at once stays within `budget` bytes where one bin does: the set is read again for the others. Empty where stopped.
/// Throws Error. Cost: one pass over scores and distances, or one a group of bins.
[[nodiscard]] std::optional<DistanceReport> distanceMetrics(LiveSet& live, const Configuration& configuration,
                                                            std::span<const Protocol> protocols,
                                                            const DistanceBins& bins, std::uint64_t budget,
                                                            const std::stop_token& stop);

}  // namespace oodscope
