// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/component_metrics.h"

#include "tests/support/golden_frames.h"
#include "tests/unit/regions/naive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace oodscope {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using testing::goldenFrames;
using testing::naiveComponents;
using testing::randomFrame;

ComponentMetrics ofSet(double threshold, const ComponentTrack& track) {
  ComponentTally tally;
  for (const auto& frame : goldenFrames()) tally += ComponentTally(evaluateComponents(frame.view(), threshold, track));
  return summary(tally, threshold);
}

TEST(GoldenFrames, AreTheOnesOfTheProtocols) {
  const auto frames = goldenFrames();
  EXPECT_THAT(std::vector(frames[0].k.begin(), frames[0].k.begin() + 8),
              ElementsAre(60, 94, 129, 180, 12, 94, 198, 142));
  const std::uint64_t sums[] = {3658848, 3325677, 3850012};
  std::size_t counts[3] = {};
  for (std::size_t f = 0; f < 3; ++f) {
    EXPECT_EQ(std::accumulate(frames[f].k.begin(), frames[f].k.end(), std::uint64_t{0}), sums[f]);
    for (const std::uint8_t label : frames[f].labels.values()) ++counts[label == kVoid ? 2 : label];
  }
  EXPECT_EQ(counts[kAnomaly], 3739U);
  EXPECT_EQ(counts[kNormal], 60673U);
  EXPECT_EQ(counts[2], 9316U);
}

TEST(ComponentMetrics, MeetTheGoldenValuesOfTheAnomalyTrack) {
  const ComponentMetrics at25 = ofSet(0.25, kAnomalyTrack);
  EXPECT_NEAR(at25.siou.value(), 0.443989, 1e-6);
  EXPECT_NEAR(at25.ppv.value(), 0.666667, 1e-6);
  EXPECT_NEAR(at25.f1Star.value(), 0.571429, 1e-6);
  for (const std::size_t limit : {0U, 5U, 10U}) {
    EXPECT_EQ(at25.atLimit[limit].truePositives, 2U);
    EXPECT_EQ(at25.atLimit[limit].falseNegatives, 2U);
    EXPECT_EQ(at25.atLimit[limit].falsePositives, 1U);
  }
  const ComponentMetrics at30 = ofSet(0.30, kAnomalyTrack);
  EXPECT_NEAR(at30.siou.value(), 0.391094, 1e-6);
  EXPECT_NEAR(at30.ppv.value(), 0.666667, 1e-6);
  EXPECT_NEAR(at30.f1Star.value(), 0.571429, 1e-6);
}

TEST(ComponentMetrics, MeetTheGoldenValuesOfTheObstacleTrack) {
  const ComponentMetrics at25 = ofSet(0.25, kObstacleTrack);
  EXPECT_NEAR(at25.siou.value(), 0.706191, 1e-6);
  EXPECT_NEAR(at25.ppv.value(), 0.666667, 1e-6);
  EXPECT_NEAR(at25.f1Star.value(), 0.727273, 1e-6);
  for (const std::size_t limit : {0U, 5U, 10U}) {
    EXPECT_EQ(at25.atLimit[limit].truePositives, 4U);
    EXPECT_EQ(at25.atLimit[limit].falseNegatives, 1U);
    EXPECT_EQ(at25.atLimit[limit].falsePositives, 2U);
  }
  const ComponentMetrics at30 = ofSet(0.30, kObstacleTrack);
  EXPECT_NEAR(at30.siou.value(), 0.625875, 1e-6);
  EXPECT_NEAR(at30.ppv.value(), 0.666667, 1e-6);
  EXPECT_NEAR(at30.f1Star.value(), 0.727273, 1e-6);
}

TEST(ComponentMetrics, GiveEachTruthComponentItsGoldenOverlap) {
  const auto frames = goldenFrames();
  EXPECT_THAT(evaluateComponents(frames[0].view(), 0.25, kObstacleTrack).siou,
              ElementsAre(DoubleNear(0.90125, 1e-6), DoubleNear(0.0, 0.0)));
  // In the order of first pixels the void-cut halves (rows 30–37 and 42–49) come before the corner-touching pair.
  EXPECT_THAT(
      evaluateComponents(frames[2].view(), 0.25, kObstacleTrack).siou,
      ::testing::UnorderedElementsAre(DoubleNear(0.855, 1e-6), DoubleNear(0.9, 1e-6), DoubleNear(0.874706, 1e-6)));
}

TEST(ComponentMetrics, EqualAFloodFillOnRandomFrames) {
  for (std::uint32_t seed = 0; seed < 600; ++seed) {
    const Size size{static_cast<int>(3 + seed % 23), static_cast<int>(2 + seed % 17)};
    const auto frame = randomFrame(seed, size);
    const ComponentTrack track{.minPredicted = static_cast<int>(seed % 7), .minTruth = static_cast<int>(seed % 5)};
    for (const double threshold : {-10.0, -1.5, 0.0, 1.0, 2.5, 100.0}) {
      const FrameComponents fast = evaluateComponents(frame.view(), threshold, track);
      const FrameComponents slow = naiveComponents(frame.view(), threshold, track);
      ASSERT_EQ(fast.siou, slow.siou) << "seed " << seed << " threshold " << threshold;
      ASSERT_EQ(fast.ppv, slow.ppv) << "seed " << seed << " threshold " << threshold;
    }
  }
}

struct Small {
  ScoreMap scores;
  LabelMap labels;
};

