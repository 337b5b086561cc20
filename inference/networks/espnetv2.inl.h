// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/stepped_network.inl.h"

#include <array>
#include <memory>
#include <vector>

namespace oodscope::espnetv2 {

/// Branches of a block, and groups of its 1x1 convolutions.
inline constexpr int kBranches = 4;
using Dilations = std::array<int, kBranches>;

/// Grouped 1x1, depthwise 3x3 of several dilations whose results are added up one after the other, side by side,
/// normalised, grouped 1x1.
class SpatialPyramid final : public SteppedModule {
public:
  SpatialPyramid(int in, int out, int stride, const Dilations& dilations);
  /// Without the sum with the input and the activation.
  torch::Tensor branch(const torch::Tensor& x);
  /// Of stride 1 and as many channels out as in.
  torch::Tensor forward(const torch::Tensor& x);

private:
  ConvStep m_project, m_normed, m_expand, m_out;
  std::array<ConvStep, kBranches> m_depthwise;
};

/// Halves the size: a mean and a SpatialPyramid side by side, and a little of the image itself added.
class EspDownsampler final : public SteppedModule {
public:
  EspDownsampler(int in, int out, const Dilations& dilations);
  /// `image`: the network's input, averaged down to the size of the output.
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& image);

private:
  std::shared_ptr<SpatialPyramid> m_pyramid;
  ConvStep m_reinforceFirst, m_reinforce, m_out;
};

/// Encoder: 1/2, 1/4, 1/8 and 1/16 of the size.
class EspEncoder final : public SteppedModule {
public:
  explicit EspEncoder(const std::array<int, 4>& widths);
  std::array<torch::Tensor, 4> forward(const torch::Tensor& image);

private:
  ConvStep m_first;
  std::shared_ptr<EspDownsampler> m_down2, m_down3, m_down4;
  std::vector<std::shared_ptr<SpatialPyramid>> m_stage3, m_stage4;
};

/// Depthwise 3x3 at five sizes, brought back to one, side by side, shuffled and merged.
class PyramidPooling final : public SteppedModule {
public:
  enum class Ending { Normed, Biased /* the network's last layer */ };
  PyramidPooling(int in, int projected, int out, Ending ending);
  torch::Tensor forward(const torch::Tensor& x) { return last(merged(x)); }
  /// All but the last 1x1 convolution.
  torch::Tensor merged(const torch::Tensor& x);
  [[nodiscard]] torch::Tensor last(const torch::Tensor& x) const;
  void fold() override;

private:
  static constexpr std::size_t kSizes = 5;
  [[nodiscard]] torch::Tensor atSize(std::size_t i, const torch::Tensor& x) const;
  std::array<ConvStep, kSizes> m_stages;
  ConvStep m_project, m_normed, m_merge, m_last, m_out;
  bool m_isNormed, m_isFolded = false;
  std::array<FoldedConv, kSizes> m_foldedStages;  ///< with the norm after them all
  FoldedConv m_foldedMerge;                       ///< with the shuffle before it
  PixelFinish m_sideBySide, m_afterMerge;
};

/// Grouped 3x3 to another count of channels, each weighed by what the mean of the input says.
class WeighedConvolution final : public SteppedModule {
public:
  WeighedConvolution(int in, int out);
  torch::Tensor forward(const torch::Tensor& x);

private:
  ConvStep m_weigh, m_expand;
};

/// Norm and activation of a sum.
class NormedSum final : public SteppedModule {
public:
  explicit NormedSum(int channels);
  torch::Tensor forward(torch::Tensor a, const torch::Tensor& b);

private:
  ConvStep m_step;
};

/// ESPNetv2 for segmentation (Mehta et al., 2019), as sacmehta/EdgeNets has it; keys base_net, bu_dec_l1 … bu_br_l4.
class EspNetV2 final : public SteppedNetwork {
public:
  explicit EspNetV2(const NetworkShape& shape);
  torch::Tensor penultimate(const torch::Tensor& images) override;

private:
  [[nodiscard]] torch::Tensor scores(const torch::Tensor& features) override;
  std::shared_ptr<EspEncoder> m_encoder;
  std::shared_ptr<PyramidPooling> m_decode1, m_decode2, m_decode3, m_decode4;
  std::shared_ptr<WeighedConvolution> m_merge2, m_merge3, m_merge4;
  std::shared_ptr<NormedSum> m_sum2, m_sum3, m_sum4;
};

}  // namespace oodscope::espnetv2
