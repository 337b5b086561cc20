// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "inference/training/loss.inl.h"
#include "inference/training/training.h"

namespace oodscope {

std::unique_ptr<Loss> makeCrossEntropy(const LossOptions& options);
std::unique_ptr<Loss> makeFocal(const LossOptions& options);

const std::vector<LossKind>& lossKinds() {
  static const std::vector<LossKind> kinds{{.name = "cross-entropy", .make = makeCrossEntropy},
                                           {.name = "focal", .make = makeFocal, .usesGamma = true}};
  return kinds;
}

std::unique_ptr<Loss> makeLoss(std::string_view name, const LossOptions& options) {
  for (const LossKind& kind : lossKinds()) {
    if (kind.name == name) return kind.make(options);
  }
  throw ContractViolation("makeLoss: unknown loss");
}

std::vector<std::string> lossNames() {
  std::vector<std::string> names;
  for (const LossKind& kind : lossKinds()) names.push_back(kind.name);
  return names;
}

}  // namespace oodscope
