// SPDX-License-Identifier: GPL-3.0-or-later
// Menus of views and plots, several frames at once, frames that play: every entry is pressed and its effect seen.
#include "app/session/edits.h"
#include "app/window/compare/transfer_tab.h"
#include "app/window/docks/frame_selection.h"
#include "app/window/frame_player.h"
#include "app/window/item_menus.h"
#include "app/window/main_window.h"
#include "app/window/region_at.h"
#include "app/window/view_menus.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/made_scores.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/lists/frame_list.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/views/view_grid.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QFile>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QTest>
#include <QTreeView>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

class FrameTools : public WindowFixture {
protected:
  void SetUp() override {
    WindowFixture::SetUp();
    made = makeScoredSet(home().path().toStdString());
    window = std::make_unique<MainWindow>(theme(), WorkOptions{});
    window->resize(1680, 1050);
    window->show();
    WindowRequest request;
    request.sets.push_back({made.set, std::nullopt});
    request.scores.push_back(made.scores);
    window->open(request);
    ASSERT_TRUE(waitUntilIdle(*window));
    menus = window->findChild<ViewMenus*>();
    selection = window->findChild<FrameSelection*>();
    player = window->findChild<FramePlayer*>();
    ASSERT_TRUE(menus && selection && player);
  }
  /// The entry whose text begins so, without marks of keys; nullptr: there is none.
  static QAction* entry(const QMenu& menu, const QString& text) {
    for (QAction* action : menu.actions())
      if (QString(action->text()).remove(QLatin1Char('&')).startsWith(text)) return action;
    return nullptr;
  }
  static bool press(const QMenu& menu, const QString& text) {
    QAction* action = entry(menu, text);
    if (action == nullptr || !action->isEnabled()) return false;
    action->trigger();
    return true;
  }
  /// In the middle of the frame's anomaly.
  static QPointF onAnomaly(const MainWindow& of) {
    const int frame = QString::fromStdString(const_cast<MainWindow&>(of).session().view().frame).toInt();
    return QPointF(30.5 + 8 * frame, 20.5);
  }
  static QString clipped() { return QGuiApplication::clipboard()->text(); }
  std::vector<FrameListView::Place> first(std::size_t count) const {
    auto frames = window->frames()->shownFrames();
    frames.resize(count);
    return frames;
  }

  MadeSet made;
  std::unique_ptr<MainWindow> window;
  ViewMenus* menus = nullptr;
  FrameSelection* selection = nullptr;
  FramePlayer* player = nullptr;
};

TEST_F(FrameTools, EveryEntryOfAViewsMenuWorks) {
  const QPointF at = onAnomaly(*window);
  for (int pane = 0; pane < 4; ++pane) {
    QMenu menu;
    menus->fillViewMenu(menu, pane, at);
    QGuiApplication::clipboard()->clear();
    ASSERT_TRUE(press(menu, QStringLiteral("Copy the picture"))) << pane;
    EXPECT_EQ(QGuiApplication::clipboard()->image().size(), QSize(96, 48)) << "a pixel of the picture a pixel";
    const QString file = home().filePath(QStringLiteral("view%1").arg(pane));
    menus->setAskFile([&](const QString&, const QString& proposal, const QString&) {
      EXPECT_TRUE(proposal.endsWith(QStringLiteral(".png")));
      return file;
    });
    ASSERT_TRUE(press(menu, QStringLiteral("Save the picture as")));
    EXPECT_EQ(QImage(file + QStringLiteral(".png")).size(), QSize(96, 48)) << "the ending is added";
    ASSERT_TRUE(press(menu, QStringLiteral("Copy the value")));
    EXPECT_TRUE(clipped().contains(QStringLiteral("x %1, y 20").arg(static_cast<int>(at.x()))))
        << clipped().toStdString();
    EXPECT_TRUE(clipped().contains(QStringLiteral("ground truth anomaly")));
    EXPECT_TRUE(clipped().contains(QStringLiteral("score ")));
  }
}

