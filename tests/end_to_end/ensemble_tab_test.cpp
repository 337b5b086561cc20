// SPDX-License-Identifier: GPL-3.0-or-later
// An ensemble is made, moved, searched and ablated in the window, and its numbers are the command line's.
#include "app/window/tabs/ensemble_tab.h"
#include "analysis/ensembles/weight_search.h"
#include "analysis/formats/npy.h"
#include "app/desk/comparison.h"
#include "app/window/item_menus.h"
#include "app/window/main_window.h"
#include "app/window/sweep_tab.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/controls/compare_panel.h"
#include "widgets/plots/sweep_plot.h"
#include "widgets/plots/weight_heat_plot.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSlider>
#include <QTabWidget>
#include <QTableWidget>
#include <QTest>
#include <QUndoStack>

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

constexpr const char* kTwoScores = "1*max-logit+1*score@maps";

class EnsembleTabWindow : public WindowFixture {
protected:
  void SetUp() override {
    WindowFixture::SetUp();
    root = home().path().toStdString();
    testing::writeSmallSet(root / "Set", 3);
    testing::writeSmallModel(root / "small.pth");
    std::filesystem::create_directories(root / "maps");
    const ScoreMap scores = testing::knownScores();
    const std::array shape{static_cast<std::size_t>(scores.height()), static_cast<std::size_t>(scores.width())};
    for (int frame = 0; frame < 3; ++frame)
      writeNpyAtomically(root / "maps" / (std::to_string(frame) + ".npy"), NpyType::Float32, shape,
                         std::as_bytes(scores.values()));
    openWindow();
    WindowRequest request;
    request.sets = {{root / "Set", std::nullopt}};
    request.models.push_back({.path = root / "small.pth", .preprocessing = {}, .outputs = {}, .sha256 = {}});
    request.scores = {root / "maps"};
    window->open(request);
    ASSERT_TRUE(waitUntilIdle(*window));
    window->session().edit(edits::setModel("small.pth"));
    ASSERT_TRUE(waitUntilIdle(*window));
    openTab();
  }
  void openWindow() {
    WorkOptions options;
    options.store.folder = root / "cache";
    window = std::make_unique<MainWindow>(theme(), options);
    window->resize(1440, 900);
    window->show();
  }
  void openTab() {
    for (int i = 0; i < window->analysis()->count(); ++i)
      if (auto* found = qobject_cast<EnsembleTab*>(window->analysis()->widget(i))) {
        window->analysis()->setCurrentIndex(i);
        tab = found;
      }
    ASSERT_NE(tab, nullptr);
  }
  template <class Part>
  [[nodiscard]] Part* part(const QString& name) const {
    for (Part* each : tab->findChildren<Part*>())
      if (each->accessibleName() == name) return each;
    ADD_FAILURE() << name.toStdString();
    return nullptr;
  }
  [[nodiscard]] QPushButton* button(const QString& text) const {
    for (auto* each : tab->findChildren<QPushButton*>())
      if (each->text() == text) return each;
    ADD_FAILURE() << text.toStdString();
    return nullptr;
  }
  void make(const QString& text) {
    part<QLineEdit>(QStringLiteral("Terms of the ensemble"))->setText(text);
    QTest::mouseClick(button(QStringLiteral("New ensemble")), Qt::LeftButton);
    ASSERT_TRUE(waitUntilIdle(*window));
  }
  [[nodiscard]] std::vector<QSlider*> sliders() const {
    const auto found = tab->findChildren<QSlider*>();
    return {found.begin(), found.end()};
  }
  [[nodiscard]] std::shared_ptr<LiveSet> live() {
    return window->workspace().liveSet(QStringLiteral("Set"), window->session().view());
  }
  [[nodiscard]] std::optional<double> ap() {
    const ViewState& view = window->session().view();
    return live()->exact(configurationOf(view.score), view.protocol, std::nullopt, {})->metrics.ap;
  }
  [[nodiscard]] nlohmann::json ofCli(const std::string& text, const std::string& normalise) const {
    const auto result =
        testing::runCli({"evaluate", "--set", root / "Set", "--model", root / "small.pth", "--scores", root / "maps",
                         "--method", text, "--normalise", normalise, "--protocol",
                         std::string(window->session().view().protocol.name()), "--format", "json", "--no-cache"});
    EXPECT_EQ(result.code, 0) << result.err;
    return nlohmann::json::parse(result.out).at("rows").front();
  }

