// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/pixel_metrics.h"

#include <vector>

namespace oodscope {

/// Scales read off a set's curves, exact or estimated, in units of the score: for what must follow a moving temperature
/// before the pixels themselves have been scored.
struct CurveScales {
  std::vector<float> quantiles;      ///< of all ranked pixels at 257 equal steps, ascending
  float trimmedHigh = 0.0F;          ///< the 99.9 % quantile
  std::vector<float> balanced;       ///< the same steps with half the weight to each class
  std::vector<double> anomalyShare;  ///< of the pixels between neighbouring balanced steps, 256 values
};

/// Each value is a threshold of the curve: the strictest at which at least the wanted share of the pixels lies at or
/// above. A curve ends where recall reaches 1, so that the lowest value is the lowest anomalous score and pixels below
/// it are not told apart. Empty vectors for curves without points. Cost: O(points). Follows from TPR and FPR: the share
/// at or above a threshold is prevalence * TPR + (1 - prevalence) * FPR.
[[nodiscard]] CurveScales scalesOf(const SetCurves& curves);

}  // namespace oodscope
