// SPDX-License-Identifier: GPL-3.0-or-later
// The program is killed in the middle of work; its next start brings the work back.
#include "analysis/metrics/protocol_rules.h"
#include "app/desk/autosave.h"
#include "tests/end_to_end/made_scores.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/panels/banner.h"

#include <QApplication>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QProcess>
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
  ASSERT_TRUE(appears(home().filePath(QStringLiteral("data")), QStringLiteral("running")));
  program.kill();  // SIGKILL: nothing of the program runs after it
  ASSERT_TRUE(program.waitForFinished());
  EXPECT_EQ(program.exitStatus(), QProcess::CrashExit);

  // What the program's next start does.
  QApplication::setOrganizationName(QStringLiteral("oodscope"));
  QApplication::setApplicationName(QStringLiteral("oodscope"));
  auto crashed = takeCrashedSession();
  ASSERT_TRUE(crashed);
  EXPECT_EQ(crashed->view.protocol, protocols::kFishyscapes);
  EXPECT_EQ(crashed->view.threshold, 0.375F);
  MainWindow window(theme(), WorkOptions{});
  window.show();
  window.restore(std::move(*crashed));
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
  EXPECT_FALSE(takeCrashedSession()) << "offered once";
  picture(window, QStringLiteral("restored"));
}

}  // namespace oodscope
