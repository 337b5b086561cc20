// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/kinds.inl.h"

#include "inference/checkpoints/state_dict.inl.h"
#include "inference/networks/dinov2.inl.h"
#include "inference/networks/fast_transformer.inl.h"
#include "inference/networks/folding.inl.h"
#include "inference/networks/quantised_forms.inl.h"

#include <ATen/ops/cat.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace oodscope {
namespace {

class FastDinov2 final : public InferenceNetwork {
public:
  FastDinov2(const dinov2::Dinov2& network, const vit::LinearMaker& make)
      : m_backbone(network.backbone),
        m_patches(*network.backbone->patchEmbedding),
        m_blocks(vit::fastBlocks(*m_backbone->blocks, make)) {
    const Affine norm = inferenceAffine(network.headNorm);
    const torch::Tensor weight = network.headWeight.detach().flatten(1).to(torch::kDouble);
    const torch::Tensor bias = network.headBias.detach().to(torch::kDouble) + (weight * norm.shift).sum(1);
    m_head = vit::FastLinear((weight * norm.scale).to(torch::kFloat), bias.to(torch::kFloat));
  }
  void run(const torch::Tensor& image, const torch::Tensor& logits) override {
    const dinov2::Padding padding = dinov2::paddingFor(image.size(2), image.size(3));
    const torch::Tensor whole = dinov2::padded(image, padding);
    const std::int64_t rows = whole.size(2) / dinov2::kDinov2Patch, columns = whole.size(3) / dinov2::kDinov2Patch;
    torch::Tensor x = m_backbone->tokens(m_patches(whole).unsqueeze(0), rows, columns).squeeze(0);
    const std::size_t firstRead = m_blocks.size() - static_cast<std::size_t>(m_backbone->widths.layers);
    std::vector<torch::Tensor> read;
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
      m_blocks[i](x);
      if (i >= firstRead)
        read.push_back(m_backbone->norm->forward(x).narrow(0, x.size(0) - rows * columns, rows * columns));
    }
    const torch::Tensor maps = m_head(at::cat(read, 1)).t().reshape({1, logits.size(1), rows, columns});
    logits.copy_(dinov2::toImage(maps, padding));
  }

private:
  std::shared_ptr<const dinov2::Backbone> m_backbone;
  vit::FastPatchEmbedding m_patches;
  std::vector<vit::FastBlock> m_blocks;
  vit::FastLinear m_head;
};

constexpr std::string_view kBackbonePrefix = "backbone.", kHeadPrefix = "decode_head.";

/// What stands before the backbone's keys, by that of its first layer; empty where it is not there.
std::optional<std::string> backbonePrefixOf(const StateDict& tensors) {
  constexpr std::string_view first = "patch_embed.proj.weight";
  std::optional<std::string> out;
  for (const auto& [key, tensor] : tensors) {
    if (key.ends_with("reg_token")) return std::nullopt;  // timm's names
    if (!key.ends_with(first)) continue;
    const std::string prefix = key.substr(0, key.size() - first.size());
    if (prefix.empty() || prefix.back() == '.') out = prefix;
  }
  return out;
}

bool isBackboneKey(std::string_view rest) {
  constexpr std::array parts{std::string_view("cls_token"),    std::string_view("mask_token"),
                             std::string_view("pos_embed"),    std::string_view("register_tokens"),
                             std::string_view("patch_embed."), std::string_view("blocks."),
                             std::string_view("norm.")};
  return std::ranges::any_of(parts, [&](std::string_view part) { return rest.starts_with(part); });
}

/// What stands before "weight" in the key of a head of any of the names that people give it, over `width` channels or a
/// multiple.
std::optional<std::string> headPrefixOf(const StateDict& tensors, std::int64_t width) {
  constexpr std::array names{std::string_view("head."), std::string_view("linear."), std::string_view("conv_seg."),
                             std::string_view("classifier.")};
  for (const auto& [key, tensor] : tensors) {
    if (!key.ends_with(".weight") || (tensor.dim() != 2 && tensor.dim() != 4) || tensor.size(1) % width != 0) continue;
    const std::string prefix = key.substr(0, key.size() - std::string_view("weight").size());
    for (const std::string_view name : names) {
      const bool isNamed = prefix == name || prefix.ends_with("." + std::string(name));
      if (isNamed) return prefix;
    }
  }
  return std::nullopt;
}

