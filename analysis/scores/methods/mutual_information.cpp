// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

namespace oodscope::declared {

constinit const MethodKind kMutualInformation{
    .name = "mutual-information",
    .title = "Mutual information",
    .formula = "(H(m) - mean of H(p) over N runs with dropout) / ln C, m = mean of p, H(p) = -sum p ln p",
    .reference = "Mukhoti & Gal, 2018",
    .summary = "How much runs with dropout differ: entropy of their mean softmax less the mean of their entropies.",
    .range = {0.0, 1.0},
    .parameters = kTemperatureAlone,
    .needs = kNetworkLogitsAlone,
    .planes = kLogitPlanes,
    .exponentialsPerLogit = 2,
    .pass = &kDropoutPass,
    .passesRead = PassesRead::Further,
    .kernel = kernels::mutualInformationGroup,
};

}  // namespace oodscope::declared
