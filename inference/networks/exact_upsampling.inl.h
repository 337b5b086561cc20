// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <torch/nn/modules/conv.h>
#include <torch/types.h>

namespace oodscope {

/// What a transposed convolution that doubles the size gives, by a convolution at the input's size and a shuffle of its
/// channels to pixels: the same sums, to rounding, and gradients likewise, faster where LibTorch has no
/// fast kernel for the transposed one. 2x2 kernels of stride 2, and 3x3 of stride 2, padding 1 and output padding 1,
/// are rewritten; others, grouped and dilated ones are run as they are. Differentiable.
[[nodiscard]] torch::Tensor upsampled(const torch::nn::ConvTranspose2d& convolution, const torch::Tensor& x);

/// A 1x1 convolution of stride 1 without padding, to rounding that of LibTorch, by oneDNN wherever gradients are wanted
/// too. `weight`: out x in x 1 x 1; `bias` may be undefined. Differentiable.
[[nodiscard]] torch::Tensor pointwise(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias);

}  // namespace oodscope
