// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/random.h"

#include <torch/nn/modules/dropout.h>
#include <torch/nn/pimpl.h>

namespace oodscope {

/// A dropout layer that can go on dropping while the network is evaluated, what a generator of this program names: the
/// same under every LibTorch, and without the process's own generator. While training it is LibTorch's layer.
class SampledLayer {
public:
  SampledLayer() = default;
  SampledLayer(const SampledLayer&) = default;
  SampledLayer& operator=(const SampledLayer&) = default;
  virtual ~SampledLayer() = default;
  /// Share of what is dropped, 0 to 1.
  [[nodiscard]] virtual double rate() const = 0;
  virtual void setRate(double rate) = 0;
  /// Draws from `random`, value by value, layer after layer in the order of the pass; nullptr: no longer. Not owned.
  void sampleFrom(SplitMix* random) { m_random = random; }

protected:
  [[nodiscard]] bool isSampled() const { return m_random != nullptr; }
  /// x times 1 / (1 - rate()) where the next number in [0, 1) is rate() or more, times 0 elsewhere; a number for each
  /// value of `shape`, row by row, which x is of or is widened from. Requires: isSampled(), one image.
  [[nodiscard]] torch::Tensor sampled(const torch::Tensor& x, at::IntArrayRef shape) const;

private:
  SplitMix* m_random = nullptr;
};

/// A layer of LibTorch's that drops whole channels (Dropout2d) or single values (Dropout).
template <class Layer, bool ofChannels>
class DropoutLayerImpl final : public Layer, public SampledLayer {
public:
  using Layer::Layer;
  [[nodiscard]] double rate() const override { return this->options.p(); }
  void setRate(double rate) override { this->options.p(rate); }
  /// N x C x H x W; of a sampled pass one image.
  torch::Tensor forward(const torch::Tensor& x) {
    if (!isSampled()) return Layer::forward(x);
    return ofChannels ? sampled(x, {x.size(0), x.size(1), 1, 1}) : sampled(x, x.sizes());
  }
};

using ChannelDropoutImpl = DropoutLayerImpl<torch::nn::Dropout2dImpl, true>;
TORCH_MODULE(ChannelDropout);
using ElementDropoutImpl = DropoutLayerImpl<torch::nn::DropoutImpl, false>;
TORCH_MODULE(ElementDropout);

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
/// Multiplies the rates of all of a network's layers.
void scaleDropout(torch::nn::Module& network, double factor);

}  // namespace oodscope
