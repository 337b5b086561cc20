// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/exact_upsampling.inl.h"

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/tensor.h>

#include <cstdint>
#include <variant>

namespace oodscope {
namespace {

/// Whether the convolution is a plain one of this kernel, stride 2 and paddings.
bool doublesBy(const torch::nn::ConvTranspose2dImpl& convolution, std::int64_t kernel, std::int64_t padding) {
  const auto& options = convolution.options;
  using std::get_if;  // LibTorch 1 holds the padding in its own variant, found by its argument
  const auto* given = get_if<torch::ExpandingArray<2>>(&options.padding());
  const torch::ExpandingArray<2> stride(2), dilation(1), kernels(kernel), paddings(padding);
  return given != nullptr && **given == *paddings && *options.stride() == *stride && *options.dilation() == *dilation &&
         *options.kernel_size() == *kernels && *options.output_padding() == *paddings && options.groups() == 1;
}

torch::Tensor fourTimes(const torch::Tensor& bias) { return bias.defined() ? bias.repeat({4}) : torch::Tensor(); }

/// Channel (2a + b) C + c becomes channel c of pixel (2y + a, 2x + b), in the layout of `blocks`. All of a pixel's
/// channels stay together, so that channels-last maps and their gradients are copied by the pixel, twice as fast or
/// more than by at::pixel_shuffle, whose order is 4c + 2a + b.
torch::Tensor shuffledToPixels(const torch::Tensor& blocks) {
  const std::int64_t n = blocks.size(0), channels = blocks.size(1) / 4, h = blocks.size(2), w = blocks.size(3);
  if (blocks.suggest_memory_format() != at::MemoryFormat::ChannelsLast)
    return blocks.reshape({n, 2, 2, channels, h, w}).permute({0, 3, 4, 1, 5, 2}).reshape({n, channels, 2 * h, 2 * w});
  return blocks.permute({0, 2, 3, 1})
      .reshape({n, h, w, 2, 2, channels})
      .permute({0, 1, 3, 2, 4, 5})
      .reshape({n, 2 * h, 2 * w, channels})
      .permute({0, 3, 1, 2});
}

torch::Tensor doubledBy2x2(const torch::nn::ConvTranspose2dImpl& convolution, const torch::Tensor& x) {
  const torch::Tensor& w = convolution.weight;  // in x out x 2 x 2
  const torch::Tensor kernel = w.permute({2, 3, 1, 0}).reshape({-1, w.size(0), 1, 1});
  return shuffledToPixels(pointwise(x, kernel, fourTimes(convolution.bias)));
}

/// Row 2y + a gathers row y by tap 1 (a = 0) or 2 (a = 1), and row y + 1 by none or tap 0; columns likewise.
torch::Tensor doubledBy3x3(const torch::nn::ConvTranspose2dImpl& convolution, const torch::Tensor& x) {
  const std::int64_t in = convolution.weight.size(0);
  const torch::Tensor w = at::constant_pad_nd(convolution.weight, {0, 1, 0, 1});  // tap 3 is zero
  const torch::Tensor taps = at::tensor({1, 3, 2, 0}, torch::TensorOptions(torch::kLong).device(w.device()));
  const torch::Tensor kernel = w.index_select(2, taps)
                                   .index_select(3, taps)
                                   .reshape({in, -1, 2, 2, 2, 2})  // in, out, a, row, b, column
                                   .permute({2, 4, 1, 0, 3, 5})
                                   .reshape({-1, in, 2, 2});
  const torch::Tensor padded = at::constant_pad_nd(x, {0, 1, 0, 1});
  return shuffledToPixels(at::conv2d(padded, kernel, fourTimes(convolution.bias)));
}

}  // namespace

torch::Tensor pointwise(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias) {
  // LibTorch computes a 1x1 convolution of float32 on one thread through the system's BLAS, unless it is dilated: then
  // by oneDNN, as all others. One tap has nothing to dilate.
  const torch::ExpandingArray<2> stride(1), padding(0), dilation(x.requires_grad() || weight.requires_grad() ? 2 : 1);
  return at::conv2d(x, weight, bias, stride, padding, dilation);
}

torch::Tensor upsampled(const torch::nn::ConvTranspose2d& convolution, const torch::Tensor& x) {
  if (doublesBy(*convolution, 2, 0)) return doubledBy2x2(*convolution, x);
  if (doublesBy(*convolution, 3, 1)) return doubledBy3x3(*convolution, x);
  torch::nn::ConvTranspose2d same = convolution;  // shares the module, whose forward() is not const
  return same(x);
}

}  // namespace oodscope
