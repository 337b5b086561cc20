// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/scores/class_statistics.h"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// How the scores of an ensemble are brought to one scale, and over which pixels.
struct Normalisation {
  enum class Kind {
    None,         ///< as they are
    MinMax,       ///< (s - min) / (max - min)
    Rank,         ///< the share of pixels below s, and half of those that equal it
    Standardised  ///< (s - mean) / deviation, over all pixels (not over one less)
  };
  enum class Over {
    Set,   ///< all frames together
    Frame  ///< each frame alone, as SynBoost does
  };
  Kind kind = Kind::MinMax;
  Over over = Over::Set;
  friend auto operator<=>(const Normalisation&, const Normalisation&) = default;
};
/// Reads "min-max", "rank:frame", …: none, min-max, rank or standardised, with :set (unless said) or :frame. Throws
/// Error.
[[nodiscard]] Normalisation parseNormalisation(std::string_view text);
/// "min-max:set".
[[nodiscard]] std::string textOf(const Normalisation& normalisation);

/// A scale found for some pixels. Rising: no ranking of those pixels changes but by rounding to float.
class ScoreScale {
public:
  /// Every score as it is.
  ScoreScale() = default;
  /// In place; NaN stays, pixels outside those that the scale is of go on beyond its ends (rank: 0 and 1).
  /// Cost: O(n), for ranks O(n log distinct scores). Thread-safe.
  void apply(std::span<float> scores) const;

private:
  friend class ScaleFit;
  double m_offset = 0.0, m_factor = 1.0;
  std::vector<std::int32_t> m_keys;  ///< distinct scores, ascending, where ranks are asked for
  std::vector<float> m_ranks;        ///< of each
};

/// Finds a scale over pixels that are not void. Add frames one after the other, or one tally a frame merged in the
/// order of the frames: the same bits for any number of threads. Scores that are not finite are left out. Memory: for
/// ranks 4 bytes a pixel, else none.
class ScaleFit {
public:
  explicit ScaleFit(Normalisation::Kind kind) : m_kind(kind) {}
  /// Requires: equal lengths.
  void add(std::span<const float> scores, std::span<const std::uint8_t> labels);
  void merge(const ScaleFit& other);
  /// Where all scores are one, or there are none, min-max and standardised give 0. Cost: for ranks O(n log n).
  [[nodiscard]] ScoreScale scale() const;

private:
  Normalisation::Kind m_kind;
  Moments m_moments;
  std::optional<float> m_least, m_most;
  std::vector<std::int32_t> m_keys;
};

}  // namespace oodscope
