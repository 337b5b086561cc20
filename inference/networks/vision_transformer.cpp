// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/vision_transformer.inl.h"

#include "inference/networks/kinds.inl.h"
#include "inference/networks/token_products.inl.h"

#include <ATen/ops/_upsample_bicubic2d_aa.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/upsample_bicubic2d.h>
#include <ATen/ops/zeros.h>

#include <cmath>

namespace oodscope::vit {
namespace {

/// A module that only names what is in it: "attn", "ls1".
class Named final : public torch::nn::Module {
public:
  using torch::nn::Module::register_parameter;
};

/// Larger than any published transformer; a foreign file must not make the program allocate gigabytes.
constexpr int kMostWidth = 2048, kMostDepth = 64, kMostPositions = 128 * 128 + 1;

const at::Tensor* tensorOf(const StateDict& tensors, const std::string& key) {
  for (const auto& [name, tensor] : tensors)
    if (name == key) return &tensor;
  return nullptr;
}

/// Values along an axis of a named tensor of that rank.
std::optional<int> sizeOf(const StateDict& tensors, const std::string& key, int rank, int axis, int most) {
  const at::Tensor* tensor = tensorOf(tensors, key);
  if (tensor == nullptr || tensor->dim() != rank || tensor->size(axis) < 1 || tensor->size(axis) > most)
    return std::nullopt;
  return static_cast<int>(tensor->size(axis));
}

}  // namespace

torch::Tensor smallRandom(at::IntArrayRef sizes) {
  const double bound = 0.02 * std::sqrt(3.0);
  return at::empty(sizes, at::TensorOptions(at::kFloat)).uniform_(-bound, bound);
}

Linear::Linear(int in, int out) {
  weight = register_parameter("weight", smallRandom({out, in}));
  bias = register_parameter("bias", at::zeros({out}));
}

torch::Tensor Linear::forward(const torch::Tensor& x) const {
  std::vector<std::int64_t> sizes = x.sizes().vec();
  sizes.back() = weight.size(0);
  return rowProduct(x.reshape({-1, x.size(-1)}), weight, bias).view(sizes);
}

LayerNorm::LayerNorm(int width) {
  weight = register_parameter("weight", at::ones({width}));
  bias = register_parameter("bias", at::zeros({width}));
}

torch::Tensor LayerNorm::forward(const torch::Tensor& x) const {
  return at::layer_norm(x, weight.sizes(), weight, bias, kLayerNormEpsilon);
}

Block::Block(int width) : heads(headsOf(width)) {
  norm1 = register_module("norm1", std::make_shared<LayerNorm>(width));
  const auto attn = register_module("attn", std::make_shared<Named>());
  qkv = attn->register_module("qkv", std::make_shared<Linear>(width, 3 * width));
  proj = attn->register_module("proj", std::make_shared<Linear>(width, width));
  gamma1 = register_module("ls1", std::make_shared<Named>())->register_parameter("gamma", at::ones({width}));
  norm2 = register_module("norm2", std::make_shared<LayerNorm>(width));
  const auto mlp = register_module("mlp", std::make_shared<Named>());
  fc1 = mlp->register_module("fc1", std::make_shared<Linear>(width, 4 * width));
  fc2 = mlp->register_module("fc2", std::make_shared<Linear>(4 * width, width));
  gamma2 = register_module("ls2", std::make_shared<Named>())->register_parameter("gamma", at::ones({width}));
}

torch::Tensor Block::forward(const torch::Tensor& x) const {
  const torch::Tensor y = x + proj->forward(attention(qkv->forward(norm1->forward(x)), heads)) * gamma1;
  return y + fc2->forward(at::gelu(fc1->forward(norm2->forward(y)))) * gamma2;
}

Blocks::Blocks(int width, int depth) {
  for (int i = 0; i < depth; ++i) all.push_back(register_module(std::to_string(i), std::make_shared<Block>(width)));
}

PatchEmbedding::PatchEmbedding(int width, int patch) : side(patch) {
  const auto proj = register_module("proj", std::make_shared<Named>());
  weight = proj->register_parameter("weight", smallRandom({width, 3, patch, patch}));
  bias = proj->register_parameter("bias", at::zeros({width}));
}

torch::Tensor PatchEmbedding::forward(const torch::Tensor& images) const {
  const std::int64_t n = images.size(0), rows = images.size(2) / side, columns = images.size(3) / side;
  // Each patch as one row of channels, rows and columns, as the kernel lies.
  const torch::Tensor patches = images.reshape({n, 3, rows, side, columns, side})
                                    .permute({0, 2, 4, 1, 3, 5})
                                    .reshape({n * rows * columns, 3L * side * side});
  // While learning, kernels lie channels-last.
  return rowProduct(patches, weight.flatten(1), bias).view({n, rows * columns, weight.size(0)});
}

torch::Tensor positionsFor(const torch::Tensor& trained, std::int64_t rows, std::int64_t columns, PositionRule rule) {
  const auto side = static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(trained.size(1)))));
  if (rows == side && columns == side) return trained;
  const torch::Tensor grid = trained.reshape({1, side, side, trained.size(2)}).permute({0, 3, 1, 2}).contiguous();
  torch::Tensor out;
  if (rule == PositionRule::AntialiasedBicubic) {
    out = at::_upsample_bicubic2d_aa(grid, {rows, columns}, false);
  } else {
    constexpr double offset = 0.1;
    const auto factor = [&](std::int64_t count) {
      return (static_cast<double>(count) + offset) / static_cast<double>(side);
    };
    out = at::upsample_bicubic2d(grid, {rows, columns}, false, factor(rows), factor(columns));
  }
  return out.permute({0, 2, 3, 1}).reshape({1, rows * columns, trained.size(2)});
}

std::optional<Extents> extentsOf(const StateDict& tensors, const std::string& prefix, const std::string& registersKey) {
  const auto width = sizeOf(tensors, prefix + "cls_token", 3, 2, kMostWidth);
  const auto positions = sizeOf(tensors, prefix + "pos_embed", 3, 1, kMostPositions);
  const auto patch = sizeOf(tensors, prefix + "patch_embed.proj.weight", 4, 2, kMostWidth);
  if (!width || !positions || !patch || (*width > kHeadWidth && *width % kHeadWidth != 0)) return std::nullopt;
  Extents out{.width = *width, .depth = 0, .registers = 0, .positions = *positions, .patch = *patch};
  while (out.depth <= kMostDepth &&
         tensorOf(tensors, prefix + "blocks." + std::to_string(out.depth) + ".attn.qkv.weight") != nullptr)
    ++out.depth;
  if (out.depth == 0 || out.depth > kMostDepth) return std::nullopt;
  out.registers = sizeOf(tensors, prefix + registersKey, 3, 1, kMostDepth).value_or(0);
  return out;
}

std::optional<int> sideOfSquare(int places) {
  const int side = static_cast<int>(std::lround(std::sqrt(static_cast<double>(places))));
  return side * side == places ? std::optional(side) : std::nullopt;
}

std::int64_t blockMultiplyAdds(std::int64_t tokens, std::int64_t width) {
  return 12 * width * width * tokens + 2 * tokens * tokens * width;
}

}  // namespace oodscope::vit
