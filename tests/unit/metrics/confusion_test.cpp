// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/confusion.h"
#include "analysis/datasets/cityscapes.h"

#include "analysis/core/error.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace oodscope
