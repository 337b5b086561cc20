// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/failures.h"

namespace oodscope {

/// A frame's decision against its truth, as components. Shared by lists and attribution.
struct FailureMasks {
  ConfusionCounts counts;
  Components falsePositives;  ///< after the opening, where there is one
  Components truth;
  std::uint64_t openedPixels = 0;
};
[[nodiscard]] FailureMasks failureMasks(const ScoredImage& frame, const FailureOptions& options);

/// Whether a score takes part: finite, as in the pixel metrics.
[[nodiscard]] inline bool isUsable(float score) { return score - score == 0.0F; }

/// Indices of a component's runs, all components in one array: runs of component c are
/// order[first[c]] … order[first[c + 1] - 1], row-major.
struct RunsByComponent {
  std::vector<std::uint32_t> order;
  std::vector<std::uint32_t> first;
};
[[nodiscard]] RunsByComponent runsByComponent(const Components& components);

/// Median of the known distances along a region's runs (lower one of two); empty where none is known. `scratch` is
/// reused.
[[nodiscard]] std::optional<double> medianDistance(std::span<const Run> runs, const Grid<float>& distance,
                                                   std::vector<float>& scratch);

/// findFailures() of a frame whose masks are there already.
[[nodiscard]] FrameFailures failuresIn(const ScoredImage& frame, const FailureMasks& masks,
                                       const FailureOptions& options, const FailureContext& context);

/// Refuses a context whose maps differ from the frame in size.
void requireFits(const ScoredImage& frame, const FailureContext& context);

}  // namespace oodscope
