// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "inference/networks/head.inl.h"
#include "inference/networks/headed_network.inl.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <array>

namespace oodscope {

HeadKind isomaxPlusScalarHead();
HeadKind isomaxPlusHead();
HeadKind distanceHead();
HeadKind densehybridHead();

namespace {

/// Key of the option that names a head; no value of a sidecar decides it.
constexpr const char* kHeadOption = "head";

StateDict tensorsBelow(const StateDict& tensors, std::string_view key) {
  const std::string prefix = std::string(key) + ".";
  StateDict out;
  for (const auto& [name, tensor] : tensors)
    if (name.starts_with(prefix)) out.emplace_back(name.substr(prefix.size()), tensor);
  return out;
}

StateDict tensorsWithout(const StateDict& tensors, std::string_view key) {
  const std::string prefix = std::string(key) + ".";
  StateDict out;
  std::ranges::copy_if(tensors, std::back_inserter(out),
                       [&](const auto& each) { return !each.first.starts_with(prefix); });
  return out;
}

/// The keys of the network with its own last layer, for those who read shapes alone.
StateDict withOwnLastLayer(const StateDict& tensors, const LastLayer& last, const HeadKind& head) {
  if (head.place == HeadPlace::BesideLast) return tensorsWithout(tensors, head.key);
  StateDict out = tensorsWithout(tensors, last.key);
  const StateDict held = tensorsBelow(tensors, last.key);
  if (head.place == HeadPlace::AfterLast) {
    for (const auto& [name, tensor] : tensorsBelow(held, kLastLayerBelowHead))
      out.emplace_back(last.key + "." + name, tensor);
    return out;
  }
  for (const auto& [name, tensor] : held) {
    if (tensor.dim() != 2) continue;
    const std::int64_t classes = tensor.size(0), features = tensor.size(1);
    out.emplace_back(last.weightKey(),
                     last.isTransposed ? at::empty({features, classes, 1, 1}) : at::empty({classes, features, 1, 1}));
    // Today's form is meant, see takesHead(): where forms differ in the bias, it has one.
    const std::string weight = last.weightKey();
    out.emplace_back(weight.substr(0, weight.rfind('.')) + ".bias", at::empty({classes}));
  }
  return out;
}

}  // namespace

std::span<const HeadKind> headKinds() {
  static const std::array kinds{isomaxPlusScalarHead(), isomaxPlusHead(), distanceHead(), densehybridHead()};
  return kinds;
}

const HeadKind* headKind(std::string_view name) {
  if (name.empty()) return nullptr;
  for (const HeadKind& kind : headKinds())
    if (kind.name == name) return &kind;
  throw ContractViolation("unknown head");
}

std::vector<double> numbersOf(std::span<const NumberParameter> parameters, const NumberValues& given) {
  std::vector<double> values;
  for (const NumberParameter& parameter : parameters) {
    const auto found = given.find(parameter.name);
    values.push_back(found == given.end() ? parameter.initial : found->second);
    require(values.back() >= parameter.least && values.back() <= parameter.most, "a parameter out of range");
  }
  return values;
}

NetworkKind withHeadOptions(const NetworkKind& kind, const NetworkShape& shape) {
  NetworkKind out = kind;
  const HeadKind* head = headKind(shape.head);
  if (head == nullptr) return out;
  out.options.push_back({.name = kHeadOption,
                         .values = {{std::string(head->name), std::string(head->help)}},
                         .ofOldTrainings = {},
                         .isToldByKeys = true});
  out.options.insert(out.options.end(), head->options.begin(), head->options.end());
  return out;
}

bool takesHead(const NetworkKind& kind, const HeadKind&) { return kind.lastLayer.has_value(); }

std::shared_ptr<Network> makeNetwork(const NetworkKind& kind, const NetworkShape& shape) {
  std::shared_ptr<Network> base = kind.make(shape);
  const HeadKind* head = headKind(shape.head);
  if (head == nullptr) return base;
  require(shape.form.empty(), "makeNetwork: heads are of today's form");
  NetworkShape whole = base->shape();
  whole.options = shape.options;
  whole.head = shape.head;
  whole.headValues = shape.headValues.empty() ? numbersOf(head->parameters, {}) : shape.headValues;
  return std::make_shared<HeadedNetwork>(std::move(base), kind, *head, std::move(whole));
}

std::optional<NetworkShape> shapeOf(const NetworkKind& kind, const StateDict& tensors) {
  for (const HeadKind& head : headKinds()) {
    if (!takesHead(kind, head)) continue;
    const bool isBeside = head.place == HeadPlace::BesideLast;
    const auto values =
        head.valuesOf(tensorsBelow(tensors, isBeside ? head.key : std::string_view(kind.lastLayer->key)));
    if (!values) continue;
    auto shape = kind.shapeOf(withOwnLastLayer(tensors, *kind.lastLayer, head));
    if (!shape || !shape->form.empty()) return std::nullopt;
    shape->head = head.name;
    shape->headValues = *values;
    return shape;
  }
  return kind.shapeOf(tensors);
}

}  // namespace oodscope
