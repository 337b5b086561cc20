// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

namespace oodscope::declared {

constinit const MethodKind kEntropyBits{
    .name = "entropy-bits",
    .title = "Entropy (bits)",
    .formula = "-sum p log2 p",
    .reference = "Di Biase et al., CVPR 2021 (SynBoost), eq. 1",
    .summary = "Entropy of the softmax in bits, not divided by that of a uniform one.",
    .range = {0.0, std::numeric_limits<double>::infinity()},
    .parameters = kTemperatureAlone,
    .needs = kLogitsAlone,
    .entropyBase = 2.0,
    .kernel = kernels::maxEntropyGroup,
};

}  // namespace oodscope::declared
