// SPDX-License-Identifier: GPL-3.0-or-later
// Sources: Zhao et al., "ICNet for Real-Time Semantic Segmentation", 2018;
// zh320/realtime-semantic-segmentation-pytorch, models/{icnet,modules}.py; liminn/ICNet-pytorch, models/{icnet,segbase}
// .py: names of keys, dilations and corners are theirs.
#include "inference/networks/icnet.inl.h"

#include "analysis/core/error.h"

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/upsample_bilinear2d.h>

namespace oodscope::icnet {
namespace {

using Options = torch::nn::Conv2dOptions;
using resnet::stagePlan;

torch::Tensor cornersAligned(const torch::Tensor& x, std::int64_t height, std::int64_t width) {
  return at::upsample_bilinear2d(x, {height, width}, true);
}

torch::Tensor likeSizeOf(const torch::Tensor& x, const torch::Tensor& other) {
  return cornersAligned(x, other.size(2), other.size(3));
}

StepKeys below(const std::string& at, const StepKeys& keys) { return {at + "." + keys.conv, at + "." + keys.norm}; }

const StepKeys kNumbered{"0", "1"};

}  // namespace

std::vector<std::string> unusedKeys(Implementation implementation) {
  if (implementation == Implementation::Zh320) return {"cff42.classifier.", "cff21.classifier."};
  return {"pretrained.fc.", "head.cff_24.conv_low_cls.", "head.cff_12.conv_low_cls."};
}

std::vector<std::string> headKeys(Implementation implementation) {
  if (implementation == Implementation::Zh320) return {"bottom_branch.", "ppm.", "cff42.", "cff21.", "seg_head."};
  return {"conv_sub1.", "head."};
}

std::string backboneKey(Implementation implementation) {
  return implementation == Implementation::Zh320 ? "backbone" : "pretrained";
}

CascadeFusion::CascadeFusion(const StepKeys& low, const StepKeys& high, int lowChannels, int highChannels, int out)
    : m_low(step(low, Options(lowChannels, out, 3).padding(2).dilation(2), StepActivation::None)),
      m_high(step(high, Options(highChannels, out, 1), StepActivation::None)) {}

void CascadeFusion::addAuxiliary(Implementation implementation, int lowChannels, int out, int classes) {
  std::string last = "conv_low_cls";
  if (implementation == Implementation::Zh320) {
    m_auxiliaryFirst =
        step({"classifier.0.0", "classifier.0.1"}, Options(lowChannels, out, 3).padding(1), StepActivation::Relu);
    last = "classifier.1";
  }
  m_auxiliary = step({.conv = last}, Options(out, classes, 1).bias(false), StepActivation::None);
}

torch::Tensor CascadeFusion::forward(const torch::Tensor& low, const torch::Tensor& high,
                                     std::vector<torch::Tensor>* auxiliary) const {
  const torch::Tensor large = likeSizeOf(low, high), reduced = m_low(large);
  if (m_auxiliary && auxiliary != nullptr)
    auxiliary->push_back((*m_auxiliary)(m_auxiliaryFirst ? (*m_auxiliaryFirst)(large) : reduced));
  return sumThenRelu(reduced, m_high(high));
}

IcNet::IcNet(const NetworkShape& shape, Implementation implementation)
    : SteppedNetwork(shape, {.how = Enlargement::How::BilinearAligned, .factor = kReduction}) {
  const std::array<int, 4> widths = widthsOf<4>(shape);
  require(widths[0] % 2 == 0 && widths[3] % 4 == 0, "ICNet: widths that can be divided");
  if (implementation == Implementation::Zh320) {
    makeZh320(widths);
    m_last = step({.conv = "seg_head.1"}, Options(widths[1], shape.classes, 1).bias(false), StepActivation::None);
  } else {
    makeLiminn(widths);
    m_last = step({.conv = "head.conv_cls"}, Options(widths[1], shape.classes, 1).bias(false), StepActivation::None);
  }
}

void IcNet::addBranch(const std::string& at, const StepKeys& keys, const std::array<int, 3>& channels) {
  int in = 3;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    m_branch.push_back(step(below(at + "." + std::to_string(i), keys),
                            Options(in, channels.at(i), 3).stride(2).padding(1), StepActivation::Relu));
    in = channels.at(i);
  }
}

