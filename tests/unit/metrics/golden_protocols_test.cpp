// SPDX-License-Identifier: GPL-3.0-or-later
// Expected values: the official code of each protocol run on the same synthetic frames.
#include "analysis/metrics/evaluate_set.h"
#include "analysis/metrics/protocol_rules.h"
#include "tests/support/golden_frames.h"
#include "tests/unit/metrics/memory_frames.h"

#include <gtest/gtest.h>

#include <array>

namespace oodscope {
namespace {

constexpr double kTolerance = 1e-9;

testing::MemoryFrames goldenSet() {
  testing::MemoryFrames set;
  for (int frame = 0; frame < 3; ++frame) {
    const testing::GoldenFrame golden = testing::goldenFrame(frame);
    set.scores.emplace_back(golden.scores.values().begin(), golden.scores.values().end());
    set.labels.emplace_back(golden.labels.values().begin(), golden.labels.values().end());
  }
  return set;
}

PixelMetrics golden(Protocol protocol, const EvaluateOptions& options = {}) {
  const testing::MemoryFrames set = goldenSet();
  const std::array protocols{protocol};
  return evaluateSet(set.size(), set.provider(), protocols, options).metrics.at(0);
}

TEST(GoldenFrames, AreTheOnesTheReferenceSaw) {
  const testing::MemoryFrames set = goldenSet();
  const std::array first{60.0F, 94.0F, 129.0F, 180.0F, 12.0F, 94.0F, 198.0F, 142.0F};
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(set.scores[0][i] * 1024.0F, first[i]);
  const std::array sums{3658848.0, 3325677.0, 3850012.0};
  for (std::size_t frame = 0; frame < 3; ++frame) {
    double sum = 0;
    for (const float score : set.scores[frame]) sum += static_cast<double>(score) * 1024.0;
    EXPECT_EQ(sum, sums[frame]);
  }
  const SetResult result = set.evaluate();
  EXPECT_EQ(result.find(protocols::kFishyscapes)->positives, 3739U);
  EXPECT_EQ(result.find(protocols::kFishyscapes)->negatives, 60673U);
  EXPECT_EQ(result.hygiene.voidPixels, 9316U);
}

TEST(GoldenProtocols, Fishyscapes) {
  const PixelMetrics m = golden(protocols::kFishyscapes);
  EXPECT_NEAR(*m.ap, 0.8650591619, kTolerance);
  EXPECT_NEAR(*m.fpr95, 0.1410182453, kTolerance);
  EXPECT_NEAR(*m.auroc, 0.9819372565, kTolerance);
  EXPECT_EQ(m.framesUsed, 3U);
}

// One AUPR over all pixels, beside the mean of the frames' own: what Fishyscapes' rule gives on the same frames.
TEST(GoldenProtocols, StreetHazardsPooledRanksAllPixelsTogether) {
  const PixelMetrics m = golden(protocols::kStreetHazardsPooled);
  EXPECT_NEAR(*m.ap, 0.8650591619, kTolerance);
  EXPECT_NEAR(*m.fpr95, 0.1410182453, kTolerance);
  EXPECT_EQ(m.framesUsed, 3U);
}

TEST(GoldenProtocols, CourseSkipsTheFrameWithoutAnomaly) {
  const PixelMetrics m = golden(protocols::kCourse);
  EXPECT_NEAR(*m.ap, 0.9256151185, kTolerance);
  EXPECT_NEAR(*m.fpr95, 0.1295016467, kTolerance);
  EXPECT_EQ(m.framesUsed, 2U);
  EXPECT_EQ(m.framesSkipped, 1U);
}

TEST(GoldenProtocols, CourseRuleOnAllFrames) {
  // All three frames laid into one: nothing is left to skip.
  const testing::MemoryFrames set = goldenSet();
  testing::MemoryFrames one{{{}}, {{}}};
  for (std::size_t frame = 0; frame < 3; ++frame) {
    one.scores[0].insert(one.scores[0].end(), set.scores[frame].begin(), set.scores[frame].end());
    one.labels[0].insert(one.labels[0].end(), set.labels[frame].begin(), set.labels[frame].end());
  }
  const SetResult result = one.evaluate();
  EXPECT_NEAR(*result.find(protocols::kCourse)->ap, 0.8650591619, kTolerance);
  EXPECT_NEAR(*result.find(protocols::kCourse)->fpr95, 0.1402917278, kTolerance);
}

TEST(GoldenProtocols, DenseHybrid) {
  const PixelMetrics m = golden(protocols::kDenseHybrid);
  EXPECT_NEAR(*m.ap, 0.8650591619, kTolerance);
  EXPECT_NEAR(*m.fpr95, 0.1410182453, kTolerance);
  EXPECT_EQ(m.threshold95, 0.21875F);
}

TEST(GoldenProtocols, StreetHazards) {
  const PixelMetrics m = golden(protocols::kStreetHazards);
  EXPECT_NEAR(*m.ap, 0.9282922600, kTolerance);
  EXPECT_NEAR(*m.fpr95, 0.1247818235, kTolerance);
  EXPECT_NEAR(*m.auroc, 0.9856399117, kTolerance);
  EXPECT_EQ(m.framesUsed, 2U);
  EXPECT_FALSE(m.bestF1.has_value());
  const testing::MemoryFrames set = goldenSet();
  const SetResult result = set.evaluate({.perFrame = true});
  EXPECT_NEAR(*result.frames.at(0).ap, 0.9448731207, kTolerance);
  EXPECT_FALSE(result.frames.at(1).ap.has_value());
  EXPECT_NEAR(*result.frames.at(2).ap, 0.9117113994, kTolerance);
}

TEST(GoldenProtocols, Smiyc2023AsFloatAndAsSubmittedInFloat16) {
  for (const bool asFloat16 : {false, true}) {
    const PixelMetrics m = golden(protocols::kSmiyc2023, {.asFloat16 = asFloat16});
    EXPECT_NEAR(*m.ap, 0.8669352354, kTolerance);
    EXPECT_NEAR(*m.fpr95, 0.1410182453, kTolerance);
    EXPECT_NEAR(*m.bestF1, 0.8234124518, kTolerance);
    EXPECT_EQ(m.bestF1Threshold, 0.25F);
    EXPECT_NEAR(*m.auroc, 0.9820400000, kTolerance);
  }
}

TEST(GoldenProtocols, Smiyc2021) {
  const PixelMetrics m = golden(protocols::kSmiyc2021);
  EXPECT_NEAR(*m.ap, 0.8667378272, kTolerance);
  EXPECT_NEAR(*m.fpr95, 0.1395843291, kTolerance);
}

}  // namespace
}  // namespace oodscope
