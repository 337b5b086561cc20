// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/checkpoints/state_dict.inl.h"
#include "inference/networks/network.inl.h"
#include "inference/networks/normalisation.h"
#include "inference/networks/output_array.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// A choice between networks of one name, and of one state dict, that compute differently: no file can tell them apart,
/// so a sidecar names the one that is meant. Sidecars, messages, training and what a model is called follow from it.
struct NetworkOption {
  struct Value {
    std::string name;         ///< as a sidecar names it
    std::string description;  ///< what the network does otherwise than with the others
  };
  std::string name;           ///< of the sidecar's field: "variant"
  std::vector<Value> values;  ///< the first is the published one of today: trained, and assumed where nobody says
  std::string ofOldTrainings =
      {};                     ///< what this program trained before its sidecars named the option; empty: the first
  bool isToldByKeys = false;  ///< a sidecar may name it and cannot decide it: there is one value
};

/// A part of a network that may be trained before the whole, on logits of its own.
struct TrainingStage {
  std::string name;   ///< of the part, in logs and options: "encoder"
  int reduction = 8;  ///< the logits have 1/reduction of the input's size
  std::function<torch::Tensor(Network&, const torch::Tensor& images)> forward;
  std::string lastLayer = {};  ///< key of the layer that gives its logits, which heads after the last layer follow
};

/// The layer that gives a network's logits, where heads stand.
struct LastLayer {
  std::string key;               ///< of its module: "decoder.output_conv"
  int reduction = 1;             ///< what it reads has 1/reduction of the input's size
  bool isTransposed = false;     ///< a transposed convolution, whose weight names the channels that it reads first
  std::string convolution = {};  ///< its convolution's key below its own, where a norm or an activation is part of it
  [[nodiscard]] std::string weightKey() const {
    return key + (convolution.empty() ? "" : "." + convolution) + ".weight";
  }
};

/// All that the rest of the program knows of an architecture. A further network is its module, its NetworkKind and one
/// line in network_registry.cpp.
struct NetworkKind {
  std::string name;                         ///< "ERFNet"
  std::vector<NetworkOption> options = {};  ///< what its keys do not tell
  /// Forms of one name that were published one after the other and whose keys differ; the first is today's and has an
  /// empty name. Empty: there is one only.
  std::vector<NetworkOption::Value> forms = {};
  std::vector<std::string> signature;  ///< keys that only this architecture has; most present ones win
  /// Prefixes of the keys of heads that serve training alone: they may be there or not, and are not used.
  std::vector<std::string> auxiliaryHeads = {};
  bool trainsAuxiliary = false;  ///< a network of today's form can be made with them, see NetworkShape::hasAuxiliary
  /// Normalisations that a file may leave out, all together, because they are folded into the convolution before them.
  std::function<bool(std::string_view norm)> mayBeFolded = {};
  /// The keys as this architecture has them, one for each in their order, where implementations call the same tensors
  /// otherwise; empty, or an empty function: as they are.
  std::function<std::vector<std::string>(const StateDict&)> keysOf = {};
  /// Class count and widths from the tensors' shapes; empty where a needed key is missing or has the wrong rank.
  std::function<std::optional<NetworkShape>(const StateDict&)> shapeOf;
  std::function<std::shared_ptr<Network>(const NetworkShape&)> make;
  std::vector<int> widths = {};  ///< as published; NetworkShape::widths has as many
  std::string widthsHelp = {};   ///< where they are, for the command line's help
  int sizeMultiple = 8;          ///< of the input's width and height
  /// What its published weights are trained with: assumed where no sidecar says otherwise, and trained with here.
  InputNormalisation normalisation = {};
  /// Prefix of the keys that are a backbone's, as trainings of a backbone alone name them behind it; none: it has none.
  std::optional<std::string> backbone = {};
  bool isVoidFirst = false;                ///< the published weights number unlabelled pixels first
  std::vector<TrainingStage> stages = {};  ///< in the order of training
  /// Prefixes of the keys of its head; all else is its backbone. Training has rates for both and freezes the backbone.
  std::vector<std::string> head = {};
  /// Share of the logits that rounding may change by more than rounding, since the network compares values and puts
  /// others where the larger one was: 0 where every output is a continuous function of the input.
  double switched = 0.0;
  /// What a pass gives for an input size, in this order; an empty function: logits of that size. Who gives no logits of
  /// classes alone is not trained here.
  std::function<std::vector<OutputArray>(const NetworkShape&, Size input)> arrays = {};
  /// The size that an image is brought to for the network; an empty function: the input size.
  std::function<Size(const NetworkShape&, Size image, Size input)> networkInput = {};
  /// The input size that is assumed where nobody says; an empty function: 1024x512.
  std::function<Size(const NetworkShape&)> inputSize = {};
  /// Multiply-adds for an image of the input size, where they do not grow with the area; an empty function: they do,
  /// and are those of its convolutions.
  std::function<std::int64_t(const NetworkShape&, Size input)> multiplyAdds = {};
  /// The fast arrangement of a network whose weights are set; the network itself is not changed.
  std::function<std::unique_ptr<InferenceNetwork>(const Network&)> optimise;
  std::optional<LastLayer> lastLayer = {};  ///< of a network that is split; without, it takes no heads
};

/// All known architectures, in menu order.
[[nodiscard]] std::span<const NetworkKind> networkKinds();
/// The shape with the kind's published widths where it has none. Throws ContractViolation for another number of widths.
[[nodiscard]] NetworkShape completed(NetworkShape shape, const std::vector<int>& published);
/// Why a kind's network of these widths cannot be built, or would not be recognised again by its weights; empty where
/// neither is so. Requires: as many as the kind has. Cost: builds it.
[[nodiscard]] std::string whatStopsWidths(const NetworkKind& kind, const std::vector<int>& widths);
/// Whether the tensor of this key belongs to the kind's head.
[[nodiscard]] bool isOfHead(const NetworkKind& kind, std::string_view key);
/// Whether each of `options` is one of the kind's with a value of its.
[[nodiscard]] bool offers(const NetworkKind& kind, const NetworkOptions& options);
/// "BiSeNetV1 until September 2020: …". Requires: one of the kind's forms.
[[nodiscard]] std::string formText(const NetworkKind& kind, std::string_view form);
/// By name, letter case ignored; nullptr where unknown.
[[nodiscard]] const NetworkKind* networkKind(std::string_view name);
/// Calls the tensors as the kind does, see NetworkKind::keysOf.
void renameKeys(const NetworkKind& kind, StateDict& tensors);
/// The kind whose signature matches best, nullptr where no signature key is there. Cost: O(keys).
[[nodiscard]] const NetworkKind* recognise(const StateDict& tensors);
/// The kind of the published widths that shares most tensor shapes, for telling what a foreign state dict is near to
/// whatever its keys are called. Cost: builds each network once.
[[nodiscard]] const NetworkKind& nearestByShapes(const StateDict& tensors);
/// A new, randomly initialised network. Throws ContractViolation for an unknown name, option or form.
[[nodiscard]] std::shared_ptr<Network> makeNetwork(std::string_view name, const NetworkShape& shape);

}  // namespace oodscope
