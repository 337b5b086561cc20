// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_function.h"

#include <array>
#include <utility>

namespace oodscope {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 6> kNames = {{{Method::Msp, "msp"},
                                                                        {Method::MaxLogit, "max-logit"},
                                                                        {Method::MaxEntropy, "max-entropy"},
                                                                        {Method::Energy, "energy"},
                                                                        {Method::SoftmaxDistance, "softmax-distance"},
                                                                        {Method::Void, "void"}}};
constexpr std::array kMethods = {Method::Msp,    Method::MaxLogit,        Method::MaxEntropy,
                                 Method::Energy, Method::SoftmaxDistance, Method::Void};

}  // namespace

std::string_view methodName(Method method) {
  for (const auto& [value, name] : kNames)
    if (value == method) return name;
  throw ContractViolation("methodName: not a method");
}

std::optional<Method> methodFromName(std::string_view name) {
  for (const auto& [value, known] : kNames)
    if (known == name) return value;
  return std::nullopt;
}

bool dependsOnTemperature(Method method) { return method != Method::MaxLogit; }

std::span<const Method> allMethods() { return kMethods; }

}  // namespace oodscope
