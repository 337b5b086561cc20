// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/deeplab.inl.h"
#include "inference/networks/kinds.inl.h"

#include <algorithm>
#include <optional>

namespace oodscope {
namespace {

const std::vector<int> kDeepLabWidths{64, 128, 256, 512};

/// Of what the keys tell: stages as deep as `depth`, and as wide as their first 3x3 convolutions.
std::optional<NetworkShape> deepLabShape(const StateDict& tensors, const std::string& last,
                                         const deeplab::Depth& depth) {
  NetworkShape shape{.classes = 0, .widths = {}};
  for (std::size_t i = 0; i < depth.size(); ++i) {
    const std::string stage = "backbone.layer" + std::to_string(i + 1) + ".";
    const auto width = extent(tensors, stage + "0.conv2.weight", 4, 0);
    if (!width || !extent(tensors, stage + std::to_string(depth.at(i) - 1) + ".conv2.weight", 4, 0))
      return std::nullopt;
    shape.widths.push_back(*width);
  }
  const auto classes = extent(tensors, last + ".weight", 4, 0);
  if (!classes || shape.widths.front() % 4 != 0 || !std::is_sorted(shape.widths.begin(), shape.widths.end()))
    return std::nullopt;
  shape.classes = *classes;
  return shape;
}

NetworkKind deepLabKind(const std::string& name, deeplab::Implementation implementation, const deeplab::Depth& depth) {
  const deeplab::DeepLabLayout& layout = layoutOf(implementation);
  const auto make = [implementation, depth](const NetworkShape& shape) -> std::shared_ptr<Network> {
    return std::make_shared<deeplab::DeepLabV3Plus>(completed(shape, kDeepLabWidths), implementation, depth);
  };
  // The deepest block of the third stage is what tells depths apart.
  const std::string deepest = "backbone.layer3." + std::to_string(depth[2] - 1) + ".conv3.weight";
  return {
      .name = name,
      .options = {{.name = deeplab::kOutputStride,
                   .values = {{deeplab::kStride16, "the deepest features are at 1/16 of the size"},
                              {deeplab::kStride8, "the deepest features are at 1/8 of the size"}}}},
      .signature = {deepest, layout.atrous[1].conv + ".weight", layout.projected.conv + ".weight",
                    layout.lowLevel.conv + ".weight", layout.decoder.back().norm + ".running_mean",
                    layout.last + ".weight"},
      .mayBeFolded = [](std::string_view) { return false; },  // its convolutions have no bias to fold into
      .shapeOf = [last = layout.last, depth](const StateDict& tensors) { return deepLabShape(tensors, last, depth); },
      .make = make,
      .widths = kDeepLabWidths,
      .widthsHelp = "Channels of the four stages' 3x3 convolutions; 32,64,128,256 is a slim network",
      .sizeMultiple = 1,
      .normalisation = kImageNet,
      .backbone = "backbone.",
      .head = layout.heads,
      .optimise = [make](const Network& network) { return foldedNetwork(network, make); },
      .lastLayer = LastLayer{.key = layout.last, .reduction = deeplab::kReduction}};
}

}  // namespace

NetworkKind deepLabR101Kind() {
  return deepLabKind("DeepLabV3+ R101", deeplab::Implementation::VainF, deeplab::kResnet101);
}
NetworkKind deepLabR50Kind() {
  return deepLabKind("DeepLabV3+ R50", deeplab::Implementation::VainF, deeplab::kResnet50);
}
NetworkKind deepLabJfzhangKind() {
  return deepLabKind("DeepLabV3+ R101 (jfzhang95)", deeplab::Implementation::Jfzhang95Dropout, deeplab::kResnet101);
}
NetworkKind deepLabJfzhangPlainKind() {
  return deepLabKind("DeepLabV3+ R101 (jfzhang95, 2018)", deeplab::Implementation::Jfzhang95, deeplab::kResnet101);
}
NetworkKind deepLabJfzhangR50Kind() {
  return deepLabKind("DeepLabV3+ R50 (jfzhang95)", deeplab::Implementation::Jfzhang95Dropout, deeplab::kResnet50);
}

}  // namespace oodscope
