// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

#include <array>

namespace oodscope::declared {

constexpr std::array kEamNeeds = {&kNeedsMaskQueries};
constexpr std::array kEamPlanes = {PlaneChoice{{Output::MaskLogits, Output::ClassLogits}, 2, acceptanceWeights}};

constinit const MethodKind kEam{
    .name = "eam",
    .title = "EAM",
    .formula = "1 - sum_q sigmoid(m_q) max_k P_q(k)",
    .reference = "Grcić et al., CVPR Workshops 2023",
    .summary = "One minus how much the masks cover a pixel, each weighted with its most probable known class.",
    .parameters = kQueryTemperatureAlone,
    .needs = kEamNeeds,
    .planes = kEamPlanes,
    .reads = KernelReads::Planes,
    .kernel = kernels::membershipMaxGroup,
};

}  // namespace oodscope::declared
