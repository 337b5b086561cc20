// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/kinds.inl.h"

#include "inference/checkpoints/state_dict.inl.h"
#include "inference/networks/channels_last.inl.h"
#include "inference/networks/eomt.inl.h"
#include "inference/networks/eomt_readings.inl.h"
#include "inference/networks/fast_transformer.inl.h"
#include "inference/networks/quantised_forms.inl.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/gelu.h>

#include <algorithm>

namespace oodscope {
namespace {

class FastEomt final : public InferenceNetwork {
public:
  FastEomt(std::shared_ptr<const eomt::Eomt> network, const vit::LinearMaker& make)
      : m_network(std::move(network)),
        m_patches(*m_network->patchEmbedding),
        m_blocks(vit::fastBlocks(*m_network->blocks, make)) {
    for (const auto& block : m_network->upscale) m_doublings.emplace_back(block->phaseWeight(), block->phaseBias());
  }
  void run(const torch::Tensor& image, const torch::Tensor& out) override {
    const int side = m_network->widths.grid * eomt::kEomtPatch;
    eomt::readingOf(m_network->shape())
        .fill([this](const torch::Tensor& window) { return answer(window); }, side, image, out);
  }

private:
  [[nodiscard]] eomt::Answers answer(const torch::Tensor& image) const {
    const eomt::Widths& widths = m_network->widths;
    const std::int64_t rows = image.size(2) / eomt::kEomtPatch, columns = image.size(3) / eomt::kEomtPatch;
    torch::Tensor x = m_network->tokens(m_patches(m_network->normalised(image)).unsqueeze(0), rows, columns).squeeze(0);
    const auto jointFrom = static_cast<std::size_t>(widths.depth - widths.joint);
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
      if (i == jointFrom) x = at::cat({m_network->queries, x});
      m_blocks[i](x);
    }
    x = m_network->norm->forward(x);
    torch::Tensor maps =
        x.narrow(0, widths.queries + eomt::kEomtPrefixTokens, rows * columns).view({1, rows, columns, widths.width});
    for (std::size_t i = 0; i < m_doublings.size(); ++i) maps = doubled(maps, i);
    return m_network->answersOf(x.narrow(0, 0, widths.queries), maps.reshape({-1, widths.width}), maps.size(1),
                                maps.size(2));
  }
  [[nodiscard]] torch::Tensor doubled(const torch::Tensor& maps, std::size_t which) const {
    const torch::Tensor blocks = m_doublings[which](maps.reshape({-1, maps.size(3)}))
                                     .view({1, maps.size(1), maps.size(2), 4 * maps.size(3)})
                                     .permute({0, 3, 1, 2});
    return m_network->upscale.at(which)->finished(blocksToPixels(blocks, 0).permute({0, 2, 3, 1}));
  }
  std::shared_ptr<const eomt::Eomt> m_network;
  vit::FastPatchEmbedding m_patches;
  std::vector<vit::FastBlock> m_blocks;
  std::vector<vit::FastLinear> m_doublings;
};

constexpr const char* kEomtBackbone = "encoder.backbone.";

/// Blocks over queries and patches of the published configurations, where a file does not hold the buffer that tells.
/// Source: tue-mps/eomt, configs.
constexpr int kJointOfBase = 3, kJointOfLarge = 4, kDepthOfLarge = 24;

std::optional<NetworkShape> eomtShape(const StateDict& tensors) {
  const auto extents = vit::extentsOf(tensors, kEomtBackbone, "reg_token");
  const auto queries = extent(tensors, "q.weight", 2, 0), columns = extent(tensors, "class_head.weight", 2, 0);
  if (!extents || !queries || !columns || *columns < 2) return std::nullopt;
  const auto grid = vit::sideOfSquare(extents->positions);
  if (!grid || extents->patch != eomt::kEomtPatch || extents->registers != eomt::kEomtRegisters) return std::nullopt;
  const int usual = extents->depth >= kDepthOfLarge ? kJointOfLarge : kJointOfBase;
  const int joint = extent(tensors, "attn_mask_probs", 1, 0).value_or(usual);
  if (joint > extents->depth) return std::nullopt;
  return NetworkShape{.classes = *columns - 1, .widths = {joint, extents->depth, *grid, *queries, extents->width}};
}

/// ViT-B/16 at 640.
const std::vector<int> kEomtWidths{3, 12, 40, 100, 768};

std::int64_t windowMultiplyAdds(const eomt::Widths& of, Size window) {
  const std::int64_t patches = std::int64_t{window.width / eomt::kEomtPatch} * (window.height / eomt::kEomtPatch);
  const std::int64_t width = of.width, alone = patches + eomt::kEomtPrefixTokens;
  const std::int64_t embedding = patches * width * 3 * eomt::kEomtPatch * eomt::kEomtPatch;
  const std::int64_t blocks = (of.depth - of.joint) * vit::blockMultiplyAdds(alone, width) +
                              of.joint * vit::blockMultiplyAdds(alone + of.queries, width);
  // Two doublings of 2x2 and 3x3 kernels, then the product of masks at 16 places a patch.
  const std::int64_t doublings = patches * (4 + 16) * width * (width + 9);
  return embedding + blocks + doublings + 16 * patches * of.queries * width + 3 * of.queries * width * width;
}

std::int64_t eomtMultiplyAdds(const NetworkShape& shape, Size input) {
  const eomt::Widths widths = eomt::eomtWidths(shape);
  std::int64_t sum = 0;
  for (const Size window : eomt::readingOf(shape).windows(input, input, widths.grid * eomt::kEomtPatch))
    sum += windowMultiplyAdds(widths, window);
  return sum;
}

NetworkOption windowsOption() {
  NetworkOption out{.name = std::string(eomt::kReadingOption), .values = {}};
  for (const eomt::Reading& reading : eomt::readings())
    out.values.push_back({std::string(reading.name), std::string(reading.description)});
  return out;
}

std::shared_ptr<const eomt::Eomt> eomtOf(const Network& network) {
  return std::dynamic_pointer_cast<const eomt::Eomt>(network.shared_from_this());
}

int trainedSide(const NetworkShape& shape) { return eomt::eomtWidths(shape).grid * eomt::kEomtPatch; }

}  // namespace

