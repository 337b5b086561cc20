// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/output.h"
#include "inference/checkpoints/state_dict.inl.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/number_parameter.h"

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// Where a head stands.
enum class HeadPlace {
  AfterLast,      ///< reads the last layer's logits, N x C x H x W, and gives others in their place
  InPlaceOfLast,  ///< reads what the last layer would, N x D x h x w, and gives logits N x C x h x w, then enlarged
  BesideLast,     ///< reads the same and gives an array of its own
};

/// What a head is made for.
struct HeadSite {
  int features = 0;  ///< D
  int classes = 0;   ///< C
};

/// Layers at the end of a network, below keys of their own.
class Head : public torch::nn::Module {
public:
  /// See HeadPlace. Differentiable.
  virtual torch::Tensor forward(const torch::Tensor& x) = 0;
};

/// A further head is one .cpp that defines its kind, named in head_registry.cpp. Every network whose NetworkKind tells
/// of its last layer takes it: opening, training, passes and the fast arrangement follow.
struct HeadKind {
  std::string_view name;  ///< "densehybrid"
  std::string_view help;  ///< what it computes
  HeadPlace place = HeadPlace::InPlaceOfLast;
  std::string_view key = {};  ///< of a head beside the last layer; others lie at the last layer's own
  std::span<const NumberParameter> parameters = {};
  std::vector<NetworkOption> options = {};  ///< what its keys do not tell
  std::optional<Output> adds = {};          ///< of a head beside the last layer
  /// The parameters' values from the tensors below its key; nothing where these are not such a head's.
  std::optional<std::vector<double>> (*valuesOf)(const StateDict& below) = nullptr;
  std::shared_ptr<Head> (*make)(const HeadSite& site, const std::vector<double>& values,
                                const NetworkOptions& options) = nullptr;
};
/// In menu order.
[[nodiscard]] std::span<const HeadKind> headKinds();
/// By name; nullptr for "", the network's own last layer. Throws ContractViolation for an unknown one.
[[nodiscard]] const HeadKind* headKind(std::string_view name);
/// Key of the last layer's own tensors below a head that stands after it.
inline constexpr std::string_view kLastLayerBelowHead = "output_conv";

/// The kind with the options that the shape's head has, and with the head itself as one that keys tell.
[[nodiscard]] NetworkKind withHeadOptions(const NetworkKind& kind, const NetworkShape& shape);
/// The network of a shape with its head, randomly initialised: the network's layers first. Throws ContractViolation for
/// a head that the network cannot take, in another form than today's any.
[[nodiscard]] std::shared_ptr<Network> makeNetwork(const NetworkKind& kind, const NetworkShape& shape);
/// NetworkKind::shapeOf with the head that the keys tell.
[[nodiscard]] std::optional<NetworkShape> shapeOf(const NetworkKind& kind, const StateDict& tensors);
/// Whether a network of the kind can have it, in today's form: a head in the last layer's place takes with it the keys
/// that older forms are told by.
[[nodiscard]] bool takesHead(const NetworkKind& kind, const HeadKind& head);

/// The fast arrangement of a network with or without a head; the network itself where its kind's arrangement cannot be
/// parted before the last layer.
[[nodiscard]] std::unique_ptr<InferenceNetwork> optimised(const NetworkKind& kind,
                                                          const std::shared_ptr<Network>& network);
/// Logits of a stage, through the head where it stands after the stage's own last layer, too.
[[nodiscard]] torch::Tensor stageLogits(const TrainingStage& stage, Network& network, const torch::Tensor& images);

}  // namespace oodscope
