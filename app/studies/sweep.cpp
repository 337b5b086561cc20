// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/sweep.h"

#include "analysis/tables/number_text.h"
#include "app/studies/calibration_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace oodscope {
namespace {

constexpr std::size_t kNllPixels = 200'000;  // of a set: a standard error of some 0.003 nats

struct RuleEntry {
  SweepRule rule;
  std::string_view name, text;
  bool highestIsBest;
};
constexpr std::array kRules{
    RuleEntry{SweepRule::ApMinusFpr95, "ap-fpr95", "highest mean over the sets of AP minus FPR95", true},
    RuleEntry{SweepRule::Ap, "ap", "highest mean over the sets of AP", true},
    RuleEntry{SweepRule::Fpr95, "fpr95", "lowest mean over the sets of FPR95", false},
    RuleEntry{SweepRule::Nll, "nll", "lowest mean over the sets of the NLL of the true class", false}};

const RuleEntry& entryOf(SweepRule rule) {
  const auto* found = std::ranges::find(kRules, rule, &RuleEntry::rule);
  require(found != kRules.end(), "SweepRule: not one of the enumerators");
  return *found;
}

/// What the rule compares, the higher the better.
std::optional<double> gainOf(SweepRule rule, const SweepPoint& point) {
  switch (rule) {
    case SweepRule::ApMinusFpr95:
      return point.ap && point.fpr95 ? std::optional(*point.ap - *point.fpr95) : std::nullopt;
    case SweepRule::Ap:
      return point.ap;
    case SweepRule::Fpr95:
      return point.fpr95 ? std::optional(-*point.fpr95) : std::nullopt;
    case SweepRule::Nll:
      break;
  }
  return point.nll ? std::optional(-*point.nll) : std::nullopt;
}

struct Best {
  double temperature = 1.0, gain = 0.0;
};

/// The best of the temperatures that every set has.
std::optional<Best> bestSoFar(const SweepResult& result) {
  std::map<double, std::pair<double, std::size_t>> sums;
  std::size_t defined = 0;  // sets without anomalies define nothing and hold nobody up
  for (const SweepCurve& curve : result.curves) {
    bool any = false;
    for (const SweepPoint& point : curve.points)
      if (const auto gain = gainOf(result.rule, point)) {
        auto& [sum, count] = sums[point.temperature];
        sum += *gain;
        ++count;
        any = true;
      }
    defined += any ? 1 : 0;
  }
  std::optional<Best> best;
  for (const auto& [temperature, sum] : sums) {
    if (sum.second < defined) continue;
    const double mean = sum.first / static_cast<double>(sum.second);
    if (!best || mean > best->gain) best = {temperature, mean};
  }
  return best;
}

void insertByTemperature(std::vector<SweepPoint>& points, const SweepPoint& point) {
  const auto at = std::partition_point(points.begin(), points.end(),
                                       [&](const SweepPoint& other) { return other.temperature < point.temperature; });
  points.insert(at, point);
}

/// Scores are made with floats: a temperature is named by the shortest decimal of its own.
std::vector<double> logarithmicSteps(double low, double high, int values) {
  std::vector<double> out;
  for (int i = 0; i < values; ++i) {
    const double exact = values == 1 ? low : low * std::pow(high / low, static_cast<double>(i) / (values - 1));
    const double value = shortestDecimal(static_cast<float>(exact));
    if (out.empty() || value > out.back()) out.push_back(value);  // steps finer than floats fall together
  }
  return out;
}

/// Logits of labelled pixels, one sample a set, where the rule needs them.
std::vector<LabelledLogits> samplesFor(const std::vector<std::shared_ptr<LiveSet>>& sets, Method method, SweepRule rule,
                                       const std::stop_token& stop) {
  if (rule != SweepRule::Nll) return {};
  std::vector<LabelledLogits> out;
  for (const auto& set : sets) {
    const Configuration configuration = configurationOf(method, 1.0F);
    out.push_back(sampleLabelledLogits(*set, configuration, kNllPixels, stop));
    if (out.back().pixels() > 0 || stop.stop_requested()) continue;
    throw Error(ErrorParts{.what = "the rule nll needs class labels and logits, and " + set->dataSet().name + " with " +
                                   set->source().name() + " lacks them",
                           .expected = "a Cityscapes split or a demo set with a network; or the rule ap-fpr95, ap or "
                                       "fpr95, which need anomaly labels",
                           .found = "no pixel whose class is labelled and known to the network",
                           .file = set->dataSet().root});
  }
  return out;
}

std::size_t missingFrames(const LiveSet& live, SweepRule rule) {
  std::size_t missing = 0;
  const auto& frames = live.dataSet().frames;
  for (std::size_t f = 0; f < frames.size(); ++f) {
    const bool needed = rule == SweepRule::Nll ? frames[f].classLabel.has_value() : frames[f].label.has_value();
    missing += needed && !live.isReady(f) ? 1 : 0;
  }
  return missing;
}

}  // namespace

std::string_view sweepRuleName(SweepRule rule) { return entryOf(rule).name; }

std::optional<SweepRule> sweepRuleFromName(std::string_view name) {
  const auto* found = std::ranges::find(kRules, name, &RuleEntry::name);
  return found == kRules.end() ? std::nullopt : std::optional(found->rule);
}

std::string sweepRuleText(SweepRule rule) { return std::string(entryOf(rule).text); }

std::size_t SweepResult::missingFrames() const {
  std::size_t sum = 0;
  for (const SweepCurve& curve : curves) sum += curve.missing;
  return sum;
}

