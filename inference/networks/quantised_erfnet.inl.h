// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/checkpoints/state_dict.inl.h"
#include "inference/networks/byte_values.inl.h"
#include "inference/networks/network.inl.h"

#include <torch/types.h>

#include <functional>
#include <memory>

namespace oodscope {

/// ERFNet in bytes: what stands between the image and the last layer, which stays float32, so that scores have more
/// than 256 values. Every value between two layers is a byte of the scale of its own range; weights are int8 with a
/// factor an output channel; norms are folded in.

/// Smallest and largest of each value between layers over the images that are handed in, n x 2: what the bytes' scales
/// are made of. `next` gives 1 x 3 x H x W, or an undefined tensor at the end. Requires: an ERFNet without a head.
/// Cost: a plain pass an image.
[[nodiscard]] torch::Tensor observeRanges(const Network& network, const std::function<torch::Tensor()>& next);

/// The state dict of the network with its weights in int8, see chooseStateDict(): "….weight_int8", "….weight_scale".
[[nodiscard]] StateDict quantisedStateDict(const Network& network, const torch::Tensor& ranges);

/// The arrangement. `network` holds weights that are whole numbers times `scales` (ChosenStateDict::scales). Throws
/// Error where ranges or scales are not this network's.
[[nodiscard]] std::unique_ptr<InferenceNetwork> quantisedErfnet(const Network& network, const StateDict& scales,
                                                                const torch::Tensor& ranges, ByteEngine engine);
/// Whether the network can be quantised.
[[nodiscard]] bool isQuantisable(const Network& network);

}  // namespace oodscope
