// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <span>

namespace oodscope {

/// Scores and ground truth of one frame, not owned, row-major, at one resolution. Labels: kNormal, kAnomaly; every
/// other value counts as void.
struct ScoredImage {
  std::span<const float> scores;
  std::span<const std::uint8_t> labels;
  Size size;
};

/// Views of two images that outlive the result. Errors: ContractViolation where their sizes differ.
[[nodiscard]] inline ScoredImage scoredImage(const ScoreMap& scores, const LabelMap& labels) {
  require(scores.size() == labels.size(), "scoredImage: scores and labels differ in size");
  return {scores.values(), labels.values(), scores.size()};
}

}  // namespace oodscope
