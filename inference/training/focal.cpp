// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/loss_terms.inl.h"

namespace oodscope {
namespace {

class Focal final : public Loss {
public:
  explicit Focal(const LossOptions& options) : m_weights(options.classWeights), m_gamma(options.values.at(0)) {}
  at::Tensor operator()(const at::Tensor& logits, const at::Tensor& targets) const override {
    return focalTerm(logits, targets, m_weights, m_gamma);
  }

private:
  at::Tensor m_weights;
  double m_gamma;
};

class FocalReleased final : public Loss {
public:
  explicit FocalReleased(const LossOptions& options) : m_gamma(options.values.at(0)) {}
  at::Tensor operator()(const at::Tensor& logits, const at::Tensor& targets) const override {
    return detachedFocalTerm(logits, targets, m_gamma);
  }

private:
  double m_gamma;
};

template <class Made>
std::unique_ptr<Loss> makeFocal(const LossOptions& options) {
  return std::make_unique<Made>(options);
}

}  // namespace

extern const LossKind kFocal, kFocalReleased;
const LossKind kFocal{.name = "focal", .parameters = {&kFocalGammaParameter, 1}, .make = makeFocal<Focal>};
const LossKind kFocalReleased{
    .name = "focal-released", .parameters = {&kFocalGammaParameter, 1}, .make = makeFocal<FocalReleased>};

}  // namespace oodscope
