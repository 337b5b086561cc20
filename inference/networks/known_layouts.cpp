// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/known_layouts.inl.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace oodscope {
namespace {

struct Layout {
  std::string_view key;  ///< a part of a key that no implementation before it in the list has
  const char* name;
};

// Sources: key names of the public implementations named; more particular ones first.
constexpr std::array kLayouts{
    Layout{"decoder.output_conv.prototypes", "ERFNet with an IsoMax+ head"},
    Layout{"cp.arm16.", "BiSeNetV1 (CoinCheung)"},
    Layout{"context_path.arm_16.", "BiSeNetV1 in zh320's layout"},
    Layout{"bga_layer.detail_high.", "BiSeNetV2 in zh320's layout"},
    Layout{"l3_block1.conv_init.", "ESPNetv2 in zh320's layout"},
    Layout{"bga.left1", "BiSeNetV2"},
    Layout{"conv_pool.", "ENet in zh320's layout"},
    Layout{"bottleneck10.conv1.", "ENet in a layout of its own (bottleneck10 to bottleneck51)"},
    Layout{"backbone.high_level_features.", "DeepLabV3 or V3+ on MobileNetV2 (VainF)"},
    Layout{"classifier.aspp.convs.", "DeepLabV3+ (VainF)"},
    Layout{"classifier.classifier.0.convs.", "DeepLabV3 without + (VainF)"},
    Layout{"aspp.aspp1.atrous_conv", "DeepLabV3+ (jfzhang95)"},
    Layout{"aspp.features.0.", "DeepLabV3+ (NVIDIA, DeepV3Plus)"},
    Layout{"classifier.0.convs.0.", "DeepLabV3 (torchvision)"},
    Layout{"bu_dec_l1.", "ESPNetv2 (EdgeNets)"},
    Layout{"head.cff_24.", "ICNet (liminn)"},
    Layout{"cff42.", "ICNet (zh320)"},
    Layout{"network.q.weight", "EoMT"},
    Layout{"segformer.encoder.", "SegFormer (Hugging Face)"},
    Layout{"decode_head.conv_seg.", "a network of MMSegmentation"},
    Layout{"encoder_q.layer1.", "a backbone trained by MoCo, without a segmentation head"},
    Layout{"patch_embed.proj.weight", "a vision transformer, without a head that is known here"},
    Layout{"layer4.1.conv2.weight", "a ResNet of torchvision, or a network around one"},
    Layout{"inc.double_conv.", "U-Net (milesial)"},
    Layout{"features.0.weight", "a VGG or AlexNet of torchvision, or a network around one"}};

}  // namespace

std::string resembledImplementation(const StateDict& tensors) {
  for (const Layout& layout : kLayouts) {
    const bool found = std::any_of(tensors.begin(), tensors.end(), [&](const auto& entry) {
      return entry.first.find(layout.key) != std::string::npos;
    });
    if (found) return layout.name;
  }
  return {};
}

}  // namespace oodscope
