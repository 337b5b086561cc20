// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/scores/temperature_range.h"

#include <QString>

#include <vector>

namespace oodscope {

/// Position 0 … 1 of a temperature on the logarithmic scale 0.05 … 20, and back. Out of range: clamped.
[[nodiscard]] double temperaturePosition(double temperature);
[[nodiscard]] double temperatureAt(double position);

/// How a threshold slider spreads scores: over the set's quantiles, so that a pile of equal scores takes a fair share
/// of the width instead of squeezing the rest, or linearly between the lowest and highest score.
class ThresholdScale {
public:
  enum class Kind { Quantile, Linear };
  struct Tick {
    double position;
    double score;
    QString label;  ///< ".05", "1.2", "−12"
  };

  ThresholdScale() = default;
  /// `quantiles`: finite scores at equally spaced quantiles, ascending, two at least; else the scale is empty.
  ThresholdScale(std::vector<float> quantiles, Kind kind);

  [[nodiscard]] bool isEmpty() const { return m_scores.empty(); }
  [[nodiscard]] double lowest() const;
  [[nodiscard]] double highest() const;
  /// Clamped to 0 … 1; a score shared by several quantiles is in their middle.
  [[nodiscard]] double position(double score) const;
  [[nodiscard]] double score(double position) const;
  /// Round scores at least `spacing` apart.
  [[nodiscard]] std::vector<Tick> ticks(double spacing) const;

private:
  std::vector<float> m_scores;
  Kind m_kind = Kind::Quantile;
};

}  // namespace oodscope
