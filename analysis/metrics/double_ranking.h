// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace oodscope {

/// Gives double scores floats that rank as the doubles do, so that what counts in float counts double scores exactly.
/// Ranking metrics see a pixel only by where it lies among the distinct scores of the anomalous pixels (see
/// SlotCounts): each of these *anchors* gets a float of its own, at least one float is left free between two of them,
/// and every other score takes a float on the same side of each anchor. A score is its nearest float wherever that is
/// free; where anchors crowd within a float's step they move apart by as many steps as they need, about their middle.
///
/// So AP, AUROC, FPR95, F1, the thresholds they are read at and every decision at an anchor are those of the doubles.
/// Two scores in one gap between neighbouring anchors that are nearer than a float's step may tie, which no such number
/// can see; quantile bins (SegmentMeIfYouCan's protocols), means and histograms see the floats.
/// Memory: 12 bytes an anchor. Source: none; the argument is that of positive_index.h.
class DoubleRanking {
public:
  /// Every score is its nearest float.
  DoubleRanking() = default;
  /// Requires: fewer than 5e8 distinct scores. Not finite ones are left out. Cost: O(n log n).
  explicit DoubleRanking(std::vector<double> anchors);

  /// NaN and infinities stay what they are; finite scores become finite floats. Requires: equal lengths.
  /// Cost: O(log anchors) a score.
  void toFloat(std::span<const double> scores, std::span<float> out) const;
  [[nodiscard]] float toFloat(double score) const;
  /// The double of an anchor's float; of the float just below, the double just below; of any other float itself, kept
  /// between the anchors beside it. So a threshold at an anchor or just below it decides alike in both.
  [[nodiscard]] double toDouble(float score) const;
  [[nodiscard]] std::size_t anchors() const { return m_anchors.size(); }

private:
  std::vector<double> m_anchors;     // ascending, distinct
  std::vector<std::int32_t> m_keys;  // of their floats, see score_key.h
};

}  // namespace oodscope
