// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/support/recorder.h"
#include "widgets/panels/banner.h"
#include "widgets/panels/command_palette.h"
#include "widgets/panels/cursor_panel.h"
#include "widgets/panels/dock_title.h"
#include "widgets/panels/messages_panel.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/panels/start_page.h"
#include "widgets/panels/status_widgets.h"
#include "widgets/panels/value_grid.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMainWindow>
#include <QMimeData>
#include <QPushButton>
#include <QShortcut>
#include <QTest>
#include <QToolButton>
#include <QUrl>
#include <QWindow>

namespace oodscope {
namespace {

MetricsView oneMetric(const MetricRow& row) {
  MetricsView view;
  view.unit = QStringLiteral("set, %");
  view.currentName = QStringLiteral("T 1.60");
  view.referenceName = QStringLiteral("T 1.00");
  view.rows = {row};
  return view;
}

QString lineOf(const MetricsPanel& panel, int line) { return panel.asText().split(QLatin1Char('\n')).value(line); }

TEST(MetricsPanel, HigherFpr95IsWorseWhateverItsSign) {
  MetricsPanel panel;
  panel.setView(
      oneMetric({.name = "FPR95", .current = {63.23}, .reference = 62.17, .delta = 1.06, .higherIsBetter = false}));
  EXPECT_EQ(lineOf(panel, 1), QStringLiteral("FPR95\t63.23\t62.17\t+1.06 ▾"));
  panel.setView(oneMetric({.name = "AP", .current = {30.28}, .reference = 29.0, .delta = 1.28}));
  EXPECT_EQ(lineOf(panel, 1), QStringLiteral("AP\t30.28\t29.00\t+1.28 ▴"));
}

TEST(MetricsPanel, EstimatedShowsOneDecimalAndItsInterval) {
  MetricsPanel panel;
  panel.setView(oneMetric({.name = "AP",
                           .current = {.value = 30.41, .estimated = true, .halfWidth = 0.62},
                           .reference = 29.0,
                           .delta = 1.41}));
  EXPECT_EQ(lineOf(panel, 1), QStringLiteral("AP\t≈30.4\t±0.6\t29.00\t+1.4 ▴"));
}

TEST(MetricsPanel, NotDefinedIsADashWithItsReason) {
  MetricsPanel panel;
  panel.setView(oneMetric({.name = "AP", .current = {.value = {}, .reason = "no positives"}}));
  EXPECT_EQ(lineOf(panel, 1), QStringLiteral("AP\t–\t–\t–"));
  EXPECT_EQ(panel.findChild<ValueGrid*>()->rows()[1].cells[1].toolTip, QStringLiteral("no positives"));
}

TEST(MetricsPanel, ItSaysWhatItWaitsForAndWhyThereIsNoDifference) {
  MetricsPanel panel;
  panel.setWaiting(QStringLiteral("Waiting for scores"), QStringLiteral("None of 24 frames is scored yet."));
  EXPECT_EQ(panel.asText(), QStringLiteral("None of 24 frames is scored yet."));
  MetricRow row{.name = QStringLiteral("AP"), .current = {.value = 29.0}, .reference = 20.0};
  row.deltaReason = QStringLiteral("6 of 10 frames");
  panel.setView(oneMetric(row));
  EXPECT_TRUE(panel.waitingText().isEmpty());
  EXPECT_EQ(lineOf(panel, 1), QStringLiteral("AP\t29.00\t20.00\t–"));
}

TEST(CommandPalette, EscapeClosesItThoughTheWindowHasAShortcutOfThatKey) {
  QMainWindow window;
  auto* centre = new QPushButton(&window);
  window.setCentralWidget(centre);
  int cleared = 0;
  auto* shortcut = new QShortcut(QKeySequence(Qt::Key_Escape), &window);
  QObject::connect(shortcut, &QShortcut::activated, [&] { ++cleared; });
  CommandPalette palette(&window);
  window.show();
  palette.popUp();
  ASSERT_TRUE(QTest::qWaitForWindowActive(&window));
  QTest::keyClick(window.windowHandle(), Qt::Key_Escape);
  EXPECT_FALSE(palette.isVisible());
  EXPECT_EQ(cleared, 0);
  window.activateWindow();
  ASSERT_TRUE(QTest::qWaitForWindowActive(&window));
  centre->setFocus();
  QTest::keyClick(centre, Qt::Key_Escape);
  EXPECT_EQ(cleared, 1) << "the window's again";
}

TEST(MetricsPanel, AnUndecidedDifferenceHasNoArrow) {
  MetricsPanel panel;
  panel.setView(oneMetric({.name = "AUROC", .current = {73.9}, .reference = 73.3, .delta = 0.6, .undecided = true}));
  EXPECT_EQ(lineOf(panel, 1), QStringLiteral("AUROC\t73.90\t73.30\t+0.60"));
}

TEST(ValueGrid, LeavesOutTheLeastImportantColumnFirst) {
  ValueGrid grid;
  grid.setColumns({3, 1, 2});
  grid.setRows({{.cells = {{"name"}, {"111111"}, {"222222"}, {"333333"}}}});
  grid.show();
  grid.resize(grid.sizeHint());
  EXPECT_EQ(grid.visibleColumns(), (std::vector<int>{0, 1, 2, 3}));
  grid.resize(grid.sizeHint().width() - 30, 30);
  EXPECT_EQ(grid.visibleColumns(), (std::vector<int>{0, 1, 3}));
}

TEST(CursorPanel, SaysScoreMarginLabelAndDecision) {
  CursorPanel panel;
  CursorView view;
  view.score = 0.0722;
  view.margin = -0.1475;
  view.label = PixelLabel::Anomaly;
  view.decision = PixelDecision::FalseNegative;
  panel.setView(view);
  const QStringList lines = panel.asText().split(QLatin1Char('\n'));
  EXPECT_EQ(lines[0], QStringLiteral("Score\t0.0722\tLabel\tanomaly"));
  EXPECT_EQ(lines[1], QStringLiteral("Margin s−δ\t−0.1475\tDecision\tFN missed"));
  EXPECT_EQ(lines[2], QStringLiteral("Rank in set\t–\tClass\t–"));
}

TEST(Banner, SaysActionAndClose) {
  Banner banner;
  Recorder recorder;
  recorder.watch(&banner, &Banner::actionTriggered, "action");
  recorder.watch(&banner, &Banner::closed, "closed");
  banner.setView({Severity::Warning, "Set <1>", "3 of 10 frames have no label.", "Details"});
  EXPECT_TRUE(banner.isVisible());
  QTest::mouseClick(banner.findChild<QPushButton*>(), Qt::LeftButton);
  QTest::mouseClick(banner.findChild<QToolButton*>(), Qt::LeftButton);
  EXPECT_FALSE(banner.isVisible());
  EXPECT_EQ(recorder.take(), QStringList({"action", "closed"}));
}

TEST(MessagesPanel, FiltersBySeverityAndText) {
  MessagesPanel panel;
  Recorder recorder;
  recorder.watch(&panel, &MessagesPanel::countChanged, "count");
  const QDateTime time(QDate(2024, 1, 2), QTime(3, 4, 5));
  panel.add({time, Severity::Info, "opened", "a"});
  panel.add({time, Severity::Error, "truncated", "b.png"});
  EXPECT_EQ(recorder.take(), QStringList({"count 1", "count 2"}));
  panel.findChild<QComboBox*>()->setCurrentIndex(2);
  EXPECT_EQ(panel.shownText(), QStringLiteral("03:04:05\tError\ttruncated\tb.png"));
  panel.findChild<QLineEdit*>()->setText("opened");
  EXPECT_EQ(panel.shownText(), QString());
  EXPECT_EQ(panel.count(), 2);
}

TEST(ProgressItem, WhatEndsSoonIsNeverShown) {
  QWidget window;
  auto* item = new ProgressItem(&window);
  window.show();
  item->setView({.what = "exact pass", .done = 1, .total = 10});
  EXPECT_FALSE(item->isVisible());
  item->finish();
  EXPECT_FALSE(item->isVisible());
}

TEST(ProgressItem, PauseAndStopAreRequests) {
  ProgressItem item;
  Recorder recorder;
  recorder.watch(&item, &ProgressItem::pauseRequested, "pause");
  recorder.watch(&item, &ProgressItem::stopRequested, "stop");
  item.setView({.what = "inference", .done = 1, .total = 10, .canPause = true});
  const auto buttons = item.findChildren<QToolButton*>();
  for (QToolButton* button : buttons) button->click();
  item.setView({.what = "inference", .done = 1, .total = 10, .canPause = true, .isPaused = true});
  buttons.first()->click();
  EXPECT_EQ(recorder.take(), QStringList({"pause true", "stop", "pause false"}));
}

TEST(DockTitle, ButtonsFloatAndCloseTheDock) {
  QMainWindow window;
  auto* dock = new QDockWidget("Metrics", &window);
  auto* title = new DockTitle(dock);
  window.addDockWidget(Qt::RightDockWidgetArea, dock);
  window.show();
  title->badge()->setBadge(Badge::Kind::Estimated, "≈ estimated");
  EXPECT_TRUE(title->badge()->isVisible());
  for (QToolButton* button : title->findChildren<QToolButton*>())
    if (button->accessibleName().startsWith("Close")) button->click();
  EXPECT_FALSE(dock->isVisible());
}

TEST(StartPage, SaysWhatWasDropped) {
  StartPage page;
  QStringList paths;
  QObject::connect(&page, &StartPage::dropped, [&](const QStringList& dropped) { paths = dropped; });
  QMimeData data;
  data.setUrls({QUrl::fromLocalFile("/data/set"), QUrl("https://example.org/x")});
  page.show();
  QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&page, &enter);
  QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&page, &drop);
  EXPECT_EQ(paths, QStringList({"/data/set"}));
}

TEST(StartPage, ButtonsAreRequests) {
  StartPage page;
  Recorder recorder;
  recorder.watch(&page, &StartPage::openFolderRequested, "folder");
  recorder.watch(&page, &StartPage::openModelRequested, "model");
  recorder.watch(&page, &StartPage::openSessionRequested, "session");
  recorder.watch(&page, &StartPage::openDemoRequested, "demo");
  for (QPushButton* button : page.findChildren<QPushButton*>()) button->click();
  EXPECT_EQ(recorder.take(), QStringList({"folder", "model", "session", "demo"}));
}

}  // namespace
}  // namespace oodscope
