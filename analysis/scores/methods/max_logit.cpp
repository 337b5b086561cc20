// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

namespace oodscope::declared {

constinit const MethodKind kMaxLogit{
    .name = "max-logit",
    .title = "Max-logit",
    .formula = "-max z",
    .reference = "Hendrycks et al., ICML 2022",
    .summary = "The largest logit, negated; temperature does not change its ranking.",
    .needs = kLogitsAlone,
    .isInTrainingLog = true,
    .exponentialsPerLogit = 0,
    .reads = KernelReads::Planes,
    .kernel = kernels::maxLogitGroup,
};

}  // namespace oodscope::declared
