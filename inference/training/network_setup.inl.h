// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/network_registry.inl.h"
#include "inference/training/training.h"

#include <string>
#include <vector>

namespace oodscope {

/// Convolution weights in channels-last order, which oneDNN and cuDNN run fastest.
void toChannelsLast(Network& network);

/// What a batch adds to the running means and variances of the network's batch norms.
void setNormMomentum(Network& network, double momentum);

/// Epochs of one part of the network, or of all of it, with a schedule and an optimiser of their own.
struct TrainingPhase {
  std::string name;  ///< "encoder", "head"; empty: the whole network
  int epochs = 0;
  const TrainingStage* part = nullptr;  ///< that has logits of its own; nullptr: the whole network's
  Freeze freeze = Freeze::None;
};
/// The kind's stages, the head alone, the whole network: those without epochs, too, but for the head's.
[[nodiscard]] std::vector<TrainingPhase> phasesOf(const TrainingOptions& options, const NetworkKind& kind);

/// The network's parameters that are learned where `freeze` holds; all others take no gradient from here on.
[[nodiscard]] std::vector<at::Tensor> learnedParameters(Network& network, const NetworkKind& kind, Freeze freeze);

/// The parameters of all but the head.
[[nodiscard]] std::vector<at::Tensor> backboneParameters(const Network& network, const NetworkKind& kind);

/// Training mode; batch norms keep to their running means and variances where `freeze` says so.
void beginLearning(Network& network, Freeze freeze);

}  // namespace oodscope
