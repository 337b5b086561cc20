// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/enet_zh320.inl.h"
#include "inference/networks/kinds.inl.h"

namespace oodscope {
namespace {

/// As ENet's: rounding decides between maxima that are as good as equal.
constexpr double kZh320Switched = 2e-3;

std::optional<NetworkShape> enetZh320Shape(const StateDict& tensors) {
  const auto convolved = extent(tensors, "initial.conv.0.weight", 4, 0);
  const auto w1 = extent(tensors, "bottleneck1.conv_pool.right_last_conv.0.weight", 4, 0);
  const auto w2 = extent(tensors, "bottleneck2.conv_pool.right_last_conv.0.weight", 4, 0);
  const auto classes = extent(tensors, "fullconv.up_conv.0.0.weight", 4, 0);
  if (!convolved || !w1 || !w2 || !classes) return std::nullopt;
  const int w0 = *convolved + 3;
  if (*w1 <= w0 || *w2 <= *w1) return std::nullopt;
  return NetworkShape{.classes = *classes, .widths = {w0, *w1, *w2}};
}

const std::vector<int> kZh320Widths{16, 64, 128};

std::shared_ptr<Network> makeEnetZh320(const NetworkShape& shape) {
  return std::make_shared<enet_zh320::EnetZh320>(completed(shape, kZh320Widths));
}

}  // namespace

NetworkKind enetZh320Kind() {
  return {.name = "ENet-zh320",
          .signature = {"initial.conv.0.weight", "bottleneck1.conv_pool.left_conv.0.weight",
                        "bottleneck3.conv_regular.2.right_init_conv.2.0.weight",
                        "bottleneck4.conv_unpool.right_init_conv.1.up_conv.weight", "fullconv.up_conv.0.0.weight"},
          .mayBeFolded = [](std::string_view) { return false; },  // its convolutions have no bias to fold into
          .shapeOf = enetZh320Shape,
          .make = makeEnetZh320,
          .widths = kZh320Widths,
          .widthsHelp = "Channels at 1/2, 1/4 and 1/8 of the size; 8,32,64 is a slim network",
          .sizeMultiple = 8,
          .normalisation = kImageNet,
          .head = {"bottleneck4.", "bottleneck5.", "fullconv."},
          .switched = kZh320Switched,
          .optimise = [](const Network& network) { return foldedNetwork(network, makeEnetZh320); },
          .lastLayer = LastLayer{.key = "fullconv.up_conv.0", .reduction = 2, .convolution = "0"}};
}

}  // namespace oodscope
