// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/dropout.inl.h"
#include "inference/networks/stepped_network.inl.h"

#include <array>
#include <memory>
#include <vector>

namespace oodscope::bisenetv2 {

/// What differs between the forms that were published, and how their keys tell: by that of the last layer.
struct Form {
  const char* name;         ///< see NetworkShape::form; today's is empty
  const char* description;  ///< in words
  const char* lastKey;      ///< below "head."
  Enlargement::How enlarged;
  bool isAggregationBilinear;  ///< corners aligned; else values are repeated
};
/// Commits of github.com/CoinCheung/BiSeNet, lib/models/bisenetv2.py: c0422a1 (2021-07-07), 12cd095 (2020-09-29),
/// 0471e80 (2020-08-06).
inline constexpr std::array kForms{
    Form{"", "since July 2021", "conv_out.1", Enlargement::How::Bilinear, false},
    Form{"pixel-shuffle", "of September 2020 to July 2021: the last layer's channels become pixels", "conv_out.0",
         Enlargement::How::Shuffled, false},
    Form{"until-2020-09", "until September 2020: enlarged with corners aligned", "conv_out",
         Enlargement::How::BilinearAligned, true}};
/// Of the last layer, whose map is at 1/8 of the size.
inline constexpr int kEnlarged = 8;

/// Full detail at 1/8 of the size: eight 3x3 convolutions.
class DetailBranch final : public SteppedModule {
public:
  DetailBranch();
  torch::Tensor forward(const torch::Tensor& image);

private:
  std::vector<ConvStep> m_convolutions;
};

/// To 1/4 of the size, by convolutions beside a max-pool.
class Stem final : public SteppedModule {
public:
  Stem();
  torch::Tensor forward(const torch::Tensor& image);

private:
  ConvStep m_conv, m_left0, m_left1, m_fuse;
};

/// Gather-and-expansion layer: 3x3, depthwise 3x3 to six times the channels, 1x1, and the input added. One of stride 2
/// has a second depthwise convolution and convolutions of the input.
class GatherExpansion final : public SteppedModule {
public:
  GatherExpansion(int in, int out, int stride);
  torch::Tensor forward(const torch::Tensor& x);
  [[nodiscard]] bool isHalving() const { return m_isHalving; }

private:
  ConvStep m_first, m_wide, m_wideAgain, m_last, m_shortcutWide, m_shortcut;
  bool m_isHalving;
};

/// The mean of the whole map added to each of its pixels.
class ContextEmbedding final : public SteppedModule {
public:
  ContextEmbedding();
  torch::Tensor forward(const torch::Tensor& x);

private:
  ConvStep m_norm, m_mean, m_last;
};

/// What the semantic branch gives.
struct SemanticMaps {
  std::array<torch::Tensor, 4> stages;  ///< at 1/4, 1/8, 1/16 and 1/32 of the size
  torch::Tensor context;                ///< of the last one
};

/// Semantics at 1/32 of the size.
class SemanticBranch final : public SteppedModule {
public:
  SemanticBranch();
  SemanticMaps forward(const torch::Tensor& image);

private:
  std::shared_ptr<Stem> m_stem;
  std::vector<std::shared_ptr<GatherExpansion>> m_layers;
  std::shared_ptr<ContextEmbedding> m_context;
};

/// Bilateral guided aggregation: each branch weighed by the other.
class Aggregation final : public SteppedModule {
public:
  explicit Aggregation(bool isBilinear);
  torch::Tensor forward(const torch::Tensor& detail, const torch::Tensor& semantic);

private:
  [[nodiscard]] torch::Tensor enlarged(const torch::Tensor& x) const;
  ConvStep m_left1Wide, m_left1, m_left2, m_right1, m_right2Wide, m_right2, m_out;
  bool m_isBilinear;
};

class SegmentHead final : public SteppedModule {
public:
  SegmentHead(int classes, const Form& form);
  torch::Tensor features(const torch::Tensor& x);
  torch::Tensor scores(const torch::Tensor& features) const { return m_out(features); }

private:
  ConvStep m_conv, m_out;
  ElementDropout m_drop{nullptr};
};

/// A head on a stage of the semantic branch, which training alone uses.
class AuxiliaryHead final : public SteppedModule {
public:
  /// `factor`: 1/factor of the size is what it reads.
  AuxiliaryHead(int in, int classes, int factor);
  /// At 2/factor of the size.
  torch::Tensor forward(const torch::Tensor& x);

private:
  ConvStep m_conv, m_middle, m_out;
  ElementDropout m_drop{nullptr};
};

/// BiSeNetV2 (Yu et al., 2020) as CoinCheung/BiSeNet has it; keys detail, segment, bga, head; of heads that training
/// alone uses aux2, aux3, aux4, aux5_4.
class BiSeNetV2 final : public SteppedNetwork {
public:
  explicit BiSeNetV2(const NetworkShape& shape);
  torch::Tensor penultimate(const torch::Tensor& images) override;
  AuxiliaryPass penultimateWithAuxiliary(const torch::Tensor& images) override;

private:
  BiSeNetV2(const NetworkShape& shape, const Form& form);
  [[nodiscard]] torch::Tensor scores(const torch::Tensor& features) override;
  std::shared_ptr<DetailBranch> m_detail;
  std::shared_ptr<SemanticBranch> m_semantic;
  std::shared_ptr<Aggregation> m_aggregation;
  std::shared_ptr<SegmentHead> m_head;
  std::vector<std::shared_ptr<AuxiliaryHead>> m_auxiliary;  ///< none, or one a stage
};

}  // namespace oodscope::bisenetv2
