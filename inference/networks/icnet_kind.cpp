// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/icnet.inl.h"
#include "inference/networks/kinds.inl.h"

#include <algorithm>

namespace oodscope {
namespace {

const std::vector<int> kIcNetWidths{64, 128, 256, 512};

std::optional<NetworkShape> icNetShape(const StateDict& tensors, icnet::Implementation implementation,
                                       const std::string& last) {
  NetworkShape shape{.classes = 0, .widths = {}};
  for (int i = 1; i <= 4; ++i) {
    const auto width =
        extent(tensors, backboneKey(implementation) + ".layer" + std::to_string(i) + ".0.conv2.weight", 4, 0);
    if (!width) return std::nullopt;
    shape.widths.push_back(*width);
  }
  const auto classes = extent(tensors, last, 4, 0);
  if (!classes || shape.widths.front() % 2 != 0 || shape.widths.back() % 4 != 0 ||
      !std::is_sorted(shape.widths.begin(), shape.widths.end()))
    return std::nullopt;
  shape.classes = *classes;
  return shape;
}

NetworkKind icNetKind(const std::string& name, icnet::Implementation implementation, std::vector<std::string> signature,
                      int sizeMultiple) {
  const auto make = [implementation](const NetworkShape& shape) -> std::shared_ptr<Network> {
    return std::make_shared<icnet::IcNet>(completed(shape, kIcNetWidths), implementation);
  };
  const auto shapeOf = [implementation, last = signature.back()](const StateDict& tensors) {
    return icNetShape(tensors, implementation, last);
  };
  const std::string last = signature.back().substr(0, signature.back().rfind('.'));
  return {.name = name,
          .signature = std::move(signature),
          .auxiliaryHeads = unusedKeys(implementation),
          .trainsAuxiliary = true,
          .mayBeFolded = [](std::string_view) { return false; },  // its convolutions have no bias to fold into
          .shapeOf = shapeOf,
          .make = make,
          .widths = kIcNetWidths,
          .widthsHelp = "Channels of the backbone's four stages; 32,64,128,256 is a slim network",
          .sizeMultiple = sizeMultiple,
          .normalisation = kImageNet,
          .backbone = backboneKey(implementation) + ".",
          .head = headKeys(implementation),
          .optimise = [make](const Network& network) { return foldedNetwork(network, make); },
          .lastLayer = LastLayer{.key = last, .reduction = icnet::kReduction}};
}

}  // namespace

NetworkKind icNetZh320Kind() {
  return icNetKind("ICNet R18 (zh320)", icnet::Implementation::Zh320,
                   {"bottom_branch.0.0.weight", "ppm.stage1.1.weight", "cff42.conv1.0.weight", "cff21.conv1.0.weight",
                    "seg_head.1.weight"},
                   32);
}

NetworkKind icNetLiminnKind() {
  return icNetKind("ICNet R50 (liminn)", icnet::Implementation::Liminn,
                   {"conv_sub1.0.conv.weight", "head.cff_24.conv_low.0.weight", "head.cff_12.conv_low.0.weight",
                    "head.conv_cls.weight"},
                   8);
}

}  // namespace oodscope
