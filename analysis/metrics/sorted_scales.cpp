// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/sorted_scales.h"

#include "analysis/metrics/score_key.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace oodscope {
namespace {

constexpr std::size_t kQuantileSteps = 256;
constexpr std::size_t kPoolKeys = std::size_t{1} << 18U;  // sampled keys that quantiles are read from

/// Every stride-th key of each frame, sorted: a sample whose quantiles are exact to stride / keys.
template <class KeysOf>
std::vector<std::int32_t> pooledKeys(std::span<const SortedScores> frames, const KeysOf& keysOf) {
  std::size_t all = 0;
  for (const SortedScores& scores : frames) all += keysOf(scores).size();
  const std::size_t stride = std::max<std::size_t>(1, all / kPoolKeys);
  std::vector<std::int32_t> pool;
  pool.reserve(all / stride + 2 * frames.size());
  std::size_t phase = 0;  // runs on from frame to frame, so that small frames keep their weight
  std::int32_t highest = std::numeric_limits<std::int32_t>::min(), lowest = std::numeric_limits<std::int32_t>::max();
  for (const SortedScores& scores : frames) {
    const std::span<const std::int32_t> keys = keysOf(scores);
    if (keys.empty()) continue;
    lowest = std::min(lowest, keys.front());
    highest = std::max(highest, keys.back());
    std::size_t i = phase;
    for (; i < keys.size(); i += stride) pool.push_back(keys[i]);
    phase = i - keys.size();
  }
  if (all == 0) return pool;
  pool.push_back(lowest);
  pool.push_back(highest);
  std::sort(pool.begin(), pool.end());
  return pool;
}

std::int32_t quantile(const std::vector<std::int32_t>& pool, double share) {
  return pool[static_cast<std::size_t>(std::lround(share * static_cast<double>(pool.size() - 1)))];
}

ConfusionCounts countsOf(std::span<const SortedScores> frames, float threshold) {
  ConfusionCounts sum;
  for (const SortedScores& scores : frames) sum += scores.countsAt(threshold);
  return sum;
}

}  // namespace

CurveScales scalesOf(std::span<const SortedScores> frames) {
  CurveScales out;
  const std::vector<std::int32_t> positives =
      pooledKeys(frames, [](const SortedScores& s) { return s.positiveKeys(); });
  const std::vector<std::int32_t> negatives =
      pooledKeys(frames, [](const SortedScores& s) { return s.negativeKeys(); });
  // Of all labelled pixels: the negatives' sample thinned or the positives' repeated to their true weights would do;
  // the union of both at one stride is simpler and has the right weights by construction.
  std::size_t total = 0;
  for (const SortedScores& s : frames) total += s.positiveKeys().size() + s.negativeKeys().size();
  const std::size_t stride = std::max<std::size_t>(1, total / kPoolKeys);
  std::vector<std::int32_t> all;
  for (const SortedScores& s : frames)
    for (const std::span<const std::int32_t> keys : {s.positiveKeys(), s.negativeKeys()})
      for (std::size_t i = stride / 2; i < keys.size(); i += stride) all.push_back(keys[i]);
  for (const auto* pool : {&positives, &negatives})
    if (!pool->empty()) {
      all.push_back(pool->front());
      all.push_back(pool->back());
    }
  if (all.empty()) return out;
  std::sort(all.begin(), all.end());
  out.quantiles.resize(kQuantileSteps + 1);
  for (std::size_t q = 0; q <= kQuantileSteps; ++q)
    out.quantiles[q] = scoreOfKey(quantile(all, static_cast<double>(q) / kQuantileSteps));
  out.trimmedHigh = scoreOfKey(quantile(all, 0.999));

  // Half the weight to each class: the slider's steps are the quantiles of the two samples brought to one size.
  std::vector<std::int32_t> balanced;
  constexpr std::size_t kEach = 8192;
  for (const auto* pool : {&positives, &negatives})
    for (std::size_t i = 0; i <= kEach && !pool->empty(); ++i)
      balanced.push_back(quantile(*pool, static_cast<double>(i) / kEach));
  std::sort(balanced.begin(), balanced.end());
  out.balanced.resize(kQuantileSteps + 1);
  for (std::size_t q = 0; q <= kQuantileSteps; ++q)
    out.balanced[q] = scoreOfKey(quantile(balanced, static_cast<double>(q) / kQuantileSteps));
  out.anomalyShare.resize(kQuantileSteps);
  ConfusionCounts above = countsOf(frames, out.balanced.front());
  for (std::size_t q = 0; q < kQuantileSteps; ++q) {
    const ConfusionCounts next = q + 1 == kQuantileSteps ? ConfusionCounts{} : countsOf(frames, out.balanced[q + 1]);
    const auto tp = static_cast<double>(above.tp - next.tp), fp = static_cast<double>(above.fp - next.fp);
    out.anomalyShare[q] = tp + fp > 0.0 ? tp / (tp + fp) : 0.0;
    above = next;
  }
  return out;
}

}  // namespace oodscope
