// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/metrics/sorted_scores.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace oodscope {

/// Ranks of scores within a set: the share of its labelled pixels that score lower, in [0, 1]. Two runs over the same
/// set are compared by ranks, because their scores have different units. Rank is a rising function of the score, so
/// curves and areas do not change with it.
class RankTable {
public:
  /// Counts exactly at about `knots` of the set's scores, spread evenly over its pixels. Requires: knots >= 1. Without
  /// a pixel every rank is 0. Cost: knots x frames binary searches in short stretches, 20 ms for 100 frames.
  explicit RankTable(std::span<const SortedScores* const> frames, std::size_t knots = 16384);

  /// Exact at a knot, whatever the ties; between two knots on a straight line (in the order of floats), so never
  /// further off than the share of pixels between them, about 1 / knots. Requires: not NaN. Cost: O(log knots).
  [[nodiscard]] float rank(float score) const;
  [[nodiscard]] std::size_t knots() const { return m_keys.size(); }

private:
  std::vector<std::int32_t> m_keys;    // of the knots' scores, rising
  std::vector<double> m_below;         // share of pixels that score lower
  std::vector<double> m_belowOrEqual;  // or the same
};

/// Rank of each pixel; NaN stays NaN. Cost: O(pixels log knots), in parallel. The same for any number of threads.
[[nodiscard]] ScoreMap rankMap(const ScoreMap& scores, const RankTable& table);

}  // namespace oodscope
