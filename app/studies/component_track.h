// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/component_track.h"
#include "analysis/regions/component_metrics.h"

#include <string>
#include <string_view>

namespace oodscope {

/// Sizes of components that count on a track; on a set's own, objectTrackOf(), in window, report and
/// `--components auto`.
[[nodiscard]] ComponentTrack componentTrack(ObjectTrack track);

/// "anomaly", "obstacle", "issu"; empty for sizes of no track.
[[nodiscard]] std::string_view componentTrackName(const ComponentTrack& track);

/// The rule of a set's component metrics in a sentence, for provenance and tool tips: track and sizes, which frames,
/// how the threshold decides. `reason`: why the track was taken.
[[nodiscard]] std::string componentRule(const ComponentTrack& track, const std::string& reason);

}  // namespace oodscope
