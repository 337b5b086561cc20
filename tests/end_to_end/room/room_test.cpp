// SPDX-License-Identifier: GPL-3.0-or-later
// The window has room for all of itself on a laptop's screen, keeps what it was given, and nothing in it jumps.
#include "tests/end_to_end/room/reachable.h"

#include "analysis/scores/method_kinds.h"
#include "app/window/docks/window_room.h"
#include "tests/end_to_end/made_scores.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/temperature_slider.h"
#include "widgets/panels/messages_panel.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/scene3d/vtk_host.h"
#include "widgets/views/view_grid.h"

#include <QDockWidget>
#include <QLabel>
#include <QScreen>
#include <QStatusBar>
#include <QTest>
#include <QToolBar>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

constexpr QSize kLeast{1024, 640};
constexpr std::array kSizes{kLeast, QSize(1280, 720), QSize(1366, 768), QSize(1440, 900), QSize(1920, 1080)};

class RoomTest : public WindowFixture {
protected:
  void SetUp() override {
    WindowFixture::SetUp();
    made = makeScoredSet(home().path().toStdString());
  }
  std::unique_ptr<MainWindow> make(QSize size) {
    auto window = std::make_unique<MainWindow>(theme(), WorkOptions{});
    WindowRoom::show(*window, size);
    return window;
  }
  std::unique_ptr<MainWindow> open(QSize size) {
    auto window = make(size);
    WindowRequest request;
    request.sets.push_back({made.set, std::nullopt});
    request.scores.push_back(made.scores);
    window->open(request);
    EXPECT_TRUE(waitUntilIdle(*window));
    return window;
  }
  static int dockWidth(const MainWindow& window, const char* name) {
    return window.findChild<QDockWidget*>(QLatin1String(name))->width();
  }

  MadeSet made;
};

void expectAllReachable(MainWindow& window, QSize size, const QString& where) {
  QTest::qWait(20);
  EXPECT_EQ(window.size(), size) << where.toStdString();
  const QStringList lost = outOfReach(window);
  EXPECT_TRUE(lost.isEmpty()) << where.toStdString() << " at " << size.width() << "x" << size.height() << "\n"
                              << lost.join(QLatin1Char('\n')).toStdString();
  EXPECT_TRUE(window.statusBar()->isVisible());
}

TEST_F(RoomTest, EveryControlIsInTheWindowOrScrolledToAtEverySizeAndTab) {
  for (const QSize size : kSizes) {
    const auto window = open(size);
    EXPECT_LE(window->minimumSizeHint().width(), kLeast.width());
    EXPECT_LE(window->minimumSizeHint().height(), kLeast.height());
    TabStack& tabs = *window->analysis();
    for (int tab = 0; tab < tabs.count(); ++tab) {
      if (!tabs.isTabVisible(tab)) continue;
      tabs.setCurrentIndex(tab);
      ASSERT_TRUE(waitUntilIdle(*window));
      expectAllReachable(*window, size, tabs.tabText(tab));
    }
  }
}

TEST_F(RoomTest, EveryControlIsInReachOnTheStartPageAndInAComparison) {
  for (const QSize size : kSizes) {
    const auto empty = make(size);
    expectAllReachable(*empty, size, QStringLiteral("start page"));
    const auto window = open(size);
    window->actions().wipe->trigger();
    ASSERT_TRUE(waitUntilIdle(*window));
    for (int plot = 0; plot < CurvesPanel::kPlots; ++plot)
      window->curves()->setShown(static_cast<CurvesPanel::Plot>(plot), true);
    expectAllReachable(*window, size, QStringLiteral("comparison"));
    window->actions().wipe->trigger();
    window->actions().layoutMethods->trigger();
    window->actions().messages->trigger();
    ASSERT_TRUE(waitUntilIdle(*window));
    expectAllReachable(*window, size, QStringLiteral("a view a method, messages"));
  }
}

TEST_F(RoomTest, NothingWaitsBehindTheToolbarsArrowOnALaptop) {
  const auto window = open({1280, 720});
  for (const bool comparing : {false, true}) {
    if (comparing) window->actions().wipe->trigger();
    ASSERT_TRUE(waitUntilIdle(*window));
    QTest::qWait(20);
    for (const QToolBar* bar : window->findChildren<QToolBar*>())
      if (const auto* more = bar->findChild<QWidget*>(QStringLiteral("qt_toolbar_ext_button"))) {
        EXPECT_FALSE(more->isVisible()) << comparing;
      }
  }
}

