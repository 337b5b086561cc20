// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/network_registry.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/head.inl.h"
#include "inference/networks/kinds.inl.h"
#include "inference/networks/weights.inl.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <unordered_set>

namespace oodscope {

NetworkKind erfnetKind();
NetworkKind enetKind();
NetworkKind enetZh320Kind();
NetworkKind espnetv2Kind();
NetworkKind bisenetV1Kind();
NetworkKind bisenetV2Kind();
NetworkKind deepLabR101Kind();
NetworkKind deepLabR50Kind();
NetworkKind deepLabJfzhangKind();
NetworkKind deepLabJfzhangPlainKind();
NetworkKind deepLabJfzhangR50Kind();
NetworkKind icNetZh320Kind();
NetworkKind icNetLiminnKind();
NetworkKind dinov2Kind();
NetworkKind eomtKind();

namespace {

/// Larger than any published segmentation network; a foreign file must not make the program allocate gigabytes.
constexpr std::int64_t kMaxProbedExtent = 4096;

bool sameIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

using ShapeCounts = std::map<std::vector<std::int64_t>, std::size_t>;

ShapeCounts countShapes(const StateDict& tensors) {
  ShapeCounts counts;
  for (const auto& [key, tensor] : tensors) ++counts[tensor.sizes().vec()];
  return counts;
}

/// Shapes in common over all shapes, counted as often as they occur.
double similarity(const ShapeCounts& a, const ShapeCounts& b) {
  std::size_t common = 0, all = 0;
  for (const auto& [shape, count] : a) {
    const auto other = b.find(shape);
    const std::size_t there = other == b.end() ? 0 : other->second;
    common += std::min(count, there);
    all += std::max(count, there);
  }
  for (const auto& [shape, count] : b) all += a.contains(shape) ? 0 : count;
  return all == 0 ? 0.0 : static_cast<double>(common) / static_cast<double>(all);
}

}  // namespace

std::span<const NetworkKind> networkKinds() {
  // Deeper ones before those whose keys they have, too.
  static const std::array kinds{erfnetKind(),
                                enetKind(),
                                enetZh320Kind(),
                                espnetv2Kind(),
                                bisenetV1Kind(),
                                bisenetV2Kind(),
                                deepLabR101Kind(),
                                deepLabR50Kind(),
                                deepLabJfzhangKind(),
                                deepLabJfzhangPlainKind(),
                                deepLabJfzhangR50Kind(),
                                icNetZh320Kind(),
                                icNetLiminnKind(),
                                dinov2Kind(),
                                eomtKind()};
  return kinds;
}

NetworkShape completed(NetworkShape shape, const std::vector<int>& published) {
  if (shape.widths.empty()) shape.widths = published;
  require(shape.widths.size() == published.size(), "a network's shape: another number of widths");
  return shape;
}

std::string whatStopsWidths(const NetworkKind& kind, const std::vector<int>& widths) {
  require(widths.size() == kind.widths.size(), "whatStopsWidths: another number of widths");
  try {
    const auto shape = kind.shapeOf(stateDictOf(*kind.make({.widths = widths})));
    return shape && shape->widths == widths ? std::string() : "its weights would not be opened again";
  } catch (const ContractViolation& violation) {
    return violation.what();  // what the architecture requires, it says
  } catch (const c10::Error& error) {
    return error.what_without_backtrace();
  }
}

const NetworkKind* networkKind(std::string_view name) {
  for (const NetworkKind& kind : networkKinds()) {
    if (sameIgnoringCase(kind.name, name)) return &kind;
  }
  return nullptr;
}

bool isOfHead(const NetworkKind& kind, std::string_view key) {
  return std::ranges::any_of(kind.head, [&](const std::string& prefix) { return key.starts_with(prefix); });
}

bool offers(const NetworkKind& kind, const NetworkOptions& options) {
  return std::ranges::all_of(options, [&](const auto& chosen) {
    const auto option = std::ranges::find(kind.options, chosen.first, &NetworkOption::name);
    return option != kind.options.end() &&
           std::ranges::find(option->values, chosen.second, &NetworkOption::Value::name) != option->values.end();
  });
}

std::string formText(const NetworkKind& kind, std::string_view form) {
  const auto found = std::ranges::find(kind.forms, form, &NetworkOption::Value::name);
  require(found != kind.forms.end(), "formText: unknown form");
  return kind.name + " " + found->description;
}

std::vector<std::string> networkOptionNames() {
  std::vector<std::string> out;
  const auto add = [&out](const std::vector<NetworkOption>& options) {
    for (const NetworkOption& option : options)
      if (std::ranges::find(out, option.name) == out.end()) out.push_back(option.name);
  };
  for (const NetworkKind& kind : networkKinds()) add(kind.options);
  for (const HeadKind& head : headKinds())
    add(withHeadOptions(networkKinds().front(), {.head = std::string(head.name)}).options);
  return out;
}

void renameKeys(const NetworkKind& kind, StateDict& tensors) {
  const std::vector<std::string> keys = kind.keysOf ? kind.keysOf(tensors) : std::vector<std::string>();
  for (std::size_t i = 0; i < keys.size(); ++i) tensors[i].first = keys[i];
}

const NetworkKind* recognise(const StateDict& tensors) {
  std::unordered_set<std::string_view> keys;
  for (const auto& [key, tensor] : tensors) keys.insert(key);
  const NetworkKind* best = nullptr;
  std::size_t most = 0;
  for (const NetworkKind& kind : networkKinds()) {
    const auto present = static_cast<std::size_t>(std::count_if(
        kind.signature.begin(), kind.signature.end(), [&](const std::string& key) { return keys.contains(key); }));
    if (present > most) {
      most = present;
      best = &kind;
    }
  }
  return best;
}

const NetworkKind& nearestByShapes(const StateDict& tensors) {
  const ShapeCounts given = countShapes(tensors);
  const NetworkKind* best = &networkKinds().front();
  double most = -1.0;
  // A transformer's weights fill hundreds of megabytes: once a process.
  static const std::vector<ShapeCounts> published = [] {
    std::vector<ShapeCounts> out;
    for (const NetworkKind& kind : networkKinds()) out.push_back(countShapes(stateDictOf(*kind.make({}))));
    return out;
  }();
  for (std::size_t i = 0; i < published.size(); ++i) {
    const double common = similarity(given, published[i]);
    if (common > most) {
      most = common;
      best = &networkKinds()[i];
    }
  }
  return *best;
}

std::shared_ptr<Network> makeNetwork(std::string_view name, const NetworkShape& shape) {
  const NetworkKind* kind = networkKind(name);
  require(kind != nullptr, "makeNetwork: unknown architecture");
  require(offers(withHeadOptions(*kind, shape), shape.options), "makeNetwork: unknown option");
  require(shape.form.empty() ||
              std::ranges::find(kind->forms, shape.form, &NetworkOption::Value::name) != kind->forms.end(),
          "makeNetwork: unknown form");
  return makeNetwork(*kind, shape);
}

std::optional<int> extent(const StateDict& tensors, std::string_view key, int rank, int dimension) {
  for (const auto& [name, tensor] : tensors) {
    if (name != key) continue;
    if (tensor.dim() != rank || tensor.size(dimension) < 1 || tensor.size(dimension) > kMaxProbedExtent)
      return std::nullopt;
    return static_cast<int>(tensor.size(dimension));
  }
  return std::nullopt;
}

}  // namespace oodscope
