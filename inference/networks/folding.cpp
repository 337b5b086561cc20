// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/folding.inl.h"

#include "analysis/core/error.h"

#include <ATen/Parallel.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

namespace oodscope {
namespace {

std::vector<std::int64_t> list(const torch::ExpandingArray<2>& values) { return {values->begin(), values->end()}; }

std::vector<std::int64_t> paddingOf(const torch::nn::Conv2d& conv) {
  using std::get;  // LibTorch 1 holds the padding in its own variant, found by its argument; LibTorch 2 in the standard
                   // one
  return list(get<torch::ExpandingArray<2>>(conv->options.padding()));
}

torch::Tensor biasOrZero(const torch::Tensor& bias, std::int64_t channels, const torch::Tensor& like) {
  return bias.defined() ? bias.detach().clone() : at::zeros({channels}, like.options());
}

/// Rows of blocks, each block the four sub-pixels of all channels, to planes. in: H x W x (2, 2, C); out: C x 2H x 2W.
void toPlanes(const float* in, float* out, std::int64_t height, std::int64_t width, std::int64_t channels) {
  // 16 pixels of 80 values fit the first-level cache, so that the strided reads below cost nothing.
  constexpr std::int64_t kTile = 16;
  at::parallel_for(0, height, 1, [&](std::int64_t firstRow, std::int64_t endRow) {
    for (std::int64_t y = firstRow; y < endRow; ++y) {
      for (std::int64_t x0 = 0; x0 < width; x0 += kTile) {
        const std::int64_t x1 = std::min(x0 + kTile, width);
        for (std::int64_t c = 0; c < channels; ++c) {
          for (std::int64_t a = 0; a < 2; ++a) {
            const float* from = in + (y * width * 4 + a * 2) * channels + c;
            float* to = out + (c * height * 2 + 2 * y + a) * width * 2;
            for (std::int64_t x = x0; x < x1; ++x) {
              to[2 * x] = from[x * 4 * channels];
              to[2 * x + 1] = from[x * 4 * channels + channels];
            }
          }
        }
      }
    }
  });
}

}  // namespace

bool Affine::isIdentity() const { return scale.eq(1.0).all().item<bool>() && shift.eq(0.0).all().item<bool>(); }

Affine Affine::channels(std::int64_t first, std::int64_t count) const {
  return {scale.narrow(0, first, count), shift.narrow(0, first, count)};
}

Affine atRest(const torch::nn::BatchNorm2d& norm) {
  // In double: folding must not cost more accuracy than the batch norm itself.
  const torch::Tensor scale =
      norm->weight.detach().to(torch::kDouble) / (norm->running_var.to(torch::kDouble) + norm->options.eps()).sqrt();
  const torch::Tensor shift = norm->bias.detach().to(torch::kDouble) - norm->running_mean.to(torch::kDouble) * scale;
  return {scale, shift};
}

FoldedConv::FoldedConv(const torch::nn::Conv2d& conv, const std::optional<Affine>& after)
    : m_weight(conv->weight.detach()),
      m_bias(biasOrZero(conv->bias, m_weight.size(0), m_weight)),
      m_stride(list(conv->options.stride())),
      m_padding(paddingOf(conv)),
      m_dilation(list(conv->options.dilation())) {
  if (after) {
    m_weight = (m_weight.to(torch::kDouble) * after->scale.view({-1, 1, 1, 1})).to(torch::kFloat);
    m_bias = (m_bias.to(torch::kDouble) * after->scale + after->shift).to(torch::kFloat);
  }
  m_weight = m_weight.clone(torch::MemoryFormat::ChannelsLast);
}

torch::Tensor FoldedConv::operator()(const torch::Tensor& x) const {
  return at::conv2d(x, m_weight, m_bias, m_stride, m_padding, m_dilation);
}

FoldedUpsampling::FoldedUpsampling(const torch::nn::ConvTranspose2d& conv, const std::optional<Affine>& after) {
  const torch::Tensor original = conv->weight.detach().to(torch::kDouble);  // in, out, k, k
  const std::int64_t in = original.size(0), out = original.size(1), k = original.size(2);
  require((k == 2 || k == 3) && original.size(3) == k && conv->options.stride()->at(0) == 2,
          "FoldedUpsampling: kernel 2 or 3, stride 2");
  m_needsMargin = k == 3;
  const std::int64_t reach = m_needsMargin ? 2 : 1;
  const torch::Tensor turned = original.permute({1, 0, 2, 3});  // out, in, k, k
  torch::Tensor weight = at::zeros({2, 2, out, in, reach, reach}, original.options());
  // 3x3, padding 1: an even output pixel sees the kernel's middle, an odd one its last and first row (or column) over
  // the input pixel before and after it.
  const auto kernelIndex = [&](std::int64_t phase, std::int64_t offset) -> std::int64_t {
    if (k == 2) return phase;
    if (phase == 0) return 1;
    return offset == 0 ? 2 : 0;
  };
  for (std::int64_t a = 0; a < 2; ++a) {
    for (std::int64_t b = 0; b < 2; ++b) {
      for (std::int64_t dy = 0; dy <= (m_needsMargin ? a : 0); ++dy) {
        for (std::int64_t dx = 0; dx <= (m_needsMargin ? b : 0); ++dx) {
          weight.select(0, a).select(0, b).select(2, dy).select(2, dx).copy_(
              turned.select(2, kernelIndex(a, dy)).select(2, kernelIndex(b, dx)));
        }
      }
    }
  }
  torch::Tensor bias = biasOrZero(conv->bias, out, original).to(torch::kDouble);
  if (after) {
    weight = weight * after->scale.view({1, 1, out, 1, 1, 1});
    bias = bias * after->scale + after->shift;
  }
  m_weight = weight.reshape({4 * out, in, reach, reach}).to(torch::kFloat).clone(torch::MemoryFormat::ChannelsLast);
  m_bias = bias.repeat({4}).to(torch::kFloat);
}

torch::Tensor FoldedUpsampling::convolve(const torch::Tensor& x) const {
  const torch::Tensor in = m_needsMargin ? at::constant_pad_nd(x, {0, 1, 0, 1}) : x;
  return at::conv2d(in, m_weight, m_bias).contiguous(torch::MemoryFormat::ChannelsLast);
}

torch::Tensor FoldedUpsampling::operator()(const torch::Tensor& x, bool relu) const {
  torch::Tensor blocks = convolve(x);
  if (relu) blocks.relu_();
  const std::int64_t n = blocks.size(0), c = blocks.size(1) / 4, h = blocks.size(2), w = blocks.size(3);
  return blocks.permute({0, 2, 3, 1})
      .view({n, h, w, 2, 2 * c})
      .permute({0, 1, 3, 2, 4})
      .contiguous()
      .view({n, 2 * h, 2 * w, c})
      .permute({0, 3, 1, 2});
}

void FoldedUpsampling::planar(const torch::Tensor& x, const torch::Tensor& out) const {
  const torch::Tensor blocks = convolve(x);
  const std::int64_t n = blocks.size(0), c = blocks.size(1) / 4, h = blocks.size(2), w = blocks.size(3);
  require(out.dim() == 4 && out.size(0) == n && out.size(1) == c && out.size(2) == 2 * h && out.size(3) == 2 * w,
          "FoldedUpsampling: output of another shape");
  if (n == 1 && blocks.is_cpu() && out.is_cpu() && out.is_contiguous() && out.scalar_type() == torch::kFloat) {
    toPlanes(blocks.data_ptr<float>(), out.data_ptr<float>(), h, w, c);
    return;
  }
  out.copy_(blocks.permute({0, 2, 3, 1}).view({n, h, w, 2, 2, c}).permute({0, 5, 1, 3, 2, 4}).reshape(out.sizes()));
}

}  // namespace oodscope
