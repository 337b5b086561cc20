// SPDX-License-Identifier: GPL-3.0-or-later
// The program without its widgets: what a change of the session asks for, and in which order results come.
#include "app/desk/desk.h"
#include "tests/end_to_end/made_scores.h"
#include "tests/support/temporary_folder.h"

#include <QTest>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <QStandardPaths>

#include <algorithm>
#include <thread>

namespace oodscope {
namespace {

constexpr int kLongestMs = 180'000;  // bootstraps under the thread sanitizer on a busy machine

WorkOptions workIn(const std::filesystem::path& folder) {
  WorkOptions work;
  work.store.folder = folder / "cache";
  return work;
}

class DeskTest : public ::testing::Test {
protected:
  void SetUp() override {
    QStandardPaths::setTestModeEnabled(true);
    made = makeScoredSet(folder.path());
    desk.workspace.openSet({made.set, std::nullopt});
    desk.workspace.openScores(made.scores);
    ASSERT_TRUE(QTest::qWaitFor([this] { return !desk.workspace.isOpening(); }, kLongestMs));
    view.set = desk.workspace.sets().front().set->name;
    view.frame = desk.workspace.sets().front().set->frames.front().name;
    view.score.imported = made.scores.filename().string();
    QObject::connect(&desk.run, &SingleRun::pictureChanged, &desk.run, [this] { events << "picture"; });
    QObject::connect(&desk.run, &SingleRun::numbersChanged, &desk.run,
                     [this](const std::shared_ptr<const SetNumbers>& numbers) {
                       if (!numbers) return;
                       events << (numbers->exact ? "exact" : "estimate");
                       protocols.push_back(numbers->protocol);
                     });
    QObject::connect(&desk.run, &SingleRun::thresholdChanged, &desk.run, [this] { events << "threshold"; });
  }
  [[nodiscard]] bool settles() {
    return QTest::qWaitFor([this] { return desk.isIdle(); }, kLongestMs);
  }
  void show() { desk.run.show(view, false); }

