// SPDX-License-Identifier: GPL-3.0-or-later
// The failures of the run that is looked at, without the lists that show them.
#include "app/desk/desk.h"
#include "tests/end_to_end/made_scores.h"
#include "tests/support/temporary_folder.h"

#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

constexpr int kLongestMs = 60'000;

class FailureStudyTest : public ::testing::Test {
protected:
  void SetUp() override {
    QStandardPaths::setTestModeEnabled(true);
    made = makeScoredSet(folder.path());
    desk.workspace.openSet({made.set, std::nullopt});
    desk.workspace.openScores(made.scores);
    ASSERT_TRUE(settles());
    ViewState view;
    view.set = desk.workspace.sets().front().set->name;
    view.frame = desk.workspace.sets().front().set->frames.front().name;
    view.score.imported = made.scores.filename().string();
    show(view);
    ASSERT_TRUE(settles());
    ASSERT_TRUE(desk.failures.study());
  }
  [[nodiscard]] bool settles() {
    return QTest::qWaitFor([this] { return desk.isIdle(); }, kLongestMs);
  }
  void show(const ViewState& view) {
    desk.session.follow(view);
    desk.run.show(view, false);
    desk.failures.follow(view, false);
  }

  testing::TemporaryFolder folder;
  MadeSet made;
  Desk desk{WorkOptions{.store = {.temporary = true}}};
};

TEST_F(FailureStudyTest, IsOfTheWholeSetOnceTheHandRests) {
  EXPECT_TRUE(desk.failures.isExact());
  const SetStudy& study = *desk.failures.study();
  EXPECT_EQ(study.frames.size(), 4U);
  EXPECT_EQ(study.options.threshold, static_cast<double>(*desk.run.threshold()));
  EXPECT_EQ(study.failures.counts, desk.run.counts()->set(*desk.run.threshold(), false));
}

TEST_F(FailureStudyTest, AnotherThresholdIsStudiedAnewAndDropsNothing) {
  const auto before = desk.failures.study();
  QSignalSpy dropped(&desk.failures, &FailureStudy::studyDropped);
  ViewState view = desk.session.view();
  edits::setThreshold(0.7).change(view);
  show(view);
  EXPECT_FALSE(desk.failures.isExact()) << "the lists are of the threshold before";
  EXPECT_EQ(desk.failures.study(), before);
  ASSERT_TRUE(settles());
  EXPECT_TRUE(desk.failures.isExact());
  EXPECT_NE(desk.failures.study(), before);
  EXPECT_FLOAT_EQ(static_cast<float>(desk.failures.study()->options.threshold), 0.7F);
  EXPECT_EQ(dropped.count(), 0);
}

TEST_F(FailureStudyTest, WhatWasOfOtherScoresIsDropped) {
  desk.failures.brush(0.5, 0.75);
  ASSERT_TRUE(settles());
  ASSERT_TRUE(desk.failures.brushed());
  QSignalSpy dropped(&desk.failures, &FailureStudy::studyDropped);
  ViewState view = desk.session.view();
  view.set.clear();
  show(view);
  EXPECT_EQ(dropped.count(), 1);
  EXPECT_FALSE(desk.failures.study());
  EXPECT_FALSE(desk.failures.stretch());
  EXPECT_FALSE(desk.failures.brushedPixels(0));
  ASSERT_TRUE(settles());
  EXPECT_FALSE(desk.failures.study()) << "what was under way is of another set";
}

TEST_F(FailureStudyTest, ABrushedStretchHoldsWhatLiesBetweenItsThresholds) {
  desk.failures.brush(0.5, 0.75);
  EXPECT_FALSE(desk.failures.brushed()) << "being counted";
  ASSERT_TRUE(settles());
  double pixels = 0.0;
  for (std::size_t frame = 0; frame < 4; ++frame) pixels += desk.failures.brushedPixels(frame).value();
  const ConfusionCounts loose = desk.run.counts()->set(0.5F, false), strict = desk.run.counts()->set(0.75F, false);
  EXPECT_EQ(pixels, static_cast<double>(loose.tp - strict.tp + loose.fp - strict.fp));
  desk.failures.clearBrush();
  EXPECT_FALSE(desk.failures.brushedPixels(0));
}

TEST_F(FailureStudyTest, APartHasNumbersOfItsOwnAndTheWholeHasNone) {
  QSignalSpy changed(&desk.failures, &FailureStudy::partChanged);
  desk.failures.setPart({2, 0});
  ASSERT_TRUE(settles());
  ASSERT_TRUE(desk.failures.part());
  EXPECT_EQ(desk.failures.part()->framesReady, 2U);
  EXPECT_NE(desk.failures.part()->metrics.ap, desk.run.numbers()->metrics.ap);
  EXPECT_EQ(changed.count(), 1);
  desk.failures.setPart({0, 2});
  EXPECT_EQ(changed.count(), 1) << "the same part";
  desk.failures.setPart({0, 1, 2, 3});
  EXPECT_FALSE(desk.failures.part());
  EXPECT_EQ(changed.count(), 2);
}

TEST_F(FailureStudyTest, WhileTheHandMovesNoFrameIsStudiedForListsOutOfSight) {
  bool isSeen = false;
  desk.failures.setIsSeen([&] { return isSeen; });
  QSignalSpy changed(&desk.failures, &FailureStudy::studyChanged);
  const auto moveTo = [&](double threshold) {
    ViewState view = desk.session.view();
    edits::setThreshold(threshold).change(view);
    desk.session.follow(view);
    desk.failures.follow(view, true);
    desk.run.show(view, true);
  };
  moveTo(0.6);
  ASSERT_TRUE(settles());
  ASSERT_EQ(changed.count(), 1);
  EXPECT_TRUE(changed.front().front().toBool()) << "the whole set, once the hand rests";
  isSeen = true;
  moveTo(0.65);
  ASSERT_TRUE(settles());
  ASSERT_GE(changed.count(), 2);
  EXPECT_FALSE(changed.at(1).front().toBool()) << "the frame that is looked at comes first";
}

}  // namespace
}  // namespace oodscope
