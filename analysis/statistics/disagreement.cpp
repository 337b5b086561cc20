// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/disagreement.h"

#include "analysis/core/error.h"

#include <cmath>

namespace oodscope {

DecisionAgreement& DecisionAgreement::operator+=(const DecisionAgreement& other) {
  both += other.both;
  onlyA += other.onlyA;
  onlyB += other.onlyB;
  neither += other.neither;
  return *this;
}

std::optional<double> DecisionAgreement::agreement() const {
  const std::uint64_t all = both + onlyA + onlyB + neither;
  if (all == 0) return std::nullopt;
  return static_cast<double>(both + neither) / static_cast<double>(all);
}

DecisionAgreement compareDecisions(const DecidedScores& a, const DecidedScores& b, const LabelMap* labels) {
  require(a.scores.size() == b.scores.size(), "compareDecisions: the runs' maps differ in size");
  require(labels == nullptr || labels->size() == a.scores.size(), "compareDecisions: scores and labels differ in size");
  std::uint64_t counts[4] = {0, 0, 0, 0};
  const auto left = a.scores.values(), right = b.scores.values();
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (labels != nullptr && labels->values()[i] > kAnomaly) continue;
    ++counts[(left[i] >= a.threshold ? 1 : 0) + (right[i] >= b.threshold ? 2 : 0)];
  }
  return {.both = counts[3], .onlyA = counts[1], .onlyB = counts[2], .neither = counts[0]};
}

ScoreMap difference(const ScoreMap& b, const ScoreMap& a) {
  require(a.size() == b.size(), "difference: the maps differ in size");
  ScoreMap out(a.size());
  for (std::size_t i = 0; i < out.values().size(); ++i) out.values()[i] = b.values()[i] - a.values()[i];
  return out;
}

std::optional<double> meanMagnitude(const ScoreMap& differences, const LabelMap* labels) {
  require(labels == nullptr || labels->size() == differences.size(), "meanMagnitude: the maps differ in size");
  double sum = 0.0;
  std::uint64_t pixels = 0;
  for (std::size_t i = 0; i < differences.values().size(); ++i) {
    const float value = differences.values()[i];
    if (std::isnan(value) || (labels != nullptr && labels->values()[i] > kAnomaly)) continue;
    sum += std::fabs(static_cast<double>(value));
    ++pixels;
  }
  if (pixels == 0) return std::nullopt;
  return sum / static_cast<double>(pixels);
}

}  // namespace oodscope