void IcNet::makeZh320(const std::array<int, 4>& widths) {
  // The first convolution of each of the last two stages alone has dilation in place of its stride.
  const resnet::ResnetPlan plan{.form = resnet::BlockForm::Basic,
                                .stages = {stagePlan(widths[0], 1, 2), stagePlan(widths[1], 2, 2),
                                           stagePlan(widths[2], 1, 2, 2), stagePlan(widths[3], 1, 2, 4)},
                                .isDeepStem = false};
  m_backbone = register_module(backboneKey(Implementation::Zh320), std::make_shared<resnet::Resnet>(plan));
  const int deep = widths[3], pooled = widths[2], fused = widths[1];
  addBranch("bottom_branch", kNumbered, {widths[0] / 2, widths[0], fused});
  m_bins = {1, 2, 4, 6};
  for (std::size_t i = 0; i < m_bins.size(); ++i)
    m_pools.push_back(step({.conv = "ppm.stage" + std::to_string(i + 1) + ".1"}, Options(deep, deep / 4, 1).bias(false),
                           StepActivation::None));
  m_poolsJoined = step({"ppm.conv.0", "ppm.conv.1"}, Options(2 * deep, pooled, 1), StepActivation::Relu);
  const StepKeys low = below("conv1", kNumbered), high = below("conv2", kNumbered);
  m_quarterToHalf = register_module("cff42", std::make_shared<CascadeFusion>(low, high, pooled, widths[1], fused));
  m_halfToWhole = register_module("cff21", std::make_shared<CascadeFusion>(low, high, fused, fused, fused));
  if (shape().hasAuxiliary) {
    m_quarterToHalf->addAuxiliary(Implementation::Zh320, pooled, fused, shape().classes);
    m_halfToWhole->addAuxiliary(Implementation::Zh320, fused, fused, shape().classes);
  }
  m_beforeLast = step({"seg_head.0.0", "seg_head.0.1"}, Options(fused, fused, 3).padding(1), StepActivation::Relu);
}

void IcNet::makeLiminn(const std::array<int, 4>& widths) {
  const resnet::ResnetPlan plan{.form = resnet::BlockForm::Bottleneck,
                                .stages = {stagePlan(widths[0], 1, 3), stagePlan(widths[1], 2, 4),
                                           stagePlan(widths[2], 1, 6, 1, 2), stagePlan(widths[3], 1, 3, 2, 4)},
                                .isDeepStem = true};
  m_backbone = register_module(backboneKey(Implementation::Liminn), std::make_shared<resnet::Resnet>(plan));
  const int fused = widths[1], narrow = widths[0] / 2;
  addBranch("conv_sub1", {"conv", "bn"}, {narrow, narrow, widths[0]});
  m_bins = {1, 2, 3, 6};
  const auto after = [&](std::size_t stage) { return resnet::channelsAfter(plan.form, plan.stages.at(stage)); };
  const StepKeys low = below("conv_low", kNumbered), high = below("conv_high", kNumbered);
  m_halfToWhole = std::make_shared<CascadeFusion>(low, high, fused, widths[0], fused);
  registerAt(*this, "head.cff_12", m_halfToWhole);
  m_quarterToHalf = std::make_shared<CascadeFusion>(low, high, after(3), after(1), fused);
  registerAt(*this, "head.cff_24", m_quarterToHalf);
  if (!shape().hasAuxiliary) return;
  for (const auto& fusion : {m_halfToWhole, m_quarterToHalf})
    fusion->addAuxiliary(Implementation::Liminn, fused, fused, shape().classes);
}

torch::Tensor IcNet::pyramid(const torch::Tensor& deep) const {
  torch::Tensor sum = deep;
  std::vector<torch::Tensor> parts{deep};
  for (std::size_t i = 0; i < m_bins.size(); ++i) {
    const torch::Tensor pooled = at::adaptive_avg_pool2d(deep, {m_bins.at(i), m_bins.at(i)});
    const torch::Tensor spread = likeSizeOf(m_poolsJoined ? m_pools.at(i)(pooled) : pooled, deep);
    if (m_poolsJoined)
      parts.push_back(spread);
    else
      sum = sum + spread;
  }
  return m_poolsJoined ? (*m_poolsJoined)(at::cat(parts, 1)) : sum;
}

AuxiliaryPass IcNet::penultimateWithAuxiliary(const torch::Tensor& images) {
  AuxiliaryPass out;
  out.features = fused(images, &out.auxiliary);
  for (torch::Tensor& logits : out.auxiliary) logits = enlarge(logits, images.sizes().slice(2));
  return out;
}

torch::Tensor IcNet::fused(const torch::Tensor& images, std::vector<torch::Tensor>* auxiliary) const {
  const std::int64_t height = images.size(2), width = images.size(3);
  const torch::Tensor deep = pyramid(m_backbone->forward(cornersAligned(images, height / 4, width / 4)).back());
  const torch::Tensor half = m_backbone->forward(cornersAligned(images, height / 2, width / 2), 2).back();
  torch::Tensor whole = images;
  for (const ConvStep& each : m_branch) whole = each(whole);
  const torch::Tensor both = m_quarterToHalf->forward(deep, half, auxiliary);
  const torch::Tensor all = m_halfToWhole->forward(both, whole, auxiliary);
  const torch::Tensor x = cornersAligned(all, 2 * all.size(2), 2 * all.size(3));
  return m_beforeLast ? (*m_beforeLast)(x) : x;
}

}  // namespace oodscope::icnet
