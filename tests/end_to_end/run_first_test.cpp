// SPDX-License-Identifier: GPL-3.0-or-later
// What needs a network first says how many frames and how long, and waits for its user.
#include "app/desk/comparison.h"
#include "app/desk/inference_runner.h"
#include "app/session/edits.h"
#include "app/window/compare/runs_tab.h"
#include "app/window/compare/transfer_tab.h"
#include "app/window/main_window.h"
#include "app/window/scene3d/scene_tab.h"
#include "app/window/sweep_tab.h"
#include "tests/end_to_end/small_set.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/controls/compare_panel.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/number_field.h"
#include "widgets/controls/parameter_fields.h"
#include "widgets/panels/run_first_panel.h"
#include "widgets/scene3d/scene3d_panel.h"

#include <QPushButton>
#include <QTabWidget>
#include <QTest>

#include <gtest/gtest.h>

namespace oodscope {
namespace {

constexpr int kManyFrames = 24;

class RunFirstWindow : public WindowFixture {
protected:
  void SetUp() override {
    WindowFixture::SetUp();
    const std::filesystem::path root = home().path().toStdString();
    testing::writeSmallSet(root / "First", 3);
    testing::writeSmallSet(root / "Second", kManyFrames);
    testing::writeSmallModel(root / "small.pth");
    WorkOptions options;
    options.store.folder = root / "cache";
    window = std::make_unique<MainWindow>(theme(), options);
    window->resize(1440, 900);
    window->show();
    WindowRequest request;
    request.sets = {{root / "First", std::nullopt}, {root / "Second", std::nullopt}};
    request.models.push_back({.path = root / "small.pth", .preprocessing = {}, .outputs = {}, .sha256 = {}});
    window->open(request);
    ASSERT_TRUE(waitUntilIdle(*window));
    window->session().edit(edits::setSet("First", "0"));
    ASSERT_TRUE(waitUntilIdle(*window));
    second = window->workspace().liveSet(QStringLiteral("Second"), window->session().view());
    ASSERT_TRUE(second);
    ASSERT_EQ(second->readyFrames().size(), 0U) << "nobody has looked at it";
  }
  template <class Tab>
  Tab& open() {
    for (int i = 0; i < window->analysis()->count(); ++i)
      if (auto* tab = qobject_cast<Tab*>(window->analysis()->widget(i))) {
        window->analysis()->setCurrentIndex(i);
        return *tab;
      }
    throw std::runtime_error("no such tab");
  }

