// SPDX-License-Identifier: GPL-3.0-or-later
// Source: github.com/CoinCheung/BiSeNet, lib/models/bisenetv1.py and resnet.py, read for their structure; names of keys
// are theirs.
#include "inference/networks/bisenetv1.inl.h"

#include "analysis/core/error.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/upsample_nearest2d.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace oodscope::bisenetv1 {
namespace {

using Options = torch::nn::Conv2dOptions;
constexpr StepActivation kRelu = StepActivation::Relu, kNone = StepActivation::None;

Options square(int in, int out, int kernel, int stride = 1) {
  return Options(in, out, kernel).stride(stride).padding(kernel / 2);
}

StepKeys block(const std::string& at) { return {.conv = at + ".conv", .norm = at + ".bn"}; }

torch::Tensor repeatedTwice(const torch::Tensor& x) {
  return at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
}

const Form& formOf(const NetworkShape& shape) {
  const auto* found = std::ranges::find(kForms, std::string_view(shape.form), &Form::name);
  require(found != kForms.end(), "BiSeNetV1: a form that is known");
  return *found;
}

}  // namespace

BasicBlock::BasicBlock(int in, int out, int stride) : m_hasShortcut(stride != 1 || in != out) {
  m_first = step({.conv = "conv1", .norm = "bn1"}, square(in, out, 3, stride), kRelu);
  m_second = step({.conv = "conv2", .norm = "bn2"}, square(out, out, 3), kNone);
  if (m_hasShortcut)
    m_shortcut = step({.conv = "downsample.0", .norm = "downsample.1"}, square(in, out, 1, stride), kNone);
}

torch::Tensor BasicBlock::forward(const torch::Tensor& x) {
  return sumThenRelu(m_second(m_first(x)), m_hasShortcut ? m_shortcut(x) : x);
}

Resnet18::Resnet18() {
  m_first = step({.conv = "conv1", .norm = "bn1"}, square(3, 64, 7, 2), kRelu);
  int in = 64;
  for (std::size_t layer = 0; layer < m_layers.size(); ++layer) {
    const int out = 64 << layer;
    for (int i = 0; i < 2; ++i) {
      m_layers.at(layer).push_back(std::make_shared<BasicBlock>(in, out, i == 0 && layer > 0 ? 2 : 1));
      registerAt(*this, "layer" + std::to_string(layer + 1) + "." + std::to_string(i), m_layers.at(layer).back());
      in = out;
    }
  }
}

std::array<torch::Tensor, 3> Resnet18::forward(const torch::Tensor& image) {
  torch::Tensor x = at::max_pool2d(m_first(image), 3, 2, 1);
  std::array<torch::Tensor, 3> out;
  for (std::size_t layer = 0; layer < m_layers.size(); ++layer) {
    for (const auto& block : m_layers.at(layer)) x = block->forward(x);
    if (layer > 0) out.at(layer - 1) = x;
  }
  return out;
}

AttentionRefinement::AttentionRefinement(int in, int out) {
  m_conv = step(block("conv"), square(in, out, 3), kRelu);
  m_attend = step({.conv = "conv_atten", .norm = "bn_atten"}, square(out, out, 1), kNone);
}

torch::Tensor AttentionRefinement::forward(const torch::Tensor& x) {
  const torch::Tensor features = m_conv(x);
  return features * at::sigmoid(m_attend(globalMean(features)));
}

ContextPath::ContextPath() {
  m_resnet = register_module("resnet", std::make_shared<Resnet18>());
  m_refine16 = register_module("arm16", std::make_shared<AttentionRefinement>(256, 128));
  m_refine32 = register_module("arm32", std::make_shared<AttentionRefinement>(512, 128));
  m_head32 = step(block("conv_head32"), square(128, 128, 3), kRelu);
  m_head16 = step(block("conv_head16"), square(128, 128, 3), kRelu);
  m_average = step(block("conv_avg"), square(512, 128, 1), kRelu);
}