  testing::TemporaryFolder folder;
  MadeSet made;
  Desk desk{workIn(folder.path())};
  ViewState view;
  QStringList events;
  std::vector<Protocol> protocols;
};

TEST_F(DeskTest, APictureIsPublishedBeforeTheEstimateOfItsTick) {
  show();
  ASSERT_TRUE(settles());
  events.clear();
  view.frame = desk.workspace.sets().front().set->frames.back().name;
  view.protocol = protocols::kFishyscapes;
  desk.run.show(view, true);  // the exact pass waits for the hand
  ASSERT_TRUE(settles());
  const auto isTold = [](const QString& event) { return event == "estimate" || event == "exact"; };
  const auto told = std::find_if(events.begin(), events.end(), isTold) - events.begin();
  ASSERT_TRUE(events.contains("picture"));
  ASSERT_LT(told, events.size());
  EXPECT_LT(events.indexOf("picture"), told) << events.join(' ').toStdString();
  EXPECT_TRUE(events.contains("exact"));
}

TEST_F(DeskTest, AChangeOfThresholdRescoresNothing) {
  show();
  ASSERT_TRUE(settles());
  const auto numbers = desk.run.numbers();
  const auto picture = desk.run.picture();
  const auto counts = desk.run.counts();
  ASSERT_TRUE(numbers && picture && counts);
  events.clear();
  edits::setThreshold(0.5).change(view);
  show();
  ASSERT_TRUE(settles());
  EXPECT_EQ(events, QStringList{"threshold"});
  EXPECT_EQ(desk.run.threshold(), 0.5F);
  EXPECT_EQ(desk.run.numbers(), numbers);
  EXPECT_EQ(desk.run.picture(), picture);
  EXPECT_EQ(desk.run.counts(), counts);
}

TEST_F(DeskTest, AChangeOfProtocolKeepsThePictureAndTheCounts) {
  view.resolution = Resolution::Network;  // not the protocol's own, which another may not share
  show();
  ASSERT_TRUE(settles());
  const auto picture = desk.run.picture();
  const auto numbers = desk.run.numbers();
  const auto counts = desk.run.counts();
  events.clear();
  view.protocol = protocols::kFishyscapes;
  show();
  EXPECT_FALSE(desk.run.numbers()) << "those of the other protocol are none of these";
  ASSERT_TRUE(settles());
  EXPECT_FALSE(events.contains("picture"));
  EXPECT_EQ(desk.run.picture(), picture);
  ASSERT_TRUE(desk.run.numbers());
  EXPECT_NE(desk.run.numbers(), numbers);
  ASSERT_TRUE(desk.run.counts());
  EXPECT_EQ(desk.run.counts()->set(0.5F, false), counts->set(0.5F, false));
}

TEST_F(DeskTest, AnotherFrameKeepsTheSetsNumbers) {
  show();
  ASSERT_TRUE(settles());
  const auto numbers = desk.run.numbers();
  const auto details = desk.run.details();
  events.clear();
  view.frame = desk.workspace.sets().front().set->frames.back().name;
  show();
  ASSERT_TRUE(settles());
  EXPECT_EQ(events, QStringList{"picture"});
  EXPECT_EQ(desk.run.picture()->frame, 3U);
  EXPECT_EQ(desk.run.numbers(), numbers);
  EXPECT_EQ(desk.run.details(), details);
}

TEST_F(DeskTest, ACancelledExactPassPublishesNothing) {
  show();
  ASSERT_TRUE(settles());
  protocols.clear();
  // Each change cancels the pass of the one before, begun or not.
  for (int i = 0; i < 20; ++i) {
    view.protocol = i % 2 == 0 ? protocols::kFishyscapes : protocols::kCourse;
    show();
    QTest::qWait(i % 3);
    const Protocol shown = view.protocol;
    protocols.clear();
    QCoreApplication::processEvents();
    for (const Protocol published : protocols) EXPECT_EQ(published, shown) << "numbers of what is shown no more";
  }
  ASSERT_TRUE(settles());
  ASSERT_TRUE(desk.run.numbers());
  EXPECT_EQ(desk.run.numbers()->protocol, view.protocol);
  EXPECT_TRUE(desk.run.numbers()->exact);
}

TEST_F(DeskTest, OtherScoresTakeTheirNumbersAway) {
  show();
  ASSERT_TRUE(settles());
  view.set.clear();
  show();
  EXPECT_FALSE(desk.run.numbers());
  EXPECT_FALSE(desk.run.details());
  EXPECT_FALSE(desk.run.threshold());
  ASSERT_TRUE(settles());
  EXPECT_FALSE(desk.run.numbers()) << "what was under way is of another set";
}

TEST_F(DeskTest, TheSessionListsWhatIsOpenAndNothingElse) {
  const Session& session = desk.session.session();
  ASSERT_EQ(session.sets.size(), 1U);
  EXPECT_EQ(session.sets.front().path, made.set);
  EXPECT_EQ(session.scores, std::vector{made.scores});
  EXPECT_FALSE(desk.session.unsaved().hasWork()) << "what is open is found again";
  desk.session.keepRun(runChoiceOf(view));
  EXPECT_TRUE(desk.session.unsaved().runs);
  desk.workspace.closeAll();
  EXPECT_TRUE(session.sets.empty());
  EXPECT_TRUE(session.scores.empty());
  EXPECT_EQ(session.runs.size(), 1U) << "a kept run does not go with its set";
}

TEST_F(DeskTest, ManyRunsShareFewThreads) {
  view.other = ComparedRun{.model = {}, .score = view.score};
  show();
  desk.comparison.show(view, false);
  ASSERT_TRUE(QTest::qWaitFor([this] { return desk.isIdle(); }, kLongestMs));
  ASSERT_TRUE(desk.comparison.b().numbers());
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  constexpr int kRunner = 1;
  EXPECT_LE(JobPool::shared().threadCount() + kRunner, std::max(1, cores) + 2);
}

}  // namespace
}  // namespace oodscope
