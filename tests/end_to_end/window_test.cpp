// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/main_window.h"
#include "app/window/settings.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/made_scores.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/scale_slider.h"
#include "widgets/controls/temperature_slider.h"
#include "widgets/controls/threshold_slider.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/command_palette.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/theme.h"
#include "widgets/views/view_grid.h"

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QLineEdit>
#include <QMouseEvent>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

constexpr int kSettleMs = 60000;

bool settle(MainWindow& window) {
  QElapsedTimer clock;
  clock.start();
  int quiet = 0;
  while (quiet < 5 && clock.elapsed() < kSettleMs) {
    QTest::qWait(20);
    quiet = window.isSettled() ? quiet + 1 : 0;
  }
  return quiet >= 5;
}

void dragSlider(ScaleSlider* slider, double from, double to) {
  const int y = slider->height() / 2;
  const auto at = [&](double position) { return QPoint(qRound(slider->pixelOf(position)), y); };
  QTest::mousePress(slider, Qt::LeftButton, Qt::NoModifier, at(from));
  for (int step = 1; step <= 10; ++step) {
    const QPointF place = at(from + (to - from) * step / 10.0);
    QMouseEvent move(QEvent::MouseMove, place, slider->mapToGlobal(place), Qt::NoButton, Qt::LeftButton,
                     Qt::NoModifier);
    QApplication::sendEvent(slider, &move);
    QTest::qWait(5);
  }
  QTest::mouseRelease(slider, Qt::LeftButton, Qt::NoModifier, at(to));
}

/// Written where a reader can find them, next to the build: pictures of every main state, to be looked at.
void picture(MainWindow& window, const QString& name) {
  const QString folder = QStringLiteral(OODSCOPE_BINARY_DIR "/screenshots");
  QDir().mkpath(folder);
  ASSERT_TRUE(window.grab().save(folder + QLatin1Char('/') + name + QStringLiteral(".png")));
}

/// A home of its own for each test: settings, recent entries and autosaves of the person at the keyboard stay out.
class WindowTest : public ::testing::Test {
protected:
  void SetUp() override {
    QApplication::setOrganizationName(QStringLiteral("oodscope-test"));
    QApplication::setApplicationName(QStringLiteral("oodscope-test"));
    qputenv("XDG_CONFIG_HOME", m_home.filePath(QStringLiteral("config")).toLocal8Bit());
    qputenv("XDG_DATA_HOME", m_home.filePath(QStringLiteral("data")).toLocal8Bit());
    qputenv("XDG_RUNTIME_DIR", m_home.path().toLocal8Bit());
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_home.filePath(QStringLiteral("config")));
    m_theme = std::make_unique<Theme>(*qApp, ThemeChoice::Dark);
    made = makeScoredSet(m_home.path().toStdString());
  }
  std::unique_ptr<MainWindow> open() {
    auto window = std::make_unique<MainWindow>(*m_theme, WorkOptions{});
    window->resize(1680, 1050);
    window->show();
    WindowRequest request;
    request.sets.push_back({made.set, std::nullopt});
    request.scores.push_back(made.scores);
    window->open(request);
    EXPECT_TRUE(settle(*window));
    return window;
  }

  QTemporaryDir m_home;
  std::unique_ptr<Theme> m_theme;
  MadeSet made;
};

