// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/training.h"

#include "analysis/core/error.h"
#include "inference/networks/backbones.inl.h"
#include "inference/networks/network_registry.inl.h"

#include <utility>

namespace oodscope {

std::vector<TrainableNetwork> trainableNetworks() {
  std::vector<TrainableNetwork> out;
  for (const NetworkKind& kind : networkKinds()) {
    if (kind.arrays) continue;  // losses are of logits
    TrainableNetwork& network = out.emplace_back();
    network.name = kind.name;
    network.widths = kind.widths;
    network.widthsHelp = kind.widthsHelp;
    network.sizeMultiple = kind.sizeMultiple;
    network.hasAuxiliary = kind.trainsAuxiliary;
    network.hasHead = !kind.head.empty();
    for (const TrainingStage& stage : kind.stages) network.stages.push_back(stage.name);
  }
  return out;
}

std::string networkTaking(const std::filesystem::path& backbone) { return kindTaking(backbone).name; }

TrainableNetwork trainableNetwork(std::string_view name) {
  const NetworkKind* kind = networkKind(name);
  require(kind != nullptr, "trainableNetwork: unknown network");
  for (TrainableNetwork& network : trainableNetworks())
    if (network.name == kind->name) return std::move(network);
  throw ContractViolation("trainableNetwork: not listed");
}

std::string whatStopsWidths(std::string_view network, const std::vector<int>& widths) {
  const NetworkKind* kind = networkKind(network);
  require(kind != nullptr, "whatStopsWidths: unknown network");
  return whatStopsWidths(*kind, widths);
}

}  // namespace oodscope