  std::filesystem::path root;
  std::unique_ptr<MainWindow> window;
  EnsembleTab* tab = nullptr;
};

TEST_F(EnsembleTabWindow, IsMadeOfWhatIsOpenAndGivesTheCommandLinesNumbers) {
  auto* scores = part<QComboBox>(QStringLiteral("Score to add"));
  ASSERT_GE(scores->findText(QStringLiteral("score@maps")), 0);
  ASSERT_GE(scores->findText(QStringLiteral("msp@small.pth")), 0);
  auto* terms = part<QLineEdit>(QStringLiteral("Terms of the ensemble"));
  for (const char* score : {"max-logit@small.pth", "score@maps"}) {
    scores->setCurrentText(QString::fromLatin1(score));
    QTest::mouseClick(button(QStringLiteral("Add")), Qt::LeftButton);
  }
  EXPECT_EQ(terms->text(), QStringLiteral("1*max-logit@small.pth+1*score@maps"));
  QTest::mouseClick(button(QStringLiteral("New ensemble")), Qt::LeftButton);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(window->session().view().score.imported, "ensemble");
  ASSERT_EQ(sliders().size(), 2U);
  EXPECT_EQ(ap(), ofCli("1*max-logit@small.pth+1*score@maps", "min-max").at("ap").get<double>()) << "to the last bit";
  auto* normalisation = part<QComboBox>(QStringLiteral("Normalisation of the ensemble's scores"));
  ASSERT_TRUE(choose(normalisation, QStringLiteral("rank:frame")));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(window->session().session().ensembles.front().normalisation, "rank:frame");
  EXPECT_EQ(ap(), ofCli("1*max-logit@small.pth+1*score@maps", "rank:frame").at("ap").get<double>());
}

TEST_F(EnsembleTabWindow, ADragOfAWeightMovesTheNumbersAndIsOneStepOfUndo) {
  make(QString::fromLatin1(kTwoScores));
  const auto before = ap();
  const int steps = window->session().undoStack().count();
  QSlider* slider = sliders().front();
  slider->setSliderDown(true);
  for (const int step : {80, 50, 20, 0}) slider->setValue(step);
  slider->setSliderDown(false);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(window->session().view().score.weights, (std::vector<double>{0.0, 1.0}));
  EXPECT_EQ(window->session().undoStack().count(), steps + 1);
  EXPECT_NE(ap(), before);
  EXPECT_NEAR(ap().value(), testing::kKnownAp, 1e-9) << "the maps alone";
  window->session().undoStack().undo();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(ap(), before);
  EXPECT_EQ(sliders().front()->value(), 100);
}

TEST_F(EnsembleTabWindow, ASearchShowsItsTableAndHeatAndItsWeightsAreTakenOver) {
  make(QString::fromLatin1(kTwoScores));
  part<QComboBox>(QStringLiteral("Criterion of the search"))->setCurrentText(QStringLiteral("ap"));
  QTest::mouseClick(button(QStringLiteral("Search")), Qt::LeftButton);
  ASSERT_TRUE(waitUntilIdle(*window));
  auto* table = part<QTableWidget>(QStringLiteral("Weights and what they give"));
  EXPECT_EQ(table->rowCount(), static_cast<int>(weightGrid(2, 3).size()));
  auto* heat = tab->findChild<WeightHeatPlot*>();
  ASSERT_TRUE(heat && heat->side() == 4 && heat->best());
  EXPECT_FALSE(heat->value(0, 0)) << "no weights, no ensemble";
  EXPECT_NEAR(heat->value(0, 1).value(), testing::kKnownAp, 1e-9);
  EXPECT_EQ(heat->value(1, 1), heat->value(3, 3)) << "one proportion";
  const int best = table->currentRow();
  const double found = heat->value(heat->best()->first, heat->best()->second).value();
  Q_EMIT table->cellDoubleClicked(best, 0);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(ap(), found) << "to the last bit";
  picture(*window, QStringLiteral("ensemble_search"));
}

