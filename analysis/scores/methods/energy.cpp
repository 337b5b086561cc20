// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

namespace oodscope::declared {

constinit const MethodKind kEnergy{
    .name = "energy",
    .title = "Energy",
    .formula = "-T ln sum exp(z / T)",
    .reference = "Liu et al., NeurIPS 2020",
    .summary = "Free energy of the logits.",
    .parameters = kTemperatureAlone,
    .needs = kLogitsAlone,
    .isInTrainingLog = true,
    .kernel = kernels::energyGroup,
};

}  // namespace oodscope::declared
