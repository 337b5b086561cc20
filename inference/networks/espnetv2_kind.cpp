// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/espnetv2.inl.h"
#include "inference/networks/kinds.inl.h"

namespace oodscope {
namespace {

std::optional<NetworkShape> espnetShape(const StateDict& tensors) {
  const auto w1 = extent(tensors, "base_net.level1.conv.weight", 4, 0);
  const auto w2 = extent(tensors, "base_net.level2_0.act.weight", 1, 0);
  const auto w3 = extent(tensors, "base_net.level3_0.act.weight", 1, 0);
  const auto w4 = extent(tensors, "base_net.level4_0.act.weight", 1, 0);
  const auto classes = extent(tensors, "bu_dec_l4.merge_layer.3.weight", 4, 0);
  if (!w1 || !w2 || !w3 || !w4 || !classes || *classes < 2) return std::nullopt;
  if (*w2 <= *w1 || *w3 <= *w2 || *w4 <= *w3) return std::nullopt;
  constexpr int groups = espnetv2::kBranches, each = groups * groups;
  const bool divide = *w1 % groups == 0 && (*w2 - *w1) % each == 0 && *w3 % each == 0 && (*w3 - *w2) % each == 0 &&
                      *w4 % each == 0 && *w2 % groups == 0;
  if (!divide) return std::nullopt;
  return NetworkShape{.classes = *classes, .widths = {*w1, *w2, *w3, *w4}};
}

/// Of scale 2.0.
const std::vector<int> kEspnetWidths{32, 128, 256, 512};

std::shared_ptr<Network> makeEspnet(const NetworkShape& shape) {
  return std::make_shared<espnetv2::EspNetV2>(completed(shape, kEspnetWidths));
}

}  // namespace

NetworkKind espnetv2Kind() {
  return {.name = "ESPNetv2",
          .signature = {"base_net.level1.conv.weight", "base_net.level2_0.eesp.proj_1x1.conv.weight",
                        "bu_dec_l1.projection_layer.cbr.0.weight", "merge_enc_dec_l2.wt_layer.1.weight",
                        "bu_dec_l4.merge_layer.3.weight"},
          .mayBeFolded = [](std::string_view) { return false; },  // most of its convolutions have no bias to fold into
          .shapeOf = espnetShape,
          .make = makeEspnet,
          .widths = kEspnetWidths,
          .widthsHelp = "Channels at 1/2, 1/4, 1/8 and 1/16 of the size; 32,64,128,256 is scale 1.0",
          .sizeMultiple = 16,
          .normalisation = kImageNet,
          .head = {"merge_enc_dec_", "bu_dec_", "bu_br_"},
          .optimise = [](const Network& network) { return foldedNetwork(network, makeEspnet); },
          .lastLayer = LastLayer{.key = "bu_dec_l4.merge_layer.3", .reduction = 2}};
}

}  // namespace oodscope
