// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/stepped_network.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/head.inl.h"

#include <ATen/ops/pixel_shuffle.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <torch/utils.h>

#include <string>
#include <utility>

namespace oodscope {
namespace {

/// The last layer's tensor as a head that stands after it holds it, whichever part of the key is the layer's; nullptr:
/// none does.
const torch::Tensor* heldByHead(const torch::OrderedDict<std::string, torch::Tensor>& source, const std::string& key) {
  for (auto dot = key.find('.'); dot != std::string::npos; dot = key.find('.', dot + 1)) {
    const auto* held = source.find(key.substr(0, dot + 1) + std::string(kLastLayerBelowHead) + key.substr(dot));
    if (held != nullptr) return held;
  }
  return nullptr;
}

/// A layer in whose place a head stands is left as it is: nobody runs it.
void copyTensors(const Network& from, Network& to) {
  const auto copyAll = [](const auto& source, auto target) {
    for (auto& item : target) {
      const torch::Tensor* own = source.find(item.key());
      if (own == nullptr) own = heldByHead(source, item.key());
      if (own != nullptr) item.value().copy_(*own);
    }
  };
  copyAll(from.named_parameters(), to.named_parameters());
  copyAll(from.named_buffers(), to.named_buffers());
}

class FoldedNetwork final : public InferenceNetwork {
public:
  explicit FoldedNetwork(std::shared_ptr<SteppedNetwork> network) : m_network(std::move(network)) {}
  void run(const torch::Tensor& image, const torch::Tensor& logits) override {
    m_network->fill(image.contiguous(torch::MemoryFormat::ChannelsLast), logits);
  }
  [[nodiscard]] bool isSplit() const override { return true; }
  torch::Tensor penultimate(const torch::Tensor& image) override {
    return m_network->penultimate(image.contiguous(torch::MemoryFormat::ChannelsLast));
  }
  void classify(const torch::Tensor& features, const torch::Tensor& logits) override {
    m_network->fillFrom(features, logits);
  }

private:
  std::shared_ptr<SteppedNetwork> m_network;
};

}  // namespace

SteppedNetwork::SteppedNetwork(NetworkShape shape, Enlargement enlargement)
    : m_shape(std::move(shape)), m_enlargement(enlargement) {
  require(m_shape.classes > 0, "a network's shape: at least one class");
}

torch::Tensor SteppedNetwork::forward(const torch::Tensor& images) {
  return classifyTo(penultimate(images), {images.size(2), images.size(3)});
}

torch::Tensor SteppedNetwork::classify(const torch::Tensor& features) {
  const int factor = m_enlargement.factor;
  return classifyTo(features, {factor * features.size(2), factor * features.size(3)});
}

torch::Tensor SteppedNetwork::classifyTo(const torch::Tensor& features, at::IntArrayRef size) {
  const torch::Tensor small = scores(features);
  if (m_enlargement.how == Enlargement::How::Shuffled) return at::pixel_shuffle(small, m_enlargement.factor);
  return enlarge(small, size);
}

torch::Tensor SteppedNetwork::enlarge(const torch::Tensor& small, at::IntArrayRef size) {
  return at::upsample_bilinear2d(small, size, m_enlargement.how == Enlargement::How::BilinearAligned);
}

ConvStep SteppedNetwork::step(const StepKeys& keys, const torch::nn::Conv2dOptions& convolution,
                              StepActivation activation) {
  return m_ownSteps.emplace_back(*this, keys, convolution, activation);
}

void SteppedNetwork::foldOwnSteps() {
  for (const ConvStep& each : m_ownSteps) each.fold();
}

void SteppedNetwork::fill(const torch::Tensor& images, const torch::Tensor& logits) {
  fillFrom(penultimate(images), logits);
}

void SteppedNetwork::fillFrom(const torch::Tensor& features, const torch::Tensor& logits) {
  const bool isDirect = m_enlargement.how != Enlargement::How::Shuffled && logits.is_contiguous() && logits.is_cpu() &&
                        features.is_cpu() && logits.scalar_type() == torch::kFloat;
  if (!isDirect) {
    logits.copy_(classifyTo(features, {logits.size(2), logits.size(3)}));
    return;
  }
  torch::Tensor out = logits;
  at::upsample_bilinear2d_out(out, scores(features).contiguous(), {logits.size(2), logits.size(3)},
                              m_enlargement.how == Enlargement::How::BilinearAligned);
}

std::unique_ptr<InferenceNetwork> foldedNetwork(
    const Network& network, const std::function<std::shared_ptr<Network>(const NetworkShape&)>& make) {
  const torch::NoGradGuard noGradient;
  const auto copy = std::dynamic_pointer_cast<SteppedNetwork>(make(network.shape()));
  require(copy != nullptr, "foldedNetwork: a network of steps");
  for (torch::Tensor& parameter : copy->parameters()) parameter.set_requires_grad(false);
  if (const auto given = network.parameters(); !given.empty()) copy->to(given.front().device());
  copyTensors(network, *copy);
  copy->eval();
  copy->foldOwnSteps();
  for (const auto& module : copy->modules(false))
    if (auto* steps = dynamic_cast<SteppedModule*>(module.get())) steps->fold();
  return std::make_unique<FoldedNetwork>(copy);
}

}  // namespace oodscope
