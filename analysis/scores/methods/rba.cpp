// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

namespace oodscope::declared {

constinit const MethodKind kRba{
    .name = "rba",
    .title = "RbA",
    .formula = "-sum tanh(S)",
    .reference = "Nayal et al., ICCV 2023",
    .summary = "Rejected by all: the classes' memberships, squashed and summed, negated.",
    .parameters = kQueryTemperatureAlone,
    .needs = kMembershipsAlone,
    .planes = kMembershipPlanes,
    .kernel = kernels::rbaGroup,
};

}  // namespace oodscope::declared
