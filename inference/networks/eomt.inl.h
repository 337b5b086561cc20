// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/eomt_readings.inl.h"
#include "inference/networks/network.inl.h"
#include "inference/networks/vision_transformer.inl.h"

#include <array>

/// The Encoder-only Mask Transformer: queries join the patches in the last blocks of a vision transformer. Sources:
/// Kerssies et al., CVPR 2025; tue-mps/eomt, models/eomt.py, vit.py, scale_block.py; keys of timm's transformers with
/// registers.
namespace oodscope::eomt {

/// NetworkShape::widths, in their order.
struct Widths {
  int joint = 3;  ///< last blocks, over queries and patches
  int depth = 12;
  int grid = 40;  ///< patches along a side of the square that it was trained with
  int queries = 100;
  int width = 768;
};
[[nodiscard]] Widths eomtWidths(const NetworkShape& shape);

inline constexpr int kEomtPatch = 16;
/// Masks have 1/4 of the input's size.
inline constexpr int kEomtMaskReduction = 4;
/// Class and register tokens. Source: timm, vit_*_patch14_reg4_dinov2.
inline constexpr int kEomtRegisters = 4;
inline constexpr int kEomtPrefixTokens = 1 + kEomtRegisters;

/// Doubles a map: transposed convolution, GELU, depthwise convolution, norm over channels.
class ScaleBlock final : public torch::nn::Module {
public:
  explicit ScaleBlock(int width);
  /// N x H x W x D to N x 2H x 2W x D.
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;
  /// Rows (a * 2 + b) * D + c: what makes channel c of pixel (2y + a, 2x + b).
  [[nodiscard]] torch::Tensor phaseWeight() const;
  [[nodiscard]] torch::Tensor phaseBias() const { return bias.repeat({4}); }
  /// What follows the doubling. N x H x W x D to the same.
  [[nodiscard]] torch::Tensor finished(const torch::Tensor& doubled) const;
  torch::Tensor weight, bias, depthwise;
  std::shared_ptr<vit::LayerNorm> norm;
};

class Eomt final : public Network {
public:
  explicit Eomt(const NetworkShape& shape);
  /// N x 3 x H x W, 0 to 1, to memberships N x K x H x W, the whole image as one window. Requires: sides that are
  /// multiples of 16.
  torch::Tensor forward(const torch::Tensor& images) override;
  /// As the option "windows" says.
  void fill(const torch::Tensor& image, const torch::Tensor& out) override;
  [[nodiscard]] NetworkShape shape() const override { return m_shape; }

  [[nodiscard]] Answers answer(const torch::Tensor& image) const;
  /// Tokens before the first block, of patches without positions. 1 x T x D.
  [[nodiscard]] torch::Tensor tokens(const torch::Tensor& patches, std::int64_t rows, std::int64_t columns) const;
  [[nodiscard]] torch::Tensor normalised(const torch::Tensor& image) const { return (image - pixelMean) / pixelStd; }
  /// From the normed tokens of queries, Q x D, and mask features, (h * w) x D.
  [[nodiscard]] Answers answersOf(const torch::Tensor& asked, const torch::Tensor& features, std::int64_t height,
                                  std::int64_t width) const;

  Widths widths;
  std::shared_ptr<vit::PatchEmbedding> patchEmbedding;
  std::shared_ptr<vit::Blocks> blocks;
  std::shared_ptr<vit::LayerNorm> norm;
  std::array<std::shared_ptr<ScaleBlock>, 2> upscale;
  torch::Tensor clsToken, regToken, posEmbed, pixelMean, pixelStd, queries;

private:
  NetworkShape m_shape;
  std::shared_ptr<vit::Linear> m_classHead;
  std::array<std::shared_ptr<vit::Linear>, 3> m_maskHead;
};

}  // namespace oodscope::eomt
