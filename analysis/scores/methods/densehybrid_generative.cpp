// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

#include <array>

namespace oodscope::declared {

constexpr std::array kGenerativeNeeds = {&kNeedsNetworkLogits};

constinit const MethodKind kDenseHybridGenerative{
    .name = "densehybrid-generative",
    .title = "DenseHybrid, generative part",
    .formula = "-ln sum exp z",
    .reference = "Grcić et al., ECCV 2022, table 6",
    .summary = "The unnormalised log-likelihood of the logits, negated: energy at temperature 1.",
    .needs = kGenerativeNeeds,
    .planes = kLogitPlanes,
    .kernel = kernels::denseHybridGenerativeGroup,
};

}  // namespace oodscope::declared
