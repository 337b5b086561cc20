// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/erfnet.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/exact_upsampling.inl.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>

namespace oodscope::erfnet {
namespace {

namespace nn = torch::nn;

nn::BatchNorm2d norm(int channels) { return nn::BatchNorm2d(nn::BatchNorm2dOptions(channels).eps(kNormEpsilon)); }

nn::Conv2d vertical(int in, int out, int dilation) {
  return nn::Conv2d(nn::Conv2dOptions(in, out, {3, 1}).padding({dilation, 0}).dilation({dilation, 1}));
}

nn::Conv2d horizontal(int in, int out, int dilation) {
  return nn::Conv2d(nn::Conv2dOptions(in, out, {1, 3}).padding({0, dilation}).dilation({1, dilation}));
}

/// Of the residual block `index`, counted through encoder and decoder.
InnerWidths innerOf(const NetworkShape& shape, std::size_t index, int channels) {
  InnerWidths out{channels, channels, channels};
  if (shape.widths.size() == kOuterWidths) return out;
  for (std::size_t i = 0; i < out.size(); ++i) {
    out.at(i) = shape.widths.at(kOuterWidths + out.size() * index + i);
    require(out.at(i) > 0, "ERFNet: an inner width below 1");
  }
  return out;
}

std::array<int, kOuterWidths> outerOf(const NetworkShape& shape) {
  require(shape.widths.size() == kOuterWidths || shape.widths.size() == kAllWidths,
          "a network's shape: another number of widths");
  return {shape.widths[0], shape.widths[1], shape.widths[2]};
}

/// Registers the chain below "layers" with the indices as names.
void registerLayers(nn::Module& owner, const std::vector<std::shared_ptr<Block>>& blocks) {
  nn::ModuleList layers;
  for (const auto& block : blocks) layers->push_back(block);
  owner.register_module("layers", layers);
}

}  // namespace

Downsampler::Downsampler(int in, int out) {
  require(out > in, "ERFNet: each width must exceed the one before it");
  conv = register_module("conv", nn::Conv2d(nn::Conv2dOptions(in, out - in, 3).stride(2).padding(1)));
  bn = register_module("bn", norm(out));
}

torch::Tensor Downsampler::forward(const torch::Tensor& x) {
  return at::relu(bn(at::cat({conv(x), at::max_pool2d(x, 2, 2)}, 1)));
}

NonBottleneck1d::NonBottleneck1d(int channels, double dropProbability, int dilation, const InnerWidths& inner) {
  const auto [first, second, third] = inner;
  conv3x1_1 = register_module("conv3x1_1", vertical(channels, first, 1));
  conv1x3_1 = register_module("conv1x3_1", horizontal(first, second, 1));
  bn1 = register_module("bn1", norm(second));
  conv3x1_2 = register_module("conv3x1_2", vertical(second, third, dilation));
  conv1x3_2 = register_module("conv1x3_2", horizontal(third, channels, dilation));
  bn2 = register_module("bn2", norm(channels));
  dropout = register_module("dropout", ChannelDropout(dropProbability));
}

torch::Tensor NonBottleneck1d::forward(const torch::Tensor& x) {
  torch::Tensor out = at::relu(bn1(conv1x3_1(at::relu(conv3x1_1(x)))));
  out = bn2(conv1x3_2(at::relu(conv3x1_2(out))));
  if (dropout->options.p() > 0.0) out = dropout(out);
  return at::relu(out + x);
}

Upsampler::Upsampler(int in, int out) {
  conv = register_module(
      "conv", nn::ConvTranspose2d(nn::ConvTranspose2dOptions(in, out, 3).stride(2).padding(1).output_padding(1)));
  bn = register_module("bn", norm(out));
}

torch::Tensor Upsampler::forward(const torch::Tensor& x) {
  return at::relu(bn(is_training() ? upsampled(conv, x) : conv(x)));
}

Encoder::Encoder(const NetworkShape& shape) {
  const auto [w0, w1, w2] = outerOf(shape);
  initialBlock = register_module("initial_block", std::make_shared<Downsampler>(3, w0));
  std::size_t index = 0;
  const auto residual = [&](int channels, double dropProbability, int dilation) {
    blocks.push_back(
        std::make_shared<NonBottleneck1d>(channels, dropProbability, dilation, innerOf(shape, index++, channels)));
  };
  blocks.push_back(std::make_shared<Downsampler>(w0, w1));
  for (int i = 0; i < 5; ++i) residual(w1, 0.03, 1);
  blocks.push_back(std::make_shared<Downsampler>(w1, w2));
  for (int i = 0; i < 2; ++i) {
    for (const int dilation : {2, 4, 8, 16}) residual(w2, 0.3, dilation);
  }
  registerLayers(*this, blocks);
  outputConv = register_module("output_conv", nn::Conv2d(nn::Conv2dOptions(w2, shape.classes, 1)));
}

torch::Tensor Encoder::forward(const torch::Tensor& images) {
  torch::Tensor x = initialBlock->forward(images);
  for (const auto& block : blocks) x = block->forward(x);
  return x;
}

Decoder::Decoder(const NetworkShape& shape) {
  const auto [w0, w1, w2] = outerOf(shape);
  std::size_t index = kResidualBlocks - 4;
  const auto residuals = [&](int channels) {
    for (int i = 0; i < 2; ++i)
      blocks.push_back(std::make_shared<NonBottleneck1d>(channels, 0.0, 1, innerOf(shape, index++, channels)));
  };
  blocks.push_back(std::make_shared<Upsampler>(w2, w1));
  residuals(w1);
  blocks.push_back(std::make_shared<Upsampler>(w1, w0));
  residuals(w0);
  registerLayers(*this, blocks);
  outputConv =
      register_module("output_conv", nn::ConvTranspose2d(nn::ConvTranspose2dOptions(w0, shape.classes, 2).stride(2)));
}

torch::Tensor Decoder::beforeOutput(const torch::Tensor& features) {
  torch::Tensor x = features;
  for (const auto& block : blocks) x = block->forward(x);
  return x;
}

torch::Tensor Decoder::output(const torch::Tensor& x) {
  return is_training() ? upsampled(outputConv, x) : outputConv(x);
}

torch::Tensor Decoder::forward(const torch::Tensor& features) { return output(beforeOutput(features)); }

std::vector<InnerChannels> innerChannels() {
  std::vector<std::string> residual;
  for (int i = 1; i <= 14; ++i)
    if (i != 6) residual.push_back("encoder.layers." + std::to_string(i));
  for (const int i : {1, 2, 4, 5}) residual.push_back("decoder.layers." + std::to_string(i));
  std::vector<InnerChannels> out;
  for (const std::string& block : residual) {
    out.push_back({block + ".conv3x1_1", "", block + ".conv1x3_1"});
    out.push_back({block + ".conv1x3_1", block + ".bn1", block + ".conv3x1_2"});
    out.push_back({block + ".conv3x1_2", "", block + ".conv1x3_2"});
  }
  return out;
}

std::vector<InnerChannels> Erfnet::innerChannels() const { return erfnet::innerChannels(); }

NetworkShape Erfnet::shapeWithInner(const std::vector<int>& counts) const {
  NetworkShape out = m_shape;
  out.widths.resize(kOuterWidths);
  out.widths.insert(out.widths.end(), counts.begin(), counts.end());
  require(out.widths.size() == kAllWidths, "ERFNet: another number of inner widths");
  return out;
}

Erfnet::Erfnet(const NetworkShape& shape) : m_shape(shape) {
  require(shape.classes > 0, "ERFNet: at least one class");
  encoder = register_module("encoder", std::make_shared<Encoder>(shape));
  decoder = register_module("decoder", std::make_shared<Decoder>(shape));
}

torch::Tensor Erfnet::forward(const torch::Tensor& images) { return decoder->forward(encoder->forward(images)); }

torch::Tensor Erfnet::penultimate(const torch::Tensor& images) {
  return decoder->beforeOutput(encoder->forward(images));
}

torch::Tensor Erfnet::forwardEncoder(const torch::Tensor& images) {
  return encoder->outputConv(encoder->forward(images));
}

}  // namespace oodscope::erfnet