TEST_F(EnsembleTabWindow, AnAblationLeavesTermsOutAndSaysThatNothingIsTrained) {
  make(QString::fromLatin1(kTwoScores));
  QTest::mouseClick(button(QStringLiteral("Ablation")), Qt::LeftButton);
  ASSERT_TRUE(waitUntilIdle(*window));
  auto* table = part<QTableWidget>(QStringLiteral("Weights and what they give"));
  ASSERT_EQ(table->rowCount(), 3);
  EXPECT_EQ(table->item(0, 0)->text(), QStringLiteral("all terms"));
  EXPECT_EQ(table->item(1, 0)->text(), QStringLiteral("without max-logit"));
  EXPECT_EQ(table->item(1, 1)->text(), QString::number(100.0 * testing::kKnownAp, 'f', 2));
  EXPECT_TRUE(tab->findChild<QLabel*>(QStringLiteral("ensemble-note"))
                  ->text()
                  .contains(QStringLiteral("nothing is trained anew")));
}

TEST_F(EnsembleTabWindow, ASweepOfItsTemperatureIsTheCommandLinesAndIsTakenOver) {
  constexpr const char* kTwoMethods = "1*energy+1*msp";
  make(QString::fromLatin1(kTwoMethods));
  SweepTab& sweep = *window->sweep();
  window->analysis()->setCurrentWidget(&sweep);
  QTest::mouseClick(sweep.button(), Qt::LeftButton);
  ASSERT_TRUE(waitUntilIdle(*window));
  ASSERT_TRUE(sweep.result().complete) << sweep.note().toStdString();
  ASSERT_EQ(sweep.result().curves.size(), 1U);
  const auto result = testing::runCli({"sweep", "--set", root / "Set", "--model", root / "small.pth", "--method",
                                       kTwoMethods, "--protocol", std::string(window->session().view().protocol.name()),
                                       "--format", "json", "--no-cache"});
  ASSERT_EQ(result.code, 0) << result.err;
  const nlohmann::json table = nlohmann::json::parse(result.out);
  const auto& points = sweep.result().curves.front().points;
  ASSERT_EQ(table.at("rows").size(), points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    EXPECT_EQ(table.at("rows")[i].at("temperature").get<double>(), points[i].temperature);
    EXPECT_EQ(table.at("rows")[i].at("ap").get<double>(), points[i].ap) << "to the last bit";
  }
  picture(*window, QStringLiteral("ensemble_sweep"));
  auto* plot = sweep.findChild<SweepPlot*>();
  ASSERT_NE(plot, nullptr);
  Q_EMIT plot->temperatureEdited(2.0);
  EXPECT_EQ(window->session().session().ensembles.front().temperature, 1.0) << "not while the hand moves";
  Q_EMIT plot->temperatureReleased(points.front().temperature);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(window->session().session().ensembles.front().temperature, points.front().temperature);
  EXPECT_EQ(ap(), points.front().ap);
  EXPECT_TRUE(sweep.result().complete) << "of any temperature: it stays";
  window->session().edit(edits::setWeights({0.5, 1.0}));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_FALSE(sweep.result().complete) << "of other weights";
}

TEST_F(EnsembleTabWindow, ASweepOfScoresWithoutATemperatureSaysWhy) {
  make(QString::fromLatin1(kTwoScores));  // max-logit and maps
  SweepTab& sweep = *window->sweep();
  window->analysis()->setCurrentWidget(&sweep);
  QTest::mouseClick(sweep.button(), Qt::LeftButton);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(sweep.note(), QStringLiteral("Temperature has no effect on the ranking of ensemble."));
}

