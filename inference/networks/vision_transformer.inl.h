// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/checkpoints/state_dict.inl.h"

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// The parts of vision transformers, with the state_dict names that facebookresearch/dinov2 and timm share.
namespace oodscope::vit {

/// Epsilon of every layer norm. Source: Oquab et al., "DINOv2", TMLR 2024, published code; timm the same.
inline constexpr double kLayerNormEpsilon = 1e-6;
/// Width of a head in ViT-S, -B and -L.
inline constexpr int kHeadWidth = 64;
[[nodiscard]] constexpr int headsOf(int width) { return width < kHeadWidth ? 1 : width / kHeadWidth; }

class Linear final : public torch::nn::Module {
public:
  Linear(int in, int out);
  /// … x in to … x out.
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;
  torch::Tensor weight, bias;
};

/// Over the last axis.
class LayerNorm final : public torch::nn::Module {
public:
  explicit LayerNorm(int width);
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;
  torch::Tensor weight, bias;
};

/// x + ls1(attention(norm1(x))), then x + ls2(mlp(norm2(x))) with the exact GELU, the MLP four times as wide.
class Block final : public torch::nn::Module {
public:
  explicit Block(int width);
  /// N x T x D to the same.
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;
  std::shared_ptr<LayerNorm> norm1, norm2;
  std::shared_ptr<Linear> qkv, proj, fc1, fc2;
  torch::Tensor gamma1, gamma2;
  int heads;
};

/// `depth` blocks below the names 0, 1, …
class Blocks final : public torch::nn::Module {
public:
  Blocks(int width, int depth);
  std::vector<std::shared_ptr<Block>> all;
};

/// Patches of `side` x `side` pixels to tokens, by a convolution named proj.
class PatchEmbedding final : public torch::nn::Module {
public:
  PatchEmbedding(int width, int side);
  /// N x 3 x H x W to N x (H / side * W / side) x D. Requires: sides that are multiples of `side`.
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& images) const;
  torch::Tensor weight, bias;
  int side;
};

/// A named tensor of random values as weights of transformers begin: deviation 0.02.
[[nodiscard]] torch::Tensor smallRandom(at::IntArrayRef sizes);

/// How positions of a trained grid are brought to another. Sources: dinov2/models/vision_transformer.py,
/// timm/layers/pos_embed.py.
enum class PositionRule {
  OffsetBicubic,      ///< by the factors (rows + 0.1) / G and (columns + 0.1) / G
  AntialiasedBicubic  ///< to the size, antialiased
};
/// 1 x G^2 x D to 1 x (rows * columns) x D; as they are where the grid is that of training.
[[nodiscard]] torch::Tensor positionsFor(const torch::Tensor& trained, std::int64_t rows, std::int64_t columns,
                                         PositionRule rule);

/// Width, depth and so on of a state dict whose transformer's keys begin with `prefix` ("backbone.").
struct Extents {
  int width = 0, depth = 0, registers = 0, positions = 0, patch = 0;
};
/// Empty where a key is missing, has the wrong rank or is absurdly large.
[[nodiscard]] std::optional<Extents> extentsOf(const StateDict& tensors, const std::string& prefix,
                                               const std::string& registersKey);
/// The side of a square of so many places; empty where there is none.
[[nodiscard]] std::optional<int> sideOfSquare(int places);

/// Multiply-adds of a block over so many tokens.
[[nodiscard]] std::int64_t blockMultiplyAdds(std::int64_t tokens, std::int64_t width);

}  // namespace oodscope::vit
