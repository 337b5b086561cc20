// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/operating_point.h"
#include "app/live/live_set.h"

#include <optional>
#include <stop_token>

namespace oodscope {

/// Whether no frame of the set has ground truth that could be read: nothing can be measured, a threshold can be set.
[[nodiscard]] bool isWithoutGroundTruth(const DataSet& set);

/// The threshold that a rule chooses on the ready frames of a set, exactly: what a pin gives there (thresholdBy()). A
/// set without ground truth has one for a share of flagged pixels alone. Empty where the rule is not defined there and
/// where stopped. Throws Error.
[[nodiscard]] std::optional<float> chosenThreshold(LiveSet& live, const Configuration& configuration, Protocol protocol,
                                                   const ThresholdRule& rule, const std::stop_token& stop);

}  // namespace oodscope
