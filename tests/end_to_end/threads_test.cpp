// SPDX-License-Identifier: GPL-3.0-or-later
// How many threads the program starts while two runs are compared, and whose the others are.
#include "app/window/failures/failure_desk.h"
#include "app/window/failures/failures_tab.h"
#include "app/window/main_window.h"
#include "tests/end_to_end/made_scores.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/scale_slider.h"
#include "widgets/controls/threshold_slider.h"

#include <QElapsedTimer>
#include <QTabWidget>
#include <QTest>

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <thread>

namespace oodscope {
namespace {

using Threads = std::map<std::string, int>;

/// How many threads of this process bear a name.
Threads threadsByName() {
  Threads out;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    if (std::getline(std::ifstream(task.path() / "comm"), name)) ++out[name];  // one that has ended meanwhile has none
  }
  return out;
}

std::string mainName() {
  std::string name;
  std::getline(std::ifstream("/proc/self/comm"), name);
  return name;
}

/// The program names every thread that it starts (a test of the architecture holds that). A library's bears the name of
/// the thread that started it, unless it is one of oneTBB's, which are named at their first work, or Qt's.
bool isOwn(const std::string& name) {
  static const std::regex kOwn("desk-job-[0-9]+|networks|opening");
  return std::regex_match(name, kOwn);
}

bool isLibrarys(const std::string& name) {
  static const std::regex kLibraries("tbb-worker|Q[A-Z].*|Thread \\(pooled.*|llvmpipe-.*|gmain|gdbus|dconf worker");
  return name == mainName() || std::regex_match(name, kLibraries);
}

int ownOf(const Threads& threads) {
  int count = 0;
  for (const auto& [name, number] : threads) count += isOwn(name) ? number : 0;
  return count;
}

class ThreadsTest : public WindowFixture {};

}  // namespace

TEST_F(ThreadsTest, TheProgramsOwnAreAtMostTwoMoreThanCoresWhileTwoRunsAreCompared) {
  const MadeSet made = makeScoredSet(home().path().toStdString());
  MainWindow window(theme(), WorkOptions{});
  window.resize(1680, 1050);
  window.show();
  WindowRequest request;
  request.sets.push_back({made.set, std::nullopt});
  request.scores.push_back(made.scores);
  window.open(request);
  ASSERT_TRUE(waitUntilIdle(window));
  window.analysis()->setCurrentWidget(window.failures()->failuresTab());
  ViewState view = window.session().view();
  view.other = ComparedRun{.model = view.model, .score = view.score};
  const auto hasOpened = [] { return threadsByName().count("opening") == 0; };  // its thread may outlive what it tells
  ASSERT_TRUE(QTest::qWaitFor(hasOpened, 60'000));
  window.session().edit(view, QStringLiteral("compare"));

  int most = 0;
  Threads unknown;
  const auto look = [&] {
    const Threads threads = threadsByName();
    // A worker of oneTBB bears the name of the thread that started it until its first work.
    const bool isInherited = std::ranges::any_of(threads, [](const auto& t) { return isOwn(t.first) && t.second > 1; });
    if (!isInherited) most = std::max(most, ownOf(threads));
    for (const auto& [name, number] : threads)
      if (!isOwn(name) && !isLibrarys(name)) unknown[name] = number;
  };
  QElapsedTimer clock;
  clock.start();
  for (int quiet = 0; quiet < 5 && clock.elapsed() < 60'000;) {
    QTest::qWait(5);
    look();
    quiet = window.isIdle() ? quiet + 1 : 0;
  }
  dragSlider(window.controls()->threshold()->findChild<ScaleSlider*>(), 0.3, 0.7);
  look();
  ASSERT_TRUE(waitUntilIdle(window));
  look();
  EXPECT_TRUE(window.failures()->results().study()) << "the lists were in use";

  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  EXPECT_LE(most, cores + 2) << ::testing::PrintToString(threadsByName());
  EXPECT_GE(most, 3) << "the names are those of the program's threads: " << ::testing::PrintToString(threadsByName());
  EXPECT_EQ(unknown, Threads()) << "neither the program's nor known to be a library's";
}

}  // namespace oodscope
