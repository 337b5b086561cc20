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

#include <QAction>
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
#include <QTreeView>
#include <QUrl>
#include <QVBoxLayout>
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

TEST(CommandPalette, FindsEntriesByNameAndByOtherWordsAndRunsThem) {
  QMainWindow window;
  window.resize(800, 600);
  QAction table(QStringLiteral("Export table…"), &window);
  table.setProperty("words", QStringLiteral("csv latex"));
  QStringList ran;
  QObject::connect(&table, &QAction::triggered, [&] { ran << QStringLiteral("table"); });
  CommandPalette palette(&window);
  palette.setActions(
      {&table},
      {{.name = QStringLiteral("Threshold: best F1"),
        .run = [&] { ran << QStringLiteral("best F1"); },
        .note = QStringLiteral("pin"),
        .words = QStringLiteral("operating point")},
       {.name = QStringLiteral("Frame 7"), .run = [&] { ran << QStringLiteral("frame"); }, .isOffered = false}});
  window.show();
  palette.popUp();
  EXPECT_EQ(palette.shownNames(), QStringList({"Export table…", "Threshold: best F1"})) << "frames are many";
  auto* query = palette.findChild<QLineEdit*>();
  query->setText(QStringLiteral("csv"));
  EXPECT_EQ(palette.shownNames(), QStringList{"Export table…"});
  query->setText(QStringLiteral("operating"));
  EXPECT_EQ(palette.shownNames(), QStringList{"Threshold: best F1"});
  QTest::keyClick(query, Qt::Key_Return);
  palette.popUp();
  query->setText(QStringLiteral("frame 7"));
  QTest::keyClick(query, Qt::Key_Return);
  palette.popUp();
  query->setText(QStringLiteral("table"));
  QTest::keyClick(query, Qt::Key_Return);
  EXPECT_EQ(ran, QStringList({"best F1", "frame", "table"}));
  EXPECT_FALSE(palette.isVisible());
}

TEST(CommandPalette, SaysWhereNothingIsFound) {
  QMainWindow window;
  CommandPalette palette(&window);
  QAction fit(QStringLiteral("Fit"), &window);
  palette.setActions({&fit});
  auto* query = palette.findChild<QLineEdit*>();
  query->setText(QStringLiteral("zzz"));
  EXPECT_EQ(palette.nothingText(), QStringLiteral("Nothing found for “zzz”."));
  query->setText(QStringLiteral("fi"));
  EXPECT_EQ(palette.nothingText(), QString());
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

TEST(Banner, WrapsALongSentenceInsteadOfCuttingIt) {
  QWidget window;
  auto* column = new QVBoxLayout(&window);
  auto* banner = new Banner;
  column->addWidget(banner);
  column->addStretch(1);
  window.resize(900, 400);
  banner->setView({Severity::Error, "runA/weights.pth", "cannot be read.", "Messages"});
  window.show();
  QTest::qWait(20);
  const int oneLine = banner->height();
  QString sentence;
  for (int i = 0; i < 40; ++i) sentence += QStringLiteral("expected another kind of file here ");
  banner->setView({Severity::Error, "runA/weights.pth", sentence, "Messages"});
  QTest::qWait(20);
  const auto* text = banner->findChild<QLabel*>(QStringLiteral("sentence"));
  ASSERT_TRUE(text);
  EXPECT_GT(banner->height(), oneLine);
  EXPECT_GE(text->height(), text->heightForWidth(text->width()));
  EXPECT_TRUE(banner->text().startsWith(QStringLiteral("runA/weights.pth expected")));
}

TEST(Banner, EscapeInItIsNotTheWindows) {
  QMainWindow window;
  auto* banner = new Banner;
  window.setCentralWidget(banner);
  int taken = 0;
  auto* shortcut = new QShortcut(QKeySequence(Qt::Key_Escape), &window);
  QObject::connect(shortcut, &QShortcut::activated, [&] { ++taken; });
  banner->setView({Severity::Info, {}, "Saved.", "Show"});
  window.show();
  window.activateWindow();
  ASSERT_TRUE(QTest::qWaitForWindowActive(&window));
  banner->findChild<QPushButton*>()->setFocus();
  QTest::keyClick(window.windowHandle(), Qt::Key_Escape);
  EXPECT_FALSE(banner->isVisible());
  EXPECT_EQ(taken, 0);
}

TEST(MessagesPanel, RowsAreAsHighAsTheirWrappedTexts) {
  MessagesPanel panel;
  panel.resize(700, 300);
  QString text;
  for (int i = 0; i < 30; ++i) text += QStringLiteral("a file that cannot be read ");
  panel.add({QDateTime::currentDateTime(), Severity::Error, QStringLiteral("short"), {}});
  panel.add({QDateTime::currentDateTime(), Severity::Error, text, QStringLiteral("/somewhere/weights.pth")});
  panel.show();
  QTest::qWait(20);
  auto* rows = panel.findChild<QTreeView*>();
  const auto height = [&](int row) { return rows->visualRect(rows->model()->index(row, 2)).height(); };
  EXPECT_GT(height(1), 2 * height(0));
  const int wrapped = height(1);
  panel.resize(500, 300);
  QTest::qWait(20);
  EXPECT_GT(height(1), wrapped) << "less room, more lines";
  QStringList files;
  QObject::connect(&panel, &MessagesPanel::fileActivated, [&](const QString& file) { files << file; });
  QTest::mouseClick(rows->viewport(), Qt::LeftButton, Qt::NoModifier,
                    rows->visualRect(rows->model()->index(1, 3)).topLeft() + QPoint(6, 6));
  EXPECT_EQ(files, QStringList{QStringLiteral("/somewhere/weights.pth")});
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
