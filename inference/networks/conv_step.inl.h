// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/folding.inl.h"
#include "inference/networks/pixel_finish.inl.h"

#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>

#include <memory>
#include <string>
#include <vector>

namespace oodscope {

/// What follows a convolution and its norm.
enum class StepActivation {
  None,
  Relu,
  Parametric,          ///< parametric ReLU of one slope
  ParametricByChannel  ///< of one slope a channel
};

/// Where the parts of a step lie below the module that owns it: "layer1.0.conv1". Empty: it has no such part; ReLU has
/// no key. Modules on the way are made.
struct StepKeys {
  std::string conv = {}, norm = {}, activation = {};
};

/// A convolution or none, a batch norm or none, an activation or none: what the networks of convolutions are made of.
/// A network runs it part by part as it is trained, and as one folded convolution after fold(). Copies share the parts.
class ConvStep {
public:
  ConvStep() = default;
  /// Registers the parts below `owner`, in this order. A convolution that a norm follows has no bias.
  ConvStep(torch::nn::Module& owner, const StepKeys& keys, const torch::nn::Conv2dOptions& convolution,
           StepActivation activation);
  /// Without a convolution, of so many channels.
  ConvStep(torch::nn::Module& owner, const StepKeys& keys, std::int64_t channels, StepActivation activation);

  /// N x in x H x W to N x out x H' x W'; `x` stays as it is.
  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& x) const;
  /// Without a convolution alone, x + addend in place of x.
  [[nodiscard]] torch::Tensor ofSum(torch::Tensor x, const torch::Tensor& addend) const;
  /// From here on as one folded convolution, of the weights as they are now: nothing is learned any more.
  void fold() const;

  [[nodiscard]] bool isFolded() const { return m_parts->isFolded; }
  /// What a folded convolution does not do. Requires: isFolded().
  [[nodiscard]] const PixelFinish& finish() const { return m_parts->finish; }
  [[nodiscard]] const torch::nn::Conv2d& convolution() const;
  /// The norm's scale and shift, in float64. Requires: a norm.
  [[nodiscard]] Affine affine() const;
  /// The activation's slopes, undefined where it is none.
  [[nodiscard]] torch::Tensor slope() const;

private:
  struct Parts {
    torch::nn::Conv2d conv{nullptr};
    torch::nn::BatchNorm2d norm{nullptr};
    torch::nn::PReLU prelu{nullptr};
    bool relu = false;
    bool isFolded = false;
    FoldedConv folded;   ///< with ReLU
    PixelFinish finish;  ///< what a folded convolution does not do
  };
  void addNorm(torch::nn::Module& owner, const StepKeys& keys, std::int64_t channels, StepActivation activation);
  std::shared_ptr<Parts> m_parts;
};

/// A transposed convolution that doubles the size (3x3 of stride 2, padding and output padding 1; no norm, no bias).
class UpsamplingStep {
public:
  UpsamplingStep() = default;
  UpsamplingStep(torch::nn::Module& owner, const std::string& key, std::int64_t in, std::int64_t out);
  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& x) const;
  void fold() const;

private:
  struct Parts {
    torch::nn::ConvTranspose2d conv{nullptr};
    bool isFolded = false;
    FoldedUpsampling folded;
  };
  std::shared_ptr<Parts> m_parts;
};

/// A part of a network that is made of steps, and knows them.
class SteppedModule : public torch::nn::Module {
public:
  /// Folds all steps of this module (not of those below it), for good.
  virtual void fold();

protected:
  ConvStep step(const StepKeys& keys, const torch::nn::Conv2dOptions& convolution, StepActivation activation);
  ConvStep normStep(const StepKeys& keys, std::int64_t channels, StepActivation activation);
  UpsamplingStep upsamplingStep(const std::string& key, std::int64_t in, std::int64_t out);

private:
  std::vector<ConvStep> m_steps;
  std::vector<UpsamplingStep> m_upsamplings;
};

/// Registers `module` below `owner` under a path of names, making modules on the way: "layer1.0".
void registerAt(torch::nn::Module& owner, const std::string& path, const std::shared_ptr<torch::nn::Module>& module);

/// max(a + b, 0). `a` is used up; in place where nothing is learned.
[[nodiscard]] torch::Tensor sumThenRelu(torch::Tensor a, const torch::Tensor& b);

/// N x C x 1 x 1.
[[nodiscard]] torch::Tensor globalMean(const torch::Tensor& x);

}  // namespace oodscope
