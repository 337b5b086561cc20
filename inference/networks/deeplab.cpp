// SPDX-License-Identifier: GPL-3.0-or-later
// Sources: Chen et al., "Encoder-Decoder with Atrous Separable Convolution", 2018; VainF/DeepLabV3Plus-Pytorch,
// network/_deeplab.py and modeling.py; jfzhang95/pytorch-deeplab-xception, modeling/{aspp,decoder,backbone/resnet}.py:
// names of keys, rates and orders are theirs.
#include "inference/networks/deeplab.inl.h"

#include "analysis/core/error.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/upsample_bilinear2d.h>

#include <algorithm>

namespace oodscope::deeplab {
namespace {

using Options = torch::nn::Conv2dOptions;

constexpr std::array kGrid{1, 2, 4};

bool hasStride8(const NetworkShape& shape) {
  const auto chosen = shape.options.find(kOutputStride);
  return chosen != shape.options.end() && chosen->second == kStride8;
}

/// Where the last stages do not halve the size, dilation takes the place of the stride: VainF's first block is still
/// dilated as the stage before, jfzhang95's is not.
resnet::ResnetPlan dilatedPlan(const DeepLabLayout& layout, const Depth& depth, const std::array<int, 4>& widths,
                               bool isStride8) {
  using resnet::stagePlan;
  const bool lags = !layout.isMultiGrid;
  const int third = isStride8 ? 2 : 1, fourth = isStride8 ? 4 : 2;
  resnet::ResnetPlan plan{.form = resnet::BlockForm::Bottleneck,
                          .stages = {stagePlan(widths[0], 1, depth[0]), stagePlan(widths[1], 2, depth[1]),
                                     stagePlan(widths[2], isStride8 ? 1 : 2, depth[2], lags ? 1 : third, third),
                                     stagePlan(widths[3], 1, depth[3], lags ? third : fourth, fourth)},
                          .isDeepStem = false};
  std::vector<int>& last = plan.stages.back().dilations;
  if (layout.isMultiGrid)
    for (std::size_t i = 0; i < std::min(last.size(), kGrid.size()); ++i) last[i] *= kGrid.at(i);
  return plan;
}

StepKeys listed(const std::string& at, int first = 0) {
  return {at + "." + std::to_string(first), at + "." + std::to_string(first + 1)};
}

DeepLabLayout vainfLayout() {
  const std::string aspp = "classifier.aspp.";
  return {.heads = {"classifier."},
          .lowLevel = listed("classifier.project"),
          .atrous = {listed(aspp + "convs.0"), listed(aspp + "convs.1"), listed(aspp + "convs.2"),
                     listed(aspp + "convs.3")},
          .pooled = listed(aspp + "convs.4", 1),
          .projected = listed(aspp + "project"),
          .decoder = {listed("classifier.classifier")},
          .dropout = {0.1},
          .last = "classifier.classifier.3"};
}

/// From one convolution of the decoder to the next.
constexpr int kWithoutDropout = 3, kWithDropout = 4;

/// `step`: one of both.
DeepLabLayout jfzhangLayout(int step) {
  const auto atrous = [](int i) {
    const std::string at = "aspp.aspp" + std::to_string(i);
    return StepKeys{at + ".atrous_conv", at + ".bn"};
  };
  const std::string decoder = "decoder.last_conv";
  return {.heads = {"aspp.", "decoder."},
          .lowLevel = {"decoder.conv1", "decoder.bn1"},
          .atrous = {atrous(1), atrous(2), atrous(3), atrous(4)},
          .pooled = listed("aspp.global_avg_pool", 1),
          .projected = {"aspp.conv1", "aspp.bn1"},
          .decoder = {listed(decoder), listed(decoder, step)},
          .dropout = step == kWithDropout ? std::vector{0.5, 0.5, 0.1} : std::vector<double>(),
          .last = decoder + "." + std::to_string(2 * step),
          .isLowLevelFirst = false,
          .alignsCorners = true,
          .isMultiGrid = true};
}

}  // namespace

const DeepLabLayout& layoutOf(Implementation implementation) {
  static const std::array layouts{vainfLayout(), jfzhangLayout(kWithoutDropout), jfzhangLayout(kWithDropout)};
  return layouts.at(static_cast<std::size_t>(implementation));
}

DeepLabV3Plus::DeepLabV3Plus(const NetworkShape& shape, Implementation implementation, const Depth& depth)
    : SteppedNetwork(shape, {.how = layoutOf(implementation).alignsCorners ? Enlargement::How::BilinearAligned
                                                                           : Enlargement::How::Bilinear,
                             .factor = kReduction}) {
  const DeepLabLayout& layout = layoutOf(implementation);
  m_isLowLevelFirst = layout.isLowLevelFirst;
  m_alignsCorners = layout.alignsCorners;
  const std::array<int, 4> widths = widthsOf<4>(shape);
  require(widths[0] % 4 == 0, "DeepLabV3+: the first width is a multiple of 4");
  const resnet::ResnetPlan plan = dilatedPlan(layout, depth, widths, hasStride8(shape));
  m_backbone = register_module("backbone", std::make_shared<resnet::Resnet>(plan));
  const auto after = [&](std::size_t stage) { return resnet::channelsAfter(plan.form, plan.stages.at(stage)); };
  const int low = 3 * widths[0] / 4, wide = widths[2];
  const auto addLowLevel = [&] { m_lowLevel = step(layout.lowLevel, Options(after(0), low, 1), StepActivation::Relu); };
  if (layout.isLowLevelFirst) addLowLevel();
  const int rate = hasStride8(shape) ? 12 : 6;
  for (std::size_t i = 0; i < m_atrous.size(); ++i) {
    const int dilation = rate * static_cast<int>(i);
    const Options options =
        i == 0 ? Options(after(3), wide, 1) : Options(after(3), wide, 3).padding(dilation).dilation(dilation);
    m_atrous.at(i) = step(layout.atrous.at(i), options, StepActivation::Relu);
  }
  m_pooled = step(layout.pooled, Options(after(3), wide, 1), StepActivation::Relu);
  m_projected = step(layout.projected, Options(5 * wide, wide, 1), StepActivation::Relu);
  if (!layout.isLowLevelFirst) addLowLevel();
  int channels = low + wide;
  for (const StepKeys& keys : layout.decoder) {
    m_decoder.push_back(step(keys, Options(channels, wide, 3).padding(1), StepActivation::Relu));
    channels = wide;
  }
  for (std::size_t i = 0; i < layout.dropout.size(); ++i)
    m_dropout.push_back(register_module("dropout" + std::to_string(i), ElementDropout(layout.dropout[i])));
  m_last = step({.conv = layout.last}, Options(wide, shape.classes, 1), StepActivation::None);
}

torch::Tensor DeepLabV3Plus::atrousPooling(const torch::Tensor& deep) {
  std::vector<torch::Tensor> parts;
  for (const ConvStep& each : m_atrous) parts.push_back(each(deep));
  const torch::Tensor mean = m_pooled(globalMean(deep));
  parts.push_back(mean.expand({-1, -1, deep.size(2), deep.size(3)}));
  return dropped(m_projected(at::cat(parts, 1).contiguous(deep.suggest_memory_format())), 0);
}

torch::Tensor DeepLabV3Plus::dropped(const torch::Tensor& x, std::size_t i) {
  return i < m_dropout.size() ? m_dropout[i](x) : x;
}

torch::Tensor DeepLabV3Plus::penultimate(const torch::Tensor& images) {
  const std::vector<torch::Tensor> stages = m_backbone->forward(images);
  const torch::Tensor low = m_lowLevel(stages.front());
  const torch::Tensor deep =
      at::upsample_bilinear2d(atrousPooling(stages.back()), {low.size(2), low.size(3)}, m_alignsCorners);
  torch::Tensor x = m_isLowLevelFirst ? at::cat({low, deep}, 1) : at::cat({deep, low}, 1);
  for (std::size_t i = 0; i < m_decoder.size(); ++i) x = dropped(m_decoder[i](x), i + 1);
  return x;
}

}  // namespace oodscope::deeplab
