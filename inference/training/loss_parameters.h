// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// A number that a loss can be given. It decides the weights, and so is part of a training's recipe.
struct LossParameter {
  std::string_view name;  ///< of the command line's option, and one loss's alone: "focal-gamma"
  double initial = 0.0;   ///< where none is given
  double least = 0.0, most = 0.0;
  std::string_view help;
};

/// Values by parameter's name. Those of other losses have no effect.
using LossParameters = std::map<std::string, double, std::less<>>;

[[nodiscard]] std::vector<std::string> lossNames();
/// In the order of the recipe. Throws ContractViolation for an unknown loss.
[[nodiscard]] std::span<const LossParameter> parametersOf(std::string_view loss);
/// A value a parameter of the loss, the initial ones where `given` has none. Throws ContractViolation for an unknown
/// loss and for a value outside a parameter's range.
[[nodiscard]] std::vector<double> lossValues(std::string_view loss, const LossParameters& given);

}  // namespace oodscope
