// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/conv_step.inl.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace oodscope::resnet {

enum class BlockForm { Basic /* ResNet-18 and -34 */, Bottleneck };

/// One of the four stages: as many blocks as dilations.
struct StagePlan {
  int width = 64;                   ///< of the 3x3 convolutions
  int stride = 1;                   ///< of the first block
  std::vector<int> dilations = {};  ///< of each block's 3x3 convolution, in a basic block of the first one alone
};
/// A stage whose first block is dilated otherwise than the others.
[[nodiscard]] StagePlan stagePlan(int width, int stride, int blocks, int firstDilation = 1, int otherDilation = 1);

struct ResnetPlan {
  BlockForm form = BlockForm::Bottleneck;
  std::array<StagePlan, 4> stages;
  bool isDeepStem = false;  ///< three 3x3 convolutions in place of one 7x7, twice as wide
};

/// Channels after a stage.
[[nodiscard]] int channelsAfter(BlockForm form, const StagePlan& stage);

/// Convolutions beside the identity or a 1x1 convolution.
class ResidualBlock final : public SteppedModule {
public:
  ResidualBlock(BlockForm form, int in, int width, int stride, int dilation);
  torch::Tensor forward(const torch::Tensor& x);

private:
  std::vector<ConvStep> m_branch;
  std::optional<ConvStep> m_shortcut;
};

/// ResNet without its classifier (He et al., 2016), strides and dilations as planned; keys are torchvision's, of the
/// deep stem those of GluonCV's v1s.
class Resnet final : public SteppedModule {
public:
  explicit Resnet(const ResnetPlan& plan);
  /// What each stage gives of N x 3 x H x W: the first at 1/4. `stages`: the first so many, 1 to 4.
  std::vector<torch::Tensor> forward(const torch::Tensor& images, std::size_t stages = 4);

private:
  std::vector<ConvStep> m_stem;
  std::array<std::vector<std::shared_ptr<ResidualBlock>>, 4> m_stages;
};

}  // namespace oodscope::resnet
