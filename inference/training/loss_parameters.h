// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/number_parameter.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

using LossParameter = NumberParameter;
/// Values by parameter's name. Those of other losses have no effect.
using LossParameters = NumberValues;

/// What training must know of a loss beside its value.
struct LossTraits {
  /// Void pixels are outliers beside the known classes; their channel is then not trained. Else they are one more
  /// class.
  bool takesOutliers = false;
  bool needsSecondHead = false;  ///< an outlier head beside the logits
  std::string_view head = {};    ///< that it is meant for: taken where nobody names one; empty: the network's own
};

[[nodiscard]] std::vector<std::string> lossNames();
/// In the order of the recipe. Throws ContractViolation for an unknown loss.
[[nodiscard]] std::span<const LossParameter> parametersOf(std::string_view loss);
/// A value a parameter of the loss, the initial ones where `given` has none. Throws ContractViolation for an unknown
/// loss and for a value outside a parameter's range.
[[nodiscard]] std::vector<double> lossValues(std::string_view loss, const LossParameters& given);
/// Throws ContractViolation for an unknown loss.
[[nodiscard]] const LossTraits& traitsOf(std::string_view loss);

}  // namespace oodscope