TEST_F(FrameTools, EveryEntryOfTheTransferMatrixsMenuWorks) {
  auto& tab = *window->analysis()->find<TransferTab>();
  window->analysis()->setCurrentWidget(&tab);
  ASSERT_TRUE(QTest::qWaitFor([&] { return tab.matrix().has_value(); }, 20'000));
  TransferMatrixPlot& matrix = *tab.plot();
  const QPoint at = matrix.cellRect(0, 0).center().toPoint();
  const ViewState before = window->session().view();
  QTest::mousePress(&matrix, Qt::RightButton, {}, at);
  EXPECT_EQ(window->session().view(), before) << "the right button asks, it does not choose";
  QContextMenuEvent asked(QContextMenuEvent::Mouse, at, matrix.mapToGlobal(at));
  QApplication::sendEvent(&matrix, &asked);
  auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
  ASSERT_NE(menu, nullptr);
  ASSERT_TRUE(press(*menu, QStringLiteral("Copy the picture")));
  EXPECT_EQ(QGuiApplication::clipboard()->image().size(), matrix.size());
  ASSERT_TRUE(press(*menu, QStringLiteral("Copy the value")));
  EXPECT_TRUE(clipped().startsWith(QStringLiteral("chosen on MadeSet, applied to MadeSet\nthreshold ")))
      << clipped().toStdString();
  ASSERT_TRUE(press(*menu, QStringLiteral("Copy the data")));
  const QStringList lines = clipped().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
  ASSERT_EQ(lines.size(), 2) << "a header and a cell";
  const QStringList names = lines[0].split(QLatin1Char('\t')), values = lines[1].split(QLatin1Char('\t'));
  ASSERT_EQ(names.size(), values.size());
  const TransferCell& cell = tab.matrix()->at(0, 0);
  const double threshold = static_cast<double>(cell.threshold.value());
  EXPECT_NEAR(values[names.indexOf(QStringLiteral("threshold"))].toDouble(), threshold, 1e-6);
  EXPECT_NEAR(values[names.indexOf(QStringLiteral("F1"))].toDouble(), cell.f1.value(), 1e-6);
  EXPECT_NEAR(values[names.indexOf(QStringLiteral("recall"))].toDouble(), cell.recall.value(), 1e-6);
  const QString file = home().filePath(QStringLiteral("matrix"));
  menus->setAskFile([&](const QString&, const QString&, const QString&) { return file; });
  ASSERT_TRUE(press(*menu, QStringLiteral("Save the picture as")));
  EXPECT_FALSE(QImage(file + QStringLiteral(".png")).isNull());
  ASSERT_TRUE(press(*menu, QStringLiteral("Set the threshold of this row")));
  EXPECT_FLOAT_EQ(window->session().view().threshold.value(), *cell.threshold);
  menu->close();
  QMenu outside;
  menus->fillMatrixMenu(outside, matrix, QPointF(1, 1));
  EXPECT_FALSE(entry(outside, QStringLiteral("Copy the value"))->isEnabled());
  EXPECT_FALSE(entry(outside, QStringLiteral("Copy the value"))->toolTip().isEmpty()) << "says why";
}

TEST_F(FrameTools, AViewsMenuSetsTheThresholdToThePixelsScore) {
  const QPointF at = onAnomaly(*window);
  const float score = scoreAt(*window->run().picture(), at).value();
  QMenu menu;
  menus->fillViewMenu(menu, 2, at);
  ASSERT_TRUE(press(menu, QStringLiteral("Set the threshold here")));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(window->run().threshold(), score);
  EXPECT_EQ(window->session().view().pin, PinRule::None);
  window->actions().undo->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_NE(window->run().threshold(), score);
}

TEST_F(FrameTools, AViewsMenuZooms) {
  const QPointF at = onAnomaly(*window);
  QMenu menu;
  menus->fillViewMenu(menu, 1, at);
  const double fitted = window->views()->transform().scale;
  ASSERT_TRUE(press(menu, QStringLiteral("Zoom to the region here")));
  const ViewTransform zoomed = window->views()->transform();
  EXPECT_GT(zoomed.scale, fitted);
  EXPECT_NEAR(zoomed.centre.x(), at.x(), 2.0);
  ASSERT_TRUE(press(menu, QStringLiteral("100 %")));
  EXPECT_DOUBLE_EQ(window->views()->transform().scale, 1.0);
  ASSERT_TRUE(press(menu, QStringLiteral("Fit")));
  EXPECT_NEAR(window->views()->transform().scale, fitted, 1e-9);
}

TEST_F(FrameTools, WhatCannotWorkSaysWhy) {
  QMenu outside;
  menus->fillViewMenu(outside, 0, QPointF(-5, -5));
  for (const char* text : {"Copy the value", "Set the threshold here", "Zoom to the region here"}) {
    const QAction* action = entry(outside, QString::fromLatin1(text));
    ASSERT_TRUE(action) << text;
    EXPECT_FALSE(action->isEnabled()) << text;
    EXPECT_FALSE(action->toolTip().isEmpty()) << text;
  }
  EXPECT_TRUE(outside.toolTipsVisible());
  window->workspace().closeSet(QString::fromStdString(window->session().view().set));
  ASSERT_TRUE(waitUntilIdle(*window));
  QMenu ofEmptyPlot;
  CurvePlot& plot = *window->curves()->precisionRecall();
  menus->fillPlotMenu(ofEmptyPlot, plot, QPointF(50, 50));
  for (const QAction* action : ofEmptyPlot.actions())
    if (!action->isSeparator()) {
      EXPECT_FALSE(action->isEnabled()) << action->text().toStdString();
      EXPECT_FALSE(action->toolTip().isEmpty()) << action->text().toStdString();
    }
}

TEST_F(FrameTools, EveryEntryOfAPlotsMenuWorks) {
  for (PlotWidget* plot : std::initializer_list<PlotWidget*>{window->curves()->precisionRecall(),
                                                             window->curves()->roc(), window->curves()->histogram()}) {
    const QPointF at(plot->width() * 0.5, plot->height() * 0.5);
    QMenu menu;
    menus->fillPlotMenu(menu, *plot, at);
    QGuiApplication::clipboard()->clear();
    ASSERT_TRUE(press(menu, QStringLiteral("Copy the picture")));
    EXPECT_FALSE(QGuiApplication::clipboard()->image().isNull());
    for (const char* ending : {"png", "pdf", "svg"}) {
      const QString file = home().filePath(QStringLiteral("plot.") + QString::fromLatin1(ending));
      QFile::remove(file);
      menus->setAskFile([&](const QString&, const QString&, const QString&) { return file; });
      ASSERT_TRUE(press(menu, QStringLiteral("Save the picture as")));
      EXPECT_GT(QFile(file).size(), 500) << ending;
    }
    ASSERT_TRUE(press(menu, QStringLiteral("Copy the data")));
    EXPECT_GT(clipped().count(QLatin1Char('\n')), 10) << clipped().left(200).toStdString();
    EXPECT_TRUE(clipped().contains(QLatin1Char('\t')));
    ASSERT_TRUE(press(menu, QStringLiteral("Copy the value"))) << plot->title().toStdString();
    EXPECT_FALSE(clipped().isEmpty());
    const double there = plot->thresholdAt(at).value();
    ASSERT_TRUE(press(menu, QStringLiteral("Set the threshold here")));
    ASSERT_TRUE(waitUntilIdle(*window));
    EXPECT_FLOAT_EQ(window->run().threshold().value(), static_cast<float>(there));
    ASSERT_TRUE(press(menu, QStringLiteral("Show all of it")));
  }
}

TEST_F(FrameTools, AnUnwritablePlaceIsReported) {
  QMenu menu;
  menus->fillViewMenu(menu, 0, QPointF(5, 5));
  menus->setAskFile([&](const QString&, const QString&, const QString&) {
    return home().filePath(QStringLiteral("nowhere/deep/x.png"));
  });
  ASSERT_TRUE(press(menu, QStringLiteral("Save the picture as")));
  menus->setAskFile([](const QString&, const QString&, const QString&) { return QString(); });
  ASSERT_TRUE(press(menu, QStringLiteral("Save the picture as"))) << "cancelled: nothing happens";
}

TEST_F(FrameTools, TheRightButtonOpensThem) {
  const auto opens = [](QWidget* on) {
    const QPoint middle = on->rect().center();
    QContextMenuEvent event(QContextMenuEvent::Mouse, middle, on->mapToGlobal(middle));
    QApplication::sendEvent(on, &event);
    QTest::qWait(10);
    auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
    const bool isOpen = menu != nullptr && menu->actions().size() > 5;
    if (menu != nullptr) menu->close();
    return isOpen;
  };
  EXPECT_TRUE(opens(window->views()->view(1)));
  EXPECT_TRUE(opens(window->curves()->roc()));
  window->views()->setFocus();
  QContextMenuEvent key(QContextMenuEvent::Keyboard, QPoint(), QPoint());
  QApplication::sendEvent(window->views(), &key);
  QTest::qWait(10);
  auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
  ASSERT_TRUE(menu) << "the menu key";
  picture(*menu, QStringLiteral("view_menu"));
  menu->close();
}

TEST_F(FrameTools, SeveralFramesAreTaggedAtOnce) {
  window->frames()->selectFrames(first(3));
  ASSERT_EQ(window->frames()->selectedFrames().size(), 3U);
  QMenu menu;
  selection->fill(menu);
  selection->setAskText([](const QString&, const QString&, const QString& proposal) {
    EXPECT_TRUE(proposal.isEmpty());
    return std::optional(QStringLiteral("night, kerb"));
  });
  ASSERT_TRUE(press(menu, QStringLiteral("Tag 3 frames")));
  const auto& notes = window->session().session().notes;
  ASSERT_EQ(notes.size(), 3U);
  for (const Note& note : notes) EXPECT_EQ(note.tags, (std::vector<std::string>{"night", "kerb"}));
  window->frames()->selectFrames(first(2));
  selection->setAskText([](const QString&, const QString&, const QString& proposal) {
    EXPECT_EQ(proposal, QStringLiteral("night, kerb"));
    return std::optional(QStringLiteral("kerb"));
  });
  auto* list = window->frames()->findChild<QTreeView*>();
  QTest::keyClick(list, Qt::Key_T);
  int nights = 0;
  for (const Note& note : window->session().session().notes) nights += std::ranges::count(note.tags, "night") > 0;
  EXPECT_EQ(nights, 1) << "taken from the two that were selected";
}

TEST_F(FrameTools, TheListOfSeveralFramesIsCopiedAndSaved) {
  window->frames()->selectFrames(first(2));
  QMenu menu;
  selection->fill(menu);
  ASSERT_TRUE(press(menu, QStringLiteral("Copy the numbers of 2 frames")));
  EXPECT_EQ(clipped().count(QLatin1Char('\n')), 3);
  EXPECT_TRUE(clipped().startsWith(QStringLiteral("set\tframe\t")));
  const QString csv = home().filePath(QStringLiteral("list.csv")), text = home().filePath(QStringLiteral("list.txt"));
  for (const QString& file : {csv, text}) {
    selection->setAskFile([&](const QString&, const QString&, const QString&) { return file; });
    ASSERT_TRUE(press(menu, QStringLiteral("Save the list of 2 frames")));
  }
  QFile saved(csv), names(text);
  ASSERT_TRUE(saved.open(QIODevice::ReadOnly) && names.open(QIODevice::ReadOnly));
  const QByteArrayList lines = saved.readAll().trimmed().split('\n');
  ASSERT_EQ(lines.size(), 3);
  EXPECT_EQ(lines[1].split(',').size(), lines[0].split(',').size());
  EXPECT_FALSE(lines[1].split(',')[5].isEmpty()) << "its AP";
  EXPECT_EQ(names.readAll().trimmed().split('\n').size(), 2);
}

TEST_F(FrameTools, NumbersOfSeveralFramesEqualTheCommandLinesOfThemAlone) {
  const auto chosen = first(3);
  window->frames()->selectFrames(chosen);
  EXPECT_TRUE(window->frames()->selectionNote().contains(QStringLiteral("3 frames selected")));
  QMenu menu;
  selection->fill(menu);
  ASSERT_TRUE(press(menu, QStringLiteral("Evaluate these 3 frames")));
  ASSERT_TRUE(waitUntilIdle(*window));
  ASSERT_EQ(selection->numbers().size(), 1U);
  const PixelMetrics& metrics = selection->numbers().front().metrics;

  const std::filesystem::path part = made.set.parent_path() / "Part";
  std::filesystem::create_directories(part / "images");
  std::filesystem::create_directories(part / "labels_masks");
  const auto set = window->workspace().sets().front().set;
  for (const auto& place : chosen) {
    const std::string name = set->frames[static_cast<std::size_t>(place.frame)].name + ".png";
    for (const char* folder : {"images", "labels_masks"})
      std::filesystem::copy(made.set / folder / name, part / folder / name);
  }
  const testing::CommandResult result =
      testing::runCli({"evaluate", "--set", part.string(), "--scores", made.scores.string(), "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const nlohmann::json row = nlohmann::json::parse(result.out).at("rows").at(0);
  EXPECT_EQ(row.at("ap").get<double>(), metrics.ap);
  EXPECT_EQ(row.at("fpr95").get<double>(), metrics.fpr95);
  EXPECT_NE(metrics.ap, window->run().numbers()->metrics.ap) << "not the set's";
  EXPECT_TRUE(window->frames()->selectionNote().contains(QStringLiteral("3 frames of MadeSet: AP")))
      << window->frames()->selectionNote().toStdString();
  picture(*window, QStringLiteral("selection"));
  window->frames()->selectFrames(first(2));
  EXPECT_TRUE(selection->numbers().empty()) << "they were of others";
}

TEST_F(FrameTools, TheSpaceBarPlaysToTheEndAndStops) {
  window->frames()->step(-1000);
  window->actions().playRates.back()->trigger();
  EXPECT_EQ(player->rate(), 25);
  std::vector<std::string> seen;
  QObject::connect(&window->run(), &SingleRun::pictureChanged, window.get(),
                   [&] { seen.push_back(window->session().view().frame); });
  window->views()->setFocus();
  QTest::keyClick(window->views(), Qt::Key_Space);
  ASSERT_TRUE(player->isPlaying());
  EXPECT_TRUE(player->state().contains(QStringLiteral("25 frames a second"))) << player->state().toStdString();
  ASSERT_TRUE(QTest::qWaitFor([&] { return !player->isPlaying(); }, 20'000));
  EXPECT_TRUE(player->state().contains(QStringLiteral("end"))) << player->state().toStdString();
  const auto frames = window->frames()->shownFrames();
  const auto set = window->workspace().sets().front().set;
  EXPECT_EQ(window->session().view().frame, set->frames[static_cast<std::size_t>(frames.back().frame)].name);
  for (const auto& place : first(frames.size()))
    if (place != frames.front()) {
      EXPECT_EQ(std::ranges::count(seen, set->frames[static_cast<std::size_t>(place.frame)].name), 1)
          << "each is shown";
    }
  QTest::keyClick(window->views(), Qt::Key_Space);
  EXPECT_TRUE(player->isPlaying());
  EXPECT_EQ(window->session().view().frame, set->frames[static_cast<std::size_t>(frames.front().frame)].name)
      << "from the beginning again";
  QTest::keyClick(window->views(), Qt::Key_Space);
  EXPECT_FALSE(player->isPlaying());
}

TEST_F(FrameTools, PlayingLoopsWithinTheFilter) {
  window->actions().playInLoop->trigger();
  player->setRate(25);
  window->frames()->setFilter(QStringLiteral("anomaly > 0 objects > 0"));
  window->frames()->setFilter(QString());
  const auto frames = window->frames()->shownFrames();
  window->frames()->step(-1000);
  std::vector<std::string> seen;
  QObject::connect(&window->session(), &SessionModel::viewChanged, window.get(),
                   [&](const ViewState&, const ViewState& after) { seen.push_back(after.frame); });
  player->play();
  ASSERT_TRUE(QTest::qWaitFor([&] { return seen.size() > frames.size() + 1; }, 20'000)) << "it begins again";
  EXPECT_TRUE(player->isPlaying());
  player->stop();
  EXPECT_TRUE(player->state().isEmpty());
}

TEST_F(FrameTools, TheSpaceBarIsTypedAndPressesWhereItDoes) {
  window->activateWindow();
  ASSERT_TRUE(QTest::qWaitForWindowActive(window.get()));
  auto* filter = window->frames()->findChild<QLineEdit*>();
  ASSERT_TRUE(filter);
  filter->setFocus();
  QTest::keyClick(filter, Qt::Key_Space);
  EXPECT_EQ(filter->text(), QStringLiteral(" "));
  EXPECT_FALSE(player->isPlaying());
  filter->clear();
  QPushButton button(window.get());
  button.setFocusPolicy(Qt::StrongFocus);
  button.show();
  button.setFocus();
  int pressed = 0;
  QObject::connect(&button, &QPushButton::clicked, window.get(), [&] { ++pressed; });
  QTest::keyClick(&button, Qt::Key_Space);
  EXPECT_EQ(pressed, 1);
  EXPECT_FALSE(player->isPlaying());
}

}  // namespace
}  // namespace oodscope