/// Keys as mmsegmentation's models have them ("backbone.…", "decode_head.conv_seg.…"), from whatever stands before the
/// backbone's keys and whatever the linear layer is called: no two people train the same wrapper.
std::vector<std::string> dinov2Keys(const StateDict& tensors) {
  const auto prefix = backbonePrefixOf(tensors);
  const auto isThere = [&](const std::string& key) {
    return std::ranges::find(tensors, key, &StateDict::value_type::first) != tensors.end();
  };
  if (!prefix || !isThere(*prefix + "blocks.0.ls1.gamma")) return {};
  const auto first = std::ranges::find(tensors, *prefix + "patch_embed.proj.weight", &StateDict::value_type::first);
  if (first->second.dim() != 4 || first->second.size(0) < 1) return {};
  const auto head = headPrefixOf(tensors, first->second.size(0));
  // The norm of the head stands beside it.
  const std::string beside = head ? head->substr(0, head->rfind('.', head->size() - 2) + 1) + "bn." : "";
  std::vector<std::string> out;
  for (const auto& [key, tensor] : tensors) {
    std::string named = key;
    if (head && key.starts_with(*head))
      named = std::string(kHeadPrefix) + "conv_seg." + key.substr(head->size());
    else if (head && key.starts_with(beside))
      named = std::string(kHeadPrefix) + "bn." + key.substr(beside.size());
    else if (key.starts_with(*prefix) && isBackboneKey(std::string_view(key).substr(prefix->size())))
      named = std::string(kBackbonePrefix) + key.substr(prefix->size());
    out.push_back(std::move(named));
  }
  return out;
}

std::optional<NetworkShape> dinov2Shape(const StateDict& tensors) {
  const auto extents = vit::extentsOf(tensors, std::string(kBackbonePrefix), "register_tokens");
  const auto head = std::ranges::find(tensors, "decode_head.conv_seg.weight", &StateDict::value_type::first);
  if (!extents || extents->patch != dinov2::kDinov2Patch || head == tensors.end()) return std::nullopt;
  const auto grid = vit::sideOfSquare(extents->positions - 1);  // the class token has one of its own
  const std::int64_t classes = head->second.size(0), layers = head->second.size(1) / extents->width;
  if (!grid || classes < 1 || classes > 4096 || layers < 1 || layers > extents->depth) return std::nullopt;
  return NetworkShape{.classes = static_cast<int>(classes),
                      .widths = {extents->registers, static_cast<int>(layers), extents->depth, *grid, extents->width}};
}

const std::vector<int> kDinov2Widths{0, 1, 12, 37, 384};

std::int64_t dinov2MultiplyAdds(const NetworkShape& shape, Size input) {
  const dinov2::Widths widths = dinov2::dinov2Widths(shape);
  const auto along = [](int size) { return std::int64_t{(size + dinov2::kDinov2Patch - 1) / dinov2::kDinov2Patch}; };
  const std::int64_t patches = along(input.width) * along(input.height), width = widths.width;
  const std::int64_t embedding = patches * width * 3 * dinov2::kDinov2Patch * dinov2::kDinov2Patch;
  return embedding + widths.depth * vit::blockMultiplyAdds(patches + 1 + widths.registers, width) +
         patches * width * widths.layers * shape.classes;
}

}  // namespace

NetworkKind dinov2Kind() {
  return {
      .name = "DINOv2",
      .signature = {"backbone.patch_embed.proj.weight", "backbone.cls_token", "backbone.pos_embed",
                    "backbone.blocks.0.ls1.gamma"},
      .auxiliaryHeads = {"backbone.mask_token"},
      .mayBeFolded = [](std::string_view norm) { return norm == "decode_head.bn"; },
      .keysOf = dinov2Keys,
      .shapeOf = dinov2Shape,
      .make =
          [](const NetworkShape& shape) { return std::make_shared<dinov2::Dinov2>(completed(shape, kDinov2Widths)); },
      .widths = kDinov2Widths,
      .widthsHelp =
          "Registers, last blocks that the head reads, blocks, patches along a side of the trained "
          "positions, width: 0,1,12,37,384 is ViT-S/14",
      .sizeMultiple = 1,
      .normalisation = kImageNet,
      .backbone = "backbone.",
      .head = {"decode_head."},
      .multiplyAdds = dinov2MultiplyAdds,
      .optimise = [](const Network& network) -> std::unique_ptr<InferenceNetwork> {
        return std::make_unique<FastDinov2>(dynamic_cast<const dinov2::Dinov2&>(network), vit::plainLinear);
      }};
}

const DynamicBytes& dinov2Bytes() {
  static constexpr DynamicBytes bytes{.what = "the linear layers of its blocks",
                                      .isQuantised = vit::isBlockWeight,
                                      .arrange = [](const Network& network, const StateDict& scales,
                                                    ByteEngine engine) -> std::unique_ptr<InferenceNetwork> {
                                        return std::make_unique<FastDinov2>(
                                            dynamic_cast<const dinov2::Dinov2&>(network),
                                            vit::byteLinears(scales, std::string(kBackbonePrefix), engine));
                                      }};
  return bytes;
}

}  // namespace oodscope
