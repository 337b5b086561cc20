// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/training_heads.inl.h"

#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "inference/networks/head.inl.h"
#include "inference/networks/weights.inl.h"

#include <ATen/ops/upsample_bilinear2d.h>
#include <torch/utils.h>

#include <algorithm>
#include <unordered_map>

namespace oodscope {
namespace {

constexpr const char* kPlainHead = "plain";

/// The head's name as NetworkShape has it.
std::string shapeHead(const TrainingOptions& options) {
  const TrainableHead head = headOf(options);
  return head.name == kPlainHead ? std::string() : head.name;
}

at::Tensor rowsOfPixels(const at::Tensor& maps) {
  return maps.to(at::kFloat).permute({0, 2, 3, 1}).reshape({-1, maps.size(1)});
}

/// "a.b.weight" of the last layer `a.b` as a head after it holds it.
std::string belowHead(const std::string& key, const std::string& lastLayer) {
  if (!key.starts_with(lastLayer + ".")) return key;
  return lastLayer + "." + std::string(kLastLayerBelowHead) + key.substr(lastLayer.size());
}

}  // namespace

std::vector<TrainableHead> trainableHeads() {
  std::vector<TrainableHead> out{{.name = kPlainHead,
                                  .help = "The network's own last layer",
                                  .parameters = {},
                                  .servesStages = true,
                                  .givesOutliers = false}};
  for (const HeadKind& kind : headKinds())
    out.push_back({.name = std::string(kind.name),
                   .help = std::string(kind.help),
                   .parameters = kind.parameters,
                   .servesStages = kind.place == HeadPlace::AfterLast,
                   .givesOutliers = kind.adds == Output::Outlier});
  return out;
}

TrainableHead headOf(const TrainingOptions& options) {
  const std::string_view meant = traitsOf(options.loss).head;
  const std::string_view name = !options.head.empty() ? options.head : meant.empty() ? kPlainHead : meant;
  for (TrainableHead& head : trainableHeads())
    if (head.name == name) return std::move(head);
  throw ContractViolation("train: unknown head");
}

NetworkShape shapeToTrain(const TrainingOptions& options, int channels) {
  NetworkShape shape{.classes = channels, .widths = options.widths};
  shape.hasAuxiliary = options.auxiliary > 0.0;
  shape.head = shapeHead(options);
  if (!shape.head.empty()) shape.headValues = numbersOf(headOf(options).parameters, options.headParameters);
  return shape;
}

bool trainsVoidChannel(const TrainingOptions& options) {
  return options.trainVoid && !traitsOf(options.loss).takesOutliers;
}

std::string headText(const TrainingOptions& options) {
  std::string out = shapeHead(options);
  if (out.empty()) return out;
  for (const double value : numbersOf(headOf(options).parameters, options.headParameters))
    out.append(" ").append(generalText(value, 17));
  return out;
}

void requireHeadFits(const TrainingOptions& options, const NetworkKind& kind) {
  const TrainableHead head = headOf(options);
  const LossTraits& traits = traitsOf(options.loss);
  const HeadKind* made = headKind(shapeHead(options));
  require(made == nullptr || takesHead(kind, *made), "train: the network takes no heads");
  require(!traits.needsSecondHead || head.givesOutliers, "train: the loss needs a second head");
  require(options.auxiliary >= 0.0 && (options.auxiliary == 0.0 || kind.trainsAuxiliary),
          "train: the network has no auxiliary heads to train");
  require(options.auxiliary == 0.0 || !(traits.needsSecondHead || !traits.head.empty()),
          "train: auxiliary heads are plain, the loss is meant for another head");
  require(!traits.takesOutliers || options.trainVoid, "train: the loss needs void pixels");
  const bool hasStages =
      std::any_of(options.stageEpochs.begin(), options.stageEpochs.end(), [](int n) { return n > 0; });
  require(!hasStages || head.servesStages, "train: the head does not serve parts of the network");
}

LoadRemarks loadUnderHead(Network& network, const ChosenStateDict& chosen, const std::filesystem::path& file) {
  const std::shared_ptr<Network> given = makeNetwork(*chosen.kind, chosen.shape);
  LoadRemarks out = loadWeights(*given, *chosen.kind, chosen.tensors, file);
  std::unordered_map<std::string, at::Tensor> wanted;
  for (const auto& [key, tensor] : stateDictOf(network)) wanted.emplace(key, tensor);
  const torch::NoGradGuard noGradient;
  std::vector<std::string> left;
  for (const auto& [key, tensor] : stateDictOf(*given)) {
    auto found = wanted.find(key);
    if (found == wanted.end()) found = wanted.find(belowHead(key, chosen.kind->lastLayer->key));
    if (found == wanted.end() || found->second.sizes() != tensor.sizes()) {
      left.push_back(key);
      continue;
    }
    at::Tensor(found->second).copy_(tensor);
    wanted.erase(found);
  }
  std::vector<std::string> fresh;
  fresh.reserve(wanted.size());
  for (const auto& [key, tensor] : wanted) fresh.push_back(key);
  std::sort(fresh.begin(), fresh.end());
  out.warnings.push_back("the weights are of a network with another head: begun anew are " + keysText(fresh) +
                         (left.empty() ? "" : "; left out are " + keysText(left)));
  return out;
}

LossInput lossInput(const std::vector<at::Tensor>& outputs, const at::Tensor& targets, int voidClass) {
  LossInput out{.logits = rowsOfPixels(outputs.front()),
                .targets = targets.reshape({-1}),
                .voidClass = voidClass,
                .rows = targets.size(1)};
  if (outputs.size() > 1)
    out.outlier =
        rowsOfPixels(at::upsample_bilinear2d(outputs.at(1).to(at::kFloat), {targets.size(1), targets.size(2)}, false));
  return out;
}

}  // namespace oodscope
