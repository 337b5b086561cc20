// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

#include <array>

namespace oodscope::declared {

constexpr std::array kDiscriminativeNeeds = {&kNeedsOutlierHead};
constexpr std::array kOutlierPlanes = {PlaneChoice{{Output::Outlier}, 1}};

constinit const MethodKind kDenseHybridDiscriminative{
    .name = "densehybrid-discriminative",
    .title = "DenseHybrid, discriminative part",
    .formula = "ln P(out)",
    .reference = "Grcić et al., ECCV 2022, table 6",
    .summary = "Logarithm of the outlier head's probability of an outlier; ranks as 1 - P(in) does.",
    .range = {-std::numeric_limits<double>::infinity(), 0.0},
    .needs = kDiscriminativeNeeds,
    .planes = kOutlierPlanes,
    .readsAllChannels = true,
    .kernel = kernels::denseHybridDiscriminativeGroup,
};

}  // namespace oodscope::declared
