// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/resnet.inl.h"
#include "inference/networks/stepped_network.inl.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace oodscope::icnet {

/// zh320/realtime-semantic-segmentation-pytorch (ResNet-18, pyramid pooling by convolutions, a 3x3 convolution before
/// the last) and liminn/ICNet-pytorch (ResNet-50 with a deep stem, pyramid pooling by sums).
enum class Implementation { Zh320, Liminn };

/// Of what the last layer reads: 1/4 of the size.
inline constexpr int kReduction = 4;

/// Their keys of heads that training alone uses, and of a classifier of the backbone that nobody uses.
[[nodiscard]] std::vector<std::string> unusedKeys(Implementation implementation);
/// Prefixes of all but the backbone's keys.
[[nodiscard]] std::vector<std::string> headKeys(Implementation implementation);
/// Name of the backbone, below which its keys are.
[[nodiscard]] std::string backboneKey(Implementation implementation);

/// Brings a coarse map to the size of a fine one and adds them.
class CascadeFusion final : public SteppedModule {
public:
  CascadeFusion(const StepKeys& low, const StepKeys& high, int lowChannels, int highChannels, int out);
  /// A head on the coarse map, which training alone uses: zh320's a 3x3 convolution and a 1x1 on the enlarged one,
  /// liminn's a 1x1 on what its convolution gives.
  void addAuxiliary(Implementation implementation, int lowChannels, int out, int classes);
  /// Appends the auxiliary head's logits, at the fine map's size, where there are such and somebody asks.
  torch::Tensor forward(const torch::Tensor& low, const torch::Tensor& high,
                        std::vector<torch::Tensor>* auxiliary) const;

private:
  ConvStep m_low, m_high;
  std::optional<ConvStep> m_auxiliaryFirst, m_auxiliary;
};

/// ICNet (Zhao et al., 2018): one backbone on a half and on a quarter of the image's size, three convolutions on the
/// image itself, fused from coarse to fine. Widths: of the backbone's four stages.
class IcNet final : public SteppedNetwork {
public:
  IcNet(const NetworkShape& shape, Implementation implementation);
  torch::Tensor penultimate(const torch::Tensor& images) override { return fused(images, nullptr); }
  AuxiliaryPass penultimateWithAuxiliary(const torch::Tensor& images) override;

protected:
  torch::Tensor scores(const torch::Tensor& features) override { return m_last(features); }

private:
  void makeZh320(const std::array<int, 4>& widths);
  void makeLiminn(const std::array<int, 4>& widths);
  void addBranch(const std::string& at, const StepKeys& keys, const std::array<int, 3>& channels);
  [[nodiscard]] torch::Tensor pyramid(const torch::Tensor& deep) const;
  torch::Tensor fused(const torch::Tensor& images, std::vector<torch::Tensor>* auxiliary) const;

  std::shared_ptr<resnet::Resnet> m_backbone;
  std::vector<ConvStep> m_branch;  ///< on the image itself
  std::vector<ConvStep> m_pools;   ///< of pyramid pooling, one a bin; none: it sums
  std::shared_ptr<CascadeFusion> m_quarterToHalf, m_halfToWhole;
  std::optional<ConvStep> m_poolsJoined, m_beforeLast;
  ConvStep m_last;
  std::array<int, 4> m_bins{};
};

}  // namespace oodscope::icnet
