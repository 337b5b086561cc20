// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/dinov2.inl.h"

#include "inference/networks/network_registry.inl.h"
#include "inference/networks/token_products.inl.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/zeros.h>

namespace oodscope::dinov2 {
namespace {

/// Names what is in it: "decode_head".
class HeadParts final : public torch::nn::Module {};

}  // namespace

Widths dinov2Widths(const NetworkShape& shape) {
  const auto all = widthsOf<5>(shape);
  return {.registers = all[0], .layers = all[1], .depth = all[2], .grid = all[3], .width = all[4]};
}

Backbone::Backbone(const Widths& of) : widths(of) {
  require(of.registers >= 0 && of.layers >= 1 && of.layers <= of.depth && of.grid >= 1 && of.width >= 1,
          "DINOv2: widths of 1 or more, the registers of 0 or more, and no more layers to read than there are");
  clsToken = register_parameter("cls_token", vit::smallRandom({1, 1, of.width}));
  posEmbed = register_parameter("pos_embed", vit::smallRandom({1, 1 + of.grid * of.grid, of.width}));
  if (of.registers > 0)
    registerTokens = register_parameter("register_tokens", vit::smallRandom({1, of.registers, of.width}));
  maskToken = register_parameter("mask_token", at::zeros({1, of.width}));
  patchEmbedding = register_module("patch_embed", std::make_shared<vit::PatchEmbedding>(of.width, kDinov2Patch));
  blocks = register_module("blocks", std::make_shared<vit::Blocks>(of.width, of.depth));
  norm = register_module("norm", std::make_shared<vit::LayerNorm>(of.width));
}

torch::Tensor Backbone::tokens(const torch::Tensor& patches, std::int64_t rows, std::int64_t columns) const {
  const std::int64_t n = patches.size(0);
  // Those with registers were trained with another rule. Source: dinov2/hub/backbones.py.
  const auto rule = registerTokens.defined() ? vit::PositionRule::AntialiasedBicubic : vit::PositionRule::OffsetBicubic;
  const torch::Tensor positions = vit::positionsFor(posEmbed.narrow(1, 1, posEmbed.size(1) - 1), rows, columns, rule);
  std::vector<torch::Tensor> parts{(clsToken + posEmbed.narrow(1, 0, 1)).expand({n, -1, -1})};
  if (registerTokens.defined()) parts.push_back(registerTokens.expand({n, -1, -1}));
  parts.push_back(patches + positions);
  return at::cat(parts, 1);
}

Padding paddingFor(std::int64_t height, std::int64_t width) {
  const auto lacking = [](std::int64_t size) { return (kDinov2Patch - size % kDinov2Patch) % kDinov2Patch; };
  const std::int64_t across = lacking(width), down = lacking(height);
  return {.left = across / 2, .right = across - across / 2, .top = down / 2, .bottom = down - down / 2};
}

torch::Tensor padded(const torch::Tensor& images, const Padding& padding) {
  return at::constant_pad_nd(images, {padding.left, padding.right, padding.top, padding.bottom});
}

torch::Tensor toImage(const torch::Tensor& maps, const Padding& padding) {
  const std::int64_t height = maps.size(2) * kDinov2Patch, width = maps.size(3) * kDinov2Patch;
  return at::upsample_bilinear2d(maps, {height, width}, false)
      .narrow(2, padding.top, height - padding.top - padding.bottom)
      .narrow(3, padding.left, width - padding.left - padding.right);
}

Dinov2::Dinov2(const NetworkShape& shape) : m_shape(shape) {
  const Widths widths = dinov2Widths(shape);
  backbone = register_module("backbone", std::make_shared<Backbone>(widths));
  const auto head = register_module("decode_head", std::make_shared<HeadParts>());
  const int read = widths.layers * widths.width;
  const auto classifier = head->register_module("conv_seg", std::make_shared<HeadParts>());
  headWeight = classifier->register_parameter("weight", vit::smallRandom({shape.classes, read, 1, 1}));
  headBias = classifier->register_parameter("bias", at::zeros({shape.classes}));
  headNorm = head->register_module("bn", torch::nn::BatchNorm2d(read));
}

torch::Tensor Dinov2::forward(const torch::Tensor& images) {
  const Padding padding = paddingFor(images.size(2), images.size(3));
  const torch::Tensor whole = padded(images, padding);
  const std::int64_t n = whole.size(0), rows = whole.size(2) / kDinov2Patch, columns = whole.size(3) / kDinov2Patch;
  torch::Tensor x = backbone->tokens(backbone->patchEmbedding->forward(whole), rows, columns);
  const auto& blocks = backbone->blocks->all;
  const std::size_t firstRead = blocks.size() - static_cast<std::size_t>(backbone->widths.layers);
  std::vector<torch::Tensor> read;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    x = blocks[i]->forward(x);
    if (i >= firstRead)
      read.push_back(backbone->norm->forward(x).narrow(1, x.size(1) - rows * columns, rows * columns));
  }
  const torch::Tensor features = at::cat(read, 2).transpose(1, 2).reshape({n, -1, rows, columns});
  const torch::Tensor normed = headNorm->forward(features).permute({0, 2, 3, 1}).reshape({n * rows * columns, -1});
  const torch::Tensor logits = rowProduct(normed, headWeight.flatten(1), headBias);
  return toImage(logits.view({n, rows, columns, -1}).permute({0, 3, 1, 2}), padding);
}

}  // namespace oodscope::dinov2
