// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/outlier_exposure.inl.h"

#include "analysis/core/error.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/logsumexp.h>

namespace oodscope {

at::Tensor outlierExposure(const at::Tensor& logits, const at::Tensor& targets, int voidClass) {
  require(logits.dim() == 2 && voidClass > 0 && voidClass < logits.size(1), "outlierExposure: no such channels");
  const at::Tensor outliers = at::eq(targets, voidClass).nonzero().squeeze(1);
  if (outliers.numel() == 0) return logits.sum().mul(0.0);
  const at::Tensor known = logits.index_select(0, outliers).slice(1, 0, voidClass);
  return (at::logsumexp(known, 1) - known.mean(1)).mean();
}

}  // namespace oodscope
