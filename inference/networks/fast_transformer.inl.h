// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/own_convolution.inl.h"
#include "inference/networks/packed_convolution.inl.h"
#include "inference/networks/vision_transformer.inl.h"

#include <torch/types.h>

#include <memory>
#include <optional>

namespace oodscope::vit {

/// rows x in to rows x out, the weights laid out by oneDNN for the first count of rows (again for another count), or by
/// this program's own kernel while oneDNN is off. Shares the given weights; holds a laid-out copy beside them. Not
/// thread-safe. Measured: 80 to 95 % of what oneDNN's 3x3 convolution reaches.
class FastLinear {
public:
  FastLinear() = default;
  /// `scale`: one factor an output, multiplied into weights and bias; undefined: none.
  FastLinear(torch::Tensor weight, torch::Tensor bias, torch::Tensor scale = {});
  explicit FastLinear(const Linear& layer, torch::Tensor scale = {}) : FastLinear(layer.weight, layer.bias, scale) {}
  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& x) const;

private:
  [[nodiscard]] torch::Tensor scaled(const torch::Tensor& values) const;
  torch::Tensor m_weight, m_bias, m_scale;
  mutable std::optional<PackedConvolution> m_packed;
  mutable std::optional<OwnConvolution> m_own;
};

/// A block without gradient: layer scales folded into the products before them, everything else in place.
class FastBlock {
public:
  explicit FastBlock(std::shared_ptr<const Block> block);
  /// Changes x, T x D.
  void operator()(torch::Tensor& x) const;

private:
  std::shared_ptr<const Block> m_block;
  FastLinear m_qkv, m_proj, m_fc1, m_fc2;
};

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
