// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <ATen/core/Tensor.h>

namespace oodscope {

/// x - ln sum exp x over the channels, axis 1: what at::log_softmax gives, to rounding, in the input's type and layout.
/// Float32 on the CPU with the channels of a pixel side by side, rows M x C or channels-last N x C x H x W, is computed
/// by this program's kernel (rows of other layouts are copied), all else by LibTorch. Differentiable; second
/// derivatives are LibTorch's.
[[nodiscard]] at::Tensor logSoftmax(const at::Tensor& logits);

}  // namespace oodscope
