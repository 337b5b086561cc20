// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <cstddef>

namespace oodscope {

/// What a frame's label map holds, in a line of a list.
struct AnomalyFacts {
  double anomalyShare = 0.0;  ///< of the labelled pixels, in [0, 1]; 0 where none is labelled
  std::size_t objects = 0;    ///< 8-connected anomalies, whatever their size
};

/// Cost: two reads of the map, and labelComponents() where there is an anomaly.
[[nodiscard]] AnomalyFacts anomalyFacts(const LabelMap& label);

}  // namespace oodscope
