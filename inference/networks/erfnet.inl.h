// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/dropout.inl.h"
#include "inference/networks/inner_channels.inl.h"
#include "inference/networks/network.inl.h"

#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/conv.h>

#include <array>
#include <cstddef>
#include <vector>

namespace oodscope::erfnet {

/// Epsilon of every batch norm of ERFNet. Source: Romera et al., "ERFNet", T-ITS 2018, published code.
inline constexpr double kNormEpsilon = 1e-3;

/// One block of the chain that makes encoder and decoder.
class Block : public torch::nn::Module {
public:
  virtual torch::Tensor forward(const torch::Tensor& x) = 0;
};

/// Halves the size: a strided 3x3 convolution beside a 2x2 max-pool, concatenated.
class Downsampler final : public Block {
public:
  Downsampler(int in, int out);
  torch::Tensor forward(const torch::Tensor& x) override;
  torch::nn::Conv2d conv{nullptr};
  torch::nn::BatchNorm2d bn{nullptr};
};

/// Channels between the four convolutions of a residual block.
using InnerWidths = std::array<int, 3>;
/// NetworkShape::widths: at 1/2, 1/4 and 1/8 of the size; where channels were taken out of residual blocks, what was
/// left of each block's InnerWidths behind them, the encoder's blocks first.
inline constexpr std::size_t kOuterWidths = 3;
inline constexpr std::size_t kResidualBlocks = 17;
inline constexpr std::size_t kAllWidths = kOuterWidths + 3 * kResidualBlocks;

/// Residual block of two pairs of 3x1 and 1x3 convolutions, the second pair dilated (seed paper's figure 3).
class NonBottleneck1d final : public Block {
public:
  NonBottleneck1d(int channels, double dropProbability, int dilation, const InnerWidths& inner);
  torch::Tensor forward(const torch::Tensor& x) override;
  torch::nn::Conv2d conv3x1_1{nullptr}, conv1x3_1{nullptr}, conv3x1_2{nullptr}, conv1x3_2{nullptr};
  torch::nn::BatchNorm2d bn1{nullptr}, bn2{nullptr};
  ChannelDropout dropout{nullptr};
};

/// Doubles the size: a strided 3x3 transposed convolution.
class Upsampler final : public Block {
public:
  Upsampler(int in, int out);
  torch::Tensor forward(const torch::Tensor& x) override;
  torch::nn::ConvTranspose2d conv{nullptr};
  torch::nn::BatchNorm2d bn{nullptr};
};

class Encoder final : public torch::nn::Module {
public:
  explicit Encoder(const NetworkShape& shape);
  torch::Tensor forward(const torch::Tensor& images);
  std::shared_ptr<Downsampler> initialBlock;
  std::vector<std::shared_ptr<Block>> blocks;
  torch::nn::Conv2d outputConv{nullptr};  ///< head for pre-training the encoder; not part of inference
};

class Decoder final : public torch::nn::Module {
public:
  explicit Decoder(const NetworkShape& shape);
  torch::Tensor forward(const torch::Tensor& features);
  torch::Tensor beforeOutput(const torch::Tensor& features);
  torch::Tensor output(const torch::Tensor& x);
  std::vector<std::shared_ptr<Block>> blocks;
  torch::nn::ConvTranspose2d outputConv{nullptr};
};

/// ERFNet: keys encoder.initial_block, encoder.layers.N, encoder.output_conv, decoder.layers.N, decoder.output_conv.
class Erfnet final : public Network, public HasInnerChannels {
public:
  /// Requires: kOuterWidths or kAllWidths widths.
  explicit Erfnet(const NetworkShape& shape);
  torch::Tensor forward(const torch::Tensor& images) override;
  /// Logits of the encoder alone at 1/8 of the size, for training it before the whole.
  torch::Tensor forwardEncoder(const torch::Tensor& images);
  [[nodiscard]] NetworkShape shape() const override { return m_shape; }
  [[nodiscard]] std::vector<InnerChannels> innerChannels() const override;
  [[nodiscard]] NetworkShape shapeWithInner(const std::vector<int>& counts) const override;
  [[nodiscard]] bool isSplit() const override { return true; }
  torch::Tensor penultimate(const torch::Tensor& images) override;
  torch::Tensor classify(const torch::Tensor& features) override { return decoder->output(features); }
  std::shared_ptr<Encoder> encoder;
  std::shared_ptr<Decoder> decoder;

private:
  NetworkShape m_shape;
};

/// Of every ERFNet.
[[nodiscard]] std::vector<InnerChannels> innerChannels();

}  // namespace oodscope::erfnet
