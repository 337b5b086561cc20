// SPDX-License-Identifier: GPL-3.0-or-later
// Filters in the window: chosen beside the method, seen in titles and numbers, the command line's to the last bit.
#include "analysis/scores/method_kinds.h"
#include "app/session/filtered_method.h"
#include "app/window/main_window.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/made_scores.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/scale_slider.h"
#include "widgets/controls/temperature_slider.h"

#include <QMenu>
#include <QTest>
#include <QToolButton>

#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

class WindowFilters : public WindowFixture {
protected:
  void SetUp() override {
    WindowFixture::SetUp();
    root = home().path().toStdString();
    made = makeScoredSet(root);
    logits = root / "made_logits";
    writeMadeLogits(logits, 4);
  }
  std::unique_ptr<MainWindow> open(const std::filesystem::path& scores) {
    auto window = std::make_unique<MainWindow>(theme(), WorkOptions{});
    window->resize(1680, 1050);
    window->show();
    WindowRequest request;
    request.sets.push_back({made.set, std::nullopt});
    request.scores.push_back(scores);
    request.score = ScoreChoice{.method = methods::kEnergy};
    window->open(request);
    EXPECT_TRUE(waitUntilIdle(*window));
    return window;
  }
  /// Presses the entry of the toolbar's menu of filters, as a hand does.
  static void press(MainWindow& window, QAction* entry) {
    QToolButton* button = nullptr;
    for (auto* each : window.findChildren<QToolButton*>())
      if (each->accessibleName() == QStringLiteral("Filters")) button = each;
    ASSERT_NE(button, nullptr);
    QMenu* menu = button->menu();
    ASSERT_TRUE(menu->actions().contains(entry));
    menu->popup(button->mapToGlobal(QPoint(0, button->height())));
    QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(entry).center());
    ASSERT_TRUE(waitUntilIdle(window));
  }
  [[nodiscard]] nlohmann::json row(const std::filesystem::path& scores, const std::string& method) const {
    const testing::CommandResult result = testing::runCli(
        {"evaluate", "--set", made.set.string(), "--scores", scores.string(), "--method", method, "--format", "json"});
    EXPECT_EQ(result.code, 0) << result.err;
    return nlohmann::json::parse(result.out).at("rows").at(0);
  }

  std::filesystem::path root, logits;
  MadeSet made;
};

TEST_F(WindowFilters, ArePressedUndoneAndEqualTheCommandLineToTheLastBit) {
  const auto window = open(logits);
  WindowActions& actions = window->actions();
  const std::optional<double> plain = window->run().numbers()->metrics.ap;
  EXPECT_TRUE(actions.filters.none->isChecked());
  press(*window, actions.filters.each[0]);
  const auto numbers = window->run().numbers();
  ASSERT_TRUE(numbers && numbers->exact);
  EXPECT_EQ(numbers->configuration.name, "energy+gaussian");
  const nlohmann::json printed = row(logits, "energy+gaussian");
  EXPECT_EQ(printed.at("ap").get<double>(), numbers->metrics.ap.value());
  EXPECT_EQ(printed.at("fpr95").get<double>(), numbers->metrics.fpr95.value());
  EXPECT_NE(numbers->metrics.ap, plain);
  EXPECT_TRUE(actions.filters.each[0]->isChecked());
  EXPECT_FALSE(actions.filters.none->isChecked());
  EXPECT_EQ(window->run().picture()->configuration, numbers->configuration) << "the heatmap is filtered, too";
  press(*window, actions.filters.each[1]);
  EXPECT_EQ(window->run().numbers()->configuration.name, "energy+gaussian+boundary");
  EXPECT_EQ(row(logits, "energy+gaussian+boundary").at("ap").get<double>(),
            window->run().numbers()->metrics.ap.value());
  picture(*window, QStringLiteral("filters"));
  actions.undo->trigger();
  actions.undo->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(window->run().numbers()->metrics.ap, plain);
  actions.redo->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(window->run().numbers()->metrics.ap, numbers->metrics.ap);
  press(*window, actions.filters.none);
  EXPECT_EQ(window->run().numbers()->metrics.ap, plain);
  press(*window, actions.filters.none);
  EXPECT_TRUE(actions.filters.none->isChecked()) << "pressed again it stays";
}

