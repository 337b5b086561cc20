// SPDX-License-Identifier: GPL-3.0-or-later
// A session's file: what counts as unsaved, what is not written over, what is missing and stays.
#include "app/desk/desk.h"
#include "app/desk/missing_items.h"
#include "app/options/resource_files.h"
#include "tests/support/temporary_folder.h"

#include <QSignalSpy>
#include <QTest>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using Answer = SessionFile::Answer;

class SessionFileTest : public ::testing::Test {
protected:
  SessionFileTest() {
    desk.file.setAutosaveFolder(folder.path() / "autosave");
    desk.file.setQuestion([this](const UnsavedParts& parts) {
      asked.push_back(parts);
      return answer;
    });
    desk.file.setPlace([this](const QString& why) {
      reasons.push_back(why.toStdString());
      return place;
    });
  }
  void makeSet(const fs::path& root) const {
    for (const char* part : {"images", "labels_masks"}) {
      fs::create_directories(root / part);
      cv::imwrite((root / part / "0.png").string(), cv::Mat(8, 12, CV_8UC1, cv::Scalar(0)));
    }
  }
  void open(const fs::path& file) {
    desk.file.open(file);
    ASSERT_TRUE(QTest::qWaitFor([this] { return !desk.workspace.isOpening(); }, 20'000));
  }
  void addNote(const std::string& text) {
    desk.session.setNotes({{.set = "s", .frame = "f", .tags = {}, .text = text}});
  }

  testing::TemporaryFolder folder;
  Desk desk{WorkOptions{.store = {.temporary = true}}};
  std::vector<UnsavedParts> asked;
  std::vector<std::string> reasons;
  Answer answer = Answer::Cancel;
  std::optional<fs::path> place;
};

TEST_F(SessionFileTest, WorkThatWasTakenBackIsNotUnsaved) {
  addNote("one");
  EXPECT_TRUE(desk.session.unsaved().notes);
  desk.session.setNotes({});
  EXPECT_FALSE(desk.session.unsaved().any());
  desk.session.edit(edits::setContour(false));
  EXPECT_TRUE(desk.session.unsaved().knobs);
  desk.session.undoStack().undo();
  EXPECT_FALSE(desk.session.unsaved().any());
}

TEST_F(SessionFileTest, KnobsCountWhereTheSessionHasAFileOfItsOwn) {
  desk.session.edit(edits::setContour(false));
  EXPECT_FALSE(desk.file.unsaved().any()) << "nobody said that they are to be kept";
  EXPECT_TRUE(desk.file.mayGo());
  ASSERT_TRUE(desk.file.saveTo(folder.path() / "my.oodscope"));
  desk.session.edit(edits::setContour(true));
  EXPECT_TRUE(desk.file.unsaved().knobs);
  EXPECT_FALSE(desk.file.mayGo());
  ASSERT_EQ(asked.size(), 1U);
  ViewState view = desk.session.view();
  view.frame = "7";
  ASSERT_TRUE(desk.file.save());
  desk.session.follow(view);
  EXPECT_FALSE(desk.file.unsaved().any()) << "another frame is looked at, nothing else";
}

TEST_F(SessionFileTest, EachAnswerDoesWhatItSays) {
  addNote("keep me");
  EXPECT_FALSE(desk.file.mayGo()) << "cancel";
  answer = Answer::Save;
  EXPECT_FALSE(desk.file.mayGo()) << "no place was named";
  place = folder.path() / "kept.oodscope";
  EXPECT_TRUE(desk.file.mayGo());
  EXPECT_EQ(readSession(*place).notes.size(), 1U);
  addNote("not me");
  answer = Answer::Discard;
  EXPECT_TRUE(desk.file.mayGo());
  EXPECT_EQ(readSession(*place).notes.front().text, "keep me");
}

TEST_F(SessionFileTest, TheShippedDemoIsNeverWrittenOver) {
  const fs::path demo = resourceFile("demo/session.json");
  EXPECT_THAT(whyNotOver(demo).toStdString(), ::testing::HasSubstr("comes with the program"));
  EXPECT_TRUE(whyNotOver(demo.parent_path() / "none.oodscope").isEmpty()) << "there is nothing to write over";
  const auto before = fs::last_write_time(demo);
  const std::string text = sessionText(readSession(demo), demo.parent_path());
  QSignalSpy failed(&desk.file, &SessionFile::failed);
  EXPECT_FALSE(desk.file.saveTo(demo));
  ASSERT_EQ(failed.count(), 1);
  open(demo);
  place = folder.path() / "mine.oodscope";
  addNote("x");
  EXPECT_TRUE(desk.file.save());
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_THAT(reasons.front(), ::testing::HasSubstr("session.json"));
  EXPECT_EQ(fs::last_write_time(demo), before);
  EXPECT_EQ(sessionText(readSession(demo), demo.parent_path()), text);
  EXPECT_EQ(desk.file.file(), place);
  EXPECT_EQ(readSession(*place).sets.size(), readSession(demo).sets.size());
}

TEST_F(SessionFileTest, AReadOnlyFileIsAskedForAnotherPlace) {
  const fs::path file = folder.path() / "given.oodscope";
  ASSERT_TRUE(desk.file.saveTo(file));
  fs::permissions(file, fs::perms::owner_read | fs::perms::group_read);
  place = folder.path() / "copy.oodscope";
  addNote("x");
  EXPECT_TRUE(desk.file.save());
  EXPECT_THAT(reasons, ::testing::ElementsAre(::testing::HasSubstr("read-only")));
  EXPECT_TRUE(readSession(file).notes.empty());
  EXPECT_EQ(readSession(*place).notes.size(), 1U);
}

TEST(SessionEnding, IsAddedWhereThereIsNone) {
  EXPECT_EQ(withSessionEnding("/a/my"), "/a/my.oodscope");
  EXPECT_EQ(withSessionEnding("/a/my.v2"), "/a/my.v2.oodscope");
  EXPECT_EQ(withSessionEnding("/a/my.oodscope"), "/a/my.oodscope");
  EXPECT_EQ(withSessionEnding("/a/my.JSON"), "/a/my.JSON");
}

TEST_F(SessionFileTest, WhatIsMissingIsSaidKeptLocatedAndRemoved) {
  makeSet(folder.path() / "here/Set");
  Session session;
  session.sets = {{folder.path() / "gone/Moved"}, {folder.path() / "here/Set"}};
  session.models = {{.path = folder.path() / "gone/m.pth", .preprocessing = {}, .outputs = {}, .sha256 = {}}};
  session.scores = {folder.path() / "gone/maps"};
  session.notes = {{.set = "Moved", .frame = "0", .tags = {"t"}, .text = {}}};
  const fs::path file = folder.path() / "s.oodscope";
  writeSession(session, file);
  open(file);
  std::vector<MissingItem> missing = desk.workspace.missing();
  ASSERT_EQ(missing.size(), 3U);
  EXPECT_EQ(missing[0].kind, ItemKind::Set);
  EXPECT_EQ(missing[0].name, "Moved");
  EXPECT_EQ(missing[0].why, "is not there");
  EXPECT_EQ(missing[1].kind, ItemKind::Model);
  EXPECT_EQ(missing[2].kind, ItemKind::Scores);
  ASSERT_TRUE(desk.file.save());
  const Session kept = readSession(file);
  EXPECT_EQ(kept.sets.size(), 2U);
  EXPECT_EQ(kept.models.size(), 1U);
  EXPECT_EQ(kept.scores.size(), 1U);

  makeSet(folder.path() / "there/Renamed");
  ASSERT_TRUE(desk.session.relocate(ItemKind::Set, missing[0].path, folder.path() / "there/Renamed"));
  EXPECT_TRUE(desk.session.unsaved().items);
  desk.workspace.openAt(ItemKind::Set, folder.path() / "there/Renamed");
  ASSERT_TRUE(QTest::qWaitFor([this] { return !desk.workspace.isOpening(); }, 20'000));
  EXPECT_TRUE(desk.workspace.findSet("Renamed") != nullptr);
  EXPECT_EQ(desk.session.session().notes.front().set, "Renamed");
  EXPECT_EQ(desk.workspace.missing().size(), 2U);
  desk.session.remove(ItemKind::Model, missing[1].path);
  desk.session.remove(ItemKind::Scores, missing[2].path);
  EXPECT_TRUE(desk.workspace.missing().empty());
}

TEST_F(SessionFileTest, AFileThatIsThereAndCannotBeOpenedSaysWhy) {
  Session session;
  session.models = {{.path = folder.write("m.pth", "no model"), .preprocessing = {}, .outputs = {}, .sha256 = {}}};
  writeSession(session, folder.path() / "s.oodscope");
  open(folder.path() / "s.oodscope");
  const std::vector<MissingItem> missing = desk.workspace.missing();
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_FALSE(missing[0].why.isEmpty());
  EXPECT_NE(missing[0].why, "is not there");
}

TEST_F(SessionFileTest, WhatIsRestoredIsPutByBeforeTheOthersFilesGo) {
  const fs::path own = folder.path() / "own.oodscope";
  {
    Session left;
    left.notes = {{.set = "s", .frame = "f", .tags = {}, .text = "left"}};
    Autosave(folder.path() / "autosave").write(left, own);
  }
  QSignalSpy restored(&desk.file, &SessionFile::restored);
  ASSERT_TRUE(desk.file.autosaves().left());
  desk.file.restoreLeft();
  ASSERT_EQ(restored.count(), 1);
  EXPECT_EQ(desk.session.session().notes.size(), 1U);
  EXPECT_EQ(desk.file.file(), own) << "saving goes where it went";
  EXPECT_TRUE(desk.file.unsaved().left);
  EXPECT_FALSE(desk.file.autosaves().left());
  {
    // Killed now, it is there again.
    std::size_t states = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder.path() / "autosave"))
      states += entry.path().extension() == ".oodscope";
    EXPECT_EQ(states, 1U);
  }
  ASSERT_TRUE(desk.file.saveTo(own));
  EXPECT_FALSE(desk.file.unsaved().any());
}

TEST_F(SessionFileTest, AFailureToPutByIsSaidOnce) {
  const fs::path file = folder.write("state", "a file");
  desk.file.setAutosaveFolder(file);
  QSignalSpy failed(&desk.file, &SessionFile::autosaveFailed);
  addNote("a");
  desk.file.autosave();
  desk.file.autosave();
  EXPECT_EQ(failed.count(), 1);
  QSignalSpy done(&desk.file, &SessionFile::autosaved);
  desk.file.setAutosaveFolder(folder.path() / "elsewhere");
  desk.file.autosave();
  EXPECT_EQ(done.count(), 1);
  desk.file.finish();
}

}  // namespace
}  // namespace oodscope
