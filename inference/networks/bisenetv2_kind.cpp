// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/bisenetv1.inl.h"
#include "inference/networks/bisenetv2.inl.h"
#include "inference/networks/kinds.inl.h"

#include <string>

namespace oodscope {
namespace {

std::optional<NetworkShape> bisenetV2Shape(const StateDict& tensors) {
  constexpr int shuffled = bisenetv2::kEnlarged * bisenetv2::kEnlarged;
  for (const bisenetv2::Form& form : bisenetv2::kForms) {
    const auto rows = extent(tensors, std::string("head.") + form.lastKey + ".weight", 4, 0);
    if (!rows) continue;
    const bool isShuffled = form.enlarged == Enlargement::How::Shuffled;
    if (isShuffled && *rows % shuffled != 0) return std::nullopt;
    return NetworkShape{.classes = isShuffled ? *rows / shuffled : *rows, .form = form.name};
  }
  return std::nullopt;
}

std::shared_ptr<Network> makeBisenetV2(const NetworkShape& shape) {
  return std::make_shared<bisenetv2::BiSeNetV2>(completed(shape, {}));
}

}  // namespace

NetworkKind bisenetV2Kind() {
  std::vector<NetworkOption::Value> forms;
  forms.reserve(std::size(bisenetv2::kForms));
  for (const bisenetv2::Form& form : bisenetv2::kForms) forms.push_back({form.name, form.description});
  return {.name = "BiSeNetV2",
          .forms = std::move(forms),
          .signature = {"detail.S1.0.conv.weight", "segment.S1S2.conv.conv.weight", "segment.S5_5.conv_gap.conv.weight",
                        "bga.left1.0.weight", "head.conv.conv.weight"},
          .auxiliaryHeads = {"aux2.", "aux3.", "aux4.", "aux5_4."},
          .trainsAuxiliary = true,
          .mayBeFolded = [](std::string_view) { return false; },  // its convolutions have no bias to fold into
          .shapeOf = bisenetV2Shape,
          .make = makeBisenetV2,
          .sizeMultiple = 32,
          .normalisation = bisenetv1::kNormalisation,  // as its elder's
          .head = {"head."},
          .optimise = [](const Network& network) { return foldedNetwork(network, makeBisenetV2); },
          .lastLayer =
              LastLayer{.key = std::string("head.") + bisenetv2::kForms[0].lastKey, .reduction = bisenetv2::kEnlarged}};
}

}  // namespace oodscope
