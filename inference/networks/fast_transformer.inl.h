// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/checkpoints/state_dict.inl.h"
#include "inference/networks/byte_product.inl.h"
#include "inference/networks/own_convolution.inl.h"
#include "inference/networks/packed_convolution.inl.h"
#include "inference/networks/vision_transformer.inl.h"

#include <torch/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope::vit {

/// rows x in to rows x out, the weights laid out by oneDNN for the first count of rows (again for another count), or by
/// this program's own kernel while oneDNN is off. Shares the given weights; holds a laid-out copy beside them. Not
/// thread-safe. Measured: 80 to 95 % of what oneDNN's 3x3 convolution reaches.
class FastLinear {
public:
  FastLinear() = default;
  /// `scale`: one factor an output, multiplied into weights and bias; undefined: none.
  FastLinear(const torch::Tensor& weight, const torch::Tensor& bias, const torch::Tensor& scale = {});
  explicit FastLinear(const Linear& layer, const torch::Tensor& scale = {})
      : FastLinear(layer.weight, layer.bias, scale) {}
  /// The same in bytes: the layer's weights are whole numbers times `factors`, one a row. See ByteProduct.
  FastLinear(const Linear& layer, const torch::Tensor& scale, const torch::Tensor& factors, ByteEngine engine);
  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& x) const;

private:
  [[nodiscard]] torch::Tensor scaled(const torch::Tensor& values) const;
  torch::Tensor m_weight, m_bias, m_scale;
  mutable std::optional<PackedConvolution> m_packed;
  mutable std::optional<OwnConvolution> m_own;
  std::optional<ByteProduct> m_bytes;
};

/// Makes the quick form of a block's linear layer of a key below the transformer's ("blocks.0.attn.qkv"), multiplied by
/// `scale` where that is defined.
using LinearMaker = std::function<FastLinear(const std::string& key, const Linear& layer, const torch::Tensor& scale)>;
/// In float32.
[[nodiscard]] FastLinear plainLinear(const std::string& key, const Linear& layer, const torch::Tensor& scale);
/// In bytes, by the factors of the weights' keys, which begin with `prefix` ("backbone."). What is made throws Error
/// where there are none, or not one above 0 a row.
[[nodiscard]] LinearMaker byteLinears(const StateDict& factors, const std::string& prefix, ByteEngine engine);
/// Whether a key is of the weights of a block's linear layer.
[[nodiscard]] bool isBlockWeight(std::string_view key);

/// A block without gradient: layer scales folded into the products before them, everything else in place.
class FastBlock {
public:
  FastBlock(std::shared_ptr<const Block> block, const std::string& key, const LinearMaker& make);
  /// Changes x, T x D.
  void operator()(torch::Tensor& x) const;

private:
  std::shared_ptr<const Block> m_block;
  FastLinear m_qkv, m_proj, m_fc1, m_fc2;
};

[[nodiscard]] std::vector<FastBlock> fastBlocks(const Blocks& blocks, const LinearMaker& make);

/// As PatchEmbedding, of one image: 1 x 3 x H x W to T x D.
class FastPatchEmbedding {
public:
  explicit FastPatchEmbedding(const PatchEmbedding& embedding);
  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& image) const;

private:
  std::int64_t m_side;
  FastLinear m_project;
};

}  // namespace oodscope::vit
