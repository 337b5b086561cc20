// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/dropout.inl.h"
#include "inference/networks/resnet.inl.h"
#include "inference/networks/stepped_network.inl.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace oodscope::deeplab {

/// The option: at which share of the size the deepest features are. No key depends on it.
inline constexpr const char* kOutputStride = "output_stride";
inline constexpr const char* kStride16 = "stride-16";
inline constexpr const char* kStride8 = "stride-8";

/// Of the decoder: what the last layer reads has 1/4 of the size.
inline constexpr int kReduction = 4;

/// What public implementations do differently, and how they call the parts.
struct DeepLabLayout {
  std::vector<std::string> heads;  ///< prefixes of all but the backbone's keys
  StepKeys lowLevel;
  std::array<StepKeys, 4> atrous;  ///< 1x1 and three dilated 3x3
  StepKeys pooled, projected;
  std::vector<StepKeys> decoder;     ///< 3x3 convolutions
  std::vector<double> dropout = {};  ///< after `projected` and after each of the decoder, while training
  std::string last;                  ///< the last layer, 1x1 with a bias
  bool isLowLevelFirst = true;       ///< in registration and where both levels lie side by side
  bool alignsCorners = false;        ///< in every enlargement
  bool isMultiGrid = false;          ///< the last stage's blocks are dilated 1, 2 and 4 times as much
};

/// VainF/DeepLabV3Plus-Pytorch; jfzhang95/pytorch-deeplab-xception up to November 2018 and, with dropout in the decoder
/// (other numbers in its keys), since.
enum class Implementation { VainF, Jfzhang95, Jfzhang95Dropout };
[[nodiscard]] const DeepLabLayout& layoutOf(Implementation implementation);

/// Blocks of the four stages.
using Depth = std::array<int, 4>;
inline constexpr Depth kResnet50{3, 4, 6, 3}, kResnet101{3, 4, 23, 3};

/// DeepLabV3+ (Chen et al., 2018) on a ResNet of bottlenecks. Widths: of the four stages' 3x3 convolutions; atrous
/// pooling is as wide as the third, low-level features are three quarters of the first.
class DeepLabV3Plus final : public SteppedNetwork {
public:
  DeepLabV3Plus(const NetworkShape& shape, Implementation implementation, const Depth& depth);
  torch::Tensor penultimate(const torch::Tensor& images) override;

protected:
  torch::Tensor scores(const torch::Tensor& features) override { return m_last(features); }

private:
  [[nodiscard]] torch::Tensor atrousPooling(const torch::Tensor& deep);
  [[nodiscard]] torch::Tensor dropped(const torch::Tensor& x, std::size_t i);
  std::shared_ptr<resnet::Resnet> m_backbone;
  bool m_isLowLevelFirst, m_alignsCorners;
  ConvStep m_lowLevel, m_pooled, m_projected, m_last;
  std::array<ConvStep, 4> m_atrous;
  std::vector<ConvStep> m_decoder;
  std::vector<ElementDropout> m_dropout;
};

}  // namespace oodscope::deeplab
