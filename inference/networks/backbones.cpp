// SPDX-License-Identifier: GPL-3.0-or-later
// Sources of key names: facebookresearch/moco, main_moco.py and main_lincls.py; facebookresearch/simsiam,
// main_lincls.py; facebookresearch/barlowtwins, main.py and evaluate.py; facebookresearch/dinov2; torchvision.
#include "inference/networks/backbones.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/state_dict_choice.inl.h"
#include "inference/networks/weights.inl.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace oodscope {
namespace {

/// How a public training names a backbone's keys, wrappers taken off.
struct BackboneLayout {
  const char* name;
  std::string_view prefix;           ///< of the backbone's keys
  std::array<const char*, 2> marks;  ///< keys that are there, all of them; those of an earlier layout come first
};

constexpr const char* kFirstOfResnet = "layer1.0.conv1.weight";
constexpr const char* kPatches = "patch_embed.proj.weight";

constexpr std::array kBackboneLayouts{
    BackboneLayout{"MoCo v2", "encoder_q.", {"encoder_q.layer1.0.conv1.weight", "encoder_q.fc.0.weight"}},
    BackboneLayout{"MoCo v1", "encoder_q.", {"encoder_q.layer1.0.conv1.weight", "encoder_q.fc.weight"}},
    BackboneLayout{"MoCo", "encoder_q.", {"encoder_q.layer1.0.conv1.weight", "encoder_q.conv1.weight"}},
    BackboneLayout{"SimSiam", "encoder.", {"encoder.layer1.0.conv1.weight", "predictor.0.weight"}},
    BackboneLayout{"Barlow Twins", "backbone.", {"backbone.layer1.0.conv1.weight", "projector.0.weight"}},
    BackboneLayout{"torchvision's classifier", "", {kFirstOfResnet, "fc.weight"}},
    BackboneLayout{"Barlow Twins or another without its classifier", "", {kFirstOfResnet, "conv1.weight"}},
    BackboneLayout{"DINOv2", "", {kPatches, "blocks.0.ls1.gamma"}},
    BackboneLayout{"a vision transformer", "", {kPatches, "cls_token"}}};

/// Of a backbone's classifier, below its prefix.
constexpr std::array<std::string_view, 2> kClassifiers{"fc.", "head."};

/// "ResNet-50" by its blocks; empty where it is none.
std::string resnetName(const StateDict& shapes) {
  int blocks = 0;
  bool isBottleneck = false;
  for (const auto& [key, tensor] : shapes) {
    constexpr std::string_view third = "layer3.", end = ".conv1.weight";
    if (key.starts_with(third) && key.ends_with(end)) ++blocks;
    isBottleneck = isBottleneck || key == "layer1.0.conv3.weight";
  }
  if (blocks == 0) return {};
  static const std::unordered_map<int, const char*> basic{{2, "18"}, {6, "34"}},
      deep{{6, "50"}, {23, "101"}, {36, "152"}};
  const auto& depths = isBottleneck ? deep : basic;
  const auto found = depths.find(blocks);
  return found == depths.end() ? "ResNet" : std::string("ResNet-") + found->second;
}

bool hasMarks(const BackboneLayout& layout, const std::unordered_set<std::string>& keys) {
  return std::ranges::all_of(layout.marks, [&](const char* mark) { return keys.contains(mark); });
}

Backbone takenOut(const TensorTable& table, const std::vector<std::string>& bare, const BackboneLayout& layout) {
  Backbone out;
  for (std::size_t i = 0; i < bare.size(); ++i) {
    const auto& [key, tensor] = table.shapes[i];
    const std::string_view below =
        bare[i].starts_with(layout.prefix) ? std::string_view(bare[i]).substr(layout.prefix.size()) : "";
    const bool isClassifier =
        std::ranges::any_of(kClassifiers, [&](std::string_view prefix) { return below.starts_with(prefix); });
    if (below.empty() || isClassifier) {
      out.leftOut.push_back(key);
      continue;
    }
    out.shapes.emplace_back(std::string(below), tensor);
    out.keys.push_back(key);
  }
  const std::string depth = resnetName(out.shapes);
  out.name = layout.name + (depth.empty() ? "" : ", a " + depth);
  return out;
}

Backbone backboneOf(const Checkpoint& checkpoint, const std::filesystem::path& file) {
  if (auto found = backboneIn(checkpoint)) return std::move(*found);
  std::vector<std::string> keys;
  for (const auto& [key, tensor] : checkpoint.tables().front().shapes) keys.push_back(key);
  throw Error({.what = "The file holds no backbone that is known",
               .expected = "a ResNet by torchvision, MoCo, SimSiam or Barlow Twins, or a vision transformer",
               .found = "tensors " + keysText(keys),
               .file = file});
}

/// How a network's own backbone differs from what is given.
struct BackboneFit {
  std::vector<std::string> missing, misshapen, leftOver;
  std::vector<std::pair<std::string, std::size_t>> taken;  ///< key of the network, position among the shapes
  [[nodiscard]] bool fits() const { return missing.empty() && misshapen.empty() && leftOver.empty() && !taken.empty(); }
};

bool isUnusedKey(const NetworkKind& kind, const std::string& key) {
  return std::ranges::any_of(kind.auxiliaryHeads, [&](const std::string& prefix) { return key.starts_with(prefix); });
}

BackboneFit compared(const Network& network, const NetworkKind& kind, const Backbone& backbone) {
  std::unordered_map<std::string_view, std::size_t> given;
  for (std::size_t i = 0; i < backbone.shapes.size(); ++i) given.emplace(backbone.shapes[i].first, i);
  BackboneFit out;
  for (const auto& [key, tensor] : stateDictOf(network)) {
    if (!key.starts_with(*kind.backbone)) continue;
    const auto found = given.find(std::string_view(key).substr(kind.backbone->size()));
    const bool isFree = key.ends_with("num_batches_tracked") || isUnusedKey(kind, key);
    if (found == given.end()) {
      if (!isFree) out.missing.push_back(key);
    } else if (backbone.shapes[found->second].second.sizes() != tensor.sizes()) {
      if (!isFree) out.misshapen.push_back(key);
    } else {
      out.taken.emplace_back(key, found->second);
    }
    if (found != given.end()) given.erase(found);
  }
  for (const auto& [key, position] : given) out.leftOver.emplace_back(key);  // of a deeper one
  return out;
}

std::string differences(const BackboneFit& fit) {
  std::string out;
  if (!fit.missing.empty()) out += "; missing keys: " + keysText(fit.missing);
  if (!fit.leftOver.empty()) out += "; left-over keys: " + keysText(fit.leftOver);
  if (!fit.misshapen.empty()) out += "; mis-shaped keys: " + keysText(fit.misshapen);
  return out;
}

std::string kindsTakingOne() {
  std::string out;
  for (const NetworkKind& kind : networkKinds())
    if (kind.backbone) out.append(out.empty() ? "" : ", ").append(kind.name);
  return out;
}

}  // namespace

