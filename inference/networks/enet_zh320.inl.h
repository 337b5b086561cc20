// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/dropout.inl.h"
#include "inference/networks/stepped_network.inl.h"

#include <memory>
#include <optional>
#include <tuple>
#include <vector>

namespace oodscope::enet_zh320 {

/// 3x3 strided convolution beside a 3x3 max-pool, which is neither normed nor activated.
class Initial final : public SteppedModule {
public:
  explicit Initial(int out);
  torch::Tensor forward(const torch::Tensor& image);

private:
  ConvStep m_conv;
};

/// The middle of a bottleneck's branch.
struct Middle {
  int dilation = 1;
  bool asymmetric = false;  ///< 5x1 followed by 1x5 instead of 3x3
  double dropped = 0.1;     ///< of the branch's values in training
};

/// 1x1, middle, 1x1 without a norm, added to the input.
class Regular final : public SteppedModule {
public:
  Regular(int channels, const Middle& middle);
  torch::Tensor forward(const torch::Tensor& x);

private:
  std::vector<ConvStep> m_branch;
  ConvStep m_out;
  ElementDropout m_drop{nullptr};
};

/// Halves the size; hands on where each maximum was.
class Halving final : public SteppedModule {
public:
  Halving(int in, int out, double dropped);
  std::tuple<torch::Tensor, torch::Tensor> forward(const torch::Tensor& x);

private:
  std::vector<ConvStep> m_branch;
  ConvStep m_pooled, m_out;
  ElementDropout m_drop{nullptr};
};

/// Doubles the size, putting values back where the maxima were.
class Doubling final : public SteppedModule {
public:
  Doubling(int in, int out);
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& indices);

private:
  ConvStep m_beforeUnpooling, m_first, m_last, m_out;
  ElementDropout m_drop{nullptr};
  UpsamplingStep m_upsampling;
};

/// The last layer: 1x1 convolution, norm and parametric ReLU; logits are what it leaves.
class LastLayer final : public SteppedModule {
public:
  LastLayer(int in, int classes);
  torch::Tensor forward(const torch::Tensor& x) { return m_step(x); }

private:
  ConvStep m_step;
};

/// ENet (Paszke et al., 2016) as zh320/realtime-semantic-segmentation-pytorch has it: keys initial, bottleneck1 …
/// bottleneck5, fullconv. Differs from davidtvs's (enet.inl.h) in norms, activations, kernels and the last layer.
class EnetZh320 final : public SteppedNetwork {
public:
  explicit EnetZh320(const NetworkShape& shape);
  torch::Tensor penultimate(const torch::Tensor& images) override;

private:
  [[nodiscard]] torch::Tensor scores(const torch::Tensor& features) override;
  std::shared_ptr<Initial> m_initial;
  std::shared_ptr<Halving> m_down1, m_down2;
  std::vector<std::shared_ptr<Regular>> m_stage1, m_stage23, m_stage4;
  std::shared_ptr<Doubling> m_up4, m_up5;
  std::shared_ptr<Regular> m_stage5;
  std::shared_ptr<LastLayer> m_last;
};

}  // namespace oodscope::enet_zh320
