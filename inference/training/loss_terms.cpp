// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/loss_terms.inl.h"

#include "inference/training/log_softmax.inl.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/ge.h>
#include <ATen/ops/nll_loss_nd.h>
#include <ATen/ops/ones_like.h>

namespace oodscope {
namespace {

/// ln p of the true class where there is one, of class 0 elsewhere; the axis of channels gone.
at::Tensor logOfTrue(const at::Tensor& logits, const at::Tensor& targets) {
  return logSoftmax(logits).gather(1, targets.clamp_min(0).unsqueeze(1)).squeeze(1);
}

/// 1 - p by expm1: exact where p is nearly 1, and never 0 to a power below 1, whose slope is infinite.
at::Tensor missOf(const at::Tensor& logP) { return (-logP.expm1()).clamp_min(1e-12); }

}  // namespace

bool hasLearned(const at::Tensor& targets) { return at::ge(targets, 0).any().item<bool>(); }

at::Tensor zeroOf(const at::Tensor& logits) { return logits.sum().mul(0.0); }

at::Tensor knownTargets(const at::Tensor& targets, int known) {
  return targets.masked_fill(at::ge(targets, known), kIgnoredTarget);
}

at::Tensor crossEntropies(const at::Tensor& logits, const at::Tensor& targets) {
  return at::nll_loss_nd(logSoftmax(logits), targets, {}, at::Reduction::None, kIgnoredTarget);
}

at::Tensor crossEntropyTerm(const at::Tensor& logits, const at::Tensor& targets, const at::Tensor& weights) {
  // Without a learned pixel the mean would be 0 / 0.
  if (!hasLearned(targets)) return zeroOf(logits);
  return at::nll_loss_nd(logSoftmax(logits), targets, weights, at::Reduction::Mean, kIgnoredTarget);
}

at::Tensor focalTerm(const at::Tensor& logits, const at::Tensor& targets, const at::Tensor& weights, double gamma) {
  if (!hasLearned(targets)) return zeroOf(logits);
  const at::Tensor logP = logOfTrue(logits, targets);
  at::Tensor weight =
      weights.defined() ? weights.index_select(0, targets.clamp_min(0).flatten()).view_as(logP) : at::ones_like(logP);
  weight = weight * at::ge(targets, 0).to(logP.scalar_type());
  return -(weight * missOf(logP).pow(gamma) * logP).sum() / weight.sum();
}

at::Tensor detachedFocalTerm(const at::Tensor& logits, const at::Tensor& targets, double gamma) {
  if (!hasLearned(targets)) return zeroOf(logits);
  const at::Tensor logP = logOfTrue(logits, targets);
  const at::Tensor learned = at::ge(targets, 0).to(logP.scalar_type());
  return -(learned * missOf(logP.detach()).pow(gamma) * logP).sum() / learned.sum();
}

}  // namespace oodscope
