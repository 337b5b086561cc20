// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/protocol_rules.h"
#include "app/desk/autosave.h"
#include "app/window/item_menus.h"
#include "app/window/main_window.h"
#include "app/window/settings.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/made_scores.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/scale_slider.h"
#include "widgets/controls/temperature_slider.h"
#include "widgets/controls/threshold_slider.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/command_palette.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/views/view_grid.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QMainWindow>
#include <QMenu>
#include <QTest>
#include <QTreeView>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

class WindowTest : public WindowFixture {
protected:
  void SetUp() override {
    WindowFixture::SetUp();
    made = makeScoredSet(home().path().toStdString());
  }
  std::unique_ptr<MainWindow> open() {
    auto window = std::make_unique<MainWindow>(theme(), WorkOptions{});
    window->resize(1680, 1050);
    window->show();
    WindowRequest request;
    request.sets.push_back({made.set, std::nullopt});
    request.scores.push_back(made.scores);
    window->open(request);
    EXPECT_TRUE(waitUntilIdle(*window));
    return window;
  }

  MadeSet made;
};

TEST_F(WindowTest, NumbersEqualTheCommandLinesToTheLastBit) {
  const auto window = open();
  const auto numbers = window->run().numbers();
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
  ASSERT_TRUE(waitUntilIdle(*window));
  const ViewState after = window->session().view();
  ASSERT_TRUE(after.threshold);
  EXPECT_EQ(after.pin, PinRule::None);
  EXPECT_FLOAT_EQ(*window->run().threshold(), *after.threshold);
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
  ASSERT_TRUE(waitUntilIdle(*window));
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
  ASSERT_TRUE(waitUntilIdle(*window));
  const auto details = window->run().details();
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
  const std::string file = home().filePath(QStringLiteral("saved.oodscope")).toStdString();
  ViewState saved;
  std::optional<double> ap;
  {
    const auto window = open();
    QTest::keyClick(window.get(), Qt::Key_G);  // contour off
    dragSlider(window->controls()->threshold()->findChild<ScaleSlider*>(), 0.2, 0.6);
    ViewState view = window->session().view();
    view.protocol = protocols::kFishyscapes;
    window->session().edit(view, QStringLiteral("protocol"));
    window->frames()->step(1);
    ASSERT_TRUE(waitUntilIdle(*window));
    ASSERT_TRUE(window->file().saveTo(file));
    saved = window->session().view();
    ap = window->run().numbers()->metrics.ap;
    window->close();
  }
  EXPECT_FALSE(saved.contour);
  MainWindow again(theme(), WorkOptions{});
  again.show();
  WindowRequest request;
  request.session = file;
  again.open(request);
  ASSERT_TRUE(waitUntilIdle(again));
  EXPECT_EQ(again.session().view(), saved);
  EXPECT_EQ(again.run().numbers()->metrics.ap, ap);
  EXPECT_FALSE(again.session().isModified());
}

TEST_F(WindowTest, WhatACrashLeftIsOfferedAgain) {
  {
    const auto window = open();
    bool autosaved = false;
    QObject::connect(&window->file(), &SessionFile::autosaved, window.get(), [&] { autosaved = true; });
    window->file().setAutosaveDelay(0);
    window->session().edit(edits::setContour(false));
    ASSERT_TRUE(QTest::qWaitFor([&] { return autosaved; }));
  }  // destroyed without being closed: as if it had been killed
  Autosave next;
  const auto& left = next.left();
  ASSERT_TRUE(left);
  ASSERT_EQ(left->session.sets.size(), 1U);
  EXPECT_EQ(left->session.sets.front().path, made.set);
  EXPECT_EQ(left->session.scores.size(), 1U);
}

TEST_F(WindowTest, TheSessionListsWhatIsOpen) {
  const auto window = open();  // nothing was saved: reports and exports read the session all the same
  const Session& session = window->session().session();
  ASSERT_EQ(session.sets.size(), 1U);
  EXPECT_EQ(session.sets.front().path, made.set);
  EXPECT_EQ(session.scores, std::vector<std::filesystem::path>{made.scores});
  window->actions().closeSet->trigger();
  EXPECT_TRUE(session.sets.empty());
}

