// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/outputs.h"

#include <algorithm>

namespace oodscope {

std::optional<Output> outputNamed(std::string_view name) {
  const auto* const found = std::ranges::find(kOutputNames, name);
  if (found == kOutputNames.end()) return std::nullopt;
  return kAllOutputs[static_cast<std::size_t>(found - kOutputNames.begin())];
}

Size OutputsView::size() const {
  for (const Output output :
       {Output::Logits, Output::MaskLogits, Output::Membership, Output::Outlier, Output::Features})
    if (has(output)) return (*this)[output].size();
  return further.empty() ? Size() : further.front().outputs.size();
}

}  // namespace oodscope
