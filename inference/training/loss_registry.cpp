// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "inference/training/loss.inl.h"

#include <array>

namespace oodscope {

extern const LossKind kCrossEntropy, kFocal;

namespace {

constexpr std::array kKinds{&kCrossEntropy, &kFocal};

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
  for (const LossKind* kind : kKinds) names.emplace_back(kind->name);
  return names;
}

std::span<const LossParameter> parametersOf(std::string_view loss) { return kindOf(loss).parameters; }

std::vector<double> lossValues(std::string_view loss, const LossParameters& given) {
  std::vector<double> values;
  for (const LossParameter& parameter : parametersOf(loss)) {
    const auto found = given.find(parameter.name);
    values.push_back(found == given.end() ? parameter.initial : found->second);
    require(values.back() >= parameter.least && values.back() <= parameter.most, "a loss's parameter out of range");
  }
  return values;
}

std::unique_ptr<Loss> makeLoss(std::string_view name, const at::Tensor& classWeights, const LossParameters& given) {
  return kindOf(name).make({.classWeights = classWeights, .values = lossValues(name, given)});
}

}  // namespace oodscope