TEST_F(RoomTest, TheDocksAreAsWideForEveryMethodAndForImportedMaps) {
  for (const QSize size : {QSize(1280, 720), QSize(1680, 1050)}) {
    const auto window = open(size);
    const int controls = dockWidth(*window, "dock-controls"), frames = dockWidth(*window, "dock-frames");
    const int views = window->views()->height();
    const auto expectSame = [&](const char* what) {
      QTest::qWait(10);
      EXPECT_EQ(dockWidth(*window, "dock-controls"), controls) << what;
      EXPECT_EQ(dockWidth(*window, "dock-frames"), frames) << what;
      EXPECT_EQ(window->views()->height(), views) << what;
    };
    for (QAction* method : window->actions().methods) {
      method->trigger();
      ViewState view = window->session().view();
      view.score.imported.reset();
      window->session().edit(view, QStringLiteral("method"));
      expectSame(qPrintable(method->text()));
      window->actions().undo->trigger();
    }
    EXPECT_TRUE(window->session().view().score.imported);
    expectSame("imported maps");
  }
}

TEST_F(RoomTest, WithNothingOpenTheTemperatureRestsAndTheDemoHasTheFocus) {
  const auto window = make({1280, 720});
  window->activateWindow();
  QTest::qWait(50);
  ASSERT_NE(window->focusWidget(), nullptr);
  EXPECT_TRUE(window->focusWidget()->accessibleName().contains(QStringLiteral("Open the demo")));
  const auto isDead = [](const MainWindow& shown) {
    return !shown.controls()->temperature()->findChild<QWidget*>(QStringLiteral("temperature-scale"))->isEnabled();
  };
  EXPECT_TRUE(isDead(*window));
  EXPECT_FALSE(window->controls()->temperature()->accessibleDescription().isEmpty());
  QTest::keyClick(window->focusWidget(), Qt::Key_Return);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(window->session().view().set, "Demo");
}

TEST_F(RoomTest, MessagesTakeNothingFromPlotsAndViews) {
  const auto window = open({1280, 720});
  const QSize plots = window->curves()->size(), views = window->views()->size();
  window->actions().messages->trigger();
  window->messages()->add({QDateTime::currentDateTime(), Severity::Warning, QStringLiteral("wide ").repeated(60), {}});
  QTest::qWait(20);
  EXPECT_TRUE(window->messages()->isVisible());
  EXPECT_EQ(window->curves()->size(), plots);
  EXPECT_EQ(window->views()->size(), views);
  picture(*window, QStringLiteral("room-messages"));
}

TEST_F(RoomTest, AResizeAndALayoutAreFollowedByTheZoom) {
  const auto window = open({1440, 900});
  const auto shown = [&] {
    for (const QLabel* label : window->findChildren<QLabel*>())
      if (label->accessibleName() == QLatin1String("Zoom")) return label->text();
    return QString();
  };
  const auto actual = [&] { return QStringLiteral("%1 %").arg(qRound(100.0 * window->views()->transform().scale)); };
  window->resize(1280, 720);
  QTest::qWait(50);
  EXPECT_EQ(shown(), actual());
  window->views()->setTransform({2.0, {10, 10}, false});
  window->actions().layoutOne->trigger();
  QTest::qWait(50);
  EXPECT_TRUE(window->views()->transform().fit);
  EXPECT_EQ(shown(), actual());
}

TEST_F(RoomTest, TheImageSaysWhetherTheContourIsDrawn) {
  const auto window = open({1440, 900});
  const auto says = [&](const char* text) {
    QTest::qWait(60);
    return window->views()->header(0)->accessibleName().contains(QLatin1String(text));
  };
  EXPECT_TRUE(says("GT contour on"));
  window->actions().contour->trigger();
  EXPECT_TRUE(says("GT contour off"));
  EXPECT_FALSE(says("GT contour on"));
}

TEST_F(RoomTest, BootstrapBandsHaveALegend) {
  const auto window = open({1440, 900});
  EXPECT_TRUE(window->curves()->bandNote().isEmpty());
  window->actions().bootstrap->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_TRUE(window->curves()->bandNote().contains(QStringLiteral("resamples of")))
      << window->curves()->bandNote().toStdString();
  window->actions().bootstrap->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_TRUE(window->curves()->bandNote().isEmpty());
}