  std::unique_ptr<MainWindow> window;
  std::shared_ptr<LiveSet> second;
};

TEST_F(RunFirstWindow, OpeningATabRunsNothingAndSaysHowManyFramesItNeeds) {
  auto& tab = open<TransferTab>();
  auto* panel = tab.findChild<RunFirstPanel*>();
  ASSERT_TRUE(panel);
  ASSERT_TRUE(panel->isVisible());
  EXPECT_TRUE(panel->text().contains(QStringLiteral("24 frames of Second"))) << panel->text().toStdString();
  EXPECT_TRUE(panel->text().contains(QStringLiteral("about "))) << "frames of the first set were timed";
  QTest::qWait(200);
  EXPECT_FALSE(window->workspace().runner().isBusy());
  EXPECT_EQ(second->readyFrames().size(), 0U);
  EXPECT_FALSE(tab.matrix());
  picture(*window, QStringLiteral("run_first_offer"));
  QTest::mouseClick(panel->startButton(), Qt::LeftButton);
  EXPECT_TRUE(panel->cancelButton()->isVisible());
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(second->readyFrames().size(), static_cast<std::size_t>(kManyFrames));
  EXPECT_FALSE(panel->isVisible());
  EXPECT_TRUE(tab.matrix());
}

TEST_F(RunFirstWindow, AMethodThatRunsTheNetworkFurtherAsksFirst) {
  auto* panel = window->findChild<RunFirstPanel*>(QStringLiteral("passQuestion"));
  ASSERT_TRUE(panel);
  EXPECT_FALSE(panel->isVisible()) << "the method of now needs nothing";
  window->session().edit(edits::setMethod(methods::kOdin));
  ASSERT_TRUE(panel->isVisible());
  EXPECT_TRUE(panel->text().contains(QStringLiteral("3 frames of First"))) << panel->text().toStdString();
  EXPECT_TRUE(panel->text().contains(QStringLiteral("about "))) << "plain passes were timed";
  QTest::qWait(200);
  EXPECT_FALSE(window->workspace().runner().isBusy());
  QTest::mouseClick(panel->startButton(), Qt::LeftButton);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_FALSE(panel->isVisible());
  const auto live = window->workspace().liveSet(QStringLiteral("First"), window->session().view());
  ASSERT_TRUE(live);
  EXPECT_EQ(live->readyFrames().size(), 3U);
  EXPECT_NE(live, window->workspace().liveSet(QStringLiteral("First"),
                                              [&] {
                                                ViewState plain = window->session().view();
                                                plain.score.method = methods::kMsp;
                                                return plain;
                                              }()))
      << "what was run for MSP is as it was";
}

TEST_F(RunFirstWindow, AParameterOfAPassIsAnEditOfTheSessionThatAsksFirst) {
  auto* panel = window->findChild<RunFirstPanel*>(QStringLiteral("passQuestion"));
  auto* fields = window->findChild<ControlsPanel*>()->parameters();
  ASSERT_TRUE(panel && fields);
  EXPECT_FALSE(fields->isVisible()) << "the method of now has none";
  window->session().edit(edits::setMethod(methods::kMcDropout));
  ASSERT_TRUE(fields->isVisible());
  NumberField* passes = fields->field(QStringLiteral("passes"));
  ASSERT_TRUE(passes && fields->field(QStringLiteral("seed")));
  EXPECT_EQ(fields->field(QStringLiteral("odin-epsilon")), nullptr);
  EXPECT_EQ(passes->value(), 8.0);
  const auto type = [&](const char* text) {
    passes->setFocus();
    passes->selectAll();
    QTest::keyClicks(passes, QLatin1String(text));
    QTest::keyClick(passes, Qt::Key_Return);
  };
  type("2");
  EXPECT_EQ(window->session().view().score.passes, (PassValues{{"passes", 2.0}}));
  ASSERT_TRUE(panel->isVisible());
  QTest::qWait(200);
  EXPECT_FALSE(window->workspace().runner().isBusy()) << "nothing is run because a number was typed";
  picture(*window, QStringLiteral("pass_parameters"));
  QTest::mouseClick(panel->startButton(), Qt::LeftButton);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_FALSE(panel->isVisible());
  const auto two = window->workspace().liveSet(QStringLiteral("First"), window->session().view());
  EXPECT_EQ(two->source().passesPerFrame(), 3) << "the plain pass and two with dropout";
  EXPECT_EQ(two->unpreparedFrames(), 0U);
  type("3");
  EXPECT_TRUE(panel->isVisible()) << "what was not run yet is asked for again";
  EXPECT_FALSE(window->workspace().runner().isBusy());
  window->session().undoStack().undo();
  EXPECT_EQ(passes->value(), 2.0);
  EXPECT_EQ(window->workspace().liveSet(QStringLiteral("First"), window->session().view()), two);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_FALSE(panel->isVisible());
  window->session().edit(edits::setMethod(methods::kMsp));
  EXPECT_FALSE(fields->isVisible());
}

TEST_F(RunFirstWindow, RunBHasParametersOfItsOwn) {
  window->session().edit(edits::setMethod(methods::kMsp));
  window->session().edit(
      edits::setOther(ComparedRun{.model = {}, .score = {.method = methods::kMcDropout}}, "compare"));
  auto* question = window->findChild<RunFirstPanel*>(QStringLiteral("passQuestion"));
  ASSERT_NE(question, nullptr);
  ASSERT_TRUE(QTest::qWaitFor([&] { return question->isVisible(); }));
  auto* panel = window->findChild<ComparePanel*>();
  ASSERT_NE(panel, nullptr);
  EXPECT_FALSE(panel->parameters(RunSide::A)->isVisible()) << "MSP takes none";
  ASSERT_TRUE(panel->parameters(RunSide::B)->isVisible());
  NumberField* passes = panel->parameters(RunSide::B)->field(QStringLiteral("passes"));
  ASSERT_NE(passes, nullptr);
  passes->setFocus();
  passes->selectAll();
  QTest::keyClicks(passes, QStringLiteral("2"));
  QTest::keyClick(passes, Qt::Key_Return);
  ASSERT_TRUE(window->session().view().other);
  EXPECT_EQ(window->session().view().other->score.passes, (PassValues{{"passes", 2.0}}));
  EXPECT_TRUE(window->session().view().score.passes.empty()) << "run A stays what it is";
  ASSERT_TRUE(question->isVisible());
  QTest::mouseClick(question->startButton(), Qt::LeftButton);
  ASSERT_TRUE(waitUntilIdle(*window));
  picture(*window, QStringLiteral("parameters_of_run_b"));
  const auto live = window->workspace().liveSet(QStringLiteral("First"), Comparison::viewOfB(window->session().view()));
  ASSERT_TRUE(live);
  EXPECT_EQ(live->source().passesPerFrame(), 3) << "the plain pass and two with dropout";
  EXPECT_EQ(live->unpreparedFrames(), 0U);
}

TEST_F(RunFirstWindow, ItIsCancelledAndSaysWhatIsLeft) {
  auto& tab = open<TransferTab>();
  auto* panel = tab.findChild<RunFirstPanel*>();
  ASSERT_TRUE(panel && panel->isVisible());
  QTest::mouseClick(panel->startButton(), Qt::LeftButton);
  ASSERT_TRUE(QTest::qWaitFor([&] { return !second->readyFrames().empty(); }, 20'000));
  QTest::mouseClick(panel->cancelButton(), Qt::LeftButton);
  ASSERT_TRUE(waitUntilIdle(*window));
  const std::size_t done = second->readyFrames().size();
  if (done == static_cast<std::size_t>(kManyFrames)) GTEST_SKIP() << "it was quicker than the hand";
  EXPECT_TRUE(panel->startButton()->isVisible());
  EXPECT_TRUE(panel->text().contains(QString::number(static_cast<std::size_t>(kManyFrames) - done)))
      << panel->text().toStdString();
  EXPECT_FALSE(tab.matrix());
}

TEST_F(RunFirstWindow, ASweepOfAllSetsAsksFirstAndBegins) {
  SweepTab& sweep = *window->sweep();
  window->analysis()->setCurrentWidget(&sweep);
  auto* panel = sweep.findChild<RunFirstPanel*>();
  ASSERT_TRUE(panel);
  EXPECT_FALSE(panel->isVisible()) << "nothing was asked for yet";
  ASSERT_EQ(window->session().view().score.method.usesTemperature(), true);
  QTest::mouseClick(sweep.button(), Qt::LeftButton);
  ASSERT_TRUE(panel->isVisible());
  EXPECT_FALSE(sweep.isBusy());
  EXPECT_FALSE(window->workspace().runner().isBusy());
  QTest::mouseClick(panel->startButton(), Qt::LeftButton);
  EXPECT_TRUE(sweep.isBusy());
  EXPECT_EQ(sweep.button()->text(), QStringLiteral("Stop"));
  QTest::mouseClick(panel->cancelButton(), Qt::LeftButton);
  EXPECT_FALSE(sweep.isBusy());
  EXPECT_EQ(sweep.button()->text(), QStringLiteral("Sweep all open sets"));
  ASSERT_TRUE(waitUntilIdle(*window));
}

TEST_F(RunFirstWindow, AKeptRunOfASetThatNobodyLookedAtAsksFirst) {
  RunChoice run = runChoiceOf(window->session().view());
  run.set = "Second";
  window->session().keepRun(run);
  auto& tab = open<RunsTab>();
  auto* panel = tab.findChild<RunFirstPanel*>();
  ASSERT_TRUE(panel && panel->isVisible());
  EXPECT_TRUE(panel->text().contains(QStringLiteral("24 frames of Second"))) << panel->text().toStdString();
  QTest::qWait(200);
  EXPECT_FALSE(window->workspace().runner().isBusy());
  EXPECT_EQ(second->readyFrames().size(), 0U);
  EXPECT_TRUE(tab.model().runs().at(0).state.contains(QStringLiteral("0 of 24 frames")))
      << tab.model().runs().at(0).state.toStdString();
  picture(*window, QStringLiteral("run_first_runs"));
  QTest::mouseClick(panel->startButton(), Qt::LeftButton);
  EXPECT_TRUE(panel->cancelButton()->isVisible());
  QTest::mouseClick(panel->cancelButton(), Qt::LeftButton);
  ASSERT_TRUE(waitUntilIdle(*window));
  if (second->unpreparedFrames() > 0) {
    EXPECT_TRUE(panel->startButton()->isVisible()) << "what is left is offered again";
    EXPECT_FALSE(tab.model().runs().at(0).numbers);
    QTest::mouseClick(panel->startButton(), Qt::LeftButton);
    ASSERT_TRUE(waitUntilIdle(*window));
  }
  EXPECT_EQ(second->unpreparedFrames(), 0U);
  EXPECT_FALSE(panel->isVisible());
  ASSERT_TRUE(tab.model().runs().at(0).numbers);
  EXPECT_TRUE(tab.model().runs().at(0).numbers->account.isComplete());
}

TEST_F(RunFirstWindow, TheLandscapeAsksForTheFramesThatAreMissing) {
  window->session().edit(edits::setSet("Second", "0"));
  window->workspace().runner().cancel();
  ASSERT_TRUE(waitUntilIdle(*window));
  if (second->unpreparedFrames() == 0) GTEST_SKIP() << "it was quicker than the hand";
  auto& tab = open<SceneTab>();
  auto* panel = tab.findChild<RunFirstPanel*>();
  ASSERT_TRUE(panel && tab.panel());
  EXPECT_FALSE(panel->isVisible()) << "the relief is of one frame";
  tab.panel()->setScene(Scene3DPanel::Landscape);
  ASSERT_TRUE(panel->isVisible());
  EXPECT_TRUE(panel->text().contains(QStringLiteral("of Second"))) << panel->text().toStdString();
  QTest::qWait(200);
  EXPECT_FALSE(window->workspace().runner().isBusy());
  QTest::mouseClick(panel->startButton(), Qt::LeftButton);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(second->unpreparedFrames(), 0U);
  EXPECT_FALSE(panel->isVisible());
}

}  // namespace
}  // namespace oodscope
