// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/instance_ap.h"
#include "app/live/live_set.h"

#include <optional>
#include <stop_token>

namespace oodscope {

/// OoDIS' average precision over the labelled frames that are ready: true instances are the components of the anomalous
/// pixels, predicted ones those above the threshold (score > threshold), each as sure as its mean score. Empty where
/// stopped. Throws Error. Cost: a pass over the scores.
[[nodiscard]] std::optional<InstanceAp> instanceApOf(LiveSet& live, const Configuration& configuration, float threshold,
                                                     const std::stop_token& stop);

}  // namespace oodscope
