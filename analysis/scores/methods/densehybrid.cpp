// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

#include <array>

namespace oodscope::declared {

constexpr std::array kDenseHybridNeeds = {&kNeedsNetworkLogits, &kNeedsOutlierHead};
constexpr std::array kLogitAndOutlierPlanes = {PlaneChoice{{Output::Logits, Output::Outlier}, 2}};

constinit const MethodKind kDenseHybridRatio{
    .name = "densehybrid",
    .title = "DenseHybrid",
    .formula = "ln P(out) - ln sum exp z",
    .reference = "Grcić et al., ECCV 2022",
    .summary =
        "Log-ratio of the outlier head's probability of an outlier and the unnormalised likelihood of the logits.",
    .needs = kDenseHybridNeeds,
    .planes = kLogitAndOutlierPlanes,
    .kernel = kernels::denseHybridGroup,
};

}  // namespace oodscope::declared