TEST_F(WindowTest, NumbersEqualTheCommandLinesToTheLastBit) {
  const auto window = open();
  const auto numbers = window->controller().numbers();
  ASSERT_TRUE(numbers);
  ASSERT_TRUE(numbers->exact);
  ASSERT_TRUE(numbers->metrics.ap);
  const testing::CommandResult result =
      testing::runCli({"evaluate", "--set", made.set.string(), "--scores", made.scores.string(), "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const nlohmann::json row = nlohmann::json::parse(result.out).at("rows").at(0);
  EXPECT_EQ(row.at("ap").get<double>(), *numbers->metrics.ap);
  EXPECT_EQ(row.at("fpr95").get<double>(), *numbers->metrics.fpr95);
  EXPECT_EQ(row.at("auroc").get<double>(), *numbers->metrics.auroc);
  picture(*window, QStringLiteral("window"));
}

TEST_F(WindowTest, DraggingTheThresholdIsOneStepOfUndo) {
  const auto window = open();
  const ViewState before = window->session().view();
  auto* slider = window->controls()->threshold()->findChild<ScaleSlider*>();
  ASSERT_TRUE(slider);
  dragSlider(slider, 0.3, 0.7);
  ASSERT_TRUE(settle(*window));
  const ViewState after = window->session().view();
  ASSERT_TRUE(after.threshold);
  EXPECT_EQ(after.pin, PinRule::None);
  EXPECT_FLOAT_EQ(*window->controller().threshold(), *after.threshold);
  window->actions().undo->trigger();
  EXPECT_EQ(window->session().view(), before);
  window->actions().redo->trigger();
  EXPECT_EQ(window->session().view(), after);
}

TEST_F(WindowTest, AClickOnTheCurveSetsTheThreshold) {
  const auto window = open();
  QWidget* plot = window->curves()->precisionRecall()->findChild<QWidget*>();
  ASSERT_TRUE(plot);
  QTest::mouseClick(plot, Qt::LeftButton, Qt::NoModifier, QPoint(plot->width() / 3, plot->height() / 2));
  ASSERT_TRUE(settle(*window));
  EXPECT_TRUE(window->session().view().threshold);
  EXPECT_EQ(window->session().view().pin, PinRule::None);
}

TEST_F(WindowTest, FramesAreSteppedWorstFirst) {
  const auto window = open();
  std::vector<std::string> order;
  window->frames()->step(-1000);
  for (int i = 0; i < 3; ++i) {
    order.push_back(window->session().view().frame);
    window->frames()->step(1);
  }
  ASSERT_TRUE(settle(*window));
  const auto details = window->controller().details();
  ASSERT_TRUE(details);
  const auto set = window->workspace().sets().front().set;
  std::vector<double> fpr;
  for (const std::string& name : order)
    for (const FrameMetrics& frame : details->frames)
      if (set->frames[frame.frame].name == name && frame.fpr95) fpr.push_back(*frame.fpr95);
  ASSERT_GE(fpr.size(), 2U);
  EXPECT_TRUE(std::is_sorted(fpr.rbegin(), fpr.rend()));
}

TEST_F(WindowTest, ASavedSessionComesBackAsItWas) {
  const std::string file = m_home.filePath(QStringLiteral("saved.oodscope")).toStdString();
  ViewState saved;
  std::optional<double> ap;
  {
    const auto window = open();
    QTest::keyClick(window.get(), Qt::Key_G);  // contour off
    dragSlider(window->controls()->threshold()->findChild<ScaleSlider*>(), 0.2, 0.6);
    ViewState view = window->session().view();
    view.protocol = Protocol::Fishyscapes;
    window->session().edit(view, QStringLiteral("protocol"));
    window->frames()->step(1);
    ASSERT_TRUE(settle(*window));
    window->saveSession(file);
    saved = window->session().view();
    ap = window->controller().numbers()->metrics.ap;
    window->close();
  }
  EXPECT_FALSE(saved.contour);
  MainWindow again(*m_theme, WorkOptions{});
  again.show();
  WindowRequest request;
  request.session = file;
  again.open(request);
  ASSERT_TRUE(settle(again));
  EXPECT_EQ(again.session().view(), saved);
  EXPECT_EQ(again.controller().numbers()->metrics.ap, ap);
  EXPECT_FALSE(again.session().isModified());
}

TEST_F(WindowTest, WhatACrashLeftIsOfferedAgain) {
  {
    const auto window = open();
    QTest::qWait(2500);  // the autosave's own delay
  }                      // destroyed without being closed: as if it had been killed
  const auto crashed = takeCrashedSession();
  ASSERT_TRUE(crashed);
  ASSERT_EQ(crashed->sets.size(), 1U);
  EXPECT_EQ(crashed->sets.front().path, made.set);
  EXPECT_EQ(crashed->scores.size(), 1U);
}

TEST_F(WindowTest, TheActionFinderRunsWhatIsTyped) {
  const auto window = open();
  QTest::keyClick(window.get(), Qt::Key_K, Qt::ControlModifier);
  auto* palette = window->findChild<CommandPalette*>();
  ASSERT_TRUE(palette);
  ASSERT_TRUE(palette->isVisible());
  auto* query = palette->findChild<QLineEdit*>();
  QTest::keyClicks(query, QStringLiteral("one view"));
  picture(*window, QStringLiteral("find-action"));
  QTest::keyClick(query, Qt::Key_Return);
  EXPECT_FALSE(palette->isVisible());
  EXPECT_EQ(window->views()->arrangement(), GridArrangement::One);
}

TEST_F(WindowTest, ClosingTheSetLeavesTheStartPage) {
  const auto window = open();
  window->actions().closeSet->trigger();
  ASSERT_TRUE(settle(*window));
  EXPECT_TRUE(window->workspace().sets().empty());
  EXPECT_TRUE(window->session().view().set.empty());
  picture(*window, QStringLiteral("start"));
}

}  // namespace
}  // namespace oodscope
