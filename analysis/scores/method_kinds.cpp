// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/method_kinds.h"

#include <algorithm>
#include <array>
#include <ostream>

namespace oodscope {
namespace {

/// Menu order; the first is what stands where nothing was chosen. One line a method.
constexpr std::array kMethods = {
    methods::kMsp,              //
    methods::kMaxLogit,         //
    methods::kMaxEntropy,       //
    methods::kEnergy,           //
    methods::kSoftmaxDistance,  //
    methods::kVoid,             //
};

std::optional<MethodLack> lackOfLogits(const ScoreInputs& inputs) {
  if (inputs.channels > 0) return std::nullopt;
  return MethodLack{"the source gives no logits", "a network, or a folder of logits", "finished score maps"};
}

std::optional<MethodLack> lackOfVoid(const ScoreInputs& inputs) {
  if (inputs.voidChannel >= 0) return std::nullopt;
  if (!inputs.isNetwork)
    return MethodLack{"the logits have no void channel", "20 channels", std::to_string(inputs.channels)};
  return MethodLack{"the network has no void channel to score with",
                    "a model whose sidecar names void_channel, or one with 20 outputs",
                    std::to_string(inputs.channels) + " outputs"};
}

}  // namespace

const MethodNeed kNeedsLogits{"logits", lackOfLogits};
const MethodNeed kNeedsVoidChannel{"a trained void channel", lackOfVoid};
const MethodParameter kTemperatureParameter{"temperature", "T", 1.0, "divides the logits before the softmax"};

Method::Method() noexcept : Method(kMethods.front()) {}

std::optional<Method> Method::named(std::string_view name) {
  const auto* found = std::ranges::find(kMethods, name, &Method::name);
  return found == kMethods.end() ? std::nullopt : std::optional(*found);
}

std::string_view Method::name() const { return m_kind->name; }

std::string_view Method::title() const { return m_kind->title; }

bool Method::usesTemperature() const {
  return std::ranges::find(m_kind->parameters, &kTemperatureParameter) != m_kind->parameters.end();
}

std::optional<MethodLack> Method::whyNot(const ScoreInputs& inputs) const {
  for (const MethodNeed* need : m_kind->needs)
    if (auto lack = need->lack(inputs)) return lack;
  return std::nullopt;
}

std::strong_ordering operator<=>(Method a, Method b) { return a.name() <=> b.name(); }

std::ostream& operator<<(std::ostream& out, Method method) { return out << method.name(); }

std::span<const Method> allMethods() { return kMethods; }

std::string methodNames() {
  std::string out;
  for (const Method method : kMethods) out.append(out.empty() ? "" : ", ").append(method.name());
  return out;
}

}  // namespace oodscope
