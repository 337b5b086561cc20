// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/quantised_forms.inl.h"

#include "inference/networks/weights.inl.h"

#include <torch/utils.h>

#include <algorithm>
#include <array>
#include <vector>

namespace oodscope {

// Defined in the files that are called after them.
NetworkKind erfnetKind();
NetworkKind enetKind();
NetworkKind dinov2Kind();
NetworkKind eomtKind();

namespace {

/// "A", "A or B", "A, B or C".
std::string alternatives(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i)
    out.append(i == 0 ? "" : i + 1 == names.size() ? " or " : ", ").append(names[i]);
  return out;
}

std::string kindsWith(bool (*has)(const QuantisedForms&)) {
  std::vector<std::string> names;
  for (const QuantisedForms& forms : quantisedForms())
    if (has(forms)) names.push_back(forms.kind().name);
  return alternatives(names);
}

}  // namespace

std::span<const QuantisedForms> quantisedForms() {
  static constexpr std::array forms{QuantisedForms{.kind = erfnetKind, .graph = erfnetBytes},
                                    QuantisedForms{.kind = enetKind, .graph = enetBytes},
                                    QuantisedForms{.kind = dinov2Kind, .dynamic = dinov2Bytes},
                                    QuantisedForms{.kind = eomtKind, .dynamic = eomtBytes}};
  return forms;
}

QuantisedForms quantisedFormsOf(const NetworkKind& kind, const NetworkShape& shape) {
  const auto isOf = [&](const QuantisedForms& forms) { return forms.kind().name == kind.name; };
  const auto found = std::ranges::find_if(quantisedForms(), isOf);
  if (found == quantisedForms().end() || !shape.head.empty()) return {};
  return *found;
}

std::string staticKinds() {
  return kindsWith([](const QuantisedForms& forms) { return forms.graph != nullptr; });
}

std::string dynamicKinds() {
  return kindsWith([](const QuantisedForms& forms) { return forms.dynamic != nullptr; });
}

StateDict dynamicStateDict(const DynamicBytes& bytes, const Network& network) {
  const torch::NoGradGuard noGradient;
  StateDict out;
  for (const auto& [key, tensor] : stateDictOf(network)) {
    const torch::Tensor given = tensor.detach();
    if (!bytes.isQuantised(key)) {
      out.emplace_back(key, given);
      continue;
    }
    const torch::Tensor scales = weightScales(given, 0);
    out.emplace_back(key + "_int8", weightIntegers(given, scales).to(at::kChar));
    out.emplace_back(key + "_scale", scales);
  }
  return out;
}

}  // namespace oodscope
