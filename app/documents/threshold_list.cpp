// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/threshold_list.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace oodscope {
namespace {

constexpr int kRateSteps = 120;  // of each rate, where there is no curve

/// How far apart two decisions stand in the three plots together.
double distanceInPlots(const CurvePoint& a, const CurvePoint& b) {
  return std::abs(a.recall - b.recall) + std::abs(a.precision - b.precision) + std::abs(a.fpr - b.fpr) +
         std::abs(a.f1 - b.f1);
}

/// At most `count` of the curves' thresholds that are not in `known`: those at equal steps along the curves, and where
/// the curves leap, so that steps fall together, others between them.
std::vector<float> alongCurves(const SetCurves& curves, const std::vector<float>& known, std::size_t count) {
  std::vector<float> thresholds;
  std::vector<double> places;
  const CurvePoint* last = nullptr;
  for (const CurvePoint& point : curves.points) {
    if (!std::isfinite(point.threshold) || std::ranges::find(known, point.threshold) != known.end()) continue;
    places.push_back(last == nullptr ? 0.0 : places.back() + distanceInPlots(*last, point));
    thresholds.push_back(point.threshold);
    last = &point;
  }
  if (thresholds.size() <= count) return thresholds;
  const double steps = static_cast<double>(std::max<std::size_t>(count, 2) - 1);
  std::vector<float> out, rest;
  std::vector<char> isTaken(thresholds.size(), 0);
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = std::lower_bound(places.begin(), places.end(), places.back() * static_cast<double>(i) / steps);
    isTaken[std::min(static_cast<std::size_t>(at - places.begin()), thresholds.size() - 1)] = 1;
  }
  for (std::size_t i = 0; i < thresholds.size(); ++i) (isTaken[i] != 0 ? out : rest).push_back(thresholds[i]);
  const std::size_t missing = count - out.size();
  for (std::size_t i = 0; i < missing; ++i) out.push_back(rest[(2 * i + 1) * rest.size() / (2 * missing)]);
  return out;
}

std::vector<float> alongRates(const SetScores& used, std::size_t count) {
  std::vector<float> out;
  const int steps = std::min(kRateSteps, static_cast<int>(count) / 2);
  for (int i = 1; i <= steps; ++i)
    for (const auto kind : {ThresholdRule::Kind::TruePositiveRate, ThresholdRule::Kind::FalsePositiveRate})
      if (const auto threshold = chooseThreshold(used, {kind, static_cast<double>(i) / steps}))
        out.push_back(*threshold);
  return out;
}

/// The source pixel whose area holds the centre of pixel `i` of `count`.
int sourceOf(int i, int count, int source) { return static_cast<int>((2LL * i + 1) * source / (2LL * count)); }

template <class T>
Grid<std::uint8_t> sampled(const Grid<T>& from, Size size, const std::function<std::uint8_t(const T&)>& value) {
  Grid<std::uint8_t> out(size);
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x)
      out.at(x, y) = value(from.at(sourceOf(x, size.width, from.width()), sourceOf(y, size.height, from.height())));
  return out;
}

std::optional<std::size_t> placeIn(const std::vector<OperatingPoint>& points, float threshold) {
  const auto found = std::ranges::find(points, threshold, &OperatingPoint::threshold);
  if (found == points.end()) return std::nullopt;
  return static_cast<std::size_t>(found - points.begin());
}

/// Whether a threshold that a hand set on the view's score means something for the run.
bool sharesScore(const SessionResults& results, const RunSpec& run) { return run.score == results.viewRun().score; }

std::optional<float> savedThreshold(SessionResults& results, const RunSpec& run, const ThresholdCounts& counts,
                                    const std::vector<ThresholdEffect>& effects) {
  if (sharesScore(results, run)) {
    if (const auto own = results.results(run)->threshold) return own;
  } else if (const auto rule = thresholdRuleOf(results.session().view)) {
    if (const auto chosen = thresholdBy(*rule, *results.numbers(run), &counts)) return chosen;
  }
  return effects.empty() ? std::nullopt : effects.front().threshold;  // best F1
}

}  // namespace

std::vector<float> listedThresholds(const SetCurves& curves, const SetScores& used, const std::vector<float>& wanted,
                                    std::size_t count) {
  std::vector<float> out;
  const auto isNew = [&](float value) { return std::isfinite(value) && std::ranges::find(out, value) == out.end(); };
  for (const float value : wanted)
    if (out.size() < count && isNew(value)) out.push_back(value);
  const std::size_t left = count - out.size();
  const std::vector<float> others = curves.points.empty() ? alongRates(used, left) : alongCurves(curves, out, left);
  for (const float value : others)
    if (out.size() < count && isNew(value)) out.push_back(value);
  std::ranges::sort(out, std::greater());
  return out;
}

ThresholdList thresholdList(SessionResults& results, const RunSpec& run, const std::vector<std::size_t>& frames) {
  const auto counts = results.counts(run);
  const std::vector<ThresholdEffect> effects = results.thresholds(run, counts);
  const std::optional<float> saved = savedThreshold(results, run, *counts, effects);
  std::vector<float> wanted;
  if (saved) wanted.push_back(*saved);
  const bool ownUnits = sharesScore(results, run);
  const auto applies = [&](const ThresholdEffect& effect) {
    return effect.threshold && (ownUnits || effect.rule != kRuleByHand);
  };
  for (const ThresholdEffect& effect : effects)
    if (applies(effect)) wanted.push_back(*effect.threshold);
  const SetScores used = usedFrames(counts->sorted(), run.protocol);

  ThresholdList list;
  constexpr float kNothing = std::numeric_limits<float>::infinity();
  list.points.push_back(exactOperatingPoint(used, kNothing));
  for (const float threshold : listedThresholds(results.numbers(run)->curves, used, wanted, kListedThresholds - 1))
    list.points.push_back(exactOperatingPoint(used, threshold));
  for (const ThresholdEffect& effect : effects) {
    if (!applies(effect)) continue;
    if (const auto at = placeIn(list.points, *effect.threshold)) list.marks.push_back({effect.rule, *at});
  }
  if (saved) list.saved = placeIn(list.points, *saved);
  for (const std::size_t frame : frames) {
    FrameDecisions own{.frame = frame};
    for (const OperatingPoint& point : list.points)
      if (const auto decided = counts->frame(frame, point.threshold)) {
        own.positives = decided->tp + decided->fn;
        own.negatives = decided->fp + decided->tn;
        own.tp.push_back(decided->tp);
        own.fp.push_back(decided->fp);
      }
    list.frames.push_back(std::move(own));
  }
  return list;
}

Grid<std::uint8_t> levelsOf(const ThresholdList& list, const ScoreMap& scores, Size size) {
  std::vector<float> rising;
  for (const OperatingPoint& point : list.points)
    if (std::isfinite(point.threshold)) rising.push_back(point.threshold);
  std::ranges::sort(rising);
  require(rising.size() < kListedThresholds, "levelsOf: more thresholds than levels");
  return sampled<float>(scores, size, [&](const float& score) {
    if (std::isnan(score)) return std::uint8_t{0};
    return static_cast<std::uint8_t>(std::ranges::upper_bound(rising, score) - rising.begin());
  });
}

LabelMap sampledLabel(const LabelMap& label, Size size) {
  return sampled<std::uint8_t>(label, size, [](const std::uint8_t& value) { return value; });
}

}  // namespace oodscope
