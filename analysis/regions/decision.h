// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cmath>
#include <limits>

namespace oodscope {

/// The largest float that is at most `threshold`: for a float s, s > threshold exactly where s > this. NaN stays NaN.
/// Lets inner loops compare floats although thresholds are doubles.
[[nodiscard]] inline float floatAtMost(double threshold) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  float f = static_cast<float>(threshold);
  if (static_cast<double>(f) > threshold) f = std::nextafter(f, -kInfinity);
  return f;
}

/// The smallest float that is at least `threshold`: for a float s, s >= threshold exactly where s >= this.
[[nodiscard]] inline float floatAtLeast(double threshold) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  float f = static_cast<float>(threshold);
  if (static_cast<double>(f) < threshold) f = std::nextafter(f, kInfinity);
  return f;
}

/// The threshold t for which "score > t" decides as "score >= threshold" does: the largest float below it. Component
/// metrics decide by >, as their source does, everything else by >=: a threshold of the one kind is handed to the other
/// through this, so that a map of zeros and ones keeps its ones at threshold 1. Infinite ones stay, NaN stays NaN.
[[nodiscard]] inline float strictlyBelow(float threshold) {
  if (std::isinf(threshold)) return threshold;
  return std::nextafter(threshold, -std::numeric_limits<float>::infinity());
}

/// The other way: the threshold t for which "score >= t" decides as "score > threshold" does, so that
/// strictlyBelow(strictlyAbove(t)) is t.
[[nodiscard]] inline float strictlyAbove(float threshold) {
  return std::nextafter(threshold, std::numeric_limits<float>::infinity());
}

}  // namespace oodscope