std::array<torch::Tensor, 2> ContextPath::forward(const torch::Tensor& image) {
  const auto [eighth, sixteenth, coarse] = m_resnet->forward(image);
  const torch::Tensor pooled = m_refine32->forward(coarse) + m_average(globalMean(coarse));
  const torch::Tensor deep = m_head32(repeatedTwice(pooled));
  return {m_head16(repeatedTwice(m_refine16->forward(sixteenth) + deep)), deep};
}

SpatialPath::SpatialPath() {
  m_conv1 = step(block("conv1"), square(3, 64, 7, 2), kRelu);
  m_conv2 = step(block("conv2"), square(64, 64, 3, 2), kRelu);
  m_conv3 = step(block("conv3"), square(64, 64, 3, 2), kRelu);
  m_out = step(block("conv_out"), square(64, 128, 1), kRelu);
}

torch::Tensor SpatialPath::forward(const torch::Tensor& image) { return m_out(m_conv3(m_conv2(m_conv1(image)))); }

FeatureFusion::FeatureFusion(bool isGateNormed) : m_isGateNormed(isGateNormed) {
  m_block = step(block("convblk"), square(256, 256, 1), kRelu);
  if (m_isGateNormed) {
    m_gate = step({.conv = "conv", .norm = "bn"}, square(256, 256, 1), kNone);
  } else {
    m_gateFirst = step({.conv = "conv1"}, square(256, 64, 1).bias(false), kRelu);
    m_gate = step({.conv = "conv2"}, square(64, 256, 1).bias(false), kNone);
  }
}

torch::Tensor FeatureFusion::forward(const torch::Tensor& spatial, const torch::Tensor& context) {
  const torch::Tensor features = m_block(at::cat({spatial, context}, 1));
  const torch::Tensor mean = globalMean(features);
  // f + f * gate, in one pass.
  return features * (at::sigmoid(m_gate(m_isGateNormed ? mean : m_gateFirst(mean))) + 1.0);
}

Head::Head(int in, int width, int classes, const Form& form) {
  const int channels = form.enlarged == Enlargement::How::Shuffled ? classes * kEnlarged * kEnlarged : classes;
  m_conv = step(block("conv"), square(in, width, 3), kRelu);
  m_out = step({.conv = "conv_out"}, square(width, channels, 1).bias(form.hasBias), kNone);
}

BiSeNetV1::BiSeNetV1(const NetworkShape& shape) : BiSeNetV1(shape, formOf(shape)) {}

BiSeNetV1::BiSeNetV1(const NetworkShape& shape, const Form& form)
    : SteppedNetwork(shape, {.how = form.enlarged, .factor = kEnlarged}) {
  m_context = register_module("cp", std::make_shared<ContextPath>());
  m_spatial = register_module("sp", std::make_shared<SpatialPath>());
  m_fusion = register_module("ffm", std::make_shared<FeatureFusion>(form.isGateNormed));
  m_head = register_module("conv_out", std::make_shared<Head>(256, 256, shape.classes, form));
  if (!shape.hasAuxiliary) return;
  require(shape.form.empty(), "BiSeNetV1: auxiliary heads are of today's form");
  for (const char* key : {"conv_out16", "conv_out32"})
    m_auxiliary.push_back(register_module(key, std::make_shared<Head>(128, 64, shape.classes, form)));
}

torch::Tensor BiSeNetV1::penultimate(const torch::Tensor& images) {
  return m_head->features(m_fusion->forward(m_spatial->forward(images), m_context->forward(images)[0]));
}

AuxiliaryPass BiSeNetV1::penultimateWithAuxiliary(const torch::Tensor& images) {
  const std::array<torch::Tensor, 2> context = m_context->forward(images);
  AuxiliaryPass out{.features = m_head->features(m_fusion->forward(m_spatial->forward(images), context[0])),
                    .auxiliary = {}};
  for (std::size_t i = 0; i < m_auxiliary.size(); ++i) {
    const torch::Tensor small = m_auxiliary[i]->scores(m_auxiliary[i]->features(context.at(i)));
    out.auxiliary.push_back(enlarge(small, images.sizes().slice(2)));
  }
  return out;
}

torch::Tensor BiSeNetV1::scores(const torch::Tensor& features) { return m_head->scores(features); }

}  // namespace oodscope::bisenetv1
