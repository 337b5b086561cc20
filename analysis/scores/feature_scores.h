// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/scores/score_function.h"

// Scores of a frame's features, as what the score functions share. Internal to analysis/scores.
namespace oodscope::kernels {

/// The scores of a method of features at `target`: made at the features' own resolution, then resized bilinearly
/// (half-pixel centres). Requires: MethodKind::featureScore. Throws ContractViolation for outputs or parameters that
/// lack what the method needs.
[[nodiscard]] ScoreMap featureScores(const OutputsView& outputs, const ScoreParameters& parameters, Size target);

}  // namespace oodscope::kernels
