// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/network.inl.h"
#include "inference/networks/normalisation.h"
#include "inference/training/training.h"

namespace oodscope {

/// Closed-set and anomaly metrics of the network, put into evaluation mode for the time, on pictures at `input` size.
/// Empty where stopped. Cost: one forward pass a picture, 4 bytes a pixel, picture and method.
[[nodiscard]] std::optional<ValidationReport> validate(Network& network, const SampleSource& pictures,
                                                       const TrainingOptions& options, const std::stop_token& stop,
                                                       const Normalisation& normalisation = {});

}  // namespace oodscope
