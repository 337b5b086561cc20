// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

namespace oodscope::declared {

constinit const MethodKind kReact{
    .name = "react",
    .title = "ReAct",
    .formula = "-T ln sum exp(z(min(f, c)) / T), c = the frame's q-th percentile of f",
    .reference = "Sun et al., NeurIPS 2021",
    .summary =
        "Energy of the logits that the last layer makes of clipped activations. The bound is a percentile of the "
        "frame's "
        "own activations, where the publication takes one of a training set.",
    .parameters = kTemperatureAlone,
    .needs = kNetworkLogitsAlone,
    .planes = kLogitPlanes,
    .pass = &kRectifiedPass,
    .passesRead = PassesRead::Further,
    .kernel = kernels::energyGroup,
};

}  // namespace oodscope::declared
