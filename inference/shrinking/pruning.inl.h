// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/inner_channels.inl.h"
#include "inference/networks/network_registry.inl.h"

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace oodscope {

/// The share of `count` that is taken: rounded to the nearest, halves to the even one, as Python's round().
[[nodiscard]] std::int64_t countTaken(double fraction, std::int64_t count);

/// A convolution's weight, transposed ones too.
struct ConvolutionWeight {
  std::string module;  ///< its key
  torch::Tensor weight;
  std::int64_t outputs = 0;  ///< the dimension of its output channels: 1 where it is transposed
  bool givesLogits = false;  ///< grows with the network's classes
};
/// Of all convolutions that inference uses, in the order of the modules; the tensors are the network's own. Cost: one
/// more network of the shape.
[[nodiscard]] std::vector<ConvolutionWeight> convolutionWeights(const Network& network, const NetworkKind& kind);

/// Sets the countTaken() weights of least magnitude to 0, those that come first among equals; how many.
std::int64_t pruneByMagnitude(const std::vector<ConvolutionWeight>& weights, double fraction);

/// The output channels that stay, in their order: all but the countTaken() of least L1 norm, one at least.
[[nodiscard]] std::vector<std::int64_t> channelsKept(const ConvolutionWeight& convolution, double fraction);
/// Sets the weights of all other output channels to 0.
void zeroOtherChannels(const ConvolutionWeight& convolution, const std::vector<std::int64_t>& kept);

/// A copy of the network without the other channels: kept[i] of `inner`[i]. What is left of a channel whose weights are
/// 0, a constant, is added to the reader's bias. Requires: HasInnerChannels, one list of each.
[[nodiscard]] std::shared_ptr<Network> withoutChannels(const Network& network, const NetworkKind& kind,
                                                       const HasInnerChannels& channels,
                                                       const std::vector<std::vector<std::int64_t>>& kept);

}  // namespace oodscope
