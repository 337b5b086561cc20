// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

#include <array>

namespace oodscope::declared {

constexpr std::array kVoidNeeds = {&kNeedsNetworkLogits, &kNeedsVoidChannel};

constinit const MethodKind kVoid{
    .name = "void",
    .title = "Void class",
    .formula = "p of the void channel, softmax over all channels",
    .reference = "Blum et al., IJCV 2021 (Fishyscapes)",
    .summary = "Probability of the trained void class, among all of the network's outputs.",
    .range = {0.0, 1.0},
    .parameters = kTemperatureAlone,
    .needs = kVoidNeeds,
    .planes = kLogitPlanes,
    .readsAllChannels = true,
    .isInTrainingLog = true,
    .kernel = kernels::voidGroup,
};

}  // namespace oodscope::declared
