// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <torch/types.h>

namespace oodscope {

/// What stands between a network's convolutions, in one pass over memory each. All tensors N x C x H x W; fast where
/// they are float32, channels-last and on the CPU, LibTorch's own operators elsewhere. NaN stays NaN.

/// a = max(a + b, 0), in place. Same sizes.
void addThenRelu(torch::Tensor& a, const torch::Tensor& b);

/// max(cat(convolved, scale * maxPool2x2(x) + shift), 0) along the channels; scale and shift one value a pooled
/// channel, or undefined for 1 and 0. Requires: x twice as high and wide as `convolved`.
[[nodiscard]] torch::Tensor joinPooled(const torch::Tensor& convolved, const torch::Tensor& x,
                                       const torch::Tensor& scale, const torch::Tensor& shift);

/// Blocks N x (2 * 2 * C) x h x w to pixels N x C x 2H x 2W, where (H, W) = (h, w) less `margin` first rows and
/// columns. Channel (a * 2 + b) * C + c of a block makes channel c of pixel (2y + a, 2x + b).
[[nodiscard]] torch::Tensor blocksToPixels(const torch::Tensor& blocks, int margin);

/// As blocksToPixels without a margin, into `out`: N x C x 2H x 2W, any device and format; fast where it is planar.
void blocksToPlanes(const torch::Tensor& blocks, const torch::Tensor& out);

}  // namespace oodscope
