// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/operating_point.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace oodscope {

/// A threshold applied to a set.
struct TransferCell {
  std::optional<float> threshold;  ///< empty where the rule has no answer on the set it was to be chosen on
  ConfusionCounts counts;
  std::optional<double> precision, recall, fpr, f1;
  std::optional<double> f1Gap;      ///< best F1 of the set applied to, minus f1; 0 or more
  std::optional<double> recallGap;  ///< recall of that set's own choice by the same rule, minus recall
};

/// Rows: the set the threshold was chosen on; columns: the set it was applied to.
struct TransferMatrix {
  std::size_t sets = 0;
  std::vector<TransferCell> cells;
  [[nodiscard]] const TransferCell& at(std::size_t chosenOn, std::size_t appliedTo) const {
    return cells[chosenOn * sets + appliedTo];
  }
};
[[nodiscard]] TransferMatrix transferMatrix(std::span<const SetScores> sets, const ThresholdRule& rule);

}  // namespace oodscope
