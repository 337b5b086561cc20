// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

namespace oodscope::declared {

/// The gradient is that of the cross-entropy of softmax(z), taken for logits as in SegmentMeIfYouCan's baseline,
/// against the predicted class; a gradient of 0 counts as positive, as in the published code.
constinit const MethodKind kOdin{
    .name = "odin",
    .title = "ODIN",
    .formula = "1 - max softmax(z(x - eps g) / T), g = sign of the gradient of CE(softmax(z(x)), argmax z(x))",
    .reference = "Liang et al., ICLR 2018",
    .summary =
        "One minus the largest softmax probability of the image moved by eps against the gradient of its own "
        "prediction's loss. SegmentMeIfYouCan's baseline has T = 3 and eps = 0.0001.",
    .range = {0.0, 1.0},
    .parameters = kTemperatureAlone,
    .needs = kNetworkLogitsAlone,
    .planes = kLogitPlanes,
    .pass = &kPerturbedPass,
    .passesRead = PassesRead::Further,
    .kernel = kernels::mspGroup,
};

}  // namespace oodscope::declared
