// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/fast_transformer.inl.h"

#include "inference/networks/token_products.inl.h"

#include <ATen/Context.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/linear.h>

#include <utility>

namespace oodscope::vit {
namespace {

/// Rows of a map: the own kernel shares rows among threads and sums four pixels of a row at once.
constexpr std::int64_t kMapWidth = 4;

/// Rows as pixels of a map that is channels-last however thin it is.
torch::Tensor asMap(const torch::Tensor& x, std::int64_t height, std::int64_t width) {
  return x.view({1, height, width, x.size(1)}).permute({0, 3, 1, 2});
}

torch::Tensor asRows(const torch::Tensor& map) { return map.permute({0, 2, 3, 1}).reshape({-1, map.size(1)}); }

torch::Tensor asKernel(const torch::Tensor& weight) { return weight.view({weight.size(0), weight.size(1), 1, 1}); }

/// A 1x1 kernel whose strides say channels-last, which those of a view do not.
torch::Tensor channelsLastKernel(const torch::Tensor& weight) {
  torch::Tensor out =
      at::empty({weight.size(0), weight.size(1), 1, 1}, weight.options(), torch::MemoryFormat::ChannelsLast);
  out.copy_(asKernel(weight));
  return out;
}

torch::Tensor byOwn(const OwnConvolution& own, const torch::Tensor& x) {
  const std::int64_t rows = x.size(0), whole = rows / kMapWidth * kMapWidth;
  if (whole == 0) return asRows(own(asMap(x, 1, rows)));
  if (whole == rows) return asRows(own(asMap(x, rows / kMapWidth, kMapWidth)));
  return at::cat({asRows(own(asMap(x.narrow(0, 0, whole), whole / kMapWidth, kMapWidth))),
                  asRows(own(asMap(x.narrow(0, whole, rows - whole), 1, rows - whole)))});
}

}  // namespace

FastLinear::FastLinear(torch::Tensor weight, torch::Tensor bias, torch::Tensor scale)
    : m_weight(weight.detach()), m_bias(bias.detach()), m_scale(scale.defined() ? scale.detach() : scale) {}

torch::Tensor FastLinear::scaled(const torch::Tensor& values) const {
  if (!m_scale.defined()) return values;
  return values * (values.dim() == 2 ? m_scale.unsqueeze(1) : m_scale);
}

torch::Tensor FastLinear::operator()(const torch::Tensor& x) const {
  if (!x.is_cpu() || x.scalar_type() != torch::kFloat) return at::linear(x, scaled(m_weight), scaled(m_bias));
  const torch::Tensor rows = x.contiguous();
  if (at::globalContext().userEnabledMkldnn()) {
    const torch::Tensor map = asMap(rows, rows.size(0), 1);
    if (!m_packed || !m_packed->fits(map))
      m_packed =
          PackedConvolution::pack(channelsLastKernel(scaled(m_weight)), scaled(m_bias),
                                  {.stride = {1, 1}, .padding = {0, 0}, .dilation = {1, 1}}, map.sizes().vec(), false);
    if (m_packed) return asRows((*m_packed)(map));
  }
  if (!m_own) m_own.emplace(asKernel(scaled(m_weight)), scaled(m_bias), ConvolutionGeometry{}, false);
  return byOwn(*m_own, rows);
}

FastBlock::FastBlock(std::shared_ptr<const Block> block)
    : m_block(std::move(block)),
      m_qkv(*m_block->qkv),
      m_proj(*m_block->proj, m_block->gamma1),
      m_fc1(*m_block->fc1),
      m_fc2(*m_block->fc2, m_block->gamma2) {}

void FastBlock::operator()(torch::Tensor& x) const {
  x.add_(m_proj(quickAttention(m_qkv(m_block->norm1->forward(x)), m_block->heads)));
  torch::Tensor hidden = m_fc1(m_block->norm2->forward(x));
  at::gelu_(hidden);
  x.add_(m_fc2(hidden));
}

FastPatchEmbedding::FastPatchEmbedding(const PatchEmbedding& embedding)
    : m_side(embedding.side), m_project(embedding.weight.view({embedding.weight.size(0), -1}), embedding.bias) {}

torch::Tensor FastPatchEmbedding::operator()(const torch::Tensor& image) const {
  const std::int64_t rows = image.size(2) / m_side, columns = image.size(3) / m_side;
  return m_project(image.reshape({3, rows, m_side, columns, m_side})
                       .permute({1, 3, 0, 2, 4})
                       .reshape({rows * columns, 3 * m_side * m_side}));
}

}  // namespace oodscope::vit