NetworkKind eomtKind() {
  return {
      .name = "EoMT",
      .options = {windowsOption()},
      .signature = {"q.weight", "class_head.weight", "mask_head.0.weight", "upscale.0.conv1.weight",
                    "encoder.backbone.patch_embed.proj.weight", "encoder.backbone.reg_token"},
      .auxiliaryHeads = {"attn_mask_probs"},
      .shapeOf = eomtShape,
      .make = [](const NetworkShape& shape) { return std::make_shared<eomt::Eomt>(completed(shape, kEomtWidths)); },
      .widths = kEomtWidths,
      .widthsHelp =
          "Blocks with queries, blocks, patches along a side, queries, width: 3,12,40,100,768 is ViT-B at "
          "640",
      .sizeMultiple = 1,
      .arrays = [](const NetworkShape& shape, Size input) { return eomt::readingOf(shape).arrays(shape, input); },
      .networkInput = [](const NetworkShape& shape, Size image,
                         Size input) { return eomt::readingOf(shape).networkInput(image, input, trainedSide(shape)); },
      .inputSize = [](const NetworkShape& shape) { return eomt::readingOf(shape).defaultInput(trainedSide(shape)); },
      .multiplyAdds = eomtMultiplyAdds,
      .optimise = [](const Network& network) -> std::unique_ptr<InferenceNetwork> {
        return std::make_unique<FastEomt>(eomtOf(network), vit::plainLinear);
      }};
}

const DynamicBytes& eomtBytes() {
  static constexpr DynamicBytes bytes{.what = "the linear layers of its blocks",
                                      .isQuantised = vit::isBlockWeight,
                                      .arrange = [](const Network& network, const StateDict& scales,
                                                    ByteEngine engine) -> std::unique_ptr<InferenceNetwork> {
                                        return std::make_unique<FastEomt>(
                                            eomtOf(network), vit::byteLinears(scales, kEomtBackbone, engine));
                                      }};
  return bytes;
}

}  // namespace oodscope
