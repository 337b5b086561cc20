// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/network_registry.inl.h"
#include "inference/training/training.h"

#include <string>

namespace oodscope {

/// The sidecar of trained weights, as Model::load reads it: what the network reads, its channels, and in its
/// description what it was trained on and by which preset. Requires: of the pictures a name a class.
[[nodiscard]] std::string trainedSidecar(const TrainingOptions& options, const NetworkKind& kind,
                                         const SampleSource& pictures);

}  // namespace oodscope
