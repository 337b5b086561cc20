// SPDX-License-Identifier: GPL-3.0-or-later
// The program is killed in the middle of work; its next start brings the work back.
#include "analysis/metrics/protocol_rules.h"
#include "app/desk/autosave.h"
#include "tests/end_to_end/made_scores.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/panels/banner.h"
#include "widgets/panels/choice_banner.h"

#include <QApplication>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QProcess>
#include <QPushButton>
#include <QTest>

namespace oodscope {
namespace {

constexpr int kLongestMs = 60'000;

bool appears(const QString& folder, const QString& file) {
  QElapsedTimer clock;
  clock.start();
  while (clock.elapsed() < kLongestMs) {
    QDirIterator files(folder, {file}, QDir::Files, QDirIterator::Subdirectories);
    if (files.hasNext()) return true;
    QTest::qWait(50);
  }
  return false;
}

class KilledTest : public WindowFixture {};

}  // namespace

TEST_F(KilledTest, WhatWasOpenComesBackAfterAKill) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the thread sanitizer loses sight of the main thread's locks once Qt has started a program";
#endif
  const MadeSet made = makeScoredSet(home().path().toStdString());
  QProcess program;
  program.setProcessChannelMode(QProcess::MergedChannels);
  const QString set = QString::fromStdString(made.set.string()), scores = QString::fromStdString(made.scores.string());
  program.start(QStringLiteral(OODSCOPE_PROGRAM),
                {QStringLiteral("--set"), set, QStringLiteral("--scores"), scores, QStringLiteral("--protocol"),
                 QStringLiteral("fishyscapes"), QStringLiteral("--threshold"), QStringLiteral("0.375")});
  ASSERT_TRUE(program.waitForStarted()) << program.errorString().toStdString();
  ASSERT_TRUE(appears(home().filePath(QStringLiteral("data")), QStringLiteral("1.oodscope")));
  program.kill();  // SIGKILL: nothing of the program runs after it
  ASSERT_TRUE(program.waitForFinished());
  EXPECT_EQ(program.exitStatus(), QProcess::CrashExit);

  // What the program's next start does.
  QApplication::setOrganizationName(QStringLiteral("oodscope"));
  QApplication::setApplicationName(QStringLiteral("oodscope"));
  MainWindow window(theme(), WorkOptions{});
  window.show();
  window.offerLeftWork();
  auto* offered = window.findChild<ChoiceBanner*>(QStringLiteral("recovery"));
  ASSERT_TRUE(offered && offered->isVisible());
  EXPECT_TRUE(offered->sentence().contains(QStringLiteral("1 set, 1 folder of scores")))
      << offered->sentence().toStdString();
  picture(window, QStringLiteral("left-work"));
  QTest::mouseClick(offered->findChild<QPushButton*>(QStringLiteral("restore")), Qt::LeftButton);
  ASSERT_TRUE(waitUntilIdle(window));
  ASSERT_EQ(window.workspace().sets().size(), 1U);
  EXPECT_EQ(window.workspace().sets().front().entry.path, made.set);
  ASSERT_EQ(window.workspace().scores().size(), 1U);
  EXPECT_EQ(window.session().view().protocol, protocols::kFishyscapes);
  EXPECT_EQ(window.session().view().threshold, 0.375F);
  ASSERT_TRUE(window.run().numbers());
  EXPECT_TRUE(window.run().numbers()->exact);
  const auto* banner = window.findChild<Banner*>();
  EXPECT_TRUE(banner->isVisible());
  EXPECT_TRUE(banner->accessibleName().contains(QStringLiteral("restored"))) << banner->accessibleName().toStdString();
  EXPECT_FALSE(offered->isVisible()) << "taken";
  EXPECT_FALSE(Autosave().left()) << "it is this window's now, and this one lives";
  picture(window, QStringLiteral("restored"));
}

/// Killed again before anybody has answered, and a third time: what was there first is still offered.
TEST_F(KilledTest, AKillSoonAfterARestartLosesNothing) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the thread sanitizer loses sight of the main thread's locks once Qt has started a program";
#endif
  QApplication::setOrganizationName(QStringLiteral("oodscope"));
  QApplication::setApplicationName(QStringLiteral("oodscope"));
  Session left;
  left.notes = {{.set = "s", .frame = "f", .tags = {"precious"}, .text = {}}};
  Autosave().write(left, {});
  const MadeSet made = makeScoredSet(home().path().toStdString());
  QProcess program;
  program.setProcessChannelMode(QProcess::MergedChannels);
  program.start(QStringLiteral(OODSCOPE_PROGRAM), {QStringLiteral("--set"), QString::fromStdString(made.set.string())});
  ASSERT_TRUE(program.waitForStarted());
  const auto states = [] {
    QDirIterator files(QString::fromStdString(Autosave::defaultFolder().string()), {QStringLiteral("1.oodscope")},
                       QDir::Files, QDirIterator::Subdirectories);
    int count = 0;
    for (; files.hasNext(); files.next()) ++count;
    return count;
  };
  ASSERT_TRUE(QTest::qWaitFor([&] { return states() == 2; }, kLongestMs)) << "the first one's beside its own";
  program.kill();
  ASSERT_TRUE(program.waitForFinished());
  Autosave third;
  ASSERT_TRUE(third.left());
  EXPECT_EQ(third.moreLeft(), 1U);
  std::vector<std::size_t> notes{third.left()->session.notes.size()};
  third.dropLeft();
  ASSERT_TRUE(third.left());
  notes.push_back(third.left()->session.notes.size());
  EXPECT_EQ(notes[0] + notes[1], 1U);
}

}  // namespace oodscope