/// Letters: '.' normal, 'p' predicted on normal, 'T' truth, 'X' predicted truth, 'v' void, 'V' void over the threshold.
Small drawn(const std::vector<std::string>& rows) {
  const Size size{static_cast<int>(rows[0].size()), static_cast<int>(rows.size())};
  Small out{ScoreMap(size), LabelMap(size)};
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      const char c = rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)];
      out.scores.at(x, y) = c == 'p' || c == 'X' || c == 'V' ? 1.0F : 0.0F;
      out.labels.at(x, y) = c == 'T' || c == 'X' ? kAnomaly : c == 'v' || c == 'V' ? kVoid : kNormal;
    }
  return out;
}

FrameComponents evaluated(const Small& frame, const ComponentTrack& track) {
  return evaluateComponents(scoredImage(frame.scores, frame.labels), 0.5, track);
}

TEST(ComponentMetrics, ATouchingCornerConnects) {
  EXPECT_THAT(evaluated(drawn({"pp..", "..p.", "...."}), {.minPredicted = 3, .minTruth = 1}).ppv, ElementsAre(0.0));
  EXPECT_THAT(evaluated(drawn({"..pp", ".p..", "...."}), {.minPredicted = 3, .minTruth = 1}).ppv, ElementsAre(0.0));
}

TEST(ComponentMetrics, VoidCutsAPredictedComponentInTwo) {
  EXPECT_THAT(evaluated(drawn({"ppVpp", "ppVpp"}), {.minPredicted = 1, .minTruth = 1}).ppv, ElementsAre(0.0, 0.0));
  EXPECT_TRUE(evaluated(drawn({"ppVpp", "ppVpp"}), {.minPredicted = 5, .minTruth = 1}).ppv.empty());
}

TEST(ComponentMetrics, ASmallTruthComponentIsTakenFromPredictedOnesAfterTheirSizeFilter) {
  // Four predicted pixels pass the filter; the two on the small truth component are then no longer theirs.
  const FrameComponents found = evaluated(drawn({"pXX.TTT", "p......"}), {.minPredicted = 4, .minTruth = 3});
  EXPECT_THAT(found.siou, ElementsAre(0.0));
  EXPECT_THAT(found.ppv, ElementsAre(0.0));
}

TEST(ComponentMetrics, AnotherTruthComponentUnderTheSamePredictedOneIsNoUnion) {
  // One predicted component of five pixels over two truth components of two: sIoU = 2 / (2 + 1 beside).
  const FrameComponents found = evaluated(drawn({"XXpXX"}), {.minPredicted = 1, .minTruth = 1});
  EXPECT_THAT(found.siou, ElementsAre(2.0 / 3.0, 2.0 / 3.0));
  EXPECT_THAT(found.ppv, ElementsAre(0.8));
}

TEST(ComponentMetrics, ScoreAtTheThresholdIsNotPredicted) {
  const Small frame = drawn({"XX"});
  EXPECT_TRUE(evaluateComponents(scoredImage(frame.scores, frame.labels), 1.0, {1, 1}).ppv.empty());
  // A double just under a float's value must not round up to it.
  EXPECT_EQ(evaluateComponents(scoredImage(frame.scores, frame.labels), 1.0 - 1e-12, {1, 1}).ppv.size(), 1U);
}

TEST(ComponentTally, NothingPredictedLeavesPpvUndefinedAndF1StarZero) {
  const Small frame = drawn({"TT.."});
  const ComponentMetrics metrics = summary(ComponentTally(evaluated(frame, {1, 1})), 0.5);
  EXPECT_EQ(metrics.siou, 0.0);
  EXPECT_FALSE(metrics.ppv.has_value());
  EXPECT_EQ(metrics.f1Star, 0.0);
}

TEST(ComponentTally, WithoutTruthComponentsOnlyFalsePositivesAreKnown) {
  const ComponentMetrics metrics = summary(ComponentTally(evaluated(drawn({"pp.."}), {1, 1})), 0.5);
  EXPECT_FALSE(metrics.siou.has_value());
  EXPECT_EQ(metrics.ppv, 0.0);
  EXPECT_FALSE(metrics.f1Star.has_value());
  EXPECT_EQ(metrics.atLimit[0].falsePositives, 1U);
}

TEST(ComponentTally, IsTheSameInAnyOrderAndGrouping) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> overlap(0.0, 1.0);
  std::vector<ComponentTally> parts(50);
  for (ComponentTally& part : parts)
    for (int i = 0; i < 5; ++i) {
      part.addTruth(overlap(random));
      part.addPredicted(overlap(random));
    }
  ComponentTally forward;
  for (const ComponentTally& part : parts) forward += part;
  std::shuffle(parts.begin(), parts.end(), random);
  ComponentTally grouped;
  for (std::size_t i = 0; i < parts.size(); i += 10) {
    ComponentTally group;
    for (std::size_t j = i; j < i + 10; ++j) group += parts[j];
    grouped += group;
  }
  EXPECT_EQ(forward, grouped);
}

TEST(OverlapLimit, RunsFromAQuarterToThreeQuarters) {
  EXPECT_EQ(overlapLimit(0), 0.25);
  EXPECT_EQ(overlapLimit(5), 0.5);
  EXPECT_EQ(overlapLimit(10), 0.75);
}

TEST(ComponentMetrics, RefuseSpansThatDoNotFillTheSize) {
  const std::vector<float> scores(6);
  const std::vector<std::uint8_t> labels(5);
  EXPECT_THROW((void)evaluateComponents(scores, labels, {3, 2}, 0.0, kAnomalyTrack), ContractViolation);
}

}  // namespace
}  // namespace oodscope
