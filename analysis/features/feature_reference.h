// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/features/feature_statistics.h"
#include "analysis/features/reference_bank.h"

#include <optional>

namespace oodscope {

/// What was fitted for a network's features, ready to score with.
struct FeatureReference {
  std::optional<MahalanobisScore> gaussians = {};
  std::optional<NearestFeatures> neighbours = {};
};

}  // namespace oodscope
