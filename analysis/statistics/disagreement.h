// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <cstdint>
#include <optional>

namespace oodscope {

/// Labelled pixels by the decisions (score >= threshold) of two runs. Additive over frames.
struct DecisionAgreement {
  std::uint64_t both = 0, onlyA = 0, onlyB = 0, neither = 0;
  DecisionAgreement& operator+=(const DecisionAgreement& other);
  friend bool operator==(const DecisionAgreement&, const DecisionAgreement&) = default;
  /// Share of the pixels that both flag or neither flags; not defined without pixels.
  [[nodiscard]] std::optional<double> agreement() const;
};

/// One run's scores and its threshold.
struct DecidedScores {
  const ScoreMap& scores;
  float threshold = 0.0F;
};

/// Over the pixels labelled kNormal or kAnomaly, over all where `labels` is null. A NaN score is not flagged. Errors:
/// ContractViolation where the sizes differ. Cost: one pass.
[[nodiscard]] DecisionAgreement compareDecisions(const DecidedScores& a, const DecidedScores& b,
                                                 const LabelMap* labels);

/// b - a, pixel by pixel; NaN where one of them is. Errors: ContractViolation where the sizes differ.
[[nodiscard]] ScoreMap difference(const ScoreMap& b, const ScoreMap& a);

/// Mean of |difference| over the pixels labelled kNormal or kAnomaly (all where `labels` is null) that are not NaN; not
/// defined without any. Errors: ContractViolation where the sizes differ.
[[nodiscard]] std::optional<double> meanMagnitude(const ScoreMap& differences, const LabelMap* labels);

}  // namespace oodscope
