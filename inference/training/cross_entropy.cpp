// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/loss_terms.inl.h"

namespace oodscope {
namespace {

class CrossEntropy final : public Loss {
public:
  explicit CrossEntropy(const LossOptions& options) : m_weights(options.classWeights) {}
  at::Tensor operator()(const at::Tensor& logits, const at::Tensor& targets) const override {
    return crossEntropyTerm(logits, targets, m_weights);
  }

private:
  at::Tensor m_weights;
};

std::unique_ptr<Loss> makeCrossEntropy(const LossOptions& options) { return std::make_unique<CrossEntropy>(options); }

}  // namespace

extern const LossKind kCrossEntropy;
const LossKind kCrossEntropy{.name = "cross-entropy", .parameters = {}, .make = makeCrossEntropy};

}  // namespace oodscope
