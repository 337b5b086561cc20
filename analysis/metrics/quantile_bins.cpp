// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/quantile_bins.h"

#include "analysis/core/error.h"
#include "analysis/metrics/introsort_order.h"
#include "analysis/metrics/ranking.h"
#include "analysis/metrics/score_key.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace oodscope {
namespace {

constexpr std::size_t kQuantilesPerClass = 384;  // 768 bins / 2 in the reference's configuration

float difference(float high, float low, bool asFloat16) {
  return asFloat16 ? roundedToFloat16(high - low) : high - low;
}

/// numpy.quantile(x, linspace(0, 1, min(384, n))) with linear interpolation, rounding as numpy rounds.
void appendQuantiles(std::span<const std::int32_t> keys, bool asFloat16, std::vector<double>& edges) {
  const std::size_t n = keys.size();
  const std::size_t count = std::min(kQuantilesPerClass, n);
  const double step = count > 1 ? 1.0 / static_cast<double>(count - 1) : 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double q = i + 1 == count && count > 1 ? 1.0 : static_cast<double>(i) * step;
    const double position = static_cast<double>(n - 1) * q;
    const double previous = std::floor(position);
    const std::size_t below = std::min(static_cast<std::size_t>(previous), n - 1);
    const std::size_t above = std::min(below + 1, n - 1);
    const double part = position - previous;
    const float low = scoreOfKey(keys[below]);
    const float high = scoreOfKey(keys[above]);
    const auto gap = static_cast<double>(difference(high, low, asFloat16));
    edges.push_back(part >= 0.5 ? static_cast<double>(high) - gap * (1.0 - part)
                                : static_cast<double>(low) + gap * part);
  }
}

/// The float that decides on floats as the edge does: score >= edge exactly where score >= this.
float thresholdOf(double edge) {
  const auto nearest = static_cast<float>(edge);
  return static_cast<double>(nearest) < edge ? std::nextafter(nearest, std::numeric_limits<float>::infinity())
                                             : nearest;
}

std::size_t countBelow(std::span<const std::int32_t> keys, double edge, bool orEqual) {
  const auto found = std::partition_point(keys.begin(), keys.end(), [&](std::int32_t key) {
    const auto score = static_cast<double>(scoreOfKey(key));
    return orEqual ? score <= edge : score < edge;
  });
  return static_cast<std::size_t>(found - keys.begin());
}

struct CurveStep {
  double threshold = 0;
  std::uint64_t tp = 0;
  std::uint64_t fp = 0;
};

/// Cumulated over bins ordered by threshold, strictest first.
std::vector<CurveStep> cumulated(std::span<const QuantileBin> bins) {
  std::vector<double> thresholds;
  thresholds.reserve(bins.size());
  for (const QuantileBin& bin : bins) thresholds.push_back(bin.lowerEdge);
  // The reference sorts ascending, reverses, and cumulates bin by bin: the order among equal thresholds is part of its
  // result, so the same unstable sort is needed.
  std::vector<std::uint32_t> order = introsortOrder(thresholds);
  std::ranges::reverse(order);
  std::vector<CurveStep> steps;
  steps.reserve(bins.size());
  CurveStep sum;
  for (const std::uint32_t i : order) {
    const QuantileBin& bin = bins[i];
    sum.threshold = bin.lowerEdge;
    sum.tp += bin.positives;
    sum.fp += bin.negatives;
    steps.push_back(sum);
  }
  return steps;
}

/// As SegmentMeIfYouCan does since August 2023.
std::vector<CurveStep> mergedSteps(const std::vector<CurveStep>& all, std::uint64_t positives,
                                   std::uint64_t negatives) {
  std::vector<CurveStep> steps;
  if (all.front().tp != 0 || all.front().fp != 0) steps.push_back({all.front().threshold + 1.0, 0, 0});
  steps.push_back(all.front());
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (i + 1 == all.size() || all[i].threshold != all[i + 1].threshold) steps.push_back(all[i]);
  }
  if (steps.back().tp != positives || steps.back().fp != negatives)
    steps.push_back({steps.back().threshold - 1.0, positives, negatives});
  return steps;
}

/// As it did before.
std::vector<CurveStep> plainSteps(std::vector<CurveStep> all) {
  const auto first = std::ranges::find_if(all, [](const CurveStep& step) { return step.tp + step.fp > 0; });
  all.erase(all.begin(), first);
  return all;
}

