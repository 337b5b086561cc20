// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

namespace oodscope::declared {

constinit const MethodKind kSoftmaxDistance{
    .name = "softmax-distance",
    .title = "Softmax distance",
    .formula = "1 - (p1 - p2), the two largest",
    .reference = "Di Biase et al., CVPR 2021 (SynBoost)",
    .summary = "One minus the margin between the two largest softmax probabilities.",
    .range = {0.0, 1.0},
    .parameters = kTemperatureAlone,
    .needs = kLogitsAlone,
    .reads = KernelReads::TileAndSecond,
    .kernel = kernels::softmaxDistanceGroup,
};

}  // namespace oodscope::declared
