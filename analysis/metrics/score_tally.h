// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/pixel_metrics.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace oodscope {

/// How scores spread, whatever their labels: exact counts by the leading bits of their keys, so that two scores of one
/// cell differ by less than 0.05 %. Takes 8 MB however many pixels there are. What is not finite is left out. Merging
/// commutes.
class ScoreTally {
public:
  ScoreTally();
  /// Cost: 2 to 4 ns a pixel.
  void add(std::span<const float> scores);
  void merge(const ScoreTally& other);

  [[nodiscard]] std::uint64_t pixels() const { return m_pixels; }
  /// The cell's lowest scores at `steps` + 1 equal steps of the pixels, ascending; the ends are the lowest and the
  /// highest score. Empty without pixels.
  [[nodiscard]] std::vector<float> quantiles(std::size_t steps) const;
  /// All pixels as "normal" ones of a histogram from the lowest to the highest score; empty without pixels.
  [[nodiscard]] ScoreHistogram histogram(std::size_t bins) const;

  /// Where the threshold lies that flags at most a share of the pixels.
  struct Place {
    std::uint32_t cell = 0;   ///< that of the highest score that must not be flagged
    std::uint64_t above = 0;  ///< how many of the cell's pixels are still flagged at most
  };
  /// Empty: every pixel may be flagged. Requires: pixels, share in [0, 1].
  [[nodiscard]] std::optional<Place> placeOf(double share) const;
  [[nodiscard]] float lowest() const;
  [[nodiscard]] float highest() const;

private:
  std::vector<std::uint64_t> m_counts;
  std::uint64_t m_pixels = 0;
  std::int32_t m_lowest, m_highest;  ///< keys
};

/// A second pass over the same scores: which of a cell's scores is meant.
class CellTally {
public:
  explicit CellTally(std::uint32_t cell);
  void add(std::span<const float> scores);
  void merge(const CellTally& other);
  /// The lowest threshold that flags at most `above` of the cell's pixels; +infinity where it is above all floats.
  [[nodiscard]] float thresholdAbove(std::uint64_t above) const;

private:
  std::uint32_t m_cell;
  std::vector<std::uint64_t> m_counts;
};

}  // namespace oodscope
