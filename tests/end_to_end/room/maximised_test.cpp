// SPDX-License-Identifier: GPL-3.0-or-later
// One analysis takes the whole window and gives it back: by key, button, double click and Escape.
#include "app/window/docks/window_room.h"
#include "tests/end_to_end/made_scores.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/views/view_grid.h"

#include <QDockWidget>
#include <QTabBar>
#include <QTest>
#include <QToolButton>

#include <gtest/gtest.h>

#include <functional>

namespace oodscope {
namespace {

class MaximisedTest : public WindowFixture {
protected:
  void SetUp() override {
    WindowFixture::SetUp();
    const MadeSet made = makeScoredSet(home().path().toStdString());
    window = std::make_unique<MainWindow>(theme(), WorkOptions{});
    WindowRoom::show(*window, {1280, 720});
    WindowRequest request;
    request.sets.push_back({made.set, std::nullopt});
    request.scores.push_back(made.scores);
    window->open(request);
    ASSERT_TRUE(waitUntilIdle(*window));
    window->activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(window.get()));
  }
  void TearDown() override { window.reset(); }
  void key(Qt::Key pressed) {
    QWidget* focus = window->focusWidget();
    QTest::keyClick(focus != nullptr ? focus : window.get(), pressed);
  }
  void doubleClick() {
    QTabBar* bar = window->analysis()->tabBar();
    QTest::mouseDClick(bar, Qt::LeftButton, {}, bar->tabRect(bar->currentIndex()).center());
  }
  void button() {
    for (auto* tool : window->analysis()->findChildren<QToolButton*>())
      if (tool->defaultAction() == window->actions().maximiseAnalysis) QTest::mouseClick(tool, Qt::LeftButton);
  }
  std::unique_ptr<MainWindow> window;
};

TEST_F(MaximisedTest, EveryTabTakesTheWindowAndGivesItBack) {
  TabStack& tabs = *window->analysis();
  const std::vector<std::function<void()>> ways{[this] { key(Qt::Key_F11); }, [this] { doubleClick(); },
                                                [this] { button(); }};
  for (int tab = 0; tab < tabs.count(); ++tab) {
    if (!tabs.isTabVisible(tab)) continue;
    tabs.setCurrentIndex(tab);
    ASSERT_TRUE(waitUntilIdle(*window));
    const QSize analysis = tabs.size(), views = window->views()->size();
    const auto& toggle = ways[static_cast<std::size_t>(tab) % ways.size()];
    toggle();
    QTest::qWait(20);
    EXPECT_EQ(tabs.currentIndex(), tab);
    EXPECT_TRUE(window->actions().maximiseAnalysis->isChecked()) << tab;
    EXPECT_FALSE(window->views()->isVisible()) << tab;
    EXPECT_GE(tabs.width(), window->width() - 4) << tab;
    EXPECT_GE(tabs.height(), window->height() - 110) << tab;
    toggle();
    QTest::qWait(20);
    EXPECT_FALSE(window->actions().maximiseAnalysis->isChecked()) << tab;
    EXPECT_EQ(tabs.size(), analysis) << tab;
    EXPECT_EQ(window->views()->size(), views) << tab;
  }
}

TEST_F(MaximisedTest, EscapeRestoresAndLeavesTheBrushAlone) {
  window->analysis()->setCurrentIndex(0);
  const QSize views = window->views()->size();
  button();
  QTest::qWait(20);
  ASSERT_FALSE(window->views()->isVisible());
  key(Qt::Key_Escape);
  QTest::qWait(20);
  EXPECT_TRUE(window->views()->isVisible());
  EXPECT_EQ(window->views()->size(), views);
  key(Qt::Key_Escape);  // nothing is maximised: the key is others' again
  EXPECT_TRUE(window->views()->isVisible());
}

TEST_F(MaximisedTest, DocksThatWereHiddenStaySo) {
  auto* frames = window->findChild<QDockWidget*>(QStringLiteral("dock-frames"));
  frames->hide();
  window->actions().maximiseAnalysis->trigger();
  QTest::qWait(20);
  window->actions().maximiseAnalysis->trigger();
  QTest::qWait(20);
  EXPECT_FALSE(frames->isVisible());
  EXPECT_TRUE(window->findChild<QDockWidget*>(QStringLiteral("dock-controls"))->isVisible());
}

}  // namespace
}  // namespace oodscope
