// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/component_follower.h"

#include "app/studies/run_statistics.h"
#include "tests/support/made_live_set.h"

#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

namespace oodscope::testing {
namespace {

class ComponentFollowing : public ::testing::Test {
protected:
  [[nodiscard]] ComponentFollower::Request at(float threshold, float temperature = 1.0F) const {
    return {live, msp(temperature), threshold, 0};
  }
  [[nodiscard]] ComponentMetrics exact(float threshold, float temperature = 1.0F) const {
    return live->components(msp(temperature), threshold, componentTrack(objectTrackOf(*made.set).track), {}).value();
  }
  void waitUntilIdle() { QTRY_VERIFY_WITH_TIMEOUT(!follower.isBusy(), 10000); }

  MadeSet made{4};
  std::shared_ptr<LiveSet> live = made.live();
  ComponentFollower follower;
};

}  // namespace

TEST_F(ComponentFollowing, IsExactWhereTheHandRests) {
  follower.follow(at(0.4F), false);
  EXPECT_TRUE(follower.isBusy());
  waitUntilIdle();
  ASSERT_TRUE(follower.components());
  EXPECT_FALSE(follower.components()->estimated);
  EXPECT_EQ(follower.components()->metrics.f1Star, exact(0.4F).f1Star);
  EXPECT_EQ(follower.components()->metrics.predicted, exact(0.4F).predicted);
}

TEST_F(ComponentFollowing, AMovingThresholdReadsTheNearestOfTheCurveAtOnce) {
  const std::vector<float> steps{0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F};
  follower.setSteps(steps);
  follower.follow(at(0.1F), false);
  QTRY_VERIFY_WITH_TIMEOUT(follower.hasCurve(), 10000);
  for (const auto& [moving, nearest] : {std::pair{0.33F, 0.3F}, {0.37F, 0.4F}, {0.02F, 0.1F}, {0.9F, 0.6F}}) {
    follower.follow(at(moving), true);
    ASSERT_TRUE(follower.components());
    EXPECT_TRUE(follower.components()->estimated);
    EXPECT_EQ(follower.components()->metrics.predicted, exact(nearest).predicted) << moving;
    EXPECT_EQ(follower.components()->metrics.siou, exact(nearest).siou) << moving;
  }
  waitUntilIdle();
  EXPECT_FALSE(follower.components()->estimated) << "the hand has rested";
  EXPECT_EQ(follower.components()->metrics.predicted, exact(0.9F).predicted);
}

TEST_F(ComponentFollowing, NothingIsShownOfOtherScores) {
  follower.setSteps({0.1F, 0.5F});
  follower.follow(at(0.3F), false);
  QTRY_VERIFY_WITH_TIMEOUT(follower.hasCurve(), 10000);
  QSignalSpy changed(&follower, &ComponentFollower::componentsChanged);
  follower.clear();
  EXPECT_EQ(changed.count(), 1);
  EXPECT_FALSE(follower.components());
  EXPECT_FALSE(follower.hasCurve());
  follower.follow(at(0.3F, 2.0F), true);
  waitUntilIdle();
  ASSERT_TRUE(follower.components());
  EXPECT_EQ(follower.components()->metrics.siou, exact(0.3F, 2.0F).siou);
}

TEST_F(ComponentFollowing, WhatIsKnownIsNotEvaluatedAgain) {
  follower.follow(at(0.4F), false);
  waitUntilIdle();
  QSignalSpy changed(&follower, &ComponentFollower::componentsChanged);
  follower.follow(at(0.4F), false);
  EXPECT_FALSE(follower.isBusy());
  EXPECT_EQ(changed.count(), 0);
}

}  // namespace oodscope::testing
