// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <ATen/core/Tensor.h>

namespace oodscope {

/// How far the known classes' logits are from uniform on pixels of the void class: the mean over them of
/// ln sum exp z_c - mean z_c, c over the channels before `voidClass`; at least the logarithm of their count, with zero
/// slopes there. 0, with zero slopes, without such pixels. Source: Hendrycks, Mazeika, Dietterich, "Deep Anomaly
/// Detection with Outlier Exposure", ICLR 2019: the cross-entropy to the uniform distribution.
/// `logits` M x C, `targets` M (int64, a class or kIgnoredTarget). Requires: 0 < voidClass < C. Differentiable in the
/// logits.
[[nodiscard]] at::Tensor outlierExposure(const at::Tensor& logits, const at::Tensor& targets, int voidClass);

}  // namespace oodscope