TEST_F(RoomTest, WhatItWasGivenIsThereAtTheNextStart) {
  QSize size;
  int frames = 0;
  {
    auto window = std::make_unique<MainWindow>(theme(), WorkOptions{});
    window->show();
    window->resize(1200, 700);
    window->resizeDocks({window->findChild<QDockWidget*>(QStringLiteral("dock-frames"))}, {210}, Qt::Horizontal);
    window->findChild<QDockWidget*>(QStringLiteral("dock-cursor"))->hide();
    window->actions().maximiseAnalysis->trigger();  // what is remembered is the layout below it
    QTest::qWait(20);
    window->actions().maximiseAnalysis->trigger();
    QTest::qWait(20);
    size = window->size();
    frames = dockWidth(*window, "dock-frames");
    window->actions().maximiseAnalysis->trigger();
    window->close();
  }
  const auto window = std::make_unique<MainWindow>(theme(), WorkOptions{});
  window->show();
  QTest::qWait(20);
  EXPECT_EQ(window->size(), size.boundedTo(window->screen()->availableSize()).expandedTo(window->minimumSizeHint()));
  EXPECT_EQ(dockWidth(*window, "dock-frames"), frames);
  EXPECT_FALSE(window->findChild<QDockWidget*>(QStringLiteral("dock-cursor"))->isVisible());
  EXPECT_TRUE(window->findChild<QDockWidget*>(QStringLiteral("dock-controls"))->isVisible());
}

TEST_F(RoomTest, AWindowOfALargerScreenIsNotLargerThanThisOne) {
  const QSize screen = QGuiApplication::primaryScreen()->availableSize();
  for (const bool maximised : {false, true}) {
    {
      auto window = std::make_unique<MainWindow>(theme(), WorkOptions{});
      window->setWindowState(Qt::WindowNoState);
      window->resize(screen + QSize(900, 600));
      maximised ? window->showMaximized() : window->show();
      QTest::qWait(20);
      window->close();
    }
    const auto window = std::make_unique<MainWindow>(theme(), WorkOptions{});
    EXPECT_EQ(window->isMaximized(), maximised);
    window->showNormal();
    QTest::qWait(20);
    const QSize most = screen.expandedTo(window->minimumSizeHint());
    EXPECT_LE(window->width(), most.width()) << maximised;
    EXPECT_LE(window->height(), most.height()) << maximised;
  }
}

TEST_F(RoomTest, MaximisedIsRememberedAndASizeThatIsNamedIsNot) {
  {
    auto window = std::make_unique<MainWindow>(theme(), WorkOptions{});
    window->showMaximized();
    QTest::qWait(20);
    window->close();
  }
  {
    const auto named = make({1100, 700});
    EXPECT_EQ(named->size(), QSize(1100, 700));
    EXPECT_FALSE(named->isMaximized());
    named->close();
  }
  const auto window = std::make_unique<MainWindow>(theme(), WorkOptions{});
  EXPECT_TRUE(window->isMaximized());
}

// With a display alone: end_to_end_room_with_display.
class OnAScreen : public RoomTest {
protected:
  void SetUp() override {
    if (QGuiApplication::platformName() == QLatin1String("offscreen")) GTEST_SKIP() << "needs a display";
    RoomTest::SetUp();
  }
};

TEST_F(OnAScreen, TheFirstWindowIsNotLargerThanTheScreen) {
  const auto window = make({});
  QTest::qWait(100);
  EXPECT_TRUE(window->screen()->availableGeometry().contains(window->frameGeometry()));
  EXPECT_GE(window->width(), window->screen()->availableSize().width() - 2);
}

TEST_F(OnAScreen, TheFirst3dTabKeepsTheWindowThatIsShown) {
  if (!VtkHost::isAvailable()) GTEST_SKIP() << "needs OpenGL";
  const auto window = open({1280, 720});
  ASSERT_TRUE(QTest::qWaitForWindowExposed(window.get()));
  const WId before = window->winId();
  int hidden = 0;
  class Watch : public QObject {
  public:
    explicit Watch(int& count) : m_count(count) {}

  protected:
    bool eventFilter(QObject*, QEvent* event) override {
      m_count += event->type() == QEvent::Hide || event->type() == QEvent::WinIdChange ? 1 : 0;
      return false;
    }

  private:
    int& m_count;
  } watch(hidden);
  window->installEventFilter(&watch);
  EXPECT_TRUE(window->analysis()->open(QStringLiteral("3D")).isEmpty());
  ASSERT_TRUE(waitUntilIdle(*window));
  QTest::qWait(500);
  EXPECT_EQ(window->winId(), before);
  EXPECT_EQ(hidden, 0);
}

}  // namespace
}  // namespace oodscope