TEST_F(WindowTest, ASetThatIsMissingStaysInItsSession) {
  const std::filesystem::path root = home().path().toStdString();
  Session session;
  session.sets = {{made.set, std::nullopt}, {root / "unplugged", std::nullopt}};
  writeSession(session, root / "s.json");
  MainWindow window(theme(), WorkOptions{});
  window.show();
  window.file().open(root / "s.json");
  ASSERT_TRUE(waitUntilIdle(window));
  ASSERT_EQ(window.workspace().sets().size(), 1U);
  ASSERT_TRUE(window.file().save());
  EXPECT_EQ(readSession(root / "s.json").sets.size(), 2U);
}

TEST_F(WindowTest, ClosingWithUnsavedNotesAsks) {
  const auto window = open();
  const std::filesystem::path file = home().filePath(QStringLiteral("kept.oodscope")).toStdString();
  int asked = 0;
  SessionFile::Answer answer = SessionFile::Answer::Cancel;
  window->file().setQuestion([&](const UnsavedParts&) {
    ++asked;
    return answer;
  });
  window->file().setPlace([&](const QString&) { return std::optional(file); });
  window->session().setNotes({{.set = "s", .frame = "f", .tags = {}, .text = "look again"}});
  EXPECT_FALSE(window->close());
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(window->isVisible());
  answer = SessionFile::Answer::Save;
  EXPECT_TRUE(window->close());
  EXPECT_EQ(asked, 2);
  ASSERT_EQ(readSession(file).notes.size(), 1U);
  EXPECT_TRUE(window->close()) << "nothing is unsaved";
  EXPECT_EQ(asked, 2);
}

TEST_F(WindowTest, ClosingWithoutWorkAsksNothing) {
  const auto window = open();
  window->file().setQuestion([](const UnsavedParts&) {
    ADD_FAILURE() << "knobs are no work";
    return SessionFile::Answer::Cancel;
  });
  window->session().edit(edits::setProtocol(protocols::kFishyscapes));
  EXPECT_TRUE(window->close());
}

