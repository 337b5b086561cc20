// SPDX-License-Identifier: GPL-3.0-or-later
// Cross-entropy and focal loss with the entropy of the prediction beside them, which is made small. Source: seed 003
// and pcestola, ML4CV_assignement, lib/train.py.
#include "inference/training/log_softmax.inl.h"
#include "inference/training/loss_terms.inl.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/ge.h>

#include <array>

namespace oodscope {
namespace {

constexpr LossParameter kEntropyWeight{"entropy-weight", 0.1, 0.0, 1000.0,
                                       "Weight of the prediction's entropy beside the loss"};
constexpr std::array kEntropyOnly{kEntropyWeight};
constexpr std::array kEntropyFocal{kEntropyWeight, kFocalGammaParameter};
constexpr double kReleasedGamma = 2.0;  // whatever is asked for

/// Mean over learned pixels.
at::Tensor meanOfLearned(const at::Tensor& values, const at::Tensor& targets) {
  const at::Tensor learned = at::ge(targets, 0).to(values.scalar_type());
  return (values * learned).sum() / learned.sum();
}

/// - sum over classes of p ln p.
at::Tensor entropyTerm(const at::Tensor& logits, const at::Tensor& targets) {
  const at::Tensor logP = logSoftmax(logits);
  return meanOfLearned(-(logP.exp() * logP).sum(1), targets);
}

/// The released term: - p ln p of the true class alone, summed over the rows of a picture, mean over its columns.
at::Tensor rowEntropyTerm(const LossInput& in) {
  constexpr double leastProbability = 1e-10;
  const at::Tensor index = in.targets.clamp_min(0).unsqueeze(1);
  const at::Tensor p = logSoftmax(in.logits).gather(1, index).squeeze(1).exp().clamp_min(leastProbability);
  return static_cast<double>(in.rows) * meanOfLearned(-(p * p.log()), in.targets);
}

enum class EntropyForm { CrossEntropy, Focal, FocalReleased };

template <EntropyForm form>
class WithEntropy final : public Loss {
public:
  explicit WithEntropy(const LossOptions& options)
      : m_weights(options.classWeights),
        m_entropyWeight(options.values.at(0)),
        m_gamma(form == EntropyForm::Focal ? options.values.at(1) : kReleasedGamma) {}
  at::Tensor of(const LossInput& in) const override {
    if (!hasLearned(in.targets)) return zeroOf(in.logits);
    if constexpr (form == EntropyForm::CrossEntropy)
      return crossEntropyTerm(in.logits, in.targets, m_weights) + m_entropyWeight * entropyTerm(in.logits, in.targets);
    const at::Tensor focal = focalTerm(in.logits, in.targets, m_weights, m_gamma);
    if constexpr (form == EntropyForm::Focal) return focal + m_entropyWeight * entropyTerm(in.logits, in.targets);
    return focal + m_entropyWeight * rowEntropyTerm(in);
  }

private:
  at::Tensor m_weights;
  double m_entropyWeight, m_gamma;
};

template <EntropyForm form>
std::unique_ptr<Loss> makeWithEntropy(const LossOptions& options) {
  return std::make_unique<WithEntropy<form>>(options);
}

}  // namespace

extern const LossKind kCrossEntropyWithEntropy, kFocalWithEntropy, kFocalWithEntropyReleased;
const LossKind kCrossEntropyWithEntropy{
    .name = "cross-entropy+h", .parameters = kEntropyOnly, .make = makeWithEntropy<EntropyForm::CrossEntropy>};
const LossKind kFocalWithEntropy{
    .name = "focal+h", .parameters = kEntropyFocal, .make = makeWithEntropy<EntropyForm::Focal>};
const LossKind kFocalWithEntropyReleased{
    .name = "focal+h-released", .parameters = kEntropyOnly, .make = makeWithEntropy<EntropyForm::FocalReleased>};

}  // namespace oodscope
