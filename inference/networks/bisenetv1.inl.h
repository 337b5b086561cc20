// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/normalisation.h"
#include "inference/networks/stepped_network.inl.h"

#include <array>
#include <memory>
#include <utility>
#include <vector>

namespace oodscope::bisenetv1 {

/// What differs between the forms that were published, and how their keys tell.
struct Form {
  const char* name;         ///< see NetworkShape::form; today's is empty
  const char* description;  ///< in words
  bool isGateNormed;        ///< fusion's gate is one normed 1x1 convolution (ffm.bn), else two with ReLU between
  bool hasBias;             ///< the last layer's
  Enlargement::How enlarged;
};
/// Commits of github.com/CoinCheung/BiSeNet, lib/models/bisenetv1.py: e40b825 (2021-07-13), c0422a1 (2021-07-07),
/// 12cd095 (2020-09-29), 0471e80 (2020-08-06) and before.
inline constexpr std::array kForms{
    Form{"", "since 13 July 2021", true, true, Enlargement::How::Bilinear},
    Form{"2021-07", "of 7 to 13 July 2021: two convolutions in the fusion's gate", false, true,
         Enlargement::How::Bilinear},
    Form{"pixel-shuffle", "of September 2020 to July 2021: the last layer's channels become pixels", false, true,
         Enlargement::How::Shuffled},
    Form{"until-2020-09", "until September 2020: no bias in the last layer, corners aligned", false, false,
         Enlargement::How::BilinearAligned}};
/// Source: the same, tools/demo.py and configs.
inline constexpr InputNormalisation kNormalisation{
    .source = "CoinCheung/BiSeNet", .mean = {0.3257, 0.3690, 0.3223}, .deviation = {0.2112, 0.2148, 0.2115}};
/// Of the last layer, whose map is at 1/8 of the size.
inline constexpr int kEnlarged = 8;

/// Two 3x3 convolutions and the input, or a 1x1 convolution of it, added.
class BasicBlock final : public SteppedModule {
public:
  BasicBlock(int in, int out, int stride);
  torch::Tensor forward(const torch::Tensor& x);

private:
  ConvStep m_first, m_second, m_shortcut;
  bool m_hasShortcut;
};

/// ResNet-18 without its last layer: maps at 1/8, 1/16 and 1/32 of the size.
class Resnet18 final : public SteppedModule {
public:
  Resnet18();
  std::array<torch::Tensor, 3> forward(const torch::Tensor& image);

private:
  ConvStep m_first;
  std::array<std::vector<std::shared_ptr<BasicBlock>>, 4> m_layers;
};

/// 3x3 convolution, each channel weighed by what its mean says.
class AttentionRefinement final : public SteppedModule {
public:
  AttentionRefinement(int in, int out);
  torch::Tensor forward(const torch::Tensor& x);

private:
  ConvStep m_conv, m_attend;
};

class ContextPath final : public SteppedModule {
public:
  ContextPath();
  /// At 1/8 and 1/16 of the size.
  std::array<torch::Tensor, 2> forward(const torch::Tensor& image);

private:
  std::shared_ptr<Resnet18> m_resnet;
  std::shared_ptr<AttentionRefinement> m_refine16, m_refine32;
  ConvStep m_head32, m_head16, m_average;
};

class SpatialPath final : public SteppedModule {
public:
  SpatialPath();
  torch::Tensor forward(const torch::Tensor& image);

private:
  ConvStep m_conv1, m_conv2, m_conv3, m_out;
};

class FeatureFusion final : public SteppedModule {
public:
  explicit FeatureFusion(bool isGateNormed);
  torch::Tensor forward(const torch::Tensor& spatial, const torch::Tensor& context);

private:
  ConvStep m_block, m_gateFirst, m_gate;
  bool m_isGateNormed;
};

class Head final : public SteppedModule {
public:
  Head(int in, int width, int classes, const Form& form);
  torch::Tensor features(const torch::Tensor& x) const { return m_conv(x); }
  torch::Tensor scores(const torch::Tensor& features) const { return m_out(features); }

private:
  ConvStep m_conv, m_out;
};

/// BiSeNet (Yu et al., 2018) as CoinCheung/BiSeNet has it; keys cp, sp, ffm, conv_out; of the heads on the context path
/// that training alone uses conv_out16, conv_out32.
class BiSeNetV1 final : public SteppedNetwork {
public:
  explicit BiSeNetV1(const NetworkShape& shape);
  torch::Tensor penultimate(const torch::Tensor& images) override;
  AuxiliaryPass penultimateWithAuxiliary(const torch::Tensor& images) override;

private:
  BiSeNetV1(const NetworkShape& shape, const Form& form);
  [[nodiscard]] torch::Tensor scores(const torch::Tensor& features) override;
  std::shared_ptr<ContextPath> m_context;
  std::shared_ptr<SpatialPath> m_spatial;
  std::shared_ptr<FeatureFusion> m_fusion;
  std::shared_ptr<Head> m_head;
  std::vector<std::shared_ptr<Head>> m_auxiliary;  ///< none, or at 1/8 and 1/16
};

}  // namespace oodscope::bisenetv1
