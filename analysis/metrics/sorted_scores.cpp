// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/sorted_scores.h"

#include "analysis/core/error.h"
#include "analysis/core/grid.h"
#include "analysis/metrics/negative_tally.h"
#include "analysis/metrics/radix_sort.h"
#include "analysis/metrics/ranking.h"
#include "analysis/metrics/score_key.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

std::optional<double> quotient(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::uint64_t countFrom(std::span<const std::int32_t> keys, std::int32_t key) {
  return static_cast<std::uint64_t>(keys.end() - std::ranges::lower_bound(keys, key));
}

/// Walks sorted negatives and distinct keys side by side.
void countSlots(std::span<const std::int32_t> keys, std::span<const std::int32_t> negatives, SlotCounts& counts) {
  std::size_t i = 0;
  for (std::size_t j = 0; j < keys.size() && i < negatives.size(); ++j) {
    std::size_t begin = i;
    while (i < negatives.size() && negatives[i] < keys[j]) ++i;
    if (i > begin) counts.add(2 * j, i - begin);
    begin = i;
    while (i < negatives.size() && negatives[i] == keys[j]) ++i;
    if (i > begin) counts.add(2 * j + 1, i - begin);
  }
  if (i < negatives.size()) counts.add(2 * keys.size(), negatives.size() - i);
}

}  // namespace

ConfusionCounts& ConfusionCounts::operator+=(const ConfusionCounts& other) {
  tp += other.tp;
  fp += other.fp;
  fn += other.fn;
  tn += other.tn;
  return *this;
}

std::optional<double> ConfusionCounts::precision() const { return quotient(tp, tp + fp); }
std::optional<double> ConfusionCounts::recall() const { return quotient(tp, tp + fn); }
std::optional<double> ConfusionCounts::fpr() const { return quotient(fp, fp + tn); }
std::optional<double> ConfusionCounts::f1() const { return quotient(2 * tp, 2 * tp + fp + fn); }
std::optional<double> ConfusionCounts::iou() const { return quotient(tp, tp + fp + fn); }

SortedScores::SortedScores(std::span<const float> scores, std::span<const std::uint8_t> labels) {
  require(scores.size() == labels.size(), "SortedScores: scores and labels differ in length");
  std::uint64_t negatives = 0;
  gatherPositives(scores, labels, m_positives, m_hygiene);
  tallyNegatives(scores, labels, negatives, m_hygiene);
  m_negatives.reserve(negatives);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (labels[i] == kNormal && isFiniteScore(scores[i])) m_negatives.push_back(keyOfScore(scores[i]));
  }
  std::vector<std::int32_t> scratch;
  radixSort(m_positives, scratch);
  radixSort(m_negatives, scratch);
}

ConfusionCounts SortedScores::countsAt(float threshold) const {
  ConfusionCounts counts;
  if (!std::isnan(threshold)) {
    const std::int32_t key = keyOfScore(threshold);
    counts.tp = countFrom(m_positives, key);
    counts.fp = countFrom(m_negatives, key);
  }
  counts.fn = m_positives.size() - counts.tp;
  counts.tn = m_negatives.size() - counts.fp;
  return counts;
}

ConfusionCounts countsAt(std::span<const SortedScores* const> frames, float threshold) {
  ConfusionCounts sum;
  for (const SortedScores* frame : frames) sum += frame->countsAt(threshold);
  return sum;
}

SortedSetResult evaluateSorted(std::span<const SortedScores* const> frames, Protocol protocol) {
  require(protocol.rule().pooling == Pooling::Set, "evaluateSorted: not a pooled protocol");
  std::vector<std::int32_t> keys;
  std::vector<const SortedScores*> used;
  std::uint64_t negatives = 0;
  for (const SortedScores* frame : frames) {
    if (protocol.skipsFramesWithoutAnomaly() && frame->positives() == 0) continue;
    used.push_back(frame);
    negatives += frame->negatives();
    keys.insert(keys.end(), frame->positiveKeys().begin(), frame->positiveKeys().end());
  }
  const std::uint64_t positives = keys.size();
  std::vector<std::int32_t> scratch;
  radixSort(keys, scratch);
  const std::vector<std::uint32_t> atKey = collapseEqualKeys(keys);
  SlotCounts counts(2 * keys.size() + 1);
  for (const SortedScores* frame : used) countSlots(keys, frame->negativeKeys(), counts);

  const RankedPixels pixels{keys, atKey, &counts, nullptr, positives, negatives};
  SortedSetResult result{rankingMetrics(pixels, protocol), rankingCurves(pixels, protocol)};
  result.metrics.framesUsed = used.size();
  result.metrics.framesSkipped = frames.size() - used.size();
  return result;
}

}  // namespace oodscope
