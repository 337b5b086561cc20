// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/network.inl.h"
#include "inference/networks/normalisation.h"
#include "inference/training/training.h"

#include <ATen/core/Tensor.h>

#include <functional>

namespace oodscope {

/// The loss that is trained with, of what a network gives (forwardAll()) and targets N x H x W on their device.
using LossOfOutputs = std::function<at::Tensor(const std::vector<at::Tensor>& outputs, const at::Tensor& targets)>;

/// Closed-set and anomaly metrics of the network, put into evaluation mode for the time, on pictures at `input` size.
/// Empty where stopped. Cost: one forward pass a picture, 4 bytes a pixel, picture and method.
[[nodiscard]] std::optional<ValidationReport> validate(Network& network, const SampleSource& pictures,
                                                       const TrainingOptions& options, const std::stop_token& stop,
                                                       const LossOfOutputs& loss,
                                                       const InputNormalisation& normalisation = {});

}  // namespace oodscope
