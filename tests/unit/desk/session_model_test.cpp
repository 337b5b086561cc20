// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/session_model.h"
#include "analysis/scores/method_kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using ::testing::ElementsAre;

ViewState at(const SessionModel& model, float temperature) {
  ViewState view = model.view();
  view.score.temperature = temperature;
  return view;
}

struct Seen {
  std::vector<float> temperatures;
  std::vector<bool> dragging;
  explicit Seen(SessionModel& model) {
    QObject::connect(&model, &SessionModel::viewChanged, &model,
                     [this](const ViewState&, const ViewState& after, bool drag) {
                       temperatures.push_back(after.score.temperature);
                       dragging.push_back(drag);
                     });
  }
};

}  // namespace

TEST(SessionModel, AWholeDragIsOneStepOfUndo) {
  SessionModel model;
  Seen seen(model);
  model.beginDrag();
  for (const float t : {1.1F, 1.2F, 1.3F}) model.edit(at(model, t), "temperature");
  model.endDrag();
  EXPECT_EQ(model.undoStack().count(), 1);
  EXPECT_THAT(seen.temperatures, ElementsAre(1.1F, 1.2F, 1.3F, 1.3F)) << "the rest of the hand is said once more";
  EXPECT_THAT(seen.dragging, ElementsAre(true, true, true, false));
  model.undoStack().undo();
  EXPECT_EQ(model.view().score.temperature, 1.0F);
  model.undoStack().redo();
  EXPECT_EQ(model.view().score.temperature, 1.3F);
}

TEST(SessionModel, EditsOutsideADragAreStepsOfTheirOwn) {
  SessionModel model;
  model.edit(at(model, 2.0F), "temperature");
  model.edit(at(model, 2.0F), "temperature");
  model.edit(at(model, 3.0F), "temperature");
  EXPECT_EQ(model.undoStack().count(), 2) << "an edit that changes nothing is none";
}

TEST(SessionModel, ADragBackToWhereItBeganLeavesNoStep) {
  SessionModel model;
  model.beginDrag();
  model.edit(at(model, 2.0F), "temperature");
  model.edit(at(model, 1.0F), "temperature");
  model.endDrag();
  EXPECT_EQ(model.undoStack().count(), 0);
}

TEST(SessionModel, FollowingIsNoStepButMarksTheSessionModified) {
  SessionModel model;
  ViewState view = model.view();
  view.frame = "7";
  model.follow(view);
  EXPECT_EQ(model.undoStack().count(), 0);
  EXPECT_TRUE(model.isModified());
  model.markSaved();
  EXPECT_FALSE(model.isModified());
}

TEST(SessionModel, AThresholdByHandDoesNotGoAlongToAScoreOfAnotherUnit) {
  SessionModel model;
  std::vector<float> dropped;
  QObject::connect(&model, &SessionModel::thresholdDropped, &model,
                   [&](float threshold) { dropped.push_back(threshold); });
  ViewState view = model.view();
  view.threshold = 0.128F;
  view.pin = PinRule::None;
  model.edit(view, "threshold");
  view.score.temperature = 2.0F;
  model.edit(view, "temperature");
  EXPECT_TRUE(model.view().threshold) << "the same score";
  view.score.method = methods::kVoid;
  model.edit(view, "method");
  EXPECT_FALSE(model.view().threshold);
  EXPECT_EQ(model.view().pin, PinRule::BestF1);
  EXPECT_THAT(dropped, ElementsAre(0.128F));
  view = model.view();
  view.threshold = 0.3F;
  view.pin = PinRule::None;
  view.score.imported = "maps";
  model.edit(view, "threshold and maps");
  EXPECT_TRUE(model.view().threshold) << "given together";
  model.undoStack().undo();
  model.undoStack().undo();
  EXPECT_EQ(model.view().threshold, std::optional(0.128F));
}

TEST(SessionModel, SwappingRunsTakesTheirThresholdsAlong) {
  SessionModel model;
  ViewState view = model.view();
  view.threshold = 0.2F;
  view.pin = PinRule::None;
  view.other.emplace();
  view.other->threshold = -3.0F;
  view.other->pin = PinRule::None;
  model.edit(view, "compare");
  std::swap(view.score, view.other->score);
  std::swap(view.threshold, view.other->threshold);
  model.edit(view, "swap");
  EXPECT_EQ(model.view(), view);
}

TEST(SessionModel, LoadingForgetsTheStepsOfTheSessionBefore) {
  SessionModel model;
  model.edit(at(model, 2.0F), "temperature");
  Session other;
  other.view.set = "b";
  model.load(other);
  EXPECT_EQ(model.undoStack().count(), 0);
  EXPECT_EQ(model.view().set, "b");
  EXPECT_FALSE(model.isModified());
}

}  // namespace oodscope
