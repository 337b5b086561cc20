// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <torch/types.h>

#include <vector>

namespace oodscope {

/// What is done to each value of an N x C x H x W map after its convolution: y = scale * x + shift, then y where it is
/// not below 0 and slope * y elsewhere. One value a channel each, float32 on the map's device; undefined: left out.
/// slope may be a single value for all channels.
struct PixelFinish {
  torch::Tensor scale, shift, slope;
};

/// x = finished(x + addend) in place, in one pass over memory where both are float32, channels-last and on the CPU.
/// addend: of x's sizes, or undefined. NaN stays NaN.
void finish(torch::Tensor& x, const torch::Tensor& addend, const PixelFinish& how);

/// The running sums of k maps N x C x H x W (the first; the first and the second; …) side by side, finished: N x kC x H
/// x W. `how`: of k * C channels. Fast as finish().
[[nodiscard]] torch::Tensor stackedSums(const std::vector<torch::Tensor>& parts, const PixelFinish& how);

/// Maps side by side, finished: N x sum of channels x H x W.
[[nodiscard]] torch::Tensor stacked(const std::vector<torch::Tensor>& parts, const PixelFinish& how);

}  // namespace oodscope
