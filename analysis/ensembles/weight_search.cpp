// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/ensembles/weight_search.h"

#include "analysis/core/error.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <utility>

namespace oodscope {
namespace {

constexpr std::size_t kMostTerms = 8;
constexpr int kMostSteps = 10;
constexpr std::array kCriteria{std::pair<std::string_view, WeightCriterion>{"ap", WeightCriterion::Ap},
                               std::pair<std::string_view, WeightCriterion>{"fpr95", WeightCriterion::Fpr95},
                               std::pair<std::string_view, WeightCriterion>{"ap-fpr95", WeightCriterion::ApLessFpr95}};

TermWeights ofSumOne(TermWeights weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
  return weights;
}

/// The next one in the order of the digits, the last slot first; false behind the last.
bool advance(std::vector<int>& digits, int most) {
  for (std::size_t i = digits.size(); i-- > 0;) {
    if (++digits[i] <= most) return true;
    digits[i] = 0;
  }
  return false;
}

}  // namespace

WeightCriterion parseWeightCriterion(std::string_view text) {
  for (const auto& [name, criterion] : kCriteria)
    if (name == text) return criterion;
  throw Error({.what = "a criterion of weights cannot be read",
               .expected = "ap, fpr95 or ap-fpr95",
               .found = "'" + std::string(text) + "'"});
}

std::optional<double> criterionOf(WeightCriterion criterion, const PixelMetrics& metrics) {
  const bool needsAp = criterion != WeightCriterion::Fpr95, needsFpr = criterion != WeightCriterion::Ap;
  if ((needsAp && !metrics.ap) || (needsFpr && !metrics.fpr95)) return std::nullopt;
  return (needsAp ? *metrics.ap : 0.0) - (needsFpr ? *metrics.fpr95 : 0.0);
}

std::vector<TermWeights> weightGrid(std::size_t terms, int most) {
  require(terms >= 1 && terms <= kMostTerms, "weightGrid: 1 to 8 terms");
  require(most >= 1 && most <= kMostSteps, "weightGrid: steps of 1 to 10");
  std::vector<TermWeights> out;
  std::vector<int> digits(terms, 0);
  while (advance(digits, most)) {
    int divisor = 0;
    for (const int digit : digits) divisor = std::gcd(divisor, digit);
    if (divisor > 1) continue;  // its reduced form is in the grid, too
    out.push_back(ofSumOne(TermWeights(digits.begin(), digits.end())));
  }
  return out;
}

std::vector<float> weightedSum(const EnsembleFrame& frame, std::span<const double> weights) {
  require(frame.terms.size() == weights.size() && !weights.empty(), "weightedSum: as many weights as terms");
  std::vector<double> sums(frame.terms.front().size(), 0.0);
  for (std::size_t t = 0; t < weights.size(); ++t) {
    require(frame.terms[t].size() == sums.size(), "weightedSum: maps differ in length");
    if (weights[t] == 0.0) continue;
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += weights[t] * static_cast<double>(frame.terms[t][i]);
  }
  return {sums.begin(), sums.end()};
}

WeightTrial tryWeights(const EnsembleSet& set, const TermWeights& weights, Protocol protocol) {
  require(weights.size() == set.terms, "tryWeights: as many weights as terms");
  const auto provider = [&](std::size_t i) {
    struct Both {
      EnsembleFrame frame;
      std::vector<float> scores;
    };
    auto both = std::make_shared<Both>();
    both->frame = set.provide(i);
    both->scores = weightedSum(both->frame, weights);
    if (both->frame.finish) both->scores = both->frame.finish(std::move(both->scores));
    return ScoredFrame{both->scores, both->frame.labels, both};
  };
  EvaluateOptions options;
  options.curves = false;
  const SetResult result = evaluateSet(set.frames, provider, std::span(&protocol, 1), options);
  if (!result.failures.empty()) throw Error(result.failures.front().message, {});
  return {weights, result.metrics.front()};
}

std::optional<WeightSearch> searchWeights(const EnsembleSet& set, std::span<const TermWeights> choices,
                                          WeightCriterion criterion, Protocol protocol, const std::stop_token& stop) {
  WeightSearch out;
  std::optional<double> most;
  for (const TermWeights& weights : choices) {
    if (stop.stop_requested()) return std::nullopt;
    out.trials.push_back(tryWeights(set, weights, protocol));
    const auto value = criterionOf(criterion, out.trials.back().metrics);
    if (!value || (most && *value <= *most)) continue;
    most = value;
    out.best = out.trials.size() - 1;
  }
  return out;
}

std::vector<std::vector<std::optional<PixelMetrics>>> crossWeights(std::span<const EnsembleSet> sets,
                                                                   std::span<const std::optional<TermWeights>> found,
                                                                   Protocol protocol) {
  require(sets.size() == found.size(), "crossWeights: weights for each set");
  std::vector<std::vector<std::optional<PixelMetrics>>> out(sets.size());
  for (std::size_t from = 0; from < sets.size(); ++from)
    for (const EnsembleSet& set : sets)
      out[from].push_back(found[from] ? std::optional(tryWeights(set, *found[from], protocol).metrics) : std::nullopt);
  return out;
}

std::vector<Ablation> leaveOneOut(const EnsembleSet& set, const TermWeights& weights, Protocol protocol) {
  require(weights.size() == set.terms, "leaveOneOut: as many weights as terms");
  std::vector<Ablation> out;
  for (std::size_t i = 0; i <= weights.size(); ++i) {
    Ablation& row = out.emplace_back();
    row.weights = weights;
    if (i > 0) {
      row.without = i - 1;
      row.weights[i - 1] = 0.0;
    }
    const double sum = std::accumulate(row.weights.begin(), row.weights.end(), 0.0);
    if (!(sum > 0.0)) continue;
    row.weights = ofSumOne(row.weights);
    row.metrics = tryWeights(set, row.weights, protocol).metrics;
  }
  return out;
}

}  // namespace oodscope
