// SPDX-License-Identifier: GPL-3.0-or-later
// What has been moved is found again by everything that a session says of it.
#include "app/session/relocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using ::testing::ElementsAre;

Session sessionOf(const std::vector<std::string>& sets) {
  Session session;
  for (const std::string& set : sets) session.sets.push_back({set});
  return session;
}

TEST(Relocation, TakesTheEntryAndLeavesItsReading) {
  Session session;
  session.models = {{.path = "/old/a.pth", .preprocessing = {}, .outputs = {}, .sha256 = "abc"},
                    {.path = "/old/b.pth", .preprocessing = {}, .outputs = {}, .sha256 = {}}};
  EXPECT_TRUE(relocate(session, ItemKind::Model, "/old/a.pth", "/new/a.pth"));
  EXPECT_EQ(session.models[0].path, "/new/a.pth");
  EXPECT_EQ(session.models[0].sha256, "abc");
  EXPECT_EQ(session.models[1].path, "/old/b.pth");
  EXPECT_FALSE(relocate(session, ItemKind::Model, "/none", "/new/a.pth"));
  EXPECT_FALSE(relocate(session, ItemKind::Set, "/new/a.pth", "/x")) << "it is a model";
}

TEST(Relocation, ASetThatIsCalledOtherwiseThereKeepsItsNotesAndRuns) {
  Session session = sessionOf({"/data/RoadAnomaly21", "/data/Static"});
  session.view.set = "RoadAnomaly21";
  session.notes = {{.set = "RoadAnomaly21", .frame = "1", .tags = {"x"}, .text = {}},
                   {.set = "Static", .frame = "2", .tags = {"y"}, .text = {}}};
  RunChoice run;
  run.set = "RoadAnomaly21";
  session.runs = {run};
  session.grid.rows = {{.set = "RoadAnomaly21", .frame = "1"}};
  ASSERT_TRUE(relocate(session, ItemKind::Set, "/data/RoadAnomaly21", "/disk/RA21"));
  EXPECT_EQ(session.view.set, "RA21");
  EXPECT_EQ(session.notes[0].set, "RA21");
  EXPECT_EQ(session.notes[1].set, "Static");
  EXPECT_EQ(session.runs[0].set, "RA21");
  EXPECT_EQ(session.grid.rows[0].set, "RA21");
}

TEST(Relocation, OneOfTwoOfOneNameIsMeantByItsParents) {
  Session session = sessionOf({"/x/Set", "/y/Set"});
  session.notes = {{.set = "x/Set", .frame = "1", .tags = {}, .text = "of x"},
                   {.set = "y/Set", .frame = "1", .tags = {}, .text = "of y"}};
  ASSERT_TRUE(relocate(session, ItemKind::Set, "/y/Set", "/z/Set"));
  EXPECT_EQ(session.notes[0].set, "x/Set");
  EXPECT_EQ(session.notes[1].set, "z/Set");
}

TEST(Relocation, AFolderOfScoresIsRenamedInChoicesOfScores) {
  Session session;
  session.scores = {"/old/maps"};
  session.view.score.imported = "maps";
  session.view.other.emplace().score.imported = "maps";
  ASSERT_TRUE(relocate(session, ItemKind::Scores, "/old/maps", "/new/energy"));
  EXPECT_THAT(session.scores, ElementsAre("/new/energy"));
  EXPECT_EQ(session.view.score.imported, "energy");
  EXPECT_EQ(session.view.other->score.imported, "energy");
}

TEST(Relocation, WhatIsListedThereAlreadyIsListedOnce) {
  Session session = sessionOf({"/gone/Set", "/here/Set"});
  session.notes = {{.set = "gone/Set", .frame = "1", .tags = {}, .text = "keep"}};
  ASSERT_TRUE(relocate(session, ItemKind::Set, "/gone/Set", "/here/Set"));
  ASSERT_EQ(session.sets.size(), 1U);
  EXPECT_EQ(session.sets.front().path, "/here/Set");
  EXPECT_EQ(session.notes.size(), 1U);
}

}  // namespace
}  // namespace oodscope
