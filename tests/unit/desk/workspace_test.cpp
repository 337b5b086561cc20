// SPDX-License-Identifier: GPL-3.0-or-later
// What is open is known by what it is and called so that no two are called alike.
#include "app/desk/workspace.h"

#include "analysis/metrics/protocol_rules.h"
#include "app/desk/inference_runner.h"
#include "app/desk/session_model.h"
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
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kFrames = 2;

/// Sets "Set" in x and y, folders of maps "s" in a and b.
class WorkspaceTest : public ::testing::Test {
protected:
  WorkspaceTest() : workspace(session, WorkOptions{.store = {.temporary = true}}) {
    cv::theRNG().state = 5;
    for (int frame = 0; frame < kFrames; ++frame) {
      cv::Mat image(16, 32, CV_8UC3), label(16, 32, CV_8UC1, cv::Scalar(0)), scores(16, 32, CV_16UC1);
      cv::randu(image, 0, 255);
      label(cv::Rect(4, 4, 6, 6)) = 1;
      for (const char* parent : {"x", "y"}) {
        picture(fs::path(parent) / "Set/images", frame, image);
        picture(fs::path(parent) / "Set/labels_masks", frame, label);
      }
      for (const char* parent : {"a", "b"}) {
        cv::randu(scores, 0, 60000);
        picture(fs::path(parent) / "s", frame, scores);
      }
    }
  }
  void openSet(const char* below) {
    workspace.openSet({m_folder.path() / below});
    ASSERT_TRUE(QTest::qWaitFor([this] { return !workspace.isOpening(); }));
  }
  void openScores(const char* below) { workspace.openScores(m_folder.path() / below); }
  [[nodiscard]] std::vector<std::string> setNames() const {
    std::vector<std::string> out;
    for (const OpenSet& open : workspace.sets()) out.push_back(open.set->name);
    return out;
  }
  [[nodiscard]] static ViewState viewOf(const std::string& scores) {
    ViewState view;
    view.score.imported = scores;
    return view;
  }
  /// Gives the set in a folder so many frames: links to its first.
  void makeLong(const char* parent, int frames) {
    for (const char* part : {"images", "labels_masks"})
      for (int frame = kFrames; frame < frames; ++frame) {
        const fs::path folder = m_folder.path() / parent / "Set" / part;
        fs::create_hard_link(folder / "0.png", folder / (std::to_string(frame) + ".png"));
      }
  }
  [[nodiscard]] fs::path root() const { return m_folder.path(); }
  SessionModel session;
  Workspace workspace;

private:
  void picture(const fs::path& below, int frame, const cv::Mat& pixels) {
    fs::create_directories(m_folder.path() / below);
    cv::imwrite((m_folder.path() / below / (std::to_string(frame) + ".png")).string(), pixels);
  }
  testing::TemporaryFolder m_folder;
};

TEST_F(WorkspaceTest, SetsOfOneNameAreBothOpenAndCalledApart) {
  QSignalSpy renamed(&workspace, &Workspace::setRenamed), opened(&workspace, &Workspace::setOpened);
  openSet("x/Set");
  EXPECT_THAT(setNames(), ElementsAre("Set"));
  openScores("a/s");
  const auto before = workspace.liveSet(QStringLiteral("Set"), viewOf("s"));
  ASSERT_TRUE(before);
  openSet("y/Set");
  EXPECT_THAT(setNames(), ElementsAre("x/Set", "y/Set"));
  ASSERT_EQ(renamed.count(), 1);
  EXPECT_EQ(renamed[0][0].toString(), QStringLiteral("Set"));
  EXPECT_EQ(renamed[0][1].toString(), QStringLiteral("x/Set"));
  ASSERT_EQ(opened.count(), 2);
  EXPECT_EQ(opened[1][0].toString(), QStringLiteral("y/Set"));
  const auto x = workspace.liveSet(QStringLiteral("x/Set"), viewOf("s"));
  const auto y = workspace.liveSet(QStringLiteral("y/Set"), viewOf("s"));
  ASSERT_TRUE(x && y);
  EXPECT_NE(x, y);
  EXPECT_EQ(x->dataSet().name, "x/Set");
  EXPECT_NE(x->run({}, protocols::kCourse), y->run({}, protocols::kCourse));
  EXPECT_EQ(workspace.findSet(QStringLiteral("Set"))->set->name, "x/Set") << "what it was called alone";
}