SetCurves thinned(const std::vector<CurveStep>& steps, const PixelMetrics& metrics) {
  SetCurves curves;
  curves.protocol = metrics.protocol;
  curves.prevalence =
      static_cast<double>(metrics.positives) / static_cast<double>(metrics.positives + metrics.negatives);
  if (steps.front().tp + steps.front().fp > 0)
    curves.points.push_back(
        curvePoint(std::numeric_limits<float>::infinity(), 0, 0, metrics.positives, metrics.negatives));
  const std::size_t stride = steps.size() / (kMaxCurvePoints - 3) + 1;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (i % stride != 0 && i + 1 != steps.size()) continue;
    curves.points.push_back(
        curvePoint(thresholdOf(steps[i].threshold), steps[i].tp, steps[i].fp, metrics.positives, metrics.negatives));
    if (steps[i].tp == metrics.positives) break;
  }
  return curves;
}

}  // namespace

std::vector<QuantileBin> quantileBins(std::span<const std::int32_t> positiveKeys,
                                      std::span<const std::int32_t> negativeKeys, BinEdges kind, bool asFloat16) {
  std::vector<double> edges;
  if (positiveKeys.empty() && negativeKeys.empty()) return {};
  appendQuantiles(positiveKeys, asFloat16, edges);
  appendQuantiles(negativeKeys, asFloat16, edges);
  if (kind == BinEdges::ZeroAndOne) {
    edges.push_back(0.0);
    edges.push_back(1.0);
  } else {
    std::int32_t lowest = std::numeric_limits<std::int32_t>::max();
    std::int32_t highest = std::numeric_limits<std::int32_t>::min();
    for (const auto keys : {positiveKeys, negativeKeys}) {
      if (keys.empty()) continue;
      lowest = std::min(lowest, keys.front());
      highest = std::max(highest, keys.back());
    }
    const float low = scoreOfKey(lowest);
    const float high = scoreOfKey(highest);
    const double margin = std::max(0.01 * static_cast<double>(difference(high, low, asFloat16)), 0.01);
    edges.push_back(static_cast<double>(low) - margin);
    edges.push_back(static_cast<double>(high) + margin);
  }
  std::ranges::sort(edges);
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());

  std::vector<QuantileBin> bins(edges.size() - 1);
  std::uint64_t positivesBelow = countBelow(positiveKeys, edges.front(), false);
  std::uint64_t negativesBelow = countBelow(negativeKeys, edges.front(), false);
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const bool last = i + 2 == edges.size();
    const std::uint64_t positives = countBelow(positiveKeys, edges[i + 1], last);
    const std::uint64_t negatives = countBelow(negativeKeys, edges[i + 1], last);
    bins[bins.size() - 1 - i] = {edges[i], positives - positivesBelow, negatives - negativesBelow};
    positivesBelow = positives;
    negativesBelow = negatives;
  }
  return bins;
}

BinnedSet evaluateBins(std::span<const QuantileBin> bins, Protocol protocol) {
  const ProtocolRule& rule = protocol.rule();
  require(rule.pooling == Pooling::FrameBins && rule.crossing == CrossingRule::FirstReaching,
          "evaluateBins: not a binned protocol");
  BinnedSet set;
  PixelMetrics& metrics = set.metrics;
  metrics.protocol = set.curves.protocol = protocol;
  for (const QuantileBin& bin : bins) {
    metrics.positives += bin.positives;
    metrics.negatives += bin.negatives;
  }
  if (metrics.positives == 0 || metrics.negatives == 0) return set;
  const bool stepSum = rule.area == PrecisionArea::StepSum;
  std::vector<CurveStep> steps = cumulated(bins);
  steps = stepSum ? mergedSteps(steps, metrics.positives, metrics.negatives) : plainSteps(std::move(steps));

  const auto positives = static_cast<double>(metrics.positives);
  const auto negatives = static_cast<double>(metrics.negatives);
  double ap = 0;
  double auroc = 0;
  double bestF1 = -1;
  CurvePoint previous;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto [threshold, tp, fp] = steps[i];
    const CurvePoint point = curvePoint(thresholdOf(threshold), tp, fp, metrics.positives, metrics.negatives);
    if (i > 0) {
      const double rise = point.recall - previous.recall;
      ap += rise * (stepSum ? point.precision : 0.5 * (point.precision + previous.precision));
      auroc += (point.fpr - previous.fpr) * 0.5 * (point.recall + previous.recall);
    }
    if (!metrics.fpr95 && static_cast<double>(tp) / positives >= 0.95) {
      metrics.fpr95 = static_cast<double>(fp) / negatives;
      metrics.threshold95 = point.threshold;
    }
    if (point.f1 > bestF1) {
      bestF1 = point.f1;
      metrics.bestF1Threshold = point.threshold;
    }
    previous = point;
  }
  metrics.ap = ap;
  metrics.auroc = auroc;
  metrics.bestF1 = bestF1;
  set.curves = thinned(steps, metrics);
  return set;
}

}  // namespace oodscope
