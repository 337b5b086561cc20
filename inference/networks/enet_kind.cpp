// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/enet.inl.h"
#include "inference/networks/folding.inl.h"
#include "inference/networks/kinds.inl.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/max_unpool2d.h>

namespace oodscope {
namespace {

namespace nn = torch::nn;

struct Step {
  FoldedConv conv;
  float slope = 1.0F;  ///< see enet::ChainStep
};

torch::Tensor activatedInPlace(torch::Tensor x, float slope) {
  if (slope == 1.0F) return x;
  return slope == 0.0F ? x.relu_() : at::leaky_relu_(x, slope);
}

void append(std::vector<Step>& steps, const nn::Sequential& chain) {
  for (const enet::ChainStep& step : enet::stepsOf(chain))
    steps.push_back({FoldedConv(step.conv, inferenceAffine(step.norm)), step.slope});
}

std::vector<Step> stepsOf(const nn::Sequential& chain) {
  std::vector<Step> steps;
  append(steps, chain);
  return steps;
}

torch::Tensor apply(const std::vector<Step>& steps, torch::Tensor x) {
  for (const Step& step : steps) x = activatedInPlace(step.conv(x), step.slope);
  return x;
}

template <class Bottleneck>
std::vector<Step> branchOf(const Bottleneck& block) {
  std::vector<Step> steps = stepsOf(block.extConv1);
  append(steps, block.extConv2);
  append(steps, block.extConv3);
  return steps;
}

struct FastRegular {
  explicit FastRegular(const enet::RegularBottleneck& block)
      : branch(branchOf(block)), slope(enet::slopeOf(block.outActivation)) {}
  torch::Tensor operator()(const torch::Tensor& x) const { return activatedInPlace(apply(branch, x).add_(x), slope); }
  std::vector<Step> branch;
  float slope;
};

struct FastDownsampling {
  explicit FastDownsampling(const enet::DownsamplingBottleneck& block)
      : branch(branchOf(block)), slope(enet::slopeOf(block.outActivation)) {}
  torch::Tensor operator()(const torch::Tensor& x, torch::Tensor& indices) const {
    torch::Tensor pooled;
    std::tie(pooled, indices) = at::max_pool2d_with_indices(x, 2, 2);
    torch::Tensor sum = apply(branch, x);
    sum.narrow(1, 0, pooled.size(1)).add_(pooled);
    return activatedInPlace(sum, slope);
  }
  std::vector<Step> branch;
  float slope;
};

struct FastUpsampling {
  explicit FastUpsampling(const enet::UpsamplingBottleneck& block)
      : main(stepsOf(block.mainConv1).front().conv),
        before(stepsOf(block.extConv1)),
        upsampling(block.transposed, inferenceAffine(block.transposedNorm), true),
        after(stepsOf(block.extConv2)) {}
  torch::Tensor operator()(const torch::Tensor& x, const torch::Tensor& indices) const {
    const torch::Tensor unpooled = at::max_unpool2d(main(x), indices, {2 * x.size(2), 2 * x.size(3)});
    return apply(after, upsampling(apply(before, x))).add_(unpooled).relu_();
  }
  FoldedConv main;
  std::vector<Step> before;
  FoldedUpsampling upsampling;
  std::vector<Step> after;
};

class FastEnet final : public InferenceNetwork {
public:
  explicit FastEnet(const enet::Enet& network)
      : m_initialSlope(enet::slopeOf(network.initialBlock->outActivation)),
        m_down1(*network.downsample1),
        m_down2(*network.downsample2),
        m_up4(*network.upsample4),
        m_up5(*network.upsample5),
        m_last(*network.regular5),
        m_output(network.transposedConv, {}) {
    const Affine norm = inferenceAffine(network.initialBlock->batchNorm);
    const std::int64_t convolved = norm.scale.size(0) - 3;
    m_initial = FoldedConv(network.initialBlock->mainBranch, norm.channels(0, convolved));
    m_scale = norm.channels(convolved, 3).scale.to(torch::kFloat).view({1, -1, 1, 1});
    m_shift = norm.channels(convolved, 3).shift.to(torch::kFloat).view({1, -1, 1, 1});
    for (const auto& block : network.stage1) m_stage1.emplace_back(*block);
    for (const auto& block : network.stage23) m_stage23.emplace_back(*block);
    for (const auto& block : network.stage4) m_stage4.emplace_back(*block);
  }
  void run(const torch::Tensor& image, const torch::Tensor& logits) override { classify(penultimate(image), logits); }
  [[nodiscard]] bool isSplit() const override { return true; }
  torch::Tensor penultimate(const torch::Tensor& image) override {
    const torch::Tensor in = image.contiguous(torch::MemoryFormat::ChannelsLast);
    torch::Tensor indices1, indices2;
    const torch::Tensor pooled = at::max_pool2d(in, 3, 2, 1).mul_(m_scale).add_(m_shift);
    torch::Tensor x = activatedInPlace(at::cat({m_initial(in), pooled}, 1), m_initialSlope);
    x = m_down1(x, indices1);
    for (const FastRegular& block : m_stage1) x = block(x);
    x = m_down2(x, indices2);
    for (const FastRegular& block : m_stage23) x = block(x);
    x = m_up4(x, indices2);
    for (const FastRegular& block : m_stage4) x = block(x);
    return m_last(m_up5(x, indices1));
  }
  void classify(const torch::Tensor& features, const torch::Tensor& logits) override {
    m_output.planar(features, logits);
  }

private:
  FoldedConv m_initial;
  torch::Tensor m_scale, m_shift;
  float m_initialSlope;
  FastDownsampling m_down1, m_down2;
  std::vector<FastRegular> m_stage1, m_stage23, m_stage4;
  FastUpsampling m_up4, m_up5;
  FastRegular m_last;
  FoldedUpsampling m_output;
};

/// Measured: a few of a probe's maxima are so close that rounding decides, and each moves the values around it.
constexpr double kSwitched = 2e-3;

std::optional<NetworkShape> enetShape(const StateDict& tensors) {
  const auto w0 = extent(tensors, "initial_block.batch_norm.weight", 1, 0);
  const auto w1 = extent(tensors, "downsample1_0.ext_conv3.0.weight", 4, 0);
  const auto w2 = extent(tensors, "downsample2_0.ext_conv3.0.weight", 4, 0);
  const auto classes = extent(tensors, "transposed_conv.weight", 4, 1);
  if (!w0 || !w1 || !w2 || !classes || *w0 <= 3 || *w1 <= *w0 || *w2 <= *w1) return std::nullopt;
  return NetworkShape{.classes = *classes, .widths = {*w0, *w1, *w2}};
}

const std::vector<int> kEnetWidths{16, 64, 128};

}  // namespace

NetworkKind enetKind() {
  return {
      .name = "ENet",
      .options = {{.name = enet::kVariant,
                   .values = {{enet::kSince2021, "no ReLU after ext_conv2 in the upsampling blocks, as in the paper"},
                              {enet::kBefore2021, "a ReLU after ext_conv2 in the upsampling blocks"}},
                   .ofOldTrainings = enet::kBefore2021}},
      .signature = {"initial_block.main_branch.weight", "downsample1_0.ext_conv1.0.weight",
                    "asymmetric2_3.ext_conv2.3.weight", "upsample4_0.ext_tconv1.weight", "transposed_conv.weight"},
      .mayBeFolded = [](std::string_view) { return false; },  // its convolutions have no bias to fold into
      .shapeOf = enetShape,
      .make = [](const NetworkShape& shape) { return std::make_shared<enet::Enet>(completed(shape, kEnetWidths)); },
      .widths = kEnetWidths,
      .widthsHelp = "Channels at 1/2, 1/4 and 1/8 of the size; 8,32,64 is a slim network",
      .sizeMultiple = 8,
      .isVoidFirst = true,  // davidtvs/PyTorch-ENet, data/cityscapes.py
      .head = {"upsample4_0.", "regular4_", "upsample5_0.", "regular5_", "transposed_conv."},
      .switched = kSwitched,
      .optimise = [](const Network& network) -> std::unique_ptr<InferenceNetwork> {
        return std::make_unique<FastEnet>(dynamic_cast<const enet::Enet&>(network));
      },
      .lastLayer = LastLayer{.key = "transposed_conv", .reduction = 2, .isTransposed = true}};
}

}  // namespace oodscope
