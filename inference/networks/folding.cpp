// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/folding.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/channels_last.inl.h"
#include "inference/networks/direct_kernel.h"

#include <ATen/Context.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <utility>

namespace oodscope {
namespace {

/// oneDNN does not pack an image of three channels well: as many and fewer are convolved as they come.
constexpr std::int64_t kFewChannels = 3;

std::vector<std::int64_t> list(const torch::ExpandingArray<2>& values) { return {values->begin(), values->end()}; }

std::vector<std::int64_t> paddingOf(const torch::nn::Conv2d& conv) {
  using std::get;  // LibTorch 1 holds the padding in its own variant, found by its argument; LibTorch 2 in the standard
                   // one
  return list(get<torch::ExpandingArray<2>>(conv->options.padding()));
}

torch::Tensor biasOrZero(const torch::Tensor& bias, std::int64_t channels, const torch::Tensor& like) {
  return bias.defined() ? bias.detach().clone() : at::zeros({channels}, like.options());
}

/// Groups of fewer channels than a vector holds cost more than the zeros of one group of all of them (measured: 32 to
/// 24 channels in four groups 14 ms, in one 2 ms).
OwnConvolution pointwiseByOwnKernel(const torch::Tensor& weight, const torch::Tensor& bias,
                                    const ConvolutionGeometry& geometry, bool relu) {
  const std::int64_t groups = geometry.groups, in = weight.size(1), out = weight.size(0) / groups;
  if (groups == 1 || (in >= kDirectStride && out >= kDirectStride)) return OwnConvolution(weight, bias, geometry, relu);
  const torch::Tensor dense = at::zeros({weight.size(0), groups * in, 1, 1}, weight.options());
  for (std::int64_t g = 0; g < groups; ++g)
    dense.narrow(0, g * out, out).narrow(1, g * in, in).copy_(weight.narrow(0, g * out, out));
  ConvolutionGeometry whole = geometry;
  whole.groups = 1;
  return OwnConvolution(dense, bias, std::move(whole), relu);
}

}  // namespace

bool Affine::isIdentity() const { return scale.eq(1.0).all().item<bool>() && shift.eq(0.0).all().item<bool>(); }

Affine Affine::channels(std::int64_t first, std::int64_t count) const {
  return {scale.narrow(0, first, count), shift.narrow(0, first, count)};
}

Affine inferenceAffine(const torch::nn::BatchNorm2d& norm) {
  // In double: folding must not cost more accuracy than the batch norm itself.
  const torch::Tensor scale =
      norm->weight.detach().to(torch::kDouble) / (norm->running_var.to(torch::kDouble) + norm->options.eps()).sqrt();
  const torch::Tensor shift = norm->bias.detach().to(torch::kDouble) - norm->running_mean.to(torch::kDouble) * scale;
  return {scale, shift};
}

FoldedConv::FoldedConv(const torch::nn::Conv2d& conv, const std::optional<Affine>& after, bool relu)
    : m_weight(conv->weight.detach()),
      m_bias(biasOrZero(conv->bias, m_weight.size(0), m_weight)),
      m_geometry{.stride = list(conv->options.stride()),
                 .padding = paddingOf(conv),
                 .dilation = list(conv->options.dilation()),
                 .groups = conv->options.groups()},
      m_relu(relu) {
  if (after) {
    m_weight = (m_weight.to(torch::kDouble) * after->scale.view({-1, 1, 1, 1})).to(torch::kFloat);
    m_bias = (m_bias.to(torch::kDouble) * after->scale + after->shift).to(torch::kFloat);
  }
  m_weight = m_weight.clone(torch::MemoryFormat::ChannelsLast);
}

FoldedConv::FoldedConv(torch::Tensor weight, torch::Tensor bias, std::int64_t padding, bool relu)
    : m_weight(std::move(weight)),
      m_bias(std::move(bias)),
      m_geometry{.stride = {1, 1}, .padding = {padding, padding}, .dilation = {1, 1}, .groups = 1},
      m_relu(relu) {}

torch::Tensor FoldedConv::operator()(const torch::Tensor& x) const {
  const bool single = x.is_cpu() && x.scalar_type() == torch::kFloat;
  if (single && m_weight.size(2) * m_weight.size(3) == 1) {
    if (!m_own) m_own.emplace(pointwiseByOwnKernel(m_weight, m_bias, m_geometry, m_relu));
    return (*m_own)(x);
  }
  const bool packable = single && at::globalContext().userEnabledMkldnn() && x.size(1) > kFewChannels &&
                        x.is_contiguous(torch::MemoryFormat::ChannelsLast);
  if (packable && (!m_packed || !m_packed->fits(x)))
    m_packed = PackedConvolution::pack(m_weight, m_bias, m_geometry, x.sizes().vec(), m_relu);
  if (packable && m_packed) return (*m_packed)(x);
  torch::Tensor y =
      at::conv2d(x, m_weight, m_bias, m_geometry.stride, m_geometry.padding, m_geometry.dilation, m_geometry.groups);
  return m_relu ? y.relu_() : y;
}

namespace {

/// Row or column of a transposed convolution's kernel of `k` that an output pixel of `phase` sees over the input pixel
/// `offset` further.
std::int64_t kernelIndex(std::int64_t k, std::int64_t phase, std::int64_t offset) {
  // 3x3, padding 1: an even output pixel sees the kernel's middle, an odd one its last and first row (or column) over
  // the input pixel before and after it.
  if (k == 2) return phase;
  if (phase == 0) return 1;
  return offset == 0 ? 2 : 0;
}

/// The kernels of the 2x2 output pixels of an input pixel: 2, 2, out, in, reach, reach. `turned`: out, in, k, k, where
/// k is 2 (reach 1) or 3 (reach 2).
torch::Tensor phaseWeights(const torch::Tensor& turned) {
  const std::int64_t k = turned.size(2);
  const std::int64_t reach = k - 1;
  torch::Tensor weight = at::zeros({2, 2, turned.size(0), turned.size(1), reach, reach}, turned.options());
  for (std::int64_t a = 0; a < 2; ++a) {
    for (std::int64_t b = 0; b < 2; ++b) {
      for (std::int64_t dy = 0; dy <= std::min(a, reach - 1); ++dy) {
        for (std::int64_t dx = 0; dx <= std::min(b, reach - 1); ++dx) {
          weight.select(0, a).select(0, b).select(2, dy).select(2, dx).copy_(
              turned.select(2, kernelIndex(k, a, dy)).select(2, kernelIndex(k, b, dx)));
        }
      }
    }
  }
  return weight;
}

}  // namespace

torch::Tensor upsamplingKernels(const torch::Tensor& weight) {
  const torch::Tensor out = phaseWeights(weight.permute({1, 0, 2, 3}));
  return out.reshape({4 * out.size(2), out.size(3), out.size(4), out.size(5)});
}

FoldedUpsampling::FoldedUpsampling(const torch::nn::ConvTranspose2d& conv, const std::optional<Affine>& after,
                                   bool relu) {
  const torch::Tensor original = conv->weight.detach().to(torch::kDouble);  // in, out, k, k
  const std::int64_t in = original.size(0), out = original.size(1), k = original.size(2);
  require((k == 2 || k == 3) && original.size(3) == k && conv->options.stride()->at(0) == 2,
          "FoldedUpsampling: kernel 2 or 3, stride 2");
  m_needsMargin = k == 3;
  const std::int64_t reach = m_needsMargin ? 2 : 1;
  const torch::Tensor turned = original.permute({1, 0, 2, 3});  // out, in, k, k
  torch::Tensor weight = phaseWeights(turned);
  torch::Tensor bias = biasOrZero(conv->bias, out, original).to(torch::kDouble);
  if (after) {
    weight = weight * after->scale.view({1, 1, out, 1, 1, 1});
    bias = bias * after->scale + after->shift;
  }
  // A margin on all sides needs no padded copy of the input: the first row and column of blocks are left out after.
  m_conv =
      FoldedConv(weight.reshape({4 * out, in, reach, reach}).to(torch::kFloat).clone(torch::MemoryFormat::ChannelsLast),
                 bias.repeat({4}).to(torch::kFloat), m_needsMargin ? 1 : 0, relu);
}

torch::Tensor FoldedUpsampling::operator()(const torch::Tensor& x) const {
  return blocksToPixels(m_conv(x), m_needsMargin ? 1 : 0);
}

void FoldedUpsampling::planar(const torch::Tensor& x, const torch::Tensor& out) const {
  const torch::Tensor blocks = m_conv(x);
  if (m_needsMargin) {
    out.copy_(blocksToPixels(blocks, 1));
  } else {
    blocksToPlanes(blocks, out);
  }
}

}  // namespace oodscope
