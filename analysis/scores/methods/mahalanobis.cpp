// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/features/feature_reference.h"
#include "analysis/scores/method_kinds.h"

namespace oodscope::declared {

constexpr std::array kMahalanobisNeeds = {&kNeedsFeatures, &kNeedsFeatureGaussians};

constinit const MethodKind kMahalanobis{
    .name = "mahalanobis",
    .title = "Mahalanobis distance",
    .formula = "min_c (f - mean_c)^T covariance_c^-1 (f - mean_c)",
    .reference = "Lee et al., NeurIPS 2018",
    .summary =
        "The squared Mahalanobis distance of a pixel's features to the nearest class, as the classes' features lay "
        "on the set that was fitted.",
    .range = {.low = 0.0},
    .needs = kMahalanobisNeeds,
    .planes = kFeaturePlanes,
    .exponentialsPerLogit = 0,
    .pass = &kFeaturesPass,
    .featureScore = [](const FeatureView& features,
                       const FeatureReference& reference) { return (*reference.gaussians)(features); },
};

}  // namespace oodscope::declared
