// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/models/model.h"
#include "inference/networks/network_registry.inl.h"

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/api/module.h>

namespace oodscope {

/// Records what a built-in network computes for one image of the size of `image` as a TorchScript module: forward() of
/// 1 x 3 x H x W gives the only one of `arrays`, 1 x C x h x w, or a tuple of them in their order, class logits as
/// 1 x Q x columns; it refuses an input of another size. The module holds each parameter and buffer that inference uses
/// once, under the network's own keys. Requires: a network that is evaluated, in which nothing wants a gradient; no
/// inference mode. Throws c10::Error where an operation cannot be recorded. Cost: a pass of the plain network.
[[nodiscard]] torch::jit::Module recorded(Network& network, const NetworkKind& kind,
                                          const std::vector<OutputArray>& arrays, const at::Tensor& image);

/// See Model::exported(). `seen`: how a picture of the input's size becomes the network's input. `network` as above.
[[nodiscard]] ExportedModel exportedModel(const ModelInfo& info, const Preprocessing& seen, Network& network);

}  // namespace oodscope
