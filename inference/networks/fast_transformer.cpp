// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/fast_transformer.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/token_products.inl.h"

#include <ATen/Context.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/linear.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace oodscope::vit {
namespace {

torch::Tensor asKernel(const torch::Tensor& weight) { return weight.view({weight.size(0), weight.size(1), 1, 1}); }

/// A 1x1 kernel whose strides say channels-last, which those of a view do not.
torch::Tensor channelsLastKernel(const torch::Tensor& weight) {
  torch::Tensor out =
      at::empty({weight.size(0), weight.size(1), 1, 1}, weight.options(), torch::MemoryFormat::ChannelsLast);
  out.copy_(asKernel(weight));
  return out;
}

}  // namespace

FastLinear::FastLinear(const torch::Tensor& weight, const torch::Tensor& bias, const torch::Tensor& scale)
    : m_weight(weight.detach()), m_bias(bias.detach()), m_scale(scale.defined() ? scale.detach() : scale) {}

torch::Tensor FastLinear::scaled(const torch::Tensor& values) const {
  if (!m_scale.defined()) return values;
  return values * (values.dim() == 2 ? m_scale.unsqueeze(1) : m_scale);
}

FastLinear::FastLinear(const Linear& layer, const torch::Tensor& scale, const torch::Tensor& factors, ByteEngine engine)
    : FastLinear(layer.weight, layer.bias, scale) {
  const torch::Tensor flat = factors.detach().reshape({-1}).contiguous();
  m_bytes.emplace(weightIntegers(m_weight, flat.unsqueeze(1)), flat, m_bias, engine);
}

torch::Tensor FastLinear::operator()(const torch::Tensor& x) const {
  if (m_bytes) {
    const torch::Tensor out = (*m_bytes)(x);
    return m_scale.defined() ? out * m_scale : out;
  }
  if (!x.is_cpu() || x.scalar_type() != torch::kFloat) return at::linear(x, scaled(m_weight), scaled(m_bias));
  const torch::Tensor rows = x.contiguous();
  if (at::globalContext().userEnabledMkldnn()) {
    const torch::Tensor map = rowsAsMap(rows, rows.size(0), 1);
    if (!m_packed || !m_packed->fits(map))
      m_packed =
          PackedConvolution::pack(channelsLastKernel(scaled(m_weight)), scaled(m_bias),
                                  {.stride = {1, 1}, .padding = {0, 0}, .dilation = {1, 1}}, map.sizes().vec(), false);
    if (m_packed) return mapAsRows((*m_packed)(map));
  }
  if (!m_own) m_own.emplace(asKernel(scaled(m_weight)), scaled(m_bias), ConvolutionGeometry{}, false);
  return productByOwn(*m_own, rows);
}

FastLinear plainLinear(const std::string& /*key*/, const Linear& layer, const torch::Tensor& scale) {
  return FastLinear(layer, scale);
}

LinearMaker byteLinears(const StateDict& factors, const std::string& prefix, ByteEngine engine) {
  const std::map<std::string, torch::Tensor> byKey(factors.begin(), factors.end());
  return [byKey, prefix, engine](const std::string& key, const Linear& layer, const torch::Tensor& scale) {
    const auto found = byKey.find(prefix + key + ".weight");
    if (found == byKey.end() || found->second.numel() != layer.weight.size(0) ||
        !found->second.gt(0.0).all().item<bool>()) {
      throw Error({.what = "the file's factors are not those of its network",
                   .expected = std::to_string(layer.weight.size(0)) + " above 0 of " + prefix + key,
                   .found = found == byKey.end() ? "none" : std::to_string(found->second.numel()) + " values",
                   .file = {}});
    }
    return FastLinear(layer, scale, found->second, engine);
  };
}

bool isBlockWeight(std::string_view key) {
  constexpr std::array names{std::string_view(".attn.qkv.weight"), std::string_view(".attn.proj.weight"),
                             std::string_view(".mlp.fc1.weight"), std::string_view(".mlp.fc2.weight")};
  return key.find("blocks.") != std::string_view::npos &&
         std::ranges::any_of(names, [&](std::string_view name) { return key.ends_with(name); });
}

FastBlock::FastBlock(std::shared_ptr<const Block> block, const std::string& key, const LinearMaker& make)
    : m_block(std::move(block)),
      m_qkv(make(key + ".attn.qkv", *m_block->qkv, {})),
      m_proj(make(key + ".attn.proj", *m_block->proj, m_block->gamma1)),
      m_fc1(make(key + ".mlp.fc1", *m_block->fc1, {})),
      m_fc2(make(key + ".mlp.fc2", *m_block->fc2, m_block->gamma2)) {}

std::vector<FastBlock> fastBlocks(const Blocks& blocks, const LinearMaker& make) {
  std::vector<FastBlock> out;
  for (std::size_t i = 0; i < blocks.all.size(); ++i)
    out.emplace_back(blocks.all[i], "blocks." + std::to_string(i), make);
  return out;
}

void FastBlock::operator()(torch::Tensor& x) const {
  x.add_(m_proj(quickAttention(m_qkv(m_block->norm1->forward(x)), m_block->heads)));
  torch::Tensor hidden = m_fc1(m_block->norm2->forward(x));
  at::gelu_(hidden);
  x.add_(m_fc2(hidden));
}

FastPatchEmbedding::FastPatchEmbedding(const PatchEmbedding& embedding)
    : m_side(embedding.side), m_project(embedding.weight.flatten(1), embedding.bias) {}

torch::Tensor FastPatchEmbedding::operator()(const torch::Tensor& image) const {
  const std::int64_t rows = image.size(2) / m_side, columns = image.size(3) / m_side;
  return m_project(image.reshape({3, rows, m_side, columns, m_side})
                       .permute({1, 3, 0, 2, 4})
                       .reshape({rows * columns, 3 * m_side * m_side}));
}

}  // namespace oodscope::vit
