// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/anomaly_facts.h"

#include <gtest/gtest.h>

namespace oodscope {
namespace {

TEST(AnomalyFacts, CountAnomaliesAmongLabelledPixels) {
  LabelMap label({6, 4}, kNormal);
  label.at(0, 0) = label.at(1, 1) = kAnomaly;  // one object: corners touch
  label.at(5, 3) = kAnomaly;
  for (int x = 0; x < 4; ++x) label.at(x, 3) = kVoid;
  const AnomalyFacts facts = anomalyFacts(label);
  EXPECT_DOUBLE_EQ(facts.anomalyShare, 3.0 / 20.0);
  EXPECT_EQ(facts.objects, 2U);
}

TEST(AnomalyFacts, AreNothingWithoutAnomalyOrWithoutLabel) {
  EXPECT_EQ(anomalyFacts(LabelMap({3, 3}, kNormal)).objects, 0U);
  EXPECT_DOUBLE_EQ(anomalyFacts(LabelMap({3, 3}, kVoid)).anomalyShare, 0.0);
  EXPECT_DOUBLE_EQ(anomalyFacts(LabelMap({2, 1}, kAnomaly)).anomalyShare, 1.0);
}

}  // namespace
}  // namespace oodscope
