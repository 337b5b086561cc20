// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/random.h"

#include <torch/nn/modules/dropout.h>
#include <torch/nn/pimpl.h>

namespace oodscope {

/// Dropout2d that can go on leaving out channels while the network is evaluated, those that a generator of this program
/// names: the same under every LibTorch, and without the process's own generator. As Dropout2d otherwise.
class ChannelDropoutImpl final : public torch::nn::Dropout2dImpl {
public:
  using torch::nn::Dropout2dImpl::Dropout2dImpl;
  /// N x C x H x W; of a sampled pass one image. A channel stays where the next number in [0, 1) is p or more, and is
  /// then divided by 1 - p.
  torch::Tensor forward(const torch::Tensor& x);
  /// Draws from `random`, channel by channel, layer after layer in the order of the pass; nullptr: no longer. Not
  /// owned.
  void sampleFrom(SplitMix* random) { m_random = random; }

private:
  SplitMix* m_random = nullptr;
};
TORCH_MODULE(ChannelDropout);

/// Lets all layers of a network draw from one generator while this lives.
class SampledDropout {
public:
  SampledDropout(torch::nn::Module& network, SplitMix& random);
  ~SampledDropout();
  SampledDropout(const SampledDropout&) = delete;
  SampledDropout& operator=(const SampledDropout&) = delete;

private:
  torch::nn::Module& m_network;
};

/// Whether a pass with dropout differs from one without.
[[nodiscard]] bool hasDropout(const torch::nn::Module& network);

}  // namespace oodscope
