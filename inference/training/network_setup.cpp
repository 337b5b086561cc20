// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/network_setup.inl.h"

#include "inference/networks/head.inl.h"

#include <torch/nn/modules/batchnorm.h>

#include <algorithm>
#include <span>

namespace oodscope {

void toChannelsLast(Network& network) {
  for (at::Tensor& parameter : network.parameters()) {
    if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(at::MemoryFormat::ChannelsLast));
  }
}

void setNormMomentum(Network& network, double momentum) {
  for (const auto& module : network.modules(false)) {
    if (auto* norm = module->as<torch::nn::BatchNorm2dImpl>()) norm->options.momentum(momentum);
  }
}

namespace {

/// Whether the tensor belongs to the network's head, its last layer's, one beside that or one that training alone uses.
bool isLearnedWithTheHead(const NetworkKind& kind, std::string_view key) {
  const std::span<const HeadKind> heads = headKinds();
  const auto isBelow = [key](std::string_view prefix) { return key.starts_with(prefix); };
  return isOfHead(kind, key) || (kind.trainsAuxiliary && std::ranges::any_of(kind.auxiliaryHeads, isBelow)) ||
         std::ranges::any_of(heads, [&](const HeadKind& head) { return !head.key.empty() && isBelow(head.key); });
}

}  // namespace

std::vector<TrainingPhase> phasesOf(const TrainingOptions& options, const NetworkKind& kind) {
  std::vector<TrainingPhase> phases;
  for (std::size_t i = 0; i < kind.stages.size(); ++i) {
    phases.push_back({.name = kind.stages[i].name,
                      .epochs = i < options.stageEpochs.size() ? options.stageEpochs[i] : 0,
                      .part = &kind.stages[i]});
  }
  if (options.headEpochs > 0) phases.push_back({.name = "head", .epochs = options.headEpochs, .freeze = Freeze::Probe});
  phases.push_back({.name = {}, .epochs = options.epochs, .freeze = options.freeze});
  return phases;
}

std::vector<at::Tensor> learnedParameters(Network& network, const NetworkKind& kind, Freeze freeze) {
  std::vector<at::Tensor> learned;
  for (const auto& parameter : network.named_parameters()) {
    const bool isLearned = freeze == Freeze::None || isLearnedWithTheHead(kind, parameter.key());
    at::Tensor tensor = parameter.value();
    tensor.set_requires_grad(isLearned);
    if (isLearned) learned.push_back(tensor);
  }
  return learned;
}

std::vector<at::Tensor> backboneParameters(const Network& network, const NetworkKind& kind) {
  std::vector<at::Tensor> out;
  for (const auto& parameter : network.named_parameters())
    if (!isLearnedWithTheHead(kind, parameter.key())) out.push_back(parameter.value());
  return out;
}

void beginLearning(Network& network, Freeze freeze) {
  network.train();
  if (freeze != Freeze::Probe) return;
  for (const auto& module : network.modules(false))
    if (module->as<torch::nn::BatchNorm2dImpl>() != nullptr) module->eval();
}

}  // namespace oodscope