std::vector<double> sweepTemperatures(const SweepOptions& options) {
  require(options.low > 0.0 && options.high >= options.low && std::isfinite(options.high) && options.values >= 1,
          "sweep: temperatures are above 0, finite and rise");
  std::vector<double> out = logarithmicSteps(options.low, options.high, options.values);
  // T = 1 is what everything is compared with.
  if (options.low < 1.0 && options.high > 1.0 && std::find(out.begin(), out.end(), 1.0) == out.end()) {
    out.push_back(1.0);
    std::sort(out.begin(), out.end());
  }
  return out;
}

void nameBest(SweepResult& result) {
  result.bestTemperature.reset();
  result.bestValue.reset();
  result.bestAtEnd.reset();
  if (!result.complete || result.missingFrames() > 0) return;
  const auto best = bestSoFar(result);
  if (!best) return;
  result.bestTemperature = best->temperature;
  result.bestValue = entryOf(result.rule).highestIsBest ? best->gain : -best->gain;
  for (const SweepCurve& curve : result.curves) {
    if (curve.points.size() < 2) continue;
    if (best->temperature == curve.points.front().temperature) result.bestAtEnd = RangeEnd::Low;
    if (best->temperature == curve.points.back().temperature) result.bestAtEnd = RangeEnd::High;
  }
}

std::optional<std::string> rangeEndWarning(const SweepResult& result) {
  if (!result.bestAtEnd || !result.bestTemperature) return std::nullopt;
  double low = *result.bestTemperature, high = low;
  for (const SweepCurve& curve : result.curves) {
    if (curve.points.empty()) continue;
    low = std::min(low, curve.points.front().temperature);
    high = std::max(high, curve.points.back().temperature);
  }
  return "the best temperature, " + roundTripText(*result.bestTemperature) + ", lies at the " +
         (*result.bestAtEnd == RangeEnd::Low ? "low" : "high") + " end of the range " + roundTripText(low) + " to " +
         roundTripText(high) + ": a better one may lie beyond";
}

namespace {

/// What is said of a set's exact numbers, with the calibration of `sample` where there is one.
SweepPoint pointOf(const ExactRun& exact, double temperature, const LabelledLogits* sample) {
  SweepPoint point{.temperature = temperature, .ap = exact.metrics.ap, .fpr95 = exact.metrics.fpr95};
  point.metrics = exact.metrics;
  point.account = exact.account;
  if (sample != nullptr)
    if (const auto calibration = calibrationAt(*sample, temperature)) point.nll = calibration->nll;
  return point;
}

/// Temperatures between the neighbours of the best of the `coarse` ones, without those.
std::vector<double> finerAround(const std::vector<double>& coarse, double bestTemperature, int refinements) {
  const auto best = std::find(coarse.begin(), coarse.end(), bestTemperature);
  const double low = best == coarse.begin() ? *best : *(best - 1);
  const double high = best + 1 == coarse.end() ? *best : *(best + 1);
  std::vector<double> finer = logarithmicSteps(low, high, refinements + 2);
  std::erase_if(finer, [&](double t) {
    return std::find(coarse.begin(), coarse.end(), t) != coarse.end() || t <= low || t >= high;
  });
  return finer;
}

/// `samples`: of each set, or none.
SweepResult sweepWith(const std::vector<std::shared_ptr<LiveSet>>& sets, const SweptRun& exactAt,
                      const std::vector<LabelledLogits>& samples, const SweepOptions& options, const SweepSink& sink,
                      const std::stop_token& stop) {
  SweepResult result;
  result.rule = options.rule;
  for (const auto& set : sets)
    result.curves.push_back({.set = set->dataSet().name, .missing = missingFrames(*set, options.rule)});
  const auto run = [&](const std::vector<double>& temperatures) {
    for (const double temperature : temperatures)
      for (std::size_t s = 0; s < sets.size(); ++s) {
        const auto exact = stop.stop_requested() ? nullptr : exactAt(s, temperature);
        if (!exact) return false;
        const SweepPoint point = pointOf(*exact, temperature, samples.empty() ? nullptr : &samples[s]);
        insertByTemperature(result.curves[s].points, point);
        sink(s, point);
      }
    return true;
  };
  const std::vector<double> first = sweepTemperatures(options);
  bool complete = run(first);
  const auto coarse = bestSoFar(result);
  if (complete && options.refinements > 0 && coarse && first.size() > 2)
    complete = run(finerAround(first, coarse->temperature, options.refinements));
  result.complete = complete;
  nameBest(result);
  return result;
}

}  // namespace

SweepResult sweep(const std::vector<std::shared_ptr<LiveSet>>& sets, const FilteredMethod& method, Protocol protocol,
                  const SweepOptions& options, const SweepSink& sink, const std::stop_token& stop) {
  require(method.method.usesTemperature(), "sweep: the method's ranking does not depend on temperature");
  const auto exactAt = [&](std::size_t set, double temperature) {
    return sets[set]->exact(configurationOf(method, static_cast<float>(temperature)), protocol, std::nullopt, stop);
  };
  return sweepWith(sets, exactAt, samplesFor(sets, method.method, options.rule, stop), options, sink, stop);
}

SweepResult sweep(const std::vector<std::shared_ptr<LiveSet>>& sets, const SweptRun& run, const SweepOptions& options,
                  const SweepSink& sink, const std::stop_token& stop) {
  require(options.rule != SweepRule::Nll, "sweep: NLL is of a network's logits");
  return sweepWith(sets, run, {}, options, sink, stop);
}

}  // namespace oodscope