TEST_F(WorkspaceTest, WhatIsAskedForInOneGoArrivesInThatOrder) {
  makeLong("x", 1500);  // read later than the other, asked for before
  QStringList arrived;
  QObject::connect(&workspace, &Workspace::setOpened, [&](const QString& name) { arrived << name; });
  workspace.openSet({root() / "x/Set"});
  workspace.openSet({root() / "y/Set"});
  ASSERT_TRUE(QTest::qWaitFor([this] { return !workspace.isOpening(); }, 60'000));
  ASSERT_EQ(workspace.sets().size(), 2U);
  EXPECT_EQ(workspace.sets()[0].set->frames.size(), 1500U);
  EXPECT_EQ(workspace.sets()[1].set->frames.size(), std::size_t{kFrames});
  EXPECT_EQ(arrived.size(), 2);
}

TEST_F(WorkspaceTest, TheSameSetIsOpenedOnce) {
  openSet("x/Set");
  QSignalSpy opened(&workspace, &Workspace::setOpened);
  openSet("x/Set");
  EXPECT_EQ(opened.count(), 0);
  EXPECT_THAT(setNames(), ElementsAre("Set"));
}

TEST_F(WorkspaceTest, FoldersOfOneNameGiveTheirOwnScores) {
  openSet("x/Set");
  QSignalSpy renamed(&workspace, &Workspace::sourceRenamed);
  openScores("a/s");
  openScores("b/s");
  ASSERT_EQ(workspace.scores().size(), 2U);
  EXPECT_EQ(workspace.scores()[0].label, "a/s");
  EXPECT_EQ(workspace.scores()[1].label, "b/s");
  ASSERT_EQ(renamed.count(), 1);
  EXPECT_EQ(renamed[0][0].toString(), QStringLiteral("s"));
  const auto a = workspace.liveSet(QStringLiteral("Set"), viewOf("a/s"));
  const auto b = workspace.liveSet(QStringLiteral("Set"), viewOf("b/s"));
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->source().name(), "a/s");
  EXPECT_EQ(b->source().name(), "b/s");
  a->prepareFrame(0);
  b->prepareFrame(0);
  const auto mapA = a->scores(0, {"a/s", {}, {}}), mapB = b->scores(0, {"b/s", {}, {}});
  EXPECT_FALSE(std::ranges::equal(mapA->values(), mapB->values()));
  const ViewState named = workspace.named(viewOf("s"));
  EXPECT_EQ(named.score.imported, "a/s");
}

TEST_F(WorkspaceTest, AllChannelsMakeNoSecondLiveSetOfMaps) {
  openSet("x/Set");
  openScores("a/s");
  ViewState view = viewOf("s");
  const auto known = workspace.liveSet(QStringLiteral("Set"), view);
  view.allChannels = true;
  EXPECT_EQ(workspace.liveSet(QStringLiteral("Set"), view), known);
  view.resolution = Resolution::Label;
  EXPECT_NE(workspace.liveSet(QStringLiteral("Set"), view), known);
}

TEST_F(WorkspaceTest, WhatIsClosedIsAskedForInVain) {
  openSet("x/Set");
  openScores("a/s");
  ASSERT_TRUE(workspace.liveSet(QStringLiteral("Set"), viewOf("s")));
  EXPECT_FALSE(workspace.liveSet(QStringLiteral("Set"), viewOf("t")));
  workspace.closeSet(QStringLiteral("Set"));
  EXPECT_FALSE(workspace.liveSet(QStringLiteral("Set"), viewOf("s")));
  EXPECT_TRUE(workspace.sets().empty());
}

/// A set of three frames whose images are 16-bit grey, and scores for two of them: both are warned of.
class OddSet : public ::testing::Test {
protected:
  OddSet() {
    for (const char* frame : {"0.png", "1.png", "2.png"}) {
      write("Set/images", frame, cv::Mat(4, 6, CV_16UC1, cv::Scalar(300)));
      write("Set/labels_masks", frame, cv::Mat(4, 6, CV_8UC1, cv::Scalar(1)));
    }
    for (const char* frame : {"0.png", "1.png"}) write("mine", frame, cv::Mat(4, 6, CV_16UC1, cv::Scalar(9)));
    QObject::connect(&workspace, &Workspace::message, &workspace,
                     [this](Severity severity, const QString& text, const QString&) {
                       if (severity == Severity::Warning) warnings.push_back(text.toStdString());
                     });
    view.score.imported = "mine";
  }
  void write(const char* below, const char* frame, const cv::Mat& picture) const {
    std::filesystem::create_directories(folder.path() / below);
    cv::imwrite((folder.path() / below / frame).string(), picture);
  }
  void open() {
    QSignalSpy settled(&workspace, &Workspace::openingFinished);
    workspace.openSet({.path = folder.path() / "Set"});
    ASSERT_TRUE(settled.wait(10000));
    workspace.openScores(folder.path() / "mine");
  }

  testing::TemporaryFolder folder;
  SessionModel session;
  Workspace workspace{session, WorkOptions{.store = {.temporary = true}}};
  std::vector<std::string> warnings;
  ViewState view;
};

TEST_F(OddSet, WhatIsOddIsWarnedOfOnceByNameOfSetAndSource) {
  open();
  EXPECT_THAT(warnings, ElementsAre(::testing::AllOf(HasSubstr("Set: "), HasSubstr("3 images"))));
  warnings.clear();
  ASSERT_NE(workspace.liveSet("Set", view), nullptr);
  EXPECT_THAT(warnings, ElementsAre(::testing::AllOf(HasSubstr("Set, mine: "), HasSubstr("1 frame of 3"))));
  warnings.clear();
  view.resolution = Resolution::Label;
  ASSERT_NE(workspace.liveSet("Set", view), nullptr);
  EXPECT_THAT(warnings, IsEmpty()) << "the same scores at another resolution";
}

TEST_F(OddSet, WhatIsOpenedAgainIsWarnedOfAgain) {
  open();
  ASSERT_NE(workspace.liveSet("Set", view), nullptr);
  workspace.closeAll();
  warnings.clear();
  open();
  ASSERT_NE(workspace.liveSet("Set", view), nullptr);
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("Set: "), HasSubstr("Set, mine: ")));
}

}  // namespace
}  // namespace oodscope
