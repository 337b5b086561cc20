// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "inference/training/loss.inl.h"

#include <array>

namespace oodscope {

extern const LossKind kCrossEntropy, kOhem, kFocal, kFocalReleased, kLogitNorm, kLogitNormWithFocal,
    kLogitNormWithFocalReleased, kIsomax, kIsomaxWithFocal, kIsomaxWithFocalReleased, kCrossEntropyWithEntropy,
    kFocalWithEntropy, kFocalWithEntropyReleased, kEntropyMaximisation, kOutlierExposureLoss, kEnergyMargins,
    kDenseHybridLoss, kDenseHybridReleasedLoss;

namespace {

constexpr std::array kKinds{&kCrossEntropy,
                            &kOhem,
                            &kFocal,
                            &kFocalReleased,
                            &kLogitNorm,
                            &kLogitNormWithFocal,
                            &kLogitNormWithFocalReleased,
                            &kIsomax,
                            &kIsomaxWithFocal,
                            &kIsomaxWithFocalReleased,
                            &kCrossEntropyWithEntropy,
                            &kFocalWithEntropy,
                            &kFocalWithEntropyReleased,
                            &kEntropyMaximisation,
                            &kOutlierExposureLoss,
                            &kEnergyMargins,
                            &kDenseHybridLoss,
                            &kDenseHybridReleasedLoss};

const LossKind& kindOf(std::string_view name) {
  for (const LossKind* kind : kKinds) {
    if (kind->name == name) return *kind;
  }
  throw ContractViolation("unknown loss");
}

}  // namespace

std::span<const LossKind* const> lossKinds() { return kKinds; }

std::vector<std::string> lossNames() {
  std::vector<std::string> names;
  names.reserve(kKinds.size());
  for (const LossKind* kind : kKinds) names.emplace_back(kind->name);
  return names;
}

std::span<const LossParameter> parametersOf(std::string_view loss) { return kindOf(loss).parameters; }

std::vector<double> lossValues(std::string_view loss, const LossParameters& given) {
  return numbersOf(parametersOf(loss), given);
}

const LossTraits& traitsOf(std::string_view loss) { return kindOf(loss).traits; }

std::unique_ptr<Loss> makeLoss(std::string_view name, const at::Tensor& classWeights, const LossParameters& given) {
  return kindOf(name).make({.classWeights = classWeights, .values = lossValues(name, given)});
}

}  // namespace oodscope
