// SPDX-License-Identifier: GPL-3.0-or-later
// Sources: He et al., "Deep Residual Learning", 2016; torchvision, models/resnet.py, for names and where strides are;
// Tramac/awesome-semantic-segmentation-pytorch, resnetv1b.py, for the deep stem.
#include "inference/networks/resnet.inl.h"

#include "analysis/core/error.h"

#include <ATen/ops/max_pool2d.h>

namespace oodscope::resnet {
namespace {

using Options = torch::nn::Conv2dOptions;

Options threeByThree(int in, int out, int stride, int dilation) {
  return Options(in, out, 3).stride(stride).padding(dilation).dilation(dilation).bias(false);
}

Options oneByOne(int in, int out, int stride = 1) { return Options(in, out, 1).stride(stride).bias(false); }

StepKeys numbered(int i) { return {"conv" + std::to_string(i), "bn" + std::to_string(i)}; }

}  // namespace

StagePlan stagePlan(int width, int stride, int blocks, int firstDilation, int otherDilation) {
  require(blocks > 0, "ResNet: a stage of at least one block");
  std::vector<int> dilations(static_cast<std::size_t>(blocks), otherDilation);
  dilations.front() = firstDilation;
  return {.width = width, .stride = stride, .dilations = std::move(dilations)};
}

int channelsAfter(BlockForm form, const StagePlan& stage) {
  constexpr int bottleneckExpansion = 4;
  return form == BlockForm::Bottleneck ? bottleneckExpansion * stage.width : stage.width;
}

ResidualBlock::ResidualBlock(BlockForm form, int in, int width, int stride, int dilation) {
  const int out = channelsAfter(form, {.width = width});
  if (form == BlockForm::Bottleneck) {
    m_branch = {step(numbered(1), oneByOne(in, width), StepActivation::Relu),
                step(numbered(2), threeByThree(width, width, stride, dilation), StepActivation::Relu),
                step(numbered(3), oneByOne(width, out), StepActivation::None)};
  } else {
    m_branch = {step(numbered(1), threeByThree(in, width, stride, dilation), StepActivation::Relu),
                step(numbered(2), threeByThree(width, width, 1, 1), StepActivation::None)};
  }
  if (stride != 1 || in != out)
    m_shortcut = step({"downsample.0", "downsample.1"}, oneByOne(in, out, stride), StepActivation::None);
}

torch::Tensor ResidualBlock::forward(const torch::Tensor& x) {
  torch::Tensor y = x;
  for (const ConvStep& each : m_branch) y = each(y);
  return sumThenRelu(std::move(y), m_shortcut ? (*m_shortcut)(x) : x);
}

Resnet::Resnet(const ResnetPlan& plan) {
  const int narrow = plan.stages.front().width, stem = plan.isDeepStem ? 2 * narrow : narrow;
  if (plan.isDeepStem) {
    m_stem = {step({"conv1.0", "conv1.1"}, threeByThree(3, narrow, 2, 1), StepActivation::Relu),
              step({"conv1.3", "conv1.4"}, threeByThree(narrow, narrow, 1, 1), StepActivation::Relu),
              step({"conv1.6", "bn1"}, threeByThree(narrow, stem, 1, 1), StepActivation::Relu)};
  } else {
    m_stem = {step({"conv1", "bn1"}, Options(3, stem, 7).stride(2).padding(3).bias(false), StepActivation::Relu)};
  }
  int channels = stem;
  for (std::size_t i = 0; i < plan.stages.size(); ++i) {
    const StagePlan& stage = plan.stages.at(i);
    require(stage.width > 0 && !stage.dilations.empty(), "ResNet: a stage of at least one block");
    for (std::size_t b = 0; b < stage.dilations.size(); ++b) {
      m_stages.at(i).push_back(std::make_shared<ResidualBlock>(plan.form, channels, stage.width,
                                                               b == 0 ? stage.stride : 1, stage.dilations[b]));
      registerAt(*this, "layer" + std::to_string(i + 1) + "." + std::to_string(b), m_stages.at(i).back());
      channels = channelsAfter(plan.form, stage);
    }
  }
}

std::vector<torch::Tensor> Resnet::forward(const torch::Tensor& images, std::size_t stages) {
  require(stages >= 1 && stages <= m_stages.size(), "ResNet: it has four stages");
  torch::Tensor x = images;
  for (const ConvStep& each : m_stem) x = each(x);
  x = at::max_pool2d(x, 3, 2, 1);
  std::vector<torch::Tensor> out;
  for (std::size_t i = 0; i < stages; ++i) {
    for (const auto& block : m_stages.at(i)) x = block->forward(x);
    out.push_back(x);
  }
  return out;
}

}  // namespace oodscope::resnet
