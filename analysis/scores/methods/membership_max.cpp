// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

namespace oodscope::declared {

constinit const MethodKind kMembershipMax{
    .name = "membership-max",
    .title = "Membership",
    .formula = "1 - max S",
    .reference = "Cheng et al., CVPR 2022 (Mask2Former)",
    .summary =
        "One minus the largest class membership S, which is no softmax: MSP and max-logit of S are other scores.",
    .parameters = kQueryTemperatureAlone,
    .needs = kMembershipsAlone,
    .planes = kMembershipPlanes,
    .exponentialsPerLogit = 0,
    .reads = KernelReads::Planes,
    .kernel = kernels::membershipMaxGroup,
};

}  // namespace oodscope::declared
