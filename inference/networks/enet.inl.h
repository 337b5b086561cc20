// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/dropout.inl.h"
#include "inference/networks/network.inl.h"

#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/conv.h>

#include <string>
#include <tuple>
#include <vector>

namespace oodscope::enet {

/// The option. Since March 2021 (davidtvs/PyTorch-ENet, commit 7cd31d4) the branch of an upsampling block ends in its
/// norm, as in the paper; before, a ReLU came after it. Every key is the same, and so is all the rest.
inline constexpr const char* kVariant = "variant";
inline constexpr const char* kSince2021 = "since-2021-03";
inline constexpr const char* kBefore2021 = "before-2021-03";

/// Convolution, norm and activation of a chain of such threes, the last of which may lack its activation.
struct ChainStep {
  torch::nn::Conv2d conv{nullptr};
  torch::nn::BatchNorm2d norm{nullptr};
  float slope = 1.0F;  ///< what values below 0 are multiplied by: 1 for no activation, 0 for ReLU, else learned
};
[[nodiscard]] std::vector<ChainStep> stepsOf(const torch::nn::Sequential& chain);
/// Of an activation that is a ReLU where it is empty.
[[nodiscard]] float slopeOf(const torch::nn::PReLU& activation);

/// 3x3 strided convolution beside a 3x3 max-pool, concatenated. Parametric ReLU, as the whole encoder.
class InitialBlock final : public torch::nn::Module {
public:
  explicit InitialBlock(int out);
  torch::Tensor forward(const torch::Tensor& x);
  torch::nn::Conv2d mainBranch{nullptr};
  torch::nn::BatchNorm2d batchNorm{nullptr};
  torch::nn::PReLU outActivation{nullptr};
};

/// The middle of a regular bottleneck.
struct BottleneckKind {
  int dilation = 1;
  bool asymmetric = false;  ///< 5x1 followed by 1x5 instead of 3x3
  double dropProbability = 0.1;
  bool parametric = true;  ///< parametric ReLU (encoder) or ReLU (decoder)
};

/// 1x1, middle, 1x1, each normalised and activated, added to the input.
class RegularBottleneck final : public torch::nn::Module {
public:
  RegularBottleneck(int channels, const BottleneckKind& kind);
  torch::Tensor forward(const torch::Tensor& x);
  torch::nn::Sequential extConv1{nullptr}, extConv2{nullptr}, extConv3{nullptr};
  ChannelDropout regularizer{nullptr};
  torch::nn::PReLU outActivation{nullptr};  ///< empty for ReLU
};

/// Halves the size; hands on where each maximum was.
class DownsamplingBottleneck final : public torch::nn::Module {
public:
  DownsamplingBottleneck(int in, int out, double dropProbability);
  std::tuple<torch::Tensor, torch::Tensor> forward(const torch::Tensor& x);
  torch::nn::Sequential extConv1{nullptr}, extConv2{nullptr}, extConv3{nullptr};
  ChannelDropout regularizer{nullptr};
  torch::nn::PReLU outActivation{nullptr};
};

/// Doubles the size, putting values back where the maxima were. ReLU, as the whole decoder.
class UpsamplingBottleneck final : public torch::nn::Module {
public:
  UpsamplingBottleneck(int in, int out, double dropProbability, bool reluAfterExpansion);
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& indices, at::IntArrayRef outputSize);
  torch::nn::Sequential mainConv1{nullptr}, extConv1{nullptr}, extConv2{nullptr};
  torch::nn::ConvTranspose2d transposed{nullptr};
  torch::nn::BatchNorm2d transposedNorm{nullptr};
  ChannelDropout regularizer{nullptr};
};

/// ENet (Paszke et al., 2016); keys initial_block, downsample1_0, regular1_1 … regular5_1, transposed_conv.
class Enet final : public Network {
public:
  explicit Enet(const NetworkShape& shape);
  torch::Tensor forward(const torch::Tensor& images) override;
  [[nodiscard]] NetworkShape shape() const override { return m_shape; }
  [[nodiscard]] bool isSplit() const override { return true; }
  torch::Tensor penultimate(const torch::Tensor& images) override;
  torch::Tensor classify(const torch::Tensor& features) override;

  std::shared_ptr<InitialBlock> initialBlock;
  std::shared_ptr<DownsamplingBottleneck> downsample1, downsample2;
  std::vector<std::shared_ptr<RegularBottleneck>> stage1, stage23, stage4;
  std::shared_ptr<UpsamplingBottleneck> upsample4, upsample5;
  std::shared_ptr<RegularBottleneck> regular5;
  torch::nn::ConvTranspose2d transposedConv{nullptr};

private:
  NetworkShape m_shape;
};

}  // namespace oodscope::enet
