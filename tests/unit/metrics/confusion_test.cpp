// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/confusion.h"
#include "analysis/datasets/cityscapes.h"

#include "analysis/core/error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace oodscope {
namespace {

using Bytes = std::vector<std::uint8_t>;

TEST(ConfusionMatrix, IouOfHandCountedClasses) {
  ConfusionMatrix matrix(3);
  //            right  0->1   right right   void, absent class 2 predicted once
  matrix.add(Bytes{0, 0, 0, 1, 1, 255}, Bytes{0, 0, 1, 1, 2, 0});
  EXPECT_EQ(matrix.at(0, 0), 2U);
  EXPECT_EQ(matrix.at(0, 1), 1U);
  const auto iou = matrix.iouPerClass();
  EXPECT_DOUBLE_EQ(*iou[0], 2.0 / 3.0);
  EXPECT_DOUBLE_EQ(*iou[1], 1.0 / 3.0);
  EXPECT_DOUBLE_EQ(*iou[2], 0.0);                // predicted, never true
  EXPECT_DOUBLE_EQ(*matrix.meanIou(), 1.0 / 2);  // so it has no part in the mean
  EXPECT_DOUBLE_EQ(*matrix.accuracy(), 3.0 / 5.0);
}

TEST(ConfusionMatrix, PredictionOutsideTheClassesIsAMissAndNobodysFalsePositive) {
  ConfusionMatrix matrix(2);
  matrix.add(Bytes{0, 0, 1}, Bytes{0, 19, 1});
  EXPECT_DOUBLE_EQ(*matrix.iouPerClass()[0], 0.5);
  EXPECT_DOUBLE_EQ(*matrix.iouPerClass()[1], 1.0);
}

TEST(ConfusionMatrix, MergingCommutesAndEqualsCountingAtOnce) {
  ConfusionMatrix a(3);
  ConfusionMatrix b(3);
  ConfusionMatrix both(3);
  a.add(Bytes{0, 1, 2}, Bytes{0, 2, 2});
  b.add(Bytes{2, 1, 255}, Bytes{0, 1, 1});
  both.add(Bytes{0, 1, 2, 2, 1, 255}, Bytes{0, 2, 2, 0, 1, 1});
  ConfusionMatrix ab = a;
  ab += b;
  ConfusionMatrix ba = b;
  ba += a;
  EXPECT_EQ(ab, both);
  EXPECT_EQ(ba, both);
}

TEST(ConfusionMatrix, WithoutCountedPixelsNothingIsDefined) {
  ConfusionMatrix matrix(kCityscapesTrainClasses);
  matrix.add(Bytes{255, 255}, Bytes{0, 1});
  EXPECT_FALSE(matrix.meanIou().has_value());
  EXPECT_FALSE(matrix.accuracy().has_value());
  EXPECT_FALSE(matrix.iouPerClass()[0].has_value());
}

TEST(ConfusionMatrix, RejectsDifferentLengths) {
  ConfusionMatrix matrix(2);
  EXPECT_THROW(matrix.add(Bytes{0}, Bytes{0, 1}), ContractViolation);
}

TEST(OpenSetTally, PixelsAboveTheThresholdAreAnomalies) {
  OpenSetTally tally;
  // Class 0: one right, one taken for an anomaly. Class 1: right. Anomaly: found, and one missed as class 1. Ignored:
  // last.
  const Bytes truth{0, 0, 1, 12, 12, 13};
  const Bytes predicted{0, 0, 1, 0, 1, 0};
  const std::vector<float> scores{0.1F, 0.9F, 0.5F, 0.8F, 0.2F, 0.0F};
  tally.add(truth, predicted, scores, 0.5F);  // 0.5 itself is not above
  // Open: IoU_0 = 1 / 2, IoU_1 = 1 / (1 + 1 false positive).
  EXPECT_DOUBLE_EQ(*tally.result().openMiou, 0.5);
  EXPECT_DOUBLE_EQ(*tally.result().closedMiou, 1.0);
}

TEST(OpenSetTally, NanIsNeverAnAnomaly) {
  OpenSetTally tally;
  tally.add(Bytes{3}, Bytes{3}, std::vector<float>{std::numeric_limits<float>::quiet_NaN()}, 0.0F);
  EXPECT_EQ(tally.result().openMiou, 1.0);
}

TEST(OpenSetTally, TownsAreWeightedByTheirFrames) {
  std::vector<OpenSetTally> towns(3);
  towns[0].add(Bytes{0}, Bytes{0}, std::vector<float>{0.0F}, 0.5F);  // 1
  towns[1].add(Bytes{0}, Bytes{0}, std::vector<float>{1.0F}, 0.5F);  // 0, twice
  towns[1].add(Bytes{0}, Bytes{0}, std::vector<float>{1.0F}, 0.5F);
  towns[2].add(Bytes{13}, Bytes{0}, std::vector<float>{1.0F}, 0.5F);  // not defined
  const OpenSetResult merged = mergeTowns(towns);
  EXPECT_DOUBLE_EQ(*merged.openMiou, 1.0 / 3.0);
  EXPECT_DOUBLE_EQ(*merged.closedMiou, 1.0);
  EXPECT_FALSE(mergeTowns({}).openMiou.has_value());
}

TEST(Distance, BinsAreClosedBelowAndOpenAbove) {
  EXPECT_EQ(distanceBin(4.99F), std::nullopt);
  EXPECT_EQ(distanceBin(5.0F), 0);
  EXPECT_EQ(distanceBin(10.0F), 1);
  EXPECT_EQ(distanceBin(49.99F), 8);
  EXPECT_EQ(distanceBin(50.0F), std::nullopt);
  EXPECT_EQ(distanceBin(std::numeric_limits<float>::infinity()), std::nullopt);
  EXPECT_EQ(distanceBin(std::numeric_limits<float>::quiet_NaN()), std::nullopt);
  EXPECT_EQ(distanceBinStart(1), 10.0F);
  EXPECT_EQ(distanceBinEnd(8), 50.0F);
}

TEST(Distance, LabelsOutsideTheBinBecomeVoid) {
  const LabelMap labels({4, 1}, {kAnomaly, kNormal, kAnomaly, kVoid});
  const Grid<float> distance({4, 1}, {7.0F, 12.0F, std::numeric_limits<float>::quiet_NaN(), 7.0F});
  EXPECT_EQ(labelsWithinBin(labels, distance, 0), LabelMap({4, 1}, {kAnomaly, kVoid, kVoid, kVoid}));
}

}  // namespace
}  // namespace oodscope
