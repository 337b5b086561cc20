// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

namespace oodscope::declared {

constinit const MethodKind kMsp{
    .name = "msp",
    .title = "MSP",
    .formula = "1 - max p",
    .reference = "Hendrycks & Gimpel, ICLR 2017",
    .summary = "One minus the largest softmax probability.",
    .range = {0.0, 1.0},
    .parameters = kTemperatureAlone,
    .needs = kLogitsAlone,
    .isInTrainingLog = true,
    .kernel = kernels::mspGroup,
};

}  // namespace oodscope::declared
