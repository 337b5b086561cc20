// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/loss.inl.h"

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/ge.h>

namespace oodscope {
namespace {

/// -ln softmax(z) of the true class. Source: torch.nn.CrossEntropyLoss.
class CrossEntropy final : public Loss {
public:
  explicit CrossEntropy(const LossOptions& options) : m_weights(options.classWeights) {}
  at::Tensor operator()(const at::Tensor& logits, const at::Tensor& targets) const override {
    // Without a learned pixel the mean would be 0 / 0.
    if (!at::ge(targets, 0).any().item<bool>()) return logits.sum().mul(0.0);
    return at::cross_entropy_loss(logits, targets, m_weights, at::Reduction::Mean, kIgnoredTarget);
  }

private:
  at::Tensor m_weights;
};

std::unique_ptr<Loss> makeCrossEntropy(const LossOptions& options) { return std::make_unique<CrossEntropy>(options); }

}  // namespace

extern const LossKind kCrossEntropy;
const LossKind kCrossEntropy{.name = "cross-entropy", .parameters = {}, .make = makeCrossEntropy};

}  // namespace oodscope
