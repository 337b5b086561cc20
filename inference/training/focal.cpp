// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/loss.inl.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/ge.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/where.h>

namespace oodscope {
namespace {

/// -a (1 - p)^gamma ln p of the true class with probability p and class weight a, divided by the sum of the weights, so
/// that gamma = 0 gives the weighted cross-entropy. Source: Lin et al., "Focal Loss for Dense Object Detection", ICCV
/// 2017, eq. 5.
class Focal final : public Loss {
public:
  explicit Focal(const LossOptions& options) : m_weights(options.classWeights), m_gamma(options.values.at(0)) {}
  at::Tensor operator()(const at::Tensor& logits, const at::Tensor& targets) const override {
    const at::Tensor learned = at::ge(targets, 0);
    if (!learned.any().item<bool>()) return logits.sum().mul(0.0);
    const at::Tensor index = targets.clamp_min(0);
    const at::Tensor logP = at::log_softmax(logits, 1).gather(1, index.unsqueeze(1)).squeeze(1);
    // 1 - p by expm1: exact where p is nearly 1, and never 0 to a power below 1, whose slope is infinite.
    const at::Tensor miss = (-logP.expm1()).clamp_min(1e-12);
    at::Tensor weight =
        m_weights.defined() ? m_weights.index_select(0, index.flatten()).view_as(logP) : at::ones_like(logP);
    weight = weight * learned.to(logP.scalar_type());
    return -(weight * miss.pow(m_gamma) * logP).sum() / weight.sum();
  }

private:
  at::Tensor m_weights;
  double m_gamma;
};

constexpr LossParameter kGamma{"focal-gamma", 2.0, 0.0, 100.0, "Focusing parameter of the focal loss"};

std::unique_ptr<Loss> makeFocal(const LossOptions& options) { return std::make_unique<Focal>(options); }

}  // namespace

extern const LossKind kFocal;
const LossKind kFocal{.name = "focal", .parameters = {&kGamma, 1}, .make = makeFocal};

}  // namespace oodscope
