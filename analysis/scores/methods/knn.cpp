// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/features/feature_reference.h"
#include "analysis/scores/method_kinds.h"

namespace oodscope::declared {

constexpr std::array kKnnNeeds = {&kNeedsFeatures, &kNeedsReferenceBank};

constinit const MethodKind kKnn{
    .name = "knn",
    .title = "k nearest features",
    .formula = "mean distance of f to the k reference features nearest to it",
    .reference = "Galesso et al., ICCV Workshops 2023",
    .summary =
        "The mean Euclidean distance of a pixel's features to the k nearest of those drawn from the set that was "
        "fitted, which says k.",
    .range = {.low = 0.0},
    .needs = kKnnNeeds,
    .planes = kFeaturePlanes,
    .exponentialsPerLogit = 0,
    .pass = &kFeaturesPass,
    .featureScore = [](const FeatureView& features,
                       const FeatureReference& reference) { return (*reference.neighbours)(features); },
};

}  // namespace oodscope::declared