TEST_F(WindowFilters, NumbersWaitForRestWhileATemperatureMoves) {
  const auto window = open(logits);
  press(*window, window->actions().filters.each[0]);
  bool estimated = false, foreign = false, waited = false;
  int pictures = 0;
  QObject::connect(
      &window->run(), &SingleRun::numbersChanged, window.get(), [&](const std::shared_ptr<const SetNumbers>& numbers) {
        waited = waited || !numbers;
        estimated = estimated || (numbers && !numbers->exact);
        foreign =
            foreign || (numbers && !(numbers->configuration == SingleRun::configurationOf(window->session().view())));
      });
  QObject::connect(&window->run(), &SingleRun::pictureChanged, window.get(),
                   [&](const std::shared_ptr<const FramePicture>& picture) {
                     ++pictures;
                     EXPECT_EQ(picture->configuration->filters.size(), 1U);
                   });
  dragSlider(window->controls()->temperature()->findChild<ScaleSlider*>(), 0.4, 0.62);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_GT(pictures, 0) << "the frame on screen follows";
  EXPECT_TRUE(waited) << "none while it moves";
  EXPECT_FALSE(estimated);
  EXPECT_FALSE(foreign) << "no number of another temperature";
  const auto numbers = window->run().numbers();
  ASSERT_TRUE(numbers && numbers->exact);
  const auto temperature = static_cast<double>(*numbers->configuration.temperature);
  EXPECT_NE(temperature, 1.0);
  const testing::CommandResult result = testing::runCli(
      {"evaluate", "--set", made.set.string(), "--scores", logits.string(), "--method", "energy+gaussian",
       "--temperature", QString::number(temperature, 'g', 17).toStdString(), "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(nlohmann::json::parse(result.out).at("rows").at(0).at("ap").get<double>(), numbers->metrics.ap.value());
}

TEST_F(WindowFilters, OfScoreMapsThatNeedClassesAreGreyWithTheReason) {
  const auto window = open(made.scores);
  WindowActions& actions = window->actions();
  EXPECT_TRUE(actions.filters.each[0]->isEnabled());
  EXPECT_FALSE(actions.filters.each[1]->isEnabled());
  EXPECT_TRUE(actions.filters.each[1]->toolTip().contains(QStringLiteral("reads predicted classes")));
  press(*window, actions.filters.each[0]);
  const auto numbers = window->run().numbers();
  ASSERT_TRUE(numbers && numbers->exact);
  EXPECT_EQ(numbers->configuration.name, "made_scores+gaussian");
  EXPECT_EQ(row(made.scores, "energy+gaussian").at("ap").get<double>(), numbers->metrics.ap.value());
  EXPECT_EQ(row(made.scores, "energy+gaussian").at("method"), "made_scores+gaussian");
}

TEST_F(WindowFilters, OfRunBAreItsOwn) {
  const auto window = open(logits);
  EXPECT_FALSE(window->actions().filtersOfB.menu->isEnabled());
  window->actions().wipe->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  ASSERT_TRUE(window->actions().filtersOfB.menu->isEnabled());
  window->actions().filtersOfB.each[2]->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(window->session().view().other->score.filters, FilterChain{allFilters()[2]});
  EXPECT_TRUE(window->session().view().score.filters.empty());
  EXPECT_TRUE(window->actions().filtersOfB.each[2]->isChecked());
  EXPECT_FALSE(window->actions().filters.each[2]->isChecked());
}

}  // namespace
}  // namespace oodscope
