// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

namespace oodscope::declared {

constinit const MethodKind kMcDropout{
    .name = "mc-dropout",
    .title = "MC dropout",
    .formula = "-sum m ln m / ln C, m = mean of p over N runs with dropout",
    .reference = "Gal & Ghahramani, ICML 2016; Mukhoti & Gal, 2018",
    .summary = "Entropy of the mean softmax of several runs with dropout, divided by that of a uniform one.",
    .range = {0.0, 1.0},
    .parameters = kTemperatureAlone,
    .needs = kNetworkLogitsAlone,
    .planes = kLogitPlanes,
    .exponentialsPerLogit = 2,
    .pass = &kDropoutPass,
    .passesRead = PassesRead::Further,
    .kernel = kernels::meanEntropyGroup,
};

}  // namespace oodscope::declared
