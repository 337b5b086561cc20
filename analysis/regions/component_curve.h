// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/component_metrics.h"

#include <span>
#include <vector>

namespace oodscope {

/// Component tallies of one frame at each threshold, in the order given: bit-identical to evaluateComponents at each.
/// Pixels are joined once, by falling score, so many thresholds cost little more than one.
/// Requires: at most 65,534 thresholds, none NaN. Errors: ContractViolation. Cost: O(pixels + thresholds * components).
[[nodiscard]] std::vector<ComponentTally> componentTallies(const ScoredImage& frame, std::span<const double> thresholds,
                                                           const ComponentTrack& track);

/// Component metrics of a set against the threshold.
struct ComponentCurve {
  std::vector<double> thresholds;
  std::vector<ComponentTally> tallies;  ///< one a threshold
  /// Adds another part of the same set. Requires: the same thresholds.
  ComponentCurve& operator+=(const ComponentCurve& other);
  [[nodiscard]] std::vector<ComponentMetrics> metrics() const;
  /// Index of the highest F1*, the first of equals; none where it is not defined.
  [[nodiscard]] std::optional<std::size_t> bestF1Star() const;
};

/// The curve of a set, parallel over frames; the same for any number of threads. Memory: about 20 bytes a pixel of the
/// frames in work.
[[nodiscard]] ComponentCurve componentCurve(std::span<const ScoredImage> frames, std::span<const double> thresholds,
                                            const ComponentTrack& track);

}  // namespace oodscope
