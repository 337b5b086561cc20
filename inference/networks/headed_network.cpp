// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/headed_network.inl.h"

#include "analysis/core/error.h"

#include <cstdint>
#include <utility>

namespace oodscope {
namespace {

using torch::nn::Module;

/// "decoder.output_conv" to "decoder" and "output_conv".
std::pair<std::string, std::string> ownerAndLeaf(const std::string& key) {
  const auto dot = key.rfind('.');
  if (dot == std::string::npos) return {"", key};
  return {key.substr(0, dot), key.substr(dot + 1)};
}

std::shared_ptr<Module> moduleNamed(const Module& root, const std::string& key) {
  for (const auto& module : root.named_modules("", false))
    if (module.key() == key) return module.value();
  throw ContractViolation("HeadedNetwork: no such layer");
}

/// Channels that the last layer's convolution reads.
int channelsRead(const Network& network, const LastLayer& last) {
  const auto parameters = network.named_parameters();
  const torch::Tensor* weight = parameters.find(last.weightKey());
  require(weight != nullptr, "HeadedNetwork: a last layer without weights");
  return static_cast<int>(weight->size(last.isTransposed ? 0 : 1));
}

at::IntArrayRef heightAndWidth(const torch::Tensor& images) { return images.sizes().slice(2); }

/// Runs the network's fast arrangement up to its last layer.
class FastHeaded final : public InferenceNetwork {
public:
  FastHeaded(std::shared_ptr<HeadedNetwork> network, std::unique_ptr<InferenceNetwork> base)
      : m_network(std::move(network)), m_base(std::move(base)) {}
  void run(const torch::Tensor& image, const torch::Tensor& out) override {
    if (m_network->place() == HeadPlace::AfterLast) {
      m_base->run(image, out);
      out.copy_(m_network->ofHead(out.to(image.device())));
      return;
    }
    const torch::Tensor features = m_base->penultimate(image);
    if (m_network->place() == HeadPlace::InPlaceOfLast) {
      out.copy_(m_network->classifyTo(features, heightAndWidth(image)));
      return;
    }
    const std::int64_t classes = m_network->shape().classes, height = image.size(2), width = image.size(3);
    const std::int64_t values = classes * height * width;
    m_base->classify(features, out.narrow(3, 0, values).view({1, classes, height, width}));
    const torch::Tensor added = m_network->ofHead(features);
    out.narrow(3, values, added.numel()).view(added.sizes()).copy_(added);
  }

private:
  std::shared_ptr<HeadedNetwork> m_network;
  std::unique_ptr<InferenceNetwork> m_base;
};

/// The network as it is.
class PlainHeaded final : public InferenceNetwork {
public:
  explicit PlainHeaded(std::shared_ptr<Network> network) : m_network(std::move(network)) {}
  void run(const torch::Tensor& image, const torch::Tensor& out) override { m_network->fill(image, out); }

private:
  std::shared_ptr<Network> m_network;
};

}  // namespace

HeadedNetwork::HeadedNetwork(std::shared_ptr<Network> base, const NetworkKind& kind, const HeadKind& head,
                             NetworkShape shape)
    : m_base(std::move(base)), m_kind(&head), m_shape(std::move(shape)), m_reduction(1) {
  require(takesHead(kind, head), "HeadedNetwork: a head that the network cannot take");
  const LastLayer& last = *kind.lastLayer;
  m_reduction = last.reduction;
  const HeadSite site{channelsRead(*m_base, last), m_shape.classes};
  if (head.place == HeadPlace::AfterLast) {
    m_head = after(last.key, site);
    for (const TrainingStage& stage : kind.stages)
      if (!stage.lastLayer.empty()) m_stageHeads.emplace(stage.name, after(stage.lastLayer, site));
    return;
  }
  m_head = head.make(site, m_shape.headValues, m_shape.options);
  const bool isBeside = head.place == HeadPlace::BesideLast;
  takeOver(isBeside ? "" : last.key, m_head);
  if (isBeside) register_module(std::string(head.key), m_head);
}

/// A head that holds the layer whose logits it reads.
std::shared_ptr<Head> HeadedNetwork::after(const std::string& layer, const HeadSite& site) {
  std::shared_ptr<Head> head = m_kind->make(site, m_shape.headValues, m_shape.options);
  head->register_module(std::string(kLastLayerBelowHead), moduleNamed(*m_base, layer));
  takeOver(layer, head);
  return head;
}

/// Takes the base's layers for its own, `by` for the one that it replaces (empty: none).
void HeadedNetwork::takeOver(const std::string& replaced, const std::shared_ptr<Module>& by) {
  const auto [owner, leaf] = ownerAndLeaf(replaced);
  if (!owner.empty()) moduleNamed(*m_base, owner)->replace_module(leaf, by);
  for (const auto& child : m_base->named_children()) {
    const bool isIt = owner.empty() && child.key() == leaf;
    if (named_children().contains(child.key())) {
      if (isIt) replace_module(leaf, by);
    } else {
      register_module(child.key(), isIt ? by : child.value());
    }
  }
  for (const auto& own : m_base->named_parameters(false))
    if (!named_parameters(false).contains(own.key()))
      register_parameter(own.key(), own.value(), own.value().requires_grad());
  for (const auto& own : m_base->named_buffers(false))
    if (!named_buffers(false).contains(own.key())) register_buffer(own.key(), own.value());
}

torch::Tensor HeadedNetwork::forward(const torch::Tensor& images) {
  if (place() == HeadPlace::AfterLast) return m_head->forward(m_base->forward(images));
  return classifyTo(penultimate(images), heightAndWidth(images));
}

torch::Tensor HeadedNetwork::classify(const torch::Tensor& features) {
  return classifyTo(features, {features.size(2) * m_reduction, features.size(3) * m_reduction});
}

torch::Tensor HeadedNetwork::classifyTo(const torch::Tensor& features, at::IntArrayRef size) {
  if (place() == HeadPlace::InPlaceOfLast) return m_base->enlarge(m_head->forward(features), size);
  const torch::Tensor own = m_base->classifyTo(features, size);
  return place() == HeadPlace::AfterLast ? m_head->forward(own) : own;
}

std::vector<Output> HeadedNetwork::outputs() const {
  std::vector<Output> out{Output::Logits};
  if (m_kind->adds) out.push_back(*m_kind->adds);
  return out;
}

std::vector<torch::Tensor> HeadedNetwork::classifyAll(const torch::Tensor& features, at::IntArrayRef size) {
  std::vector<torch::Tensor> out{classifyTo(features, size)};
  if (m_kind->adds) out.push_back(m_head->forward(features));
  return out;
}

void HeadedNetwork::train(bool on) {
  Network::train(on);
  m_base->train(on);
}

torch::Tensor HeadedNetwork::stageLogits(const TrainingStage& stage, const torch::Tensor& images) {
  const torch::Tensor logits = stage.forward(*m_base, images);
  const auto head = m_stageHeads.find(stage.name);
  return head == m_stageHeads.end() ? logits : head->second->forward(logits);
}

std::unique_ptr<InferenceNetwork> optimised(const NetworkKind& kind, const std::shared_ptr<Network>& network) {
  const auto headed = std::dynamic_pointer_cast<HeadedNetwork>(network);
  if (!headed) return kind.optimise(*network);
  std::unique_ptr<InferenceNetwork> base = kind.optimise(headed->base());
  if (headed->place() != HeadPlace::AfterLast && !base->isSplit()) return std::make_unique<PlainHeaded>(network);
  return std::make_unique<FastHeaded>(headed, std::move(base));
}

torch::Tensor stageLogits(const TrainingStage& stage, Network& network, const torch::Tensor& images) {
  auto* headed = dynamic_cast<HeadedNetwork*>(&network);
  return headed == nullptr ? stage.forward(network, images) : headed->stageLogits(stage, images);
}

}  // namespace oodscope
