// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/live/set_numbers.h"

#include "app/live/live_set.h"

namespace oodscope {

SetNumbers numbersOf(const ExactRun& run, const LiveSet& live) {
  SetNumbers numbers;
  numbers.configuration = run.configuration;
  numbers.protocol = run.protocol;
  numbers.exact = true;
  numbers.framesReady = run.frames.size();
  numbers.framesTotal = live.dataSet().frames.size();
  numbers.account = run.account;
  numbers.metrics = run.metrics;
  numbers.curves = run.curves;
  numbers.hygiene = run.hygiene;
  return numbers;
}

std::optional<DecidedPixels> decidedPixels(const SetNumbers& numbers, const ThresholdCounts* counts, float threshold) {
  if (counts != nullptr) {
    const ConfusionCounts exact = counts->set(threshold, numbers.protocol.skipsFramesWithoutAnomaly());
    return DecidedPixels{static_cast<double>(exact.tp), static_cast<double>(exact.fn), static_cast<double>(exact.fp),
                         static_cast<double>(exact.tn), false};
  }
  const auto point = operatingPointAt(numbers.curves, threshold);
  if (!point) return std::nullopt;
  const auto positives = static_cast<double>(numbers.metrics.positives);
  const auto negatives = static_cast<double>(numbers.metrics.negatives);
  DecidedPixels out{.tp = point->recall * positives, .fp = point->fpr * negatives, .estimated = true};
  out.fn = positives - out.tp;
  out.tn = negatives - out.fp;
  return out;
}

std::optional<CurvePoint> curvePointAt(const ThresholdCounts& counts, Protocol protocol, float threshold) {
  return curvePointOf(exactOperatingPoint(usedFrames(counts.sorted(), protocol), threshold));
}

Configuration configurationOf(const ScoreChoice& score) {
  if (!hasMethod(score))
    return withFilters({*score.imported, std::nullopt, std::nullopt, score.weights}, score.filters);
  const bool tempered = score.method.usesTemperature();
  return configurationOf({score.method, score.filters},
                         tempered ? std::optional<float>(score.temperature) : std::nullopt);
}

std::optional<ThresholdRule> thresholdRuleOf(const ViewState& view) {
  switch (view.pin) {
    case PinRule::None:
      return std::nullopt;
    case PinRule::TruePositiveRate:
      return ThresholdRule{ThresholdRule::Kind::TruePositiveRate, view.pinValue};
    case PinRule::BestF1:
      return ThresholdRule{ThresholdRule::Kind::BestF1, view.pinValue};
    case PinRule::FalsePositiveRate:
      return ThresholdRule{ThresholdRule::Kind::FalsePositiveRate, view.pinValue};
    case PinRule::CostRatio:
      return ThresholdRule{ThresholdRule::Kind::CostRatio, view.pinValue};
    case PinRule::FlaggedShare:
      return ThresholdRule{ThresholdRule::Kind::FlaggedShare, view.pinValue};
  }
  return std::nullopt;
}

std::optional<float> thresholdBy(const ThresholdRule& rule, const SetNumbers& numbers, const ThresholdCounts* counts) {
  if (rule.kind == ThresholdRule::Kind::BestF1 && numbers.metrics.bestF1Threshold)
    return numbers.metrics.bestF1Threshold;
  if (counts != nullptr) return chooseThreshold(usedFrames(counts->sorted(), numbers.protocol), rule);
  const auto point = chooseOperatingPoint(numbers.curves, rule);
  if (!point) return std::nullopt;
  return point->threshold;
}

std::optional<float> thresholdOf(const ViewState& view, const SetNumbers* numbers, const ThresholdCounts* counts) {
  const auto rule = thresholdRuleOf(view);
  if (!rule) return view.threshold;
  return numbers == nullptr ? std::nullopt : thresholdBy(*rule, *numbers, counts);
}

}  // namespace oodscope
