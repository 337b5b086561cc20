// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/anomaly_facts.h"

#include "analysis/regions/components.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace oodscope {

AnomalyFacts anomalyFacts(const LabelMap& label) {
  AnomalyFacts out;
  std::size_t anomalous = 0, labelled = 0;
  for (const std::uint8_t value : label.values()) {
    anomalous += value == kAnomaly ? 1 : 0;
    labelled += value == kVoid ? 0 : 1;
  }
  if (anomalous == 0) return out;
  out.anomalyShare = static_cast<double>(anomalous) / static_cast<double>(labelled);
  std::vector<std::uint8_t> mask(label.values().size());
  std::ranges::transform(label.values(), mask.begin(),
                         [](std::uint8_t value) { return static_cast<std::uint8_t>(value == kAnomaly ? 1 : 0); });
  out.objects = labelComponents(mask, label.size()).count();
  return out;
}

}  // namespace oodscope
