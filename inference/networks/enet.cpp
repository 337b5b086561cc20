// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/enet.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/exact_upsampling.inl.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/max_unpool2d.h>
#include <ATen/ops/relu.h>
#include <torch/nn/modules/container/functional.h>

namespace oodscope::enet {
namespace {

namespace nn = torch::nn;

/// Channels inside a bottleneck: a quarter of those outside.
constexpr int kInternalRatio = 4;

void append(nn::Sequential& chain, const nn::Conv2d& conv, bool parametric) {
  const auto channels = conv->options.out_channels();
  chain->push_back(conv);
  chain->push_back(nn::BatchNorm2d(nn::BatchNorm2dOptions(channels)));
  if (parametric) {
    chain->push_back(nn::PReLU());
  } else {
    chain->push_back(nn::Functional(at::relu));
  }
}

nn::Sequential convNormAct(const nn::Conv2dOptions& options, bool parametric) {
  nn::Sequential chain;
  append(chain, nn::Conv2d(nn::Conv2dOptions(options).bias(false)), parametric);
  return chain;
}

nn::Sequential convNorm(const nn::Conv2dOptions& options) {
  const nn::Conv2d conv(nn::Conv2dOptions(options).bias(false));
  return nn::Sequential(conv, nn::BatchNorm2d(nn::BatchNorm2dOptions(options.out_channels())));
}

nn::Conv2dOptions pointwise(int in, int out) { return {in, out, 1}; }

}  // namespace

std::vector<ChainStep> stepsOf(const nn::Sequential& chain) {
  std::vector<ChainStep> steps;
  const auto modules = chain->modules(false);
  for (std::size_t i = 0; i + 1 < modules.size(); i += 3) {
    ChainStep& step = steps.emplace_back();
    step.conv = nn::Conv2d(std::dynamic_pointer_cast<nn::Conv2dImpl>(modules[i]));
    step.norm = nn::BatchNorm2d(std::dynamic_pointer_cast<nn::BatchNorm2dImpl>(modules[i + 1]));
    if (i + 2 == modules.size()) continue;
    const auto prelu = std::dynamic_pointer_cast<nn::PReLUImpl>(modules[i + 2]);
    step.slope = slopeOf(prelu ? nn::PReLU(prelu) : nn::PReLU(nullptr));
  }
  return steps;
}

float slopeOf(const nn::PReLU& activation) {
  return activation.is_empty() ? 0.0F : activation->weight.detach().item<float>();
}

InitialBlock::InitialBlock(int out) {
  mainBranch =
      register_module("main_branch", nn::Conv2d(nn::Conv2dOptions(3, out - 3, 3).stride(2).padding(1).bias(false)));
  batchNorm = register_module("batch_norm", nn::BatchNorm2d(nn::BatchNorm2dOptions(out)));
  outActivation = register_module("out_activation", nn::PReLU());
}

torch::Tensor InitialBlock::forward(const torch::Tensor& x) {
  return outActivation(batchNorm(at::cat({mainBranch(x), at::max_pool2d(x, 3, 2, 1)}, 1)));
}

RegularBottleneck::RegularBottleneck(int channels, const BottleneckKind& kind) {
  const int inner = channels / kInternalRatio;
  extConv1 = register_module("ext_conv1", convNormAct(pointwise(channels, inner), kind.parametric));
  if (kind.asymmetric) {
    extConv2 = convNormAct(nn::Conv2dOptions(inner, inner, {5, 1}).padding({2, 0}), kind.parametric);
    append(extConv2, nn::Conv2d(nn::Conv2dOptions(inner, inner, {1, 5}).padding({0, 2}).bias(false)), kind.parametric);
  } else {
    extConv2 =
        convNormAct(nn::Conv2dOptions(inner, inner, 3).padding(kind.dilation).dilation(kind.dilation), kind.parametric);
  }
  register_module("ext_conv2", extConv2);
  extConv3 = register_module("ext_conv3", convNormAct(pointwise(inner, channels), kind.parametric));
  regularizer = register_module("ext_regul", ChannelDropout(kind.dropProbability));
  if (kind.parametric) outActivation = register_module("out_activation", nn::PReLU());
}

torch::Tensor RegularBottleneck::forward(const torch::Tensor& x) {
  const torch::Tensor branch = regularizer(extConv3->forward(extConv2->forward(extConv1->forward(x))));
  const torch::Tensor sum = x + branch;
  return outActivation.is_empty() ? at::relu(sum) : outActivation(sum);
}

DownsamplingBottleneck::DownsamplingBottleneck(int in, int out, double dropProbability) {
  const int inner = in / kInternalRatio;
  extConv1 = register_module("ext_conv1", convNormAct(nn::Conv2dOptions(in, inner, 2).stride(2), true));
  extConv2 = register_module("ext_conv2", convNormAct(nn::Conv2dOptions(inner, inner, 3).padding(1), true));
  extConv3 = register_module("ext_conv3", convNormAct(pointwise(inner, out), true));
  regularizer = register_module("ext_regul", ChannelDropout(dropProbability));
  outActivation = register_module("out_activation", nn::PReLU());
}

std::tuple<torch::Tensor, torch::Tensor> DownsamplingBottleneck::forward(const torch::Tensor& x) {
  const auto [pooled, indices] = at::max_pool2d_with_indices(x, 2, 2);
  const torch::Tensor branch = regularizer(extConv3->forward(extConv2->forward(extConv1->forward(x))));
  const torch::Tensor padded = at::constant_pad_nd(pooled, {0, 0, 0, 0, 0, branch.size(1) - pooled.size(1)});
  return {outActivation(padded + branch), indices};
}

UpsamplingBottleneck::UpsamplingBottleneck(int in, int out, double dropProbability, bool reluAfterExpansion) {
  const int inner = in / kInternalRatio;
  mainConv1 = register_module("main_conv1", convNorm(pointwise(in, out)));
  extConv1 = register_module("ext_conv1", convNormAct(pointwise(in, inner), false));
  transposed = register_module("ext_tconv1",
                               nn::ConvTranspose2d(nn::ConvTranspose2dOptions(inner, inner, 2).stride(2).bias(false)));
  transposedNorm = register_module("ext_tconv1_bnorm", nn::BatchNorm2d(nn::BatchNorm2dOptions(inner)));
  extConv2 = reluAfterExpansion ? convNormAct(pointwise(inner, out), false) : convNorm(pointwise(inner, out));
  register_module("ext_conv2", extConv2);
  regularizer = register_module("ext_regul", ChannelDropout(dropProbability));
}

torch::Tensor UpsamplingBottleneck::forward(const torch::Tensor& x, const torch::Tensor& indices,
                                            at::IntArrayRef outputSize) {
  const torch::Tensor unpooled = at::max_unpool2d(mainConv1->forward(x), indices, {outputSize[2], outputSize[3]});
  torch::Tensor branch = at::relu(
      transposedNorm(is_training() ? upsampled(transposed, extConv1->forward(x)) : transposed(extConv1->forward(x))));
  branch = regularizer(extConv2->forward(branch));
  return at::relu(unpooled + branch);
}

Enet::Enet(const NetworkShape& shape) : m_shape(shape) {
  require(shape.classes > 0, "ENet: at least one class");
  const auto [w0, w1, w2] = widthsOf<3>(shape);
  const auto variant = shape.options.find(kVariant);
  const bool older = variant != shape.options.end() && variant->second == kBefore2021;
  require(older || variant == shape.options.end() || variant->second == kSince2021, "ENet: a variant that is known");
  require(w0 > 3 && w1 > w0 && w2 > w1, "ENet: each width must exceed the one before it");
  initialBlock = register_module("initial_block", std::make_shared<InitialBlock>(w0));
  downsample1 = register_module("downsample1_0", std::make_shared<DownsamplingBottleneck>(w0, w1, 0.01));
  for (int i = 1; i <= 4; ++i) {
    stage1.push_back(register_module("regular1_" + std::to_string(i),
                                     std::make_shared<RegularBottleneck>(w1, BottleneckKind{.dropProbability = 0.01})));
  }
  downsample2 = register_module("downsample2_0", std::make_shared<DownsamplingBottleneck>(w1, w2, 0.1));
  for (const int stage : {2, 3}) {
    // The second stage counts from 1 because its downsampling has the 0.
    int position = stage == 2 ? 1 : 0;
    const auto add = [&, width = w2](const std::string& name, const BottleneckKind& kind) {
      stage23.push_back(register_module(name + std::to_string(stage) + "_" + std::to_string(position++),
                                        std::make_shared<RegularBottleneck>(width, kind)));
    };
    for (const int dilation : {2, 8}) {
      add("regular", {});
      add("dilated", {.dilation = dilation});
      add("asymmetric", {.asymmetric = true});
      add("dilated", {.dilation = 2 * dilation});
    }
  }
  const BottleneckKind decoding{.parametric = false};
  upsample4 = register_module("upsample4_0", std::make_shared<UpsamplingBottleneck>(w2, w1, 0.1, older));
  for (int i = 1; i <= 2; ++i) {
    stage4.push_back(
        register_module("regular4_" + std::to_string(i), std::make_shared<RegularBottleneck>(w1, decoding)));
  }
  upsample5 = register_module("upsample5_0", std::make_shared<UpsamplingBottleneck>(w1, w0, 0.1, older));
  regular5 = register_module("regular5_1", std::make_shared<RegularBottleneck>(w0, decoding));
  transposedConv = register_module(
      "transposed_conv",
      nn::ConvTranspose2d(
          nn::ConvTranspose2dOptions(w0, shape.classes, 3).stride(2).padding(1).output_padding(1).bias(false)));
}

torch::Tensor Enet::forward(const torch::Tensor& images) { return classify(penultimate(images)); }

torch::Tensor Enet::classify(const torch::Tensor& features) {
  return is_training() ? upsampled(transposedConv, features) : transposedConv(features);
}

torch::Tensor Enet::penultimate(const torch::Tensor& images) {
  torch::Tensor x = initialBlock->forward(images);
  const auto size1 = x.sizes().vec();
  torch::Tensor indices1, indices2;
  std::tie(x, indices1) = downsample1->forward(x);
  for (const auto& block : stage1) x = block->forward(x);
  const auto size2 = x.sizes().vec();
  std::tie(x, indices2) = downsample2->forward(x);
  for (const auto& block : stage23) x = block->forward(x);
  x = upsample4->forward(x, indices2, size2);
  for (const auto& block : stage4) x = block->forward(x);
  x = upsample5->forward(x, indices1, size1);
  return regular5->forward(x);
}

}  // namespace oodscope::enet
