// SPDX-License-Identifier: GPL-3.0-or-later
// Source: github.com/zh320/realtime-semantic-segmentation-pytorch, models/enet.py and modules.py, read for their
// structure; names of keys are theirs.
#include "inference/networks/enet_zh320.inl.h"

#include "analysis/core/error.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/max_unpool2d.h>

#include <string>

namespace oodscope::enet_zh320 {
namespace {

using Options = torch::nn::Conv2dOptions;
constexpr StepActivation kRelu = StepActivation::Relu;

/// Channels inside a bottleneck: a quarter of those that come in.
constexpr int kInner = 4;
constexpr double kDroppedEarly = 0.01, kDropped = 0.1;

StepKeys listed(const std::string& at) {
  return {.conv = at + ".0", .norm = at + ".1", .activation = at + ".2.activation"};
}

const StepKeys kLast{.conv = "right_last_conv.0"}, kSum{.activation = "act.activation"};

Options pointwise(int in, int out) { return {in, out, 1}; }

torch::Tensor through(const std::vector<ConvStep>& steps, const torch::Tensor& x) {
  torch::Tensor y = x;
  for (const ConvStep& each : steps) y = each(y);
  return y;
}

ElementDropout dropoutAt(torch::nn::Module& owner, double probability) {
  ElementDropout out(probability);
  registerAt(owner, "right_last_conv.1", out.ptr());
  return out;
}

}  // namespace

Initial::Initial(int out) {
  m_conv = step(listed("conv"), Options(3, out - 3, 3).stride(2).padding(1), StepActivation::Parametric);
}

torch::Tensor Initial::forward(const torch::Tensor& image) {
  return at::cat({m_conv(image), at::max_pool2d(image, 3, 2, 1)}, 1);
}

Regular::Regular(int channels, const Middle& middle) {
  const int inner = channels / kInner;
  m_branch.push_back(step(listed("right_init_conv.0"), pointwise(channels, inner), kRelu));
  if (middle.asymmetric) {
    m_branch.push_back(step(listed("right_init_conv.1"), Options(inner, inner, {5, 1}).padding({2, 0}), kRelu));
    m_branch.push_back(step(listed("right_init_conv.2"), Options(inner, inner, {1, 5}).padding({0, 2}), kRelu));
  } else {
    m_branch.push_back(step(listed("right_init_conv.1"),
                            Options(inner, inner, 3).padding(middle.dilation).dilation(middle.dilation), kRelu));
  }
  m_branch.push_back(step(kLast, pointwise(inner, channels).bias(false), StepActivation::None));
  m_drop = dropoutAt(*this, middle.dropped);
  m_out = normStep(kSum, channels, StepActivation::Parametric);
}

torch::Tensor Regular::forward(const torch::Tensor& x) { return m_out.ofSum(m_drop(through(m_branch, x)), x); }

Halving::Halving(int in, int out, double dropped) {
  const int inner = in / kInner;
  m_pooled = step(listed("left_conv"), pointwise(in, out), kRelu);
  m_branch.push_back(step(listed("right_init_conv.0"), Options(in, inner, 3).stride(2).padding(1), kRelu));
  m_branch.push_back(step(listed("right_init_conv.1"), Options(inner, inner, 3).padding(1), kRelu));
  m_branch.push_back(step(kLast, pointwise(inner, out).bias(false), StepActivation::None));
  m_drop = dropoutAt(*this, dropped);
  m_out = normStep(kSum, out, StepActivation::Parametric);
}

std::tuple<torch::Tensor, torch::Tensor> Halving::forward(const torch::Tensor& x) {
  const auto [pooled, indices] = at::max_pool2d_with_indices(x, 2, 2);
  const torch::Tensor branch = m_drop(through(m_branch, x));
  return {m_out.ofSum(branch, m_pooled(pooled)), indices};
}

Doubling::Doubling(int in, int out) {
  const int inner = in / kInner;
  m_beforeUnpooling = step(listed("left_conv"), pointwise(in, out), kRelu);
  m_first = step(listed("right_init_conv.0"), pointwise(in, inner), kRelu);
  m_upsampling = upsamplingStep("right_init_conv.1.up_conv", inner, inner);
  m_last = step(kLast, pointwise(inner, out).bias(false), StepActivation::None);
  m_drop = dropoutAt(*this, kDropped);
  m_out = normStep(kSum, out, StepActivation::Parametric);
}

torch::Tensor Doubling::forward(const torch::Tensor& x, const torch::Tensor& indices) {
  const torch::Tensor branch = m_drop(m_last(m_upsampling(m_first(x))));
  const torch::Tensor kept = m_beforeUnpooling(x);
  return m_out.ofSum(branch, at::max_unpool2d(kept, indices, {2 * x.size(2), 2 * x.size(3)}));
}

LastLayer::LastLayer(int in, int classes) {
  m_step = step(listed("up_conv.0"), pointwise(in, classes), StepActivation::Parametric);
}

EnetZh320::EnetZh320(const NetworkShape& shape)
    : SteppedNetwork(shape, {.how = Enlargement::How::Bilinear, .factor = 2}) {
  const auto [w0, w1, w2] = widthsOf<3>(shape);
  require(w0 > 3 && w1 > w0 && w2 > w1, "ENet: each width must exceed the one before it");
  const auto add = [this](std::vector<std::shared_ptr<Regular>>& stage, const std::string& path, int width,
                          const Middle& middle) {
    stage.push_back(std::make_shared<Regular>(width, middle));
    registerAt(*this, path, stage.back());
  };
  m_initial = register_module("initial", std::make_shared<Initial>(w0));
  m_down1 = std::make_shared<Halving>(w0, w1, kDroppedEarly);
  registerAt(*this, "bottleneck1.conv_pool", m_down1);
  for (int i = 0; i < 4; ++i)
    add(m_stage1, "bottleneck1.conv_regular." + std::to_string(i), w1, {.dropped = kDroppedEarly});
  m_down2 = std::make_shared<Halving>(w1, w2, kDropped);
  registerAt(*this, "bottleneck2.conv_pool", m_down2);
  for (const char* stage : {"bottleneck2", "bottleneck3"}) {
    int position = 0;
    for (const int dilation : {2, 8}) {
      for (const Middle& middle :
           {Middle{}, Middle{.dilation = dilation}, Middle{.asymmetric = true}, Middle{.dilation = 2 * dilation}})
        add(m_stage23, std::string(stage) + ".conv_regular." + std::to_string(position++), w2, middle);
    }
  }
  m_up4 = std::make_shared<Doubling>(w2, w1);
  registerAt(*this, "bottleneck4.conv_unpool", m_up4);
  for (const char* path : {"bottleneck4.conv_regular", "bottleneck4.conv_extra"}) add(m_stage4, path, w1, {});
  m_up5 = std::make_shared<Doubling>(w1, w0);
  registerAt(*this, "bottleneck5.conv_unpool", m_up5);
  m_stage5 = std::make_shared<Regular>(w0, Middle{});
  registerAt(*this, "bottleneck5.conv_regular", m_stage5);
  m_last = register_module("fullconv", std::make_shared<LastLayer>(w0, shape.classes));
}

torch::Tensor EnetZh320::penultimate(const torch::Tensor& images) {
  torch::Tensor x = m_initial->forward(images), indices1, indices2;
  std::tie(x, indices1) = m_down1->forward(x);
  for (const auto& block : m_stage1) x = block->forward(x);
  std::tie(x, indices2) = m_down2->forward(x);
  for (const auto& block : m_stage23) x = block->forward(x);
  x = m_up4->forward(x, indices2);
  for (const auto& block : m_stage4) x = block->forward(x);
  return m_stage5->forward(m_up5->forward(x, indices1));
}

torch::Tensor EnetZh320::scores(const torch::Tensor& features) { return m_last->forward(features); }

}  // namespace oodscope::enet_zh320
