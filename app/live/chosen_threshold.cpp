// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/live/chosen_threshold.h"

#include "app/live/score_spread.h"
#include "app/live/set_numbers.h"

#include <algorithm>

namespace oodscope {

bool isWithoutGroundTruth(const DataSet& set) {
  return std::ranges::none_of(set.frames, [](const Frame& frame) { return frame.label.has_value(); });
}

std::optional<float> chosenThreshold(LiveSet& live, const Configuration& configuration, Protocol protocol,
                                     const ThresholdRule& rule, const std::stop_token& stop) {
  if (isWithoutGroundTruth(live.dataSet())) {
    if (rule.kind != ThresholdRule::Kind::FlaggedShare) return std::nullopt;
    const auto spread = scoreSpread(live, configuration, stop);
    return spread ? flaggedShareThreshold(live, *spread, rule.value, stop) : std::nullopt;
  }
  if (live.labelledFrames().empty()) return std::nullopt;
  SetNumbers numbers;
  numbers.configuration = configuration;
  numbers.protocol = protocol;
  if (rule.kind == ThresholdRule::Kind::BestF1) {  // the protocol's own where it defines one
    const auto rows = live.exactRows(configuration, std::span(&protocol, 1), stop);
    if (!rows) return std::nullopt;
    numbers.metrics = rows->runs.front().metrics;
  }
  const auto counts = live.counts(configuration, stop);
  return counts ? thresholdBy(rule, numbers, counts.get()) : std::nullopt;
}

}  // namespace oodscope