TEST_F(WindowTest, AFileThatWasOpenedIsInTheRecentMenu) {
  const auto window = open();
  const auto entries = [&] {
    QStringList out;
    for (const QAction* action : window->actions().recentMenu()->actions()) out << action->text();
    return out;
  };
  EXPECT_EQ(entries().value(0).toStdString(), made.set.string());
  const std::filesystem::path file = home().filePath(QStringLiteral("later.oodscope")).toStdString();
  ASSERT_TRUE(window->file().saveTo(file));
  EXPECT_EQ(entries().value(0).toStdString(), file.string());
  window->actions().closeSet->trigger();
  window->actions().recentMenu()->actions().value(1)->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  ASSERT_EQ(window->workspace().sets().size(), 1U) << "it opens what it names";
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

TEST_F(WindowTest, DialogsOpenAndCloseWithEscape) {
  const auto window = open();
  for (QAction* action : {window->actions().preferences, window->actions().cheatSheet, window->actions().about,
                          window->actions().exportTable}) {
    SCOPED_TRACE(action->objectName().toStdString());
    action->trigger();
    QTest::qWait(50);
    QWidget* dialog = nullptr;
    for (QWidget* top : QApplication::topLevelWidgets())
      if (top != window.get() && top->isVisible() && top->inherits("QDialog")) dialog = top;
    ASSERT_TRUE(dialog);
    picture(*dialog, QStringLiteral("dialog-") + action->objectName());
    QTest::keyClick(dialog, Qt::Key_Escape);
    QTest::qWait(20);
    for (const QWidget* top : QApplication::topLevelWidgets())
      EXPECT_FALSE(top->isVisible() && top->inherits("QDialog"));
  }
}

/// Parts that Qt puts inside its own widgets: the widget around them has the name.
bool isPartOfAnother(const QWidget& widget) {
  if (widget.inherits("QTabBar") && qobject_cast<QMainWindow*>(widget.parentWidget()) != nullptr)
    return true;  // of docks that share a place: their titles are its texts
  const QString name = widget.objectName();
  if (name.startsWith(QLatin1String("qt_")) || name.startsWith(QLatin1String("Scroll"))) return true;
  for (const QWidget* around = widget.parentWidget(); around != nullptr; around = around->parentWidget())
    if (around->inherits("QAbstractSpinBox") || around->inherits("QComboBox") ||
        around->inherits("QAbstractItemView") || around->inherits("QLineEdit") || around->inherits("QTabBar") ||
        around->inherits("QAbstractScrollArea"))
      return !around->inherits("QScrollArea");
  return false;
}

bool isInteractive(const QWidget& widget) {
  for (const char* type : {"QAbstractButton", "QComboBox", "QLineEdit", "QAbstractSpinBox", "QAbstractSlider",
                           "QAbstractItemView", "QPlainTextEdit", "QTextEdit", "oodscope::ScaleSlider",
                           "oodscope::PlotWidget", "oodscope::ImageView", "oodscope::WipeView"})
    if (widget.inherits(type)) return !widget.inherits("QScrollBar");
  return widget.focusPolicy() & Qt::TabFocus;
}

TEST_F(WindowTest, EveryControlSaysWhatItIs) {
  const auto window = open();
  window->actions().wipe->trigger();  // the comparison's controls too
  ASSERT_TRUE(waitUntilIdle(*window));
  QStringList nameless, unexplained;
  for (QWidget* widget : window->findChildren<QWidget*>()) {
    if (!isInteractive(*widget) || isPartOfAnother(*widget)) continue;
    QStringList path;
    for (const QWidget* at = widget; at != nullptr && at != window.get(); at = at->parentWidget())
      path.prepend(QLatin1String(at->metaObject()->className()) + QLatin1Char(' ') + at->objectName());
    const QAccessibleInterface* told = QAccessible::queryAccessibleInterface(widget);
    if (told == nullptr || told->text(QAccessible::Name).isEmpty()) nameless << path.join(QLatin1String(" > "));
    const auto* button = qobject_cast<const QAbstractButton*>(widget);
    if (button != nullptr && button->text().isEmpty() && button->toolTip().isEmpty())
      unexplained << path.join(QLatin1String(" > "));
  }
  EXPECT_TRUE(nameless.isEmpty()) << "no accessible name:\n" << nameless.join(QLatin1Char('\n')).toStdString();
  EXPECT_TRUE(unexplained.isEmpty()) << "a picture without a tip:\n"
                                     << unexplained.join(QLatin1Char('\n')).toStdString();
}

TEST_F(WindowTest, ThingsThatAreOpenHaveAMenu) {
  const auto window = open();
  auto* menus = window->findChild<ItemMenus*>();
  ASSERT_TRUE(menus);
  const QString set = QString::fromStdString(window->session().view().set);
  QMenu menu;
  menus->fillFrameMenu(menu, set, 1);
  ASSERT_GE(menu.actions().size(), 3);
  menu.actions().front()->trigger();
  EXPECT_EQ(QGuiApplication::clipboard()->text().toStdString(), window->workspace().sets().front().set->frames[1].name);
  QMenu ofSet;
  menus->fillSetMenu(ofSet, set);
  ASSERT_GE(ofSet.actions().size(), 4);
  ofSet.actions().front()->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_TRUE(window->workspace().sets().empty());
  QMenu ofNothing;
  menus->fillModelMenu(ofNothing, QStringLiteral("closed long ago"));
  EXPECT_TRUE(ofNothing.isEmpty());
}

TEST_F(WindowTest, HomeAndEndGoToTheFirstAndLastFrame) {
  const auto window = open();
  auto* list = window->frames()->findChild<QTreeView*>();
  ASSERT_TRUE(list);
  list->setFocus();
  QTest::keyClick(list, Qt::Key_End);
  const std::string last = window->session().view().frame;
  QTest::keyClick(list, Qt::Key_Home);
  const std::string first = window->session().view().frame;
  EXPECT_NE(first, last);
  window->frames()->step(-1);
  EXPECT_EQ(window->session().view().frame, first) << "nothing is before it";
  QTest::keyClick(list, Qt::Key_End);
  window->frames()->step(1);
  EXPECT_EQ(window->session().view().frame, last) << "nothing is after it";
}

TEST_F(WindowTest, ClosingTheSetLeavesTheStartPage) {
  const auto window = open();
  window->actions().closeSet->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_TRUE(window->workspace().sets().empty());
  EXPECT_TRUE(window->session().view().set.empty());
  picture(*window, QStringLiteral("start"));
}

}  // namespace
}  // namespace oodscope
