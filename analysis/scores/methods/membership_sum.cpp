// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

namespace oodscope::declared {
namespace {

/// Plain C++, compiled once: sums need no more. A NaN or an infinity stays one.
void membershipSumGroup(const kernels::Group& group, const kernels::Recipe& /*recipe*/, float* out) {
  for (std::size_t pixel = 0; pixel < group.pixels; ++pixel) {
    float sum = 0.0F;
    for (std::size_t c = 0; c < static_cast<std::size_t>(group.channels); ++c)
      sum += group.tile[c * group.pixels + pixel];
    out[pixel] = 1.0F - sum;
  }
}

}  // namespace

constinit const MethodKind kMembershipSum{
    .name = "membership-sum",
    .title = "Unclaimed",
    .formula = "1 - sum S",
    .reference = "course projects on EoMT since 2025, which call it RbA",
    .summary = "One minus the sum of the memberships: RbA without its tanh, which some print under RbA's name.",
    .parameters = kQueryTemperatureAlone,
    .needs = kMembershipsAlone,
    .planes = kMembershipPlanes,
    .exponentialsPerLogit = 0,
    .kernel = membershipSumGroup,
};

}  // namespace oodscope::declared
