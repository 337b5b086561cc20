// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

namespace oodscope::declared {

constinit const MethodKind kM2a{
    .name = "m2a",
    .title = "Mask2Anomaly",
    .formula = "mean over image and mirror image of 1 - max S over all channels",
    .reference = "Rai et al., ICCV 2023",
    .summary =
        "One minus the largest membership over all channels, chosen or not, averaged over the image and its mirror "
        "image; of files, which hold no mirrored pass, that of the image alone.",
    .parameters = kQueryTemperatureAlone,
    .needs = kMembershipsAlone,
    .planes = kMembershipPlanes,
    .readsAllChannels = true,
    .exponentialsPerLogit = 0,
    .pass = &kMirroredPass,
    .passesRead = PassesRead::Mean,
    .reads = KernelReads::Planes,
    .kernel = kernels::membershipMaxGroup,
};

}  // namespace oodscope::declared
