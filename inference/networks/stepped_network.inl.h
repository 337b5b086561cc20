// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/conv_step.inl.h"
#include "inference/networks/network.inl.h"

#include <functional>
#include <memory>
#include <vector>

namespace oodscope {

/// How the last layer's values become as many as the image has pixels.
struct Enlargement {
  enum class How { Bilinear, BilinearAligned /* corners on corners */, Shuffled /* factor^2 channels to pixels */ };
  How how = How::Bilinear;
  int factor = 8;
};

/// A network of steps whose last layer is a convolution at a fraction of the size. In evaluation it can be folded as a
/// whole, see foldedNetwork().
class SteppedNetwork : public Network {
public:
  torch::Tensor forward(const torch::Tensor& images) final;
  [[nodiscard]] NetworkShape shape() const final { return m_shape; }
  [[nodiscard]] bool isSplit() const final { return true; }
  torch::Tensor classify(const torch::Tensor& features) final;
  torch::Tensor classifyTo(const torch::Tensor& features, at::IntArrayRef size) final;
  torch::Tensor enlarge(const torch::Tensor& small, at::IntArrayRef size) final;
  /// forward() into `logits`, N x classes x H x W, without a further copy where it is contiguous.
  void fill(const torch::Tensor& images, const torch::Tensor& logits) override;
  /// classifyTo() the size of `logits`, the same way.
  void fillFrom(const torch::Tensor& features, const torch::Tensor& logits);
  /// Folds the steps of the network itself (not of its modules), for good.
  void foldOwnSteps();

protected:
  SteppedNetwork(NetworkShape shape, Enlargement enlargement);
  /// A step whose keys are whole paths.
  ConvStep step(const StepKeys& keys, const torch::nn::Conv2dOptions& convolution, StepActivation activation);
  /// The last layer: what penultimate() gives to N x classes (times factor^2 where they are shuffled) x h x w.
  [[nodiscard]] virtual torch::Tensor scores(const torch::Tensor& features) = 0;

private:
  std::vector<ConvStep> m_ownSteps;
  NetworkShape m_shape;
  Enlargement m_enlargement;
};

/// The quick arrangement of a network of steps: a copy, made by `make` from its shape, with every step folded, run
/// channels-last. Requires: a SteppedNetwork.
[[nodiscard]] std::unique_ptr<InferenceNetwork> foldedNetwork(
    const Network& network, const std::function<std::shared_ptr<Network>(const NetworkShape&)>& make);

}  // namespace oodscope
