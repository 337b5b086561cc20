// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/frame_ranking.h"

#include "analysis/core/grid.h"
#include "analysis/metrics/negative_tally.h"
#include "analysis/metrics/radix_sort.h"
#include "analysis/metrics/ranking.h"
#include "analysis/metrics/score_key.h"
#include "analysis/metrics/sorted_scores.h"

namespace oodscope {
namespace {

constexpr std::size_t kBufferBytes = 1 << 18;

}  // namespace

PixelMetrics rankFrame(std::span<const float> scores, std::span<const std::uint8_t> labels, Protocol protocol) {
  ScoreHygiene ignored;
  std::vector<std::int32_t> keys;
  std::vector<std::int32_t> scratch;
  const LabelIndex where(labels);
  gatherPositives(scores, where.positives(), keys, ignored);
  const std::uint64_t positives = keys.size();
  radixSort(keys, scratch);
  const std::vector<std::uint32_t> atKey = collapseEqualKeys(keys);
  const PositiveIndex index(keys);
  NegativeTally tally(index);
  NegativeBuffers buffers(index, kBufferBytes);
  const std::uint64_t negatives = tally.add(scores, where.negatives(), 0, scores.size(), buffers, ignored);
  tally.flush(buffers);
  const SlotCounts counts = tally.finish();
  return rankingMetrics({keys, atKey, &counts, nullptr, positives, negatives}, protocol);
}

FrameMetrics frameMetrics(std::size_t frame, std::span<const float> scores, std::span<const std::uint8_t> labels) {
  const PixelMetrics ranked = rankFrame(scores, labels, protocols::kFishyscapes);
  FrameMetrics metrics;
  metrics.frame = frame;
  metrics.ap = ranked.ap;
  metrics.auroc = ranked.auroc;
  metrics.fpr95 = ranked.fpr95;
  metrics.bestF1 = ranked.bestF1;
  metrics.positives = ranked.positives;
  metrics.negatives = ranked.negatives;
  double sum = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if ((labels[i] == kNormal || labels[i] == kAnomaly) && isFiniteScore(scores[i]))
      sum += static_cast<double>(scores[i]);
  }
  const std::uint64_t counted = ranked.positives + ranked.negatives;
  if (counted > 0) metrics.meanScore = sum / static_cast<double>(counted);
  return metrics;
}

FrameBins frameBins(std::span<const float> scores, std::span<const std::uint8_t> labels, bool asFloat16) {
  std::vector<float> rounded;
  if (asFloat16) {
    rounded.reserve(scores.size());
    for (const float score : scores) rounded.push_back(roundedToFloat16(score));
    scores = rounded;
  }
  const SortedScores sorted(scores, labels);
  return {quantileBins(sorted.positiveKeys(), sorted.negativeKeys(), BinEdges::BeyondRange, asFloat16),
          quantileBins(sorted.positiveKeys(), sorted.negativeKeys(), BinEdges::ZeroAndOne, asFloat16)};
}

}  // namespace oodscope