std::optional<Backbone> backboneIn(const Checkpoint& checkpoint) {
  for (std::size_t i = 0; i < checkpoint.tables().size(); ++i) {
    const TensorTable& table = checkpoint.tables()[i];
    std::vector<std::string> bare;
    std::unordered_set<std::string> keys;
    for (const auto& [key, tensor] : table.shapes) {
      bare.push_back(withoutWrappers(key));
      keys.insert(bare.back());
    }
    for (const BackboneLayout& layout : kBackboneLayouts) {
      if (!hasMarks(layout, keys)) continue;
      Backbone out = takenOut(table, bare, layout);
      out.table = i;
      return out;
    }
  }
  return std::nullopt;
}

const NetworkKind& kindTaking(const std::filesystem::path& file) {
  const Backbone backbone = backboneOf(readCheckpoint(file), file);
  for (const NetworkKind& kind : networkKinds())
    if (kind.backbone && compared(*kind.make({}), kind, backbone).fits()) return kind;
  throw Error({.what = "No network here is built on this backbone",
               .expected = "the backbone of " + kindsTakingOne(),
               .found = backbone.name,
               .file = file});
}

std::vector<std::string> loadBackbone(Network& network, const NetworkKind& kind, const std::filesystem::path& file) {
  if (!kind.backbone) {
    throw Error({.what = kind.name + " is not built on a backbone",
                 .expected = kindsTakingOne(),
                 .found = kind.name,
                 .file = file});
  }
  const Checkpoint checkpoint = readCheckpoint(file);
  const Backbone backbone = backboneOf(checkpoint, file);
  const BackboneFit fit = compared(network, kind, backbone);
  if (!fit.fits()) {
    throw Error({.what = "The backbone does not fit " + kind.name,
                 .expected = "all tensors of " + kind.name + "'s " + *kind.backbone + "*",
                 .found = backbone.name + differences(fit),
                 .file = file});
  }
  std::unordered_map<std::string, at::Tensor> stored;
  for (auto& [key, tensor] : checkpoint.tensors(backbone.table)) stored.emplace(key, tensor);
  std::unordered_map<std::string, at::Tensor> own;
  for (const auto& [key, tensor] : stateDictOf(network)) own.emplace(key, tensor);
  const at::NoGradGuard noGradient;
  for (const auto& [key, position] : fit.taken) own.at(key).copy_(stored.at(backbone.keys.at(position)));
  std::string said = file.filename().string() + ": " + std::to_string(fit.taken.size()) + " tensors of the backbone (" +
                     backbone.name + ") taken for " + kind.name;
  if (!backbone.leftOut.empty()) said += "; left out: " + keysText(backbone.leftOut);
  return {said + "; the rest begins at random"};
}

}  // namespace oodscope
