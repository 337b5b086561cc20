// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace oodscope {

/// Equal bins of distance, in metres, closed below and open above.
struct DistanceBins {
  double first = 5.0, last = 50.0, step = 5.0;
  [[nodiscard]] std::size_t count() const;
  /// The bounds of a bin. Requires: below count().
  [[nodiscard]] double from(std::size_t bin) const { return first + step * static_cast<double>(bin); }
  [[nodiscard]] double to(std::size_t bin) const { return from(bin + 1); }
  /// The bin of a distance; empty where it is unknown (0, NaN), nearer or farther.
  [[nodiscard]] std::optional<std::size_t> binOf(float metres) const;
  friend bool operator==(const DistanceBins&, const DistanceBins&) = default;
};
inline constexpr std::size_t kMostDistanceBins = 200;

/// Reads "5:50:5", FIRST:LAST:STEP in metres. Throws Error for other text, for bounds that are not 0 <= FIRST < LAST,
/// for a step that does not divide what lies between, and for more than kMostDistanceBins bins.
[[nodiscard]] DistanceBins parseDistanceBins(std::string_view text);

/// The labelled pixels of one frame in one bin.
struct BinnedPixels {
  std::vector<float> scores = {};
  std::vector<std::uint8_t> labels = {};  ///< kNormal or kAnomaly
};
/// Labelled pixels by bin, row-major within each, of the bins [first, first + count). Requires: equal sizes. Cost:
/// O(n).
[[nodiscard]] std::vector<BinnedPixels> pixelsByDistance(std::span<const float> scores, const LabelMap& labels,
                                                         const Grid<float>& distance, const DistanceBins& bins,
                                                         std::size_t first, std::size_t count);

}  // namespace oodscope
