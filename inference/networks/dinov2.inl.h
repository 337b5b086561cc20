// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/network.inl.h"
#include "inference/networks/vision_transformer.inl.h"

#include <torch/nn/modules/batchnorm.h>

#include <vector>

/// DINOv2's vision transformer with a linear head over its patches. Sources: Oquab et al., "DINOv2", TMLR 2024;
/// facebookresearch/dinov2, dinov2/models/vision_transformer.py, eval/segmentation/models/decode_heads/linear_head.py.
namespace oodscope::dinov2 {

/// NetworkShape::widths, in their order.
struct Widths {
  int registers = 0;  ///< tokens besides the class token: 0 or 4
  int layers = 1;     ///< last blocks that the head reads, side by side
  int depth = 12;
  int grid = 37;  ///< patches along a side of the pictures that it was trained with
  int width = 384;
};
[[nodiscard]] Widths dinov2Widths(const NetworkShape& shape);

inline constexpr int kDinov2Patch = 14;

/// The transformer with dinov2's keys, mask token included, which only its training uses.
class Backbone final : public torch::nn::Module {
public:
  explicit Backbone(const Widths& widths);
  /// Tokens of images whose sides are multiples of 14: class, registers, patches; positions added. N x T x D.
  [[nodiscard]] torch::Tensor tokens(const torch::Tensor& patches, std::int64_t rows, std::int64_t columns) const;
  std::shared_ptr<vit::PatchEmbedding> patchEmbedding;
  std::shared_ptr<vit::Blocks> blocks;
  std::shared_ptr<vit::LayerNorm> norm;
  torch::Tensor clsToken, maskToken, registerTokens, posEmbed;
  Widths widths;
};

/// What an image is surrounded with, so that its sides are multiples of 14: half of it before, half after.
/// Source: dinov2's notebook on semantic segmentation (CenterPadding).
struct Padding {
  std::int64_t left = 0, right = 0, top = 0, bottom = 0;
};
[[nodiscard]] Padding paddingFor(std::int64_t height, std::int64_t width);
/// Surrounded with zeros, which is the mean colour of a normalised image.
[[nodiscard]] torch::Tensor padded(const torch::Tensor& images, const Padding& padding);
/// Maps of patches, bilinearly at the padded image's size, less the padding.
[[nodiscard]] torch::Tensor toImage(const torch::Tensor& maps, const Padding& padding);

class Dinov2 final : public Network {
public:
  explicit Dinov2(const NetworkShape& shape);
  torch::Tensor forward(const torch::Tensor& images) override;
  [[nodiscard]] NetworkShape shape() const override { return m_shape; }
  std::shared_ptr<Backbone> backbone;
  torch::nn::BatchNorm2d headNorm{nullptr};
  torch::Tensor headWeight, headBias;  ///< of conv_seg, C x (layers * D) x 1 x 1

private:
  NetworkShape m_shape;
};

}  // namespace oodscope::dinov2
