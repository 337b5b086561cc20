// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/component_track.h"
#include "analysis/regions/failures.h"

#include <string>

namespace oodscope {

/// What counts as a failure of a set at a threshold (decision: score >= threshold): the one definition of window,
/// report and figures. Sizes are those of the set's component track, `objects`, so that a missed object is one of the
/// objects that the component metrics count; false positives are opened first, so that a thin bridge does not make one
/// region of two. Outlines are not traced.
[[nodiscard]] FailureOptions failureOptions(ObjectTrack objects, float threshold);

/// The definition in a sentence, for captions, headers and tool tips. In English.
[[nodiscard]] std::string failureDefinition(const FailureOptions& options);

}  // namespace oodscope
