// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace oodscope {

/// Sizes of anomalies in pixels: at least `least`, and fewer than `below` where there is a bound.
struct SizeGroup {
  std::uint64_t least = 0;
  std::optional<std::uint64_t> below = {};
  friend bool operator==(const SizeGroup&, const SizeGroup&) = default;
};
/// ISSU's, of 49 pixels and more: see Attribution::kIssuGroups.
[[nodiscard]] std::vector<SizeGroup> issuSizeGroups();

/// A frame's labels where the anomalies of one group alone count.
struct GroupLabels {
  LabelMap labels;            ///< the group's anomalous pixels, normal ones as they are, other anomalies void
  std::uint64_t objects = 0;  ///< anomalies of the group
};
/// Anomalies are the 8-connected components of kAnomaly. Cost: O(pixels).
[[nodiscard]] GroupLabels labelsOfGroup(const LabelMap& labels, const SizeGroup& group);

}  // namespace oodscope
