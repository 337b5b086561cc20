// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/operating_point.h"

#include "analysis/core/error.h"
#include "analysis/metrics/score_key.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <queue>

namespace oodscope {
namespace {

using Key = std::int64_t;  // a score's key, or one more than the highest

/// Lowest and highest key of the set's finite scores.
struct KeyRange {
  Key low = 0, high = -1;
};

KeyRange rangeOf(const SetScores& set) {
  KeyRange range{std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::min()};
  for (const SortedScores* frame : set)
    for (const auto keys : {frame->positiveKeys(), frame->negativeKeys()})
      if (!keys.empty()) {
        range.low = std::min<Key>(range.low, keys.front());
        range.high = std::max<Key>(range.high, keys.back());
      }
  return range;
}

ConfusionCounts countsAtKey(const SetScores& set, Key key) {
  if (key > std::numeric_limits<std::int32_t>::max()) return countsAt(set, std::numeric_limits<float>::infinity());
  return countsAt(set, scoreOfKey(static_cast<std::int32_t>(key)));
}

/// The highest of the keys low … high + 1 at which `holds`; it must hold from some key downwards, and at low.
Key highestWhere(const SetScores& set, KeyRange range, const std::function<bool(const ConfusionCounts&)>& holds) {
  Key yes = range.low;
  Key no = range.high + 2;
  while (no - yes > 1) {
    const Key middle = yes + (no - yes) / 2;
    (holds(countsAtKey(set, middle)) ? yes : no) = middle;
  }
  return yes;
}

/// The lowest of the keys low … high + 1 at which `holds`; it must hold from some key upwards, and at high + 1.
Key lowestWhere(const SetScores& set, KeyRange range, const std::function<bool(const ConfusionCounts&)>& holds) {
  Key no = range.low - 1;
  Key yes = range.high + 1;
  while (yes - no > 1) {
    const Key middle = no + (yes - no) / 2;
    (holds(countsAtKey(set, middle)) ? yes : no) = middle;
  }
  return yes;
}

/// Value of true and false positives: rises with the first, falls with the second.
using Gain = std::function<double(std::uint64_t tp, std::uint64_t fp)>;

/// The highest key of the greatest gain, by branch and bound: between two thresholds the gain is at most that of the
/// looser one's true positives with the stricter one's false positives.
Key highestBest(const SetScores& set, KeyRange range, const Gain& gain) {
  struct Stretch {
    Key strict, loose;  // strict > loose
    ConfusionCounts strictCounts, looseCounts;
    double bound;
    bool operator<(const Stretch& other) const {
      return bound != other.bound ? bound < other.bound : strict < other.strict;
    }
  };
  Key bestKey = range.high + 1;
  const ConfusionCounts none = countsAtKey(set, bestKey);
  double best = gain(none.tp, none.fp);
  const auto consider = [&](Key key, const ConfusionCounts& counts) {
    const double value = gain(counts.tp, counts.fp);
    if (value > best || (value == best && key > bestKey)) {
      best = value;
      bestKey = key;
    }
  };
  std::priority_queue<Stretch> open;
  const auto push = [&](Key strict, const ConfusionCounts& s, Key loose, const ConfusionCounts& l) {
    // Inside lie other decisions only where both ends differ in true positives: without new ones the gain only falls.
    if (strict - loose < 2 || s.tp == l.tp) return;
    open.push({strict, loose, s, l, gain(l.tp, s.fp)});
  };
  const ConfusionCounts all = countsAtKey(set, range.low);
  consider(range.low, all);
  push(range.high + 1, none, range.low, all);
  while (!open.empty()) {
    const Stretch s = open.top();
    open.pop();
    if (s.bound < best) break;
    if (s.bound == best && s.strict <= bestKey) continue;
    const Key middle = s.loose + (s.strict - s.loose) / 2;
    const ConfusionCounts counts = countsAtKey(set, middle);
    consider(middle, counts);
    push(s.strict, s.strictCounts, middle, counts);
    push(middle, counts, s.loose, s.looseCounts);
  }
  return bestKey;
}

}  // namespace

SetScores usedFrames(std::span<const SortedScores> frames, Protocol protocol) {
  const bool skips = protocol.skipsFramesWithoutAnomaly();
  SetScores out;
  for (const SortedScores& frame : frames)
    if (!skips || frame.positives() > 0) out.push_back(&frame);
  return out;
}

std::optional<float> chooseThreshold(const SetScores& set, const ThresholdRule& rule) {
  using Kind = ThresholdRule::Kind;
  const bool isShare =
      rule.kind == Kind::TruePositiveRate || rule.kind == Kind::FalsePositiveRate || rule.kind == Kind::FlaggedShare;
  require(!isShare || (rule.value >= 0.0 && rule.value <= 1.0), "chooseThreshold: the rate is not between 0 and 1");
  require(rule.kind != Kind::CostRatio || rule.value > 0.0, "chooseThreshold: the cost ratio is not positive");
  const KeyRange range = rangeOf(set);
  std::uint64_t positives = 0;
  std::uint64_t negatives = 0;
  for (const SortedScores* frame : set) {
    positives += frame->positives();
    negatives += frame->negatives();
  }
  const std::uint64_t needed = rule.kind == Kind::FalsePositiveRate ? negatives
                               : rule.kind == Kind::FlaggedShare    ? positives + negatives
                                                                    : positives;
  if (needed == 0) return std::nullopt;
  const double p = static_cast<double>(positives);
  const double n = static_cast<double>(negatives);

  Key key = 0;
  switch (rule.kind) {
    case Kind::TruePositiveRate:
      key = highestWhere(set, range,
                         [&](const ConfusionCounts& c) { return static_cast<double>(c.tp) / p >= rule.value; });
      break;
    case Kind::FalsePositiveRate:
      key = lowestWhere(set, range,
                        [&](const ConfusionCounts& c) { return static_cast<double>(c.fp) / n <= rule.value; });
      break;
    case Kind::BestF1:
      key = highestBest(set, range, [&](std::uint64_t tp, std::uint64_t fp) {
        return 2.0 * static_cast<double>(tp) / (static_cast<double>(tp + fp) + p);
      });
      break;
    case Kind::CostRatio:
      key = highestBest(set, range, [&](std::uint64_t tp, std::uint64_t fp) {
        return -(rule.value * static_cast<double>(positives - tp) + static_cast<double>(fp));
      });
      break;
    case Kind::FlaggedShare:
      key = lowestWhere(set, range, [&](const ConfusionCounts& c) {
        return static_cast<double>(c.tp + c.fp) / static_cast<double>(needed) <= rule.value;
      });
      break;
  }
  if (key > range.high) return std::numeric_limits<float>::infinity();
  return scoreOfKey(static_cast<std::int32_t>(key));
}

std::optional<OperatingPoint> exactOperatingPoint(const SetScores& set, const ThresholdRule& rule) {
  const auto threshold = chooseThreshold(set, rule);
  if (!threshold) return std::nullopt;
  return exactOperatingPoint(set, *threshold);
}

OperatingPoint exactOperatingPoint(const SetScores& set, float threshold) {
  return {threshold, countsAt(set, threshold)};
}

std::optional<CurvePoint> curvePointOf(const OperatingPoint& point) {
  const auto recall = point.counts.recall();
  const auto fpr = point.counts.fpr();
  if (!recall || !fpr) return std::nullopt;
  return CurvePoint{.threshold = point.threshold,
                    .recall = *recall,
                    .precision = point.counts.precision().value_or(1.0),
                    .fpr = *fpr,
                    .f1 = point.counts.f1().value_or(0.0),
                    .iou = point.counts.iou().value_or(0.0)};
}

}  // namespace oodscope
