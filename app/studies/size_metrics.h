// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/size_groups.h"
#include "app/live/live_set.h"

#include <optional>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

namespace oodscope {

/// Numbers of the anomalies of one size against all normal pixels, one a protocol.
struct SizeMetrics {
  SizeGroup group;
  std::uint64_t objects = 0;          ///< anomalies of that size
  std::vector<PixelMetrics> metrics;  ///< in the order of the protocols
};
/// What the groups are, for provenance and captions.
inline constexpr std::string_view kSizeGroupRule =
    "ISSU's: 8-connected anomalies of 49-256, 256-2304, 2304-12544 and more pixels where scores and labels meet, each "
    "group against all normal pixels; anomalies of fewer than 49 pixels are in no group, as on ISSU's component track";
struct SizeReport {
  std::vector<SizeMetrics> groups;
  std::vector<FrameFailure> failures;  ///< by DataSet index: left out of a group or of all
};

/// Exact metrics for each group of sizes, of the frames that are ready: the group's anomalous pixels are the positives,
/// all normal pixels the negatives, anomalies of other sizes take no part. Sizes are counted where scores and labels
/// meet. Empty where stopped. Throws Error. Cost: an exact pass a group. Source of the groups: ISSU, CVPR 2025.
[[nodiscard]] std::optional<SizeReport> sizeMetrics(LiveSet& live, const Configuration& configuration,
                                                    std::span<const Protocol> protocols,
                                                    std::span<const SizeGroup> groups, const std::stop_token& stop);

}  // namespace oodscope
