// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/byte_graph.inl.h"
#include "inference/networks/network_registry.inl.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace oodscope {

/// Some weights in int8 with a factor a row; what they are multiplied with is brought to bytes by its own range at each
/// pass, so that nothing is measured before. All else is float32.
struct DynamicBytes {
  std::string_view what;                                ///< the layers whose weights these are, in words
  bool (*isQuantised)(std::string_view key) = nullptr;  ///< whether the tensor of a key is such a weight
  /// The arrangement of a network whose weights of those keys are whole numbers times `scales`. Throws Error where a
  /// scale is missing or of another count.
  std::unique_ptr<InferenceNetwork> (*arrange)(const Network& network, const StateDict& scales,
                                               ByteEngine engine) = nullptr;
};

/// How networks of a kind run in int8. A further kind is its graph or its DynamicBytes, and a line in
/// quantised_forms.cpp.
struct QuantisedForms {
  NetworkKind (*kind)() = nullptr;               ///< whose; nullptr: of no kind
  ByteGraph (*graph)(const Network&) = nullptr;  ///< static: every value between layers in bytes; nullptr: not
  const DynamicBytes& (*dynamic)() = nullptr;    ///< nullptr: not
};

[[nodiscard]] std::span<const QuantisedForms> quantisedForms();
/// Of a network's kind and head; neither form where there is none. Further heads are not quantised.
[[nodiscard]] QuantisedForms quantisedFormsOf(const NetworkKind& kind, const NetworkShape& shape);
/// The kinds that have a graph, and those that have DynamicBytes: "ERFNet or ENet".
[[nodiscard]] std::string staticKinds();
[[nodiscard]] std::string dynamicKinds();

[[nodiscard]] ByteGraph erfnetBytes(const Network& network);
[[nodiscard]] ByteGraph enetBytes(const Network& network);
[[nodiscard]] const DynamicBytes& dinov2Bytes();
[[nodiscard]] const DynamicBytes& eomtBytes();

/// The state dict of a network with those weights in int8, see chooseStateDict(): "….weight_int8", "….weight_scale".
[[nodiscard]] StateDict dynamicStateDict(const DynamicBytes& bytes, const Network& network);

}  // namespace oodscope
