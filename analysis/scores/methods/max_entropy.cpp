// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

namespace oodscope::declared {

constinit const MethodKind kMaxEntropy{
    .name = "max-entropy",
    .title = "Max-entropy",
    .formula = "-sum p ln p / ln C",
    .reference = "Chan et al., ICCV 2021",
    .summary = "Entropy of the softmax, divided by that of a uniform one.",
    .range = {0.0, 1.0},
    .parameters = kTemperatureAlone,
    .needs = kLogitsAlone,
    .isInTrainingLog = true,
    .kernel = kernels::maxEntropyGroup,
};

}  // namespace oodscope::declared
