// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/eomt.inl.h"

#include "inference/networks/token_products.inl.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

namespace oodscope::eomt {
namespace {

/// Names what is in it: "encoder", "backbone".
class EomtParts final : public torch::nn::Module {};

}  // namespace

Widths eomtWidths(const NetworkShape& shape) {
  const auto all = widthsOf<5>(shape);
  return {.joint = all[0], .depth = all[1], .grid = all[2], .queries = all[3], .width = all[4]};
}

ScaleBlock::ScaleBlock(int width) {
  const auto conv1 = register_module("conv1", std::make_shared<EomtParts>());
  weight = conv1->register_parameter("weight", vit::smallRandom({width, width, 2, 2}));
  bias = conv1->register_parameter("bias", at::zeros({width}));
  const auto conv2 = register_module("conv2", std::make_shared<EomtParts>());
  depthwise = conv2->register_parameter("weight", vit::smallRandom({width, 1, 3, 3}));
  norm = register_module("norm", std::make_shared<vit::LayerNorm>(width));
}

torch::Tensor ScaleBlock::phaseWeight() const {
  return weight.permute({2, 3, 1, 0}).reshape({4 * weight.size(1), weight.size(0)});
}

torch::Tensor ScaleBlock::finished(const torch::Tensor& doubled) const {
  const torch::Tensor maps = at::gelu(doubled).permute({0, 3, 1, 2});
  const torch::Tensor sums = at::conv2d(maps, depthwise, {}, {1, 1}, {1, 1}, {1, 1}, depthwise.size(0));
  return norm->forward(sums.permute({0, 2, 3, 1}));
}

torch::Tensor ScaleBlock::forward(const torch::Tensor& x) const {
  const std::int64_t n = x.size(0), height = x.size(1), width = x.size(2), channels = x.size(3);
  const torch::Tensor blocks = rowProduct(x.reshape({-1, channels}), phaseWeight(), phaseBias());
  return finished(blocks.view({n, height, width, 2, 2, channels})
                      .permute({0, 1, 3, 2, 4, 5})
                      .reshape({n, 2 * height, 2 * width, channels}));
}

Eomt::Eomt(const NetworkShape& shape) : widths(eomtWidths(shape)), m_shape(shape) {
  require(widths.joint >= 1 && widths.joint <= widths.depth && widths.grid >= 1 && widths.queries >= 1,
          "EoMT: impossible widths");
  const int width = widths.width;
  register_buffer("attn_mask_probs", at::zeros({widths.joint}));  // masks of attention serve training alone
  const auto encoder = register_module("encoder", std::make_shared<EomtParts>());
  pixelMean = encoder->register_buffer("pixel_mean", at::tensor({0.485F, 0.456F, 0.406F}).view({1, 3, 1, 1}));
  pixelStd = encoder->register_buffer("pixel_std", at::tensor({0.229F, 0.224F, 0.225F}).view({1, 3, 1, 1}));
  const auto backbone = encoder->register_module("backbone", std::make_shared<EomtParts>());
  clsToken = backbone->register_parameter("cls_token", vit::smallRandom({1, 1, width}));
  regToken = backbone->register_parameter("reg_token", vit::smallRandom({1, kEomtRegisters, width}));
  posEmbed = backbone->register_parameter("pos_embed", vit::smallRandom({1, widths.grid * widths.grid, width}));
  patchEmbedding = backbone->register_module("patch_embed", std::make_shared<vit::PatchEmbedding>(width, kEomtPatch));
  blocks = backbone->register_module("blocks", std::make_shared<vit::Blocks>(width, widths.depth));
  norm = backbone->register_module("norm", std::make_shared<vit::LayerNorm>(width));
  queries = register_module("q", std::make_shared<EomtParts>())
                ->register_parameter("weight", vit::smallRandom({widths.queries, width}));
  m_classHead = register_module("class_head", std::make_shared<vit::Linear>(width, shape.classes + 1));
  const auto maskHead = register_module("mask_head", std::make_shared<EomtParts>());
  for (std::size_t i = 0; i < m_maskHead.size(); ++i)
    m_maskHead.at(i) = maskHead->register_module(std::to_string(2 * i), std::make_shared<vit::Linear>(width, width));
  const auto upscaling = register_module("upscale", std::make_shared<EomtParts>());
  for (std::size_t i = 0; i < upscale.size(); ++i)
    upscale.at(i) = upscaling->register_module(std::to_string(i), std::make_shared<ScaleBlock>(width));
}

torch::Tensor Eomt::tokens(const torch::Tensor& patches, std::int64_t rows, std::int64_t columns) const {
  const torch::Tensor positions = vit::positionsFor(posEmbed, rows, columns, vit::PositionRule::AntialiasedBicubic);
  return at::cat({clsToken, regToken, patches + positions}, 1);
}

Answers Eomt::answersOf(const torch::Tensor& asked, const torch::Tensor& features, std::int64_t height,
                        std::int64_t width) const {
  const torch::Tensor first = at::gelu(m_maskHead[0]->forward(asked));
  const torch::Tensor embedded = m_maskHead[2]->forward(at::gelu(m_maskHead[1]->forward(first)));
  return {.classes = m_classHead->forward(asked),
          .masks = rowProduct(features, embedded, {}),
          .height = height,
          .width = width};
}

Answers Eomt::answer(const torch::Tensor& image) const {
  require(image.size(0) == 1 && image.size(2) % kEomtPatch == 0 && image.size(3) % kEomtPatch == 0,
          "EoMT: one image, sides that are multiples of 16");
  const std::int64_t rows = image.size(2) / kEomtPatch, columns = image.size(3) / kEomtPatch;
  torch::Tensor x = tokens(patchEmbedding->forward(normalised(image)), rows, columns);
  for (int i = 0; i < widths.depth; ++i) {
    if (i == widths.depth - widths.joint) x = at::cat({queries.unsqueeze(0), x}, 1);
    x = blocks->all[static_cast<std::size_t>(i)]->forward(x);
  }
  x = norm->forward(x);
  torch::Tensor maps =
      x.narrow(1, widths.queries + kEomtPrefixTokens, rows * columns).reshape({1, rows, columns, widths.width});
  for (const auto& block : upscale) maps = block->forward(maps);
  return answersOf(x.select(0, 0).narrow(0, 0, widths.queries), maps.reshape({-1, widths.width}), maps.size(1),
                   maps.size(2));
}

torch::Tensor Eomt::forward(const torch::Tensor& images) {
  std::vector<torch::Tensor> out;
  for (std::int64_t n = 0; n < images.size(0); ++n)
    out.push_back(membership(answer(images.narrow(0, n, 1)), images.size(2), images.size(3)));
  return at::cat(out);
}

void Eomt::fill(const torch::Tensor& image, const torch::Tensor& out) {
  readingOf(m_shape).fill([this](const torch::Tensor& window) { return answer(window); }, widths.grid * kEomtPatch,
                          image, out);
}

}  // namespace oodscope::eomt
