// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/sorted_scores.h"
#include "analysis/metrics/protocol_rules.h"

#include "analysis/core/error.h"
#include "analysis/core/grid.h"
#include "tests/unit/metrics/memory_frames.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <random>

namespace oodscope {
namespace {

testing::MemoryFrames tiedFrames(unsigned seed) {
  std::mt19937 random(seed);
  testing::MemoryFrames set;
  for (int frame = 0; frame < 4; ++frame) {
    auto& scores = set.scores.emplace_back();
    auto& labels = set.labels.emplace_back();
    for (int i = 0; i < 5000; ++i) {
      const bool anomaly = frame != 2 && random() % 20 == 0;
      labels.push_back(random() % 10 == 0 ? kVoid : anomaly ? kAnomaly : kNormal);
      scores.push_back(static_cast<float>(static_cast<int>(random() % 200) - 100 + (anomaly ? 60 : 0)) / 64.0F);
    }
  }
  return set;
}

ConfusionCounts countedOneByOne(const testing::MemoryFrames& set, float threshold) {
  ConfusionCounts counts;
  for (std::size_t f = 0; f < set.size(); ++f) {
    for (std::size_t i = 0; i < set.scores[f].size(); ++i) {
      const bool predicted = set.scores[f][i] >= threshold;
      if (set.labels[f][i] == kAnomaly) ++(predicted ? counts.tp : counts.fn);
      if (set.labels[f][i] == kNormal) ++(predicted ? counts.fp : counts.tn);
    }
  }
  return counts;
}

TEST(SortedScores, CountsEqualCountingEveryPixelAtEveryThreshold) {
  const testing::MemoryFrames set = tiedFrames(7);
  std::vector<SortedScores> sorted;
  for (std::size_t f = 0; f < set.size(); ++f) sorted.emplace_back(set.scores[f], set.labels[f]);
  std::vector<const SortedScores*> frames;
  for (const SortedScores& frame : sorted) frames.push_back(&frame);
  ConfusionCounts previous{.tp = 1'000'000, .fp = 1'000'000};
  for (float threshold = -2.0F; threshold < 3.0F; threshold += 1.0F / 128.0F) {
    const ConfusionCounts expected = countedOneByOne(set, threshold);
    const ConfusionCounts counts = countsAt(frames, threshold);
    ASSERT_EQ(counts, expected) << threshold;
    EXPECT_LE(counts.tp, previous.tp);  // recall never rises with the threshold
    previous = counts;
  }
}

TEST(SortedScores, ThresholdsAtTheEdgesOfTheFloats) {
  const std::array scores{-0.0F, 0.0F, 1.0F};
  const std::array<std::uint8_t, 3> labels{kAnomaly, kNormal, kNormal};
  const SortedScores sorted(scores, labels);
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(sorted.countsAt(0.0F), (ConfusionCounts{.tp = 1, .fp = 2}));
  EXPECT_EQ(sorted.countsAt(-0.0F), (ConfusionCounts{.tp = 1, .fp = 2}));
  EXPECT_EQ(sorted.countsAt(-inf), (ConfusionCounts{.tp = 1, .fp = 2}));
  EXPECT_EQ(sorted.countsAt(inf), (ConfusionCounts{.fn = 1, .tn = 2}));
  EXPECT_EQ(sorted.countsAt(std::nanf("")), (ConfusionCounts{.fn = 1, .tn = 2}));
}

TEST(SortedScores, SetMetricsEqualTheStreamingOnesToTheLastBit) {
  const testing::MemoryFrames set = tiedFrames(19);
  std::vector<SortedScores> sorted;
  for (std::size_t f = 0; f < set.size(); ++f) sorted.emplace_back(set.scores[f], set.labels[f]);
  std::vector<const SortedScores*> frames;
  for (const SortedScores& frame : sorted) frames.push_back(&frame);
  const SetResult streamed = set.evaluate();
  for (const Protocol protocol : {protocols::kCourse, protocols::kFishyscapes, protocols::kDenseHybrid}) {
    const SortedSetResult result = evaluateSorted(frames, protocol);
    const PixelMetrics& expected = *streamed.find(protocol);
    EXPECT_EQ(result.metrics.ap, expected.ap);
    EXPECT_EQ(result.metrics.fpr95, expected.fpr95);
    EXPECT_EQ(result.metrics.auroc, expected.auroc);
    EXPECT_EQ(result.metrics.bestF1, expected.bestF1);
    EXPECT_EQ(result.metrics.framesSkipped, expected.framesSkipped);
    // The best F1 is attained at its threshold.
    std::vector<const SortedScores*> used;
    for (const SortedScores* frame : frames)
      if (protocol != protocols::kCourse || frame->positives() > 0) used.push_back(frame);
    EXPECT_DOUBLE_EQ(*countsAt(used, *result.metrics.bestF1Threshold).f1(), *result.metrics.bestF1);
  }
  EXPECT_THROW((void)evaluateSorted(frames, protocols::kSmiyc2023), ContractViolation);
}

TEST(ConfusionCounts, RatiosWithoutADenominatorAreNotDefined) {
  EXPECT_FALSE(ConfusionCounts{}.precision().has_value());
  EXPECT_FALSE((ConfusionCounts{.tn = 3}.f1().has_value()));
  const ConfusionCounts counts{.tp = 3, .fp = 1, .fn = 2, .tn = 4};
  EXPECT_DOUBLE_EQ(*counts.precision(), 0.75);
  EXPECT_DOUBLE_EQ(*counts.recall(), 0.6);
  EXPECT_DOUBLE_EQ(*counts.fpr(), 0.2);
  EXPECT_DOUBLE_EQ(*counts.f1(), 6.0 / 9.0);
  EXPECT_DOUBLE_EQ(*counts.iou(), 0.5);
}

}  // namespace
}  // namespace oodscope
