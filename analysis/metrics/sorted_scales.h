// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/curve_scales.h"
#include "analysis/metrics/sorted_scores.h"

#include <span>

namespace oodscope {

/// The scales of a set whose scores are sorted: what scalesOf(SetCurves) reads off a curve, here of every labelled
/// pixel with a finite score, in units of the score. Quantiles are read from every n-th score where there are more than
/// 2^18, so that their ranks are exact to 2^-18; the lowest and highest score are always among them. Empty vectors
/// where there is no score. Cost: O(pixels) reads and a sort of 2^18 keys.
[[nodiscard]] CurveScales scalesOf(std::span<const SortedScores> frames);

}  // namespace oodscope
