// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// A number that a loss or a head can be given. It decides the weights, and so is part of a training's recipe. Several
/// may share one: the same name is then the same declaration.
struct NumberParameter {
  std::string_view name;  ///< of the command line's option: "focal-gamma"
  double initial = 0.0;   ///< where none is given
  double least = 0.0, most = 0.0;
  std::string_view help;
  friend bool operator==(const NumberParameter&, const NumberParameter&) = default;
};

/// Values by parameter's name. Those that nobody asks for have no effect.
using NumberValues = std::map<std::string, double, std::less<>>;

/// A value a parameter, the initial ones where `given` has none. Throws ContractViolation for one outside its range.
[[nodiscard]] std::vector<double> numbersOf(std::span<const NumberParameter> parameters, const NumberValues& given);

}  // namespace oodscope
