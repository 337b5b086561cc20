// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session/labels.h"

#include "app/session/renaming.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> labelsOf(const std::vector<std::filesystem::path>& paths) {
  std::vector<NamedItem> items;
  for (const auto& path : paths) items.push_back(namedItem(path));
  return distinctLabels(items);
}

TEST(Labels, ANameThatIsAloneStaysAsItIs) {
  EXPECT_THAT(labelsOf({"/m/erfnet.pth", "/m/enet.pth"}), ElementsAre("erfnet.pth", "enet.pth"));
  EXPECT_THAT(labelsOf({}), ElementsAre());
  EXPECT_THAT(labelsOf({"/scores/mine/"}), ElementsAre("mine"));
}

TEST(Labels, OthersGetTheFewestParentsThatTellThemApart) {
  EXPECT_THAT(labelsOf({"/x/runA/weights.pth", "/x/runB/weights.pth", "/x/other.pth"}),
              ElementsAre("runA/weights.pth", "runB/weights.pth", "other.pth"));
  EXPECT_THAT(labelsOf({"/x/a/run/w.pth", "/x/b/run/w.pth", "/x/b/sun/w.pth"}),
              ElementsAre("a/run/w.pth", "b/run/w.pth", "sun/w.pth"));
}

TEST(Labels, AParentlessOneIsToldApartByTheOthersParents) {
  EXPECT_THAT(labelsOf({"/w.pth", "/a/w.pth"}), ElementsAre("w.pth", "a/w.pth"));
}

TEST(Labels, TheSameFileTwiceIsOneThing) {
  EXPECT_THAT(labelsOf({"/a/w.pth", "/a/w.pth"}), ElementsAre("w.pth", "w.pth"));
  EXPECT_THAT(labelsOf({"/a/b/../w.pth", "/a/w.pth"}), ElementsAre("w.pth", "w.pth"));
}

TEST(Labels, ALabelOfEarlierTimesIsUnderstood) {
  const std::vector<NamedItem> items{namedItem("/x/runA/weights.pth"), namedItem("/x/runB/weights.pth")};
  const std::vector<std::string> labels = distinctLabels(items);
  EXPECT_EQ(itemCalled("runB/weights.pth", items, labels), 1U);
  EXPECT_EQ(itemCalled("weights.pth", items, labels), 0U) << "the first one bore the name when it was alone";
  EXPECT_EQ(itemCalled("x/runB/weights.pth", items, labels), 1U);
  EXPECT_EQ(itemCalled("B/weights.pth", items, labels), std::nullopt) << "parents count whole";
  EXPECT_EQ(itemCalled("", items, labels), std::nullopt);
  EXPECT_EQ(itemCalled("runC/weights.pth", {items[0]}, {"weights.pth"}), std::nullopt) << "it is another file";
}

TEST(Labels, ASetThatBearsALabelKeepsItsOwnName) {
  DataSet set;
  set.name = "a/street";
  set.root = "/x/a/street";
  EXPECT_EQ(namedItem(set).name, "street");
  EXPECT_EQ(namedItem(set).folder, "/x/a");
}

TEST(Renaming, FollowsEverywhereASessionNamesIt) {
  Session session;
  session.view.set = "street";
  session.view.model = "w.pth";
  session.view.other = ComparedRun{.model = "w.pth", .score = {.imported = "s"}};
  RunChoice ofMaps, other;
  ofMaps.set = "street";
  ofMaps.model = "w.pth";
  ofMaps.score.imported = "s";
  other.set = "road";
  other.model = "v.pth";
  session.runs = {ofMaps, other};
  session.notes = {{.set = "street", .frame = "1", .tags = {}, .text = "here"}};
  session.grid.rows = {{.set = "street", .frame = "1"}};
  session.grid.scores = {{.imported = "s"}};
  session.ensembles = {{.name = "both", .text = "0.5*msp+0.5*score@s", .model = "w.pth"}};
  renameSet(session, "street", "a/street");
  renameSource(session, "w.pth", "a/w.pth");
  renameSource(session, "s", "b/s");
  EXPECT_EQ(session.view.set, "a/street");
  EXPECT_EQ(session.view.model, "a/w.pth");
  EXPECT_EQ(session.view.other->model, "a/w.pth");
  EXPECT_EQ(session.view.other->score.imported, "b/s");
  EXPECT_EQ(session.runs[0].set, "a/street");
  EXPECT_EQ(session.runs[0].model, "a/w.pth");
  EXPECT_EQ(session.runs[0].score.imported, "b/s");
  EXPECT_EQ(session.runs[1], other);
  EXPECT_EQ(session.notes[0].set, "a/street");
  EXPECT_EQ(session.grid.rows[0].set, "a/street");
  EXPECT_EQ(session.grid.scores[0].imported, "b/s");
  EXPECT_EQ(session.ensembles[0].text, "0.5*msp+0.5*score@b/s");
  EXPECT_EQ(session.ensembles[0].model, "a/w.pth");
}

}  // namespace
}  // namespace oodscope
