// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

#include <array>

namespace oodscope::declared {

constexpr std::array kUnoNeeds = {&kNeedsMaskQueries, &kNeedsNegativeClass};
constexpr std::array kUnoPlanes = {PlaneChoice{{Output::MaskLogits, Output::ClassLogits}, 2, rejectionWeights}};

constinit const MethodKind kUno{
    .name = "uno",
    .title = "UNO",
    .formula = "-sum_q sigmoid(m_q) (max_k P_q(k) - P_q(negative))",
    .reference = "Delić et al., BMVC 2024",
    .summary =
        "Masks weighted with how much more probable a known class is than the negative class, summed and negated.",
    .parameters = kQueryTemperatureAlone,
    .needs = kUnoNeeds,
    .planes = kUnoPlanes,
    .reads = KernelReads::Planes,
    .kernel = kernels::maxLogitGroup,
};

}  // namespace oodscope::declared
