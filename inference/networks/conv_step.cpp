// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/conv_step.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/channels_last.inl.h"
#include "inference/networks/exact_upsampling.inl.h"

#include <ATen/TracerMode.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/prelu.h>
#include <ATen/ops/relu.h>

#include <utility>
#include <variant>

namespace oodscope {
namespace {

namespace nn = torch::nn;

nn::Module& childOf(nn::Module& parent, const std::string& name) {
  for (const auto& child : parent.named_children())
    if (child.key() == name) return *child.value();
  return *parent.register_module(name, std::make_shared<nn::Module>());
}

nn::Conv2dOptions withoutBias(nn::Conv2dOptions options) {
  options.bias(false);
  return options;
}

torch::Tensor convolved(nn::Conv2d& convolution, const torch::Tensor& x) {
  const auto& options = convolution->options;
  using std::get_if;  // LibTorch 1 holds the padding in its own variant, found by its argument
  const auto* padding = get_if<torch::ExpandingArray<2>>(&options.padding());
  const torch::ExpandingArray<2> none(0), one(1);
  const bool isPointwise = padding != nullptr && **padding == *none && *options.kernel_size() == *one &&
                           *options.stride() == *one && options.groups() == 1;
  return isPointwise ? pointwise(x, convolution->weight, convolution->bias) : convolution(x);
}

}  // namespace

void registerAt(nn::Module& owner, const std::string& path, const std::shared_ptr<nn::Module>& module) {
  const auto dot = path.find('.');
  if (dot == std::string::npos) {
    owner.register_module(path, module);
  } else {
    registerAt(childOf(owner, path.substr(0, dot)), path.substr(dot + 1), module);
  }
}

ConvStep::ConvStep(nn::Module& owner, const StepKeys& keys, const nn::Conv2dOptions& convolution,
                   StepActivation activation)
    : m_parts(std::make_shared<Parts>()) {
  m_parts->conv = nn::Conv2d(keys.norm.empty() ? convolution : withoutBias(convolution));
  registerAt(owner, keys.conv, m_parts->conv.ptr());
  addNorm(owner, keys, convolution.out_channels(), activation);
}

ConvStep::ConvStep(nn::Module& owner, const StepKeys& keys, std::int64_t channels, StepActivation activation)
    : m_parts(std::make_shared<Parts>()) {
  addNorm(owner, keys, channels, activation);
}

void ConvStep::addNorm(nn::Module& owner, const StepKeys& keys, std::int64_t channels, StepActivation activation) {
  if (!keys.norm.empty()) {
    m_parts->norm = nn::BatchNorm2d(nn::BatchNorm2dOptions(channels));
    registerAt(owner, keys.norm, m_parts->norm.ptr());
  }
  m_parts->relu = activation == StepActivation::Relu;
  if (activation == StepActivation::None || m_parts->relu) return;
  const bool one = activation == StepActivation::Parametric;
  m_parts->prelu = nn::PReLU(nn::PReLUOptions().num_parameters(one ? 1 : channels));
  registerAt(owner, keys.activation, m_parts->prelu.ptr());
}

torch::Tensor ConvStep::operator()(const torch::Tensor& x) const {
  Parts& p = *m_parts;
  if (p.isFolded) {
    torch::Tensor y = p.conv.is_empty() ? x.clone() : p.folded(x);
    const bool isDone = !p.finish.scale.defined() && !p.finish.slope.defined();
    if (!isDone) oodscope::finish(y, {}, p.finish);
    return p.relu && p.conv.is_empty() ? y.relu_() : y;
  }
  torch::Tensor y = p.conv.is_empty() ? x : convolved(p.conv, x);
  if (!p.norm.is_empty()) y = p.norm(y);
  if (!p.prelu.is_empty()) return at::prelu(y, p.prelu->weight);
  return p.relu ? at::relu(y) : y;
}

torch::Tensor ConvStep::ofSum(torch::Tensor x, const torch::Tensor& addend) const {
  require(m_parts->conv.is_empty(), "ConvStep: a sum is normed without a convolution");
  if (!m_parts->isFolded || m_parts->relu) return (*this)(x + addend);
  oodscope::finish(x, addend, m_parts->finish);
  return x;
}

void ConvStep::fold() const {
  Parts& p = *m_parts;
  std::optional<Affine> after;
  if (!p.norm.is_empty()) after = inferenceAffine(p.norm);
  if (!p.conv.is_empty()) {
    p.folded = FoldedConv(p.conv, after, p.relu);
  } else if (after) {
    p.finish.scale = after->scale.to(torch::kFloat);
    p.finish.shift = after->shift.to(torch::kFloat);
  }
  p.finish.slope = slope();
  p.isFolded = true;
}

const nn::Conv2d& ConvStep::convolution() const { return m_parts->conv; }

Affine ConvStep::affine() const { return inferenceAffine(m_parts->norm); }

torch::Tensor ConvStep::slope() const {
  return m_parts->prelu.is_empty() ? torch::Tensor() : m_parts->prelu->weight.detach().clone();
}

UpsamplingStep::UpsamplingStep(nn::Module& owner, const std::string& key, std::int64_t in, std::int64_t out)
    : m_parts(std::make_shared<Parts>()) {
  m_parts->conv =
      nn::ConvTranspose2d(nn::ConvTranspose2dOptions(in, out, 3).stride(2).padding(1).output_padding(1).bias(false));
  registerAt(owner, key, m_parts->conv.ptr());
}

torch::Tensor UpsamplingStep::operator()(const torch::Tensor& x) const {
  if (m_parts->isFolded) return m_parts->folded(x);
  return m_parts->conv->is_training() ? upsampled(m_parts->conv, x) : m_parts->conv(x);
}

void UpsamplingStep::fold() const {
  m_parts->folded = FoldedUpsampling(m_parts->conv, {});
  m_parts->isFolded = true;
}

void SteppedModule::fold() {
  for (const ConvStep& each : m_steps) each.fold();
  for (const UpsamplingStep& each : m_upsamplings) each.fold();
}

ConvStep SteppedModule::step(const StepKeys& keys, const nn::Conv2dOptions& convolution, StepActivation activation) {
  return m_steps.emplace_back(*this, keys, convolution, activation);
}

ConvStep SteppedModule::normStep(const StepKeys& keys, std::int64_t channels, StepActivation activation) {
  return m_steps.emplace_back(*this, keys, channels, activation);
}

UpsamplingStep SteppedModule::upsamplingStep(const std::string& key, std::int64_t in, std::int64_t out) {
  return m_upsamplings.emplace_back(*this, key, in, out);
}

torch::Tensor sumThenRelu(torch::Tensor a, const torch::Tensor& b) {
  // What is being recorded for TorchScript is to consist of LibTorch's operations.
  if (a.requires_grad() || b.requires_grad() || at::tracer::impl::is_dispatch_enabled()) return at::relu(a + b);
  addThenRelu(a, b);
  return a;
}

torch::Tensor globalMean(const torch::Tensor& x) { return at::mean(x, {2, 3}, true); }

}  // namespace oodscope