TEST_F(EnsembleTabWindow, WhatCannotBeMadeIsSaidAndChangesNothing) {
  make(QStringLiteral("1*madeup"));
  EXPECT_TRUE(window->session().session().ensembles.empty());
  EXPECT_TRUE(tab->findChild<QLabel*>(QStringLiteral("ensemble-note"))->text().contains(QStringLiteral("'madeup'")));
  EXPECT_FALSE(button(QStringLiteral("Search"))->isEnabled());
}

TEST_F(EnsembleTabWindow, IsChosenAsRunBWithItsOwnWeights) {
  make(QString::fromLatin1(kTwoScores));
  const auto own = ap();
  window->session().edit(edits::setModel("small.pth"));
  window->session().edit(edits::setOther(ComparedRun{.model = "small.pth", .score = {}}, "compare"));
  ASSERT_TRUE(waitUntilIdle(*window));
  QComboBox* ofB = nullptr;
  for (auto* combo : window->findChild<ComparePanel*>()->findChildren<QComboBox*>())
    if (combo->accessibleName() == QStringLiteral("Model of run B")) ofB = combo;
  ASSERT_NE(ofB, nullptr);
  ASSERT_TRUE(choose(ofB, QStringLiteral("ensemble")));
  ASSERT_TRUE(waitUntilIdle(*window));
  const ViewState view = Comparison::viewOfB(window->session().view());
  EXPECT_EQ(view.score.imported, "ensemble");
  EXPECT_FALSE(window->session().view().score.imported) << "run A stays what it is";
  EXPECT_EQ(ofB->currentText(), QStringLiteral("ensemble"));
  const auto set = window->workspace().liveSet(QStringLiteral("Set"), view);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->exact(configurationOf(view.score), view.protocol, std::nullopt, {})->metrics.ap, own);
  picture(*window, QStringLiteral("ensemble_run_b"));
}

TEST_F(EnsembleTabWindow, IsClosedFromTheMenuOfTheModelsChoice) {
  make(QString::fromLatin1(kTwoScores));
  QComboBox* models = comboNamed(*window, QStringLiteral("Model"));
  ASSERT_EQ(models->currentText(), QStringLiteral("ensemble"));
  Q_EMIT models->customContextMenuRequested({5, 5});
  QMenu* menu = nullptr;
  QAction* close = nullptr;
  for (QMenu* each : window->findChildren<QMenu*>())
    for (QAction* action : each->actions())
      if (action->text() == QStringLiteral("C&lose the ensemble ensemble")) {
        close = action;
        menu = each;
      }
  ASSERT_NE(close, nullptr);
  menu->setActiveAction(close);
  QTest::keyClick(menu, Qt::Key_Return);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_TRUE(window->session().session().ensembles.empty());
  EXPECT_FALSE(window->session().view().score.imported);
  EXPECT_TRUE(window->session().view().score.weights.empty());
  EXPECT_EQ(models->findText(QStringLiteral("ensemble")), -1);
  EXPECT_EQ(models->currentData().toString(), QStringLiteral("small.pth"));
  EXPECT_TRUE(sliders().empty());
  EXPECT_TRUE(live()) << "the network's scores are shown instead";
}

TEST_F(EnsembleTabWindow, ASavedSessionOpensItAgain) {
  make(QString::fromLatin1(kTwoScores));
  window->session().edit(edits::setWeights({0.25, 0.5}));
  ASSERT_TRUE(waitUntilIdle(*window));
  const auto before = ap();
  writeSession(window->session().session(), root / "kept.json");
  window.reset();
  tab = nullptr;
  openWindow();
  WindowRequest request;
  request.session = root / "kept.json";
  window->open(request);
  ASSERT_TRUE(waitUntilIdle(*window));
  openTab();
  EXPECT_EQ(window->session().view().score.imported, "ensemble");
  ASSERT_EQ(sliders().size(), 2U);
  EXPECT_EQ(sliders().front()->value(), 25);
  EXPECT_EQ(ap(), before);
}

}  // namespace
}  // namespace oodscope
