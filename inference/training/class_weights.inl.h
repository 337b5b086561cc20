// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/training/samples.h"

#include <ATen/core/Tensor.h>

namespace oodscope {

/// 1 / ln(1.02 + share of the learned pixels), one value a channel; a class without pixels weighs 0. voidClass -1: void
/// is not learned from. Throws Error where no pixel is learned from. Cost: reads at most 500 pictures, spread over all.
/// Source: Paszke et al., ENet, 2016.
[[nodiscard]] at::Tensor logarithmicWeights(const SampleSource& pictures, int channels, int voidClass);

/// The weights with the void class's one, the last, times `factor`; without weights, all others 1.
[[nodiscard]] at::Tensor withVoidWeight(const at::Tensor& weights, int channels, double factor);

}  // namespace oodscope
