// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/sorted_scores.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace oodscope {

/// How an operating point is chosen. Decision: score >= threshold.
struct ThresholdRule {
  enum class Kind {
    Tpr,       ///< the highest threshold whose TPR is `value` or more
    Fpr,       ///< the lowest threshold whose FPR is `value` or less
    BestF1,    ///< the highest threshold that attains the best F1
    CostRatio  ///< the highest threshold of the least cost, a miss costing `value` times a false alarm (per pixel)
  };
  Kind kind = Kind::Tpr;
  double value = 0.95;  ///< Tpr, Fpr: in [0, 1]; CostRatio: > 0; BestF1: ignored
};

/// A set's scores, one entry a frame.
using SetScores = std::vector<const SortedScores*>;

/// The exact threshold a rule chooses on a set; +infinity where predicting nothing is right. Empty where the rule is
/// not defined: no positives (Tpr, BestF1, CostRatio) or no negatives (Fpr). At a score of the set (Fpr: it may be the
/// float after one), or infinite. Errors: ContractViolation for a value out of range. Cost: tens (Tpr, Fpr) to some
/// thousands of countsAt.
[[nodiscard]] std::optional<float> chooseThreshold(const SetScores& set, const ThresholdRule& rule);

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
