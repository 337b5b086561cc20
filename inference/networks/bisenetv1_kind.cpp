// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/bisenetv1.inl.h"
#include "inference/networks/kinds.inl.h"

#include <algorithm>

namespace oodscope {
namespace {

/// Which form the keys are of; no two have the same. Only the six days of "2021-07" can be taken for "pixel-shuffle",
/// where its classes are 64 or a multiple.
std::optional<NetworkShape> bisenetV1Shape(const StateDict& tensors) {
  constexpr int shuffled = bisenetv1::kEnlarged * bisenetv1::kEnlarged;
  const auto rows = extent(tensors, "conv_out.conv_out.weight", 4, 0);
  if (!rows) return std::nullopt;
  const bool hasBias = extent(tensors, "conv_out.conv_out.bias", 1, 0).has_value();
  const bool isGateNormed = extent(tensors, "ffm.bn.weight", 1, 0).has_value();
  const bool isShuffled = hasBias && !isGateNormed && *rows % shuffled == 0;
  const auto* form = std::ranges::find_if(bisenetv1::kForms, [&](const bisenetv1::Form& each) {
    return each.isGateNormed == isGateNormed && each.hasBias == hasBias &&
           (each.enlarged == Enlargement::How::Shuffled) == isShuffled;
  });
  if (form == bisenetv1::kForms.end()) return std::nullopt;
  return NetworkShape{.classes = isShuffled ? *rows / shuffled : *rows, .form = form->name};
}

std::shared_ptr<Network> makeBisenetV1(const NetworkShape& shape) {
  return std::make_shared<bisenetv1::BiSeNetV1>(completed(shape, {}));
}

}  // namespace

NetworkKind bisenetV1Kind() {
  std::vector<NetworkOption::Value> forms;
  for (const bisenetv1::Form& form : bisenetv1::kForms) forms.push_back({form.name, form.description});
  return {.name = "BiSeNetV1",
          .forms = std::move(forms),
          .signature = {"cp.arm16.conv_atten.weight", "cp.conv_head16.conv.weight", "sp.conv_out.conv.weight",
                        "ffm.convblk.conv.weight", "conv_out.conv_out.weight"},
          .auxiliaryHeads = {"conv_out16.", "conv_out32."},
          .trainsAuxiliary = true,
          .mayBeFolded = [](std::string_view) { return false; },  // its convolutions have no bias to fold into
          .shapeOf = bisenetV1Shape,
          .make = makeBisenetV1,
          .sizeMultiple = 32,
          .normalisation = bisenetv1::kNormalisation,
          .head = {"conv_out."},
          .optimise = [](const Network& network) { return foldedNetwork(network, makeBisenetV1); },
          .lastLayer = LastLayer{.key = "conv_out.conv_out", .reduction = bisenetv1::kEnlarged}};
}

}  // namespace oodscope
