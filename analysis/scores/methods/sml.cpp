// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

#include <array>

namespace oodscope::declared {

constexpr std::array kSmlNeeds = {&kNeedsNetworkLogits, &kNeedsClassStatistics};

constinit const MethodKind kSml{
    .name = "sml",
    .title = "Standardised max-logit",
    .formula = "-(max z - mean_c) / sqrt(variance_c), c = argmax z",
    .reference = "Jung et al., ICCV 2021",
    .summary =
        "The largest logit, standardised by the mean and variance that its class had on a training set, negated.",
    .needs = kSmlNeeds,
    .planes = kLogitPlanes,
    .exponentialsPerLogit = 0,
    .kernel = kernels::standardisedMaxLogitGroup,
};

}  // namespace oodscope::declared
