// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says of what it did, and why it shows nothing; driven as a person would.
#include "analysis/metrics/protocol_rules.h"
#include "app/figures/plot_data.h"
#include "app/window/helper_programs.h"
#include "app/window/main_window.h"
#include "tests/end_to_end/made_scores.h"
#include "tests/end_to_end/small_set.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/banner.h"
#include "widgets/panels/command_palette.h"
#include "widgets/panels/messages_panel.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/wheel_guard.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QHelpEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTabBar>
#include <QTabWidget>
#include <QTest>
#include <QTreeView>
#include <QWheelEvent>

#include <gmock/gmock.h>

#include <fstream>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class WindowWords : public WindowFixture {
protected:
  void SetUp() override {
    WindowFixture::SetUp();
    root = home().path().toStdString();
    made = makeScoredSet(root);
    options.store.folder = root / "cache";
    setUrlOpener([this](const QUrl& url) {
      shown << url.toLocalFile();
      return true;
    });
  }
  void TearDown() override { setUrlOpener({}); }

  std::unique_ptr<MainWindow> open(bool scores = true) {
    auto window = std::make_unique<MainWindow>(theme(), options);
    window->resize(1440, 900);
    window->show();
    WindowRequest request;
    request.sets.push_back({made.set, std::nullopt});
    if (scores) request.scores.push_back(made.scores);
    window->open(request);
    EXPECT_TRUE(waitUntilIdle(*window));
    return window;
  }
  void drop(MainWindow& window, const fs::path& path) {
    window.openPaths({QString::fromStdString(path.string())});
    ASSERT_TRUE(waitUntilIdle(window));
  }
  fs::path writeSecondSet() {
    const fs::path set = root / "SecondSet";
    testing::writeSmallSet(set, 30);
    return set;
  }
  fs::path writeModel() {
    const fs::path model = root / "small.pth";
    testing::writeSmallModel(model);
    return model;
  }
  static std::string said(MainWindow& window) { return window.findChild<Banner*>()->text().toStdString(); }

  fs::path root;
  MadeSet made;
  WorkOptions options;
  QStringList shown;
};

TEST_F(WindowWords, ASecondSetIsShownAndTheBannerSaysSo) {
  const auto window = open(false);
  const fs::path second = writeSecondSet();
  drop(*window, second);
  EXPECT_EQ(window->session().view().set, "SecondSet");
  EXPECT_EQ(window->session().view().frame, "0");
  EXPECT_THAT(said(*window), HasSubstr("SecondSet opened as Course bundle (images/ with labels_masks/): 30 frames"));
  EXPECT_THAT(said(*window), HasSubstr("It is the set that is shown now."));
  auto* rows = window->frames()->findChild<QTreeView*>();
  const QModelIndex first = window->frames()->shown()->mapFromSource(window->frames()->model()->indexOf(1, 0));
  EXPECT_TRUE(rows->viewport()->rect().intersects(rows->visualRect(first))) << "the list scrolls to it";
  drop(*window, made.set);  // it is open already
  EXPECT_EQ(window->session().view().set, "MadeSet");
  window->actions().undo->trigger();
  EXPECT_EQ(window->session().view().set, "SecondSet") << "as any other choice of a set";
}

TEST_F(WindowWords, AModelTakesTheRunOverAndIsNamedByFileAndArchitecture) {
  const auto window = open();
  ASSERT_TRUE(window->session().view().score.imported);
  drop(*window, writeModel());
  EXPECT_FALSE(window->session().view().score.imported);
  EXPECT_EQ(window->session().view().model, "small.pth");
  EXPECT_THAT(said(*window), HasSubstr("small.pth · ERFNet 20 outputs opened: the run is scored by this model now."));
  EXPECT_EQ(comboNamed(*window, QStringLiteral("Model"))->currentText().toStdString(), "small.pth · ERFNet 20 outputs");
  picture(*window, QStringLiteral("opened-model"));
}

TEST_F(WindowWords, MapsTakeTheRunOverWhereTheyFitTheSet) {
  const auto window = open(false);
  drop(*window, writeModel());
  ASSERT_FALSE(window->session().view().score.imported);
  const fs::path second = root / "more_scores";
  fs::copy(made.scores, second);
  drop(*window, second);
  EXPECT_EQ(window->session().view().score.imported, "more_scores");
  EXPECT_THAT(said(*window), HasSubstr("the run shows these scores now"));
  auto* method = comboNamed(*window, QStringLiteral("Method"));
  EXPECT_EQ(method->currentIndex(), -1) << "maps have no method, so that the box names none";
  EXPECT_FALSE(method->isEnabled());
}

/// How often a widget is painted.
class PaintCount : public QObject {
public:
  int paints = 0;
  bool eventFilter(QObject*, QEvent* event) override {
    paints += event->type() == QEvent::Paint ? 1 : 0;
    return false;
  }
};

TEST_F(WindowWords, TabsAreNotLaidOutAtEachTickOfADrag) {
  const auto window = open(false);
  drop(*window, writeModel());
  QTabBar* tabs = nullptr;
  for (QTabBar* bar : window->findChildren<QTabBar*>())
    if (bar->accessibleName() == QStringLiteral("Analyses")) tabs = bar;
  ASSERT_NE(tabs, nullptr);
  PaintCount count;
  tabs->installEventFilter(&count);
  for (int i = 0; i < 4; ++i) {
    window->session().drag(edits::setTemperature(1.5 + i));
    ASSERT_TRUE(waitUntilIdle(*window));
  }
  EXPECT_EQ(count.paints, 0);
  tabs->update();
  ASSERT_TRUE(QTest::qWaitFor([&] { return count.paints > 0; })) << "it would have been counted";
}

TEST_F(WindowWords, MethodsThatASourceCannotServeAreGreyInMenuKeysAndBox) {
  const auto window = open(false);
  drop(*window, writeModel());
  auto* box = comboNamed(*window, QStringLiteral("Method"));
  auto* items = qobject_cast<QStandardItemModel*>(box->model());
  ASSERT_NE(items, nullptr);
  std::size_t grey = 0;
  for (std::size_t i = 0; i < allMethods().size(); ++i) {
    QAction& action = *window->actions().methods[i];
    const bool isServed = items->item(static_cast<int>(i))->isEnabled();
    EXPECT_EQ(action.isEnabled(), isServed) << allMethods()[i].name();
    if (isServed) continue;
    ++grey;
    EXPECT_THAT(action.toolTip().toStdString(), HasSubstr("\n")) << "why not";
    EXPECT_EQ(action.toolTip(), items->item(static_cast<int>(i))->toolTip());
    const ViewState before = window->session().view();
    action.trigger();
    EXPECT_EQ(window->session().view(), before) << allMethods()[i].name();
  }
  EXPECT_GT(grey, 0U) << "a plain network has no second head";
  EXPECT_LT(grey, allMethods().size());
}

TEST_F(WindowWords, NoMethodCanBeChosenForFinishedMaps) {
  const auto window = open();
  for (const QAction* action : window->actions().methods) {
    EXPECT_FALSE(action->isEnabled());
    EXPECT_THAT(action->toolTip().toStdString(), HasSubstr("taken as they are"));
  }
}

TEST_F(WindowWords, SavingIsConfirmedWithALink) {
  const auto window = open();
  const QString file = home().filePath(QStringLiteral("my.oodscope"));
  ASSERT_TRUE(window->file().saveTo(file.toStdString()));
  EXPECT_THAT(said(*window), HasSubstr("my.oodscope The session is saved."));
  auto* banner = window->findChild<Banner*>();
  EXPECT_EQ(banner->buttonText(), QStringLiteral("Show"));
  QTest::mouseClick(banner->findChild<QPushButton*>(), Qt::LeftButton);
  EXPECT_EQ(shown, QStringList{home().path()});
}

TEST_F(WindowWords, AnErrorOfSavingGoesOnceTheSessionIsSaved) {
  const auto window = open();
  EXPECT_FALSE(window->file().saveTo(root / "no such folder" / "my.oodscope"));
  EXPECT_THAT(said(*window), HasSubstr("no such folder"));
  ASSERT_TRUE(window->file().saveTo(root / "my.oodscope"));
  EXPECT_THAT(said(*window), HasSubstr("The session is saved."));
}

TEST_F(WindowWords, AnErrorOfOpeningGoesWithTheNextThingThatOpens) {
  const auto window = open(false);
  const fs::path text = root / "notes.txt";
  std::ofstream(text) << "nothing";
  drop(*window, text);
  EXPECT_THAT(said(*window), HasSubstr("neither a set's folder"));
  drop(*window, writeSecondSet());
  EXPECT_THAT(said(*window), HasSubstr("SecondSet opened"));
}

/// The finder with a query typed into it.
QStringList findIn(MainWindow& window, const QString& query) {
  window.actions().palette->trigger();
  auto* palette = window.findChild<CommandPalette*>();
  auto* field = palette->findChild<QLineEdit*>();
  field->clear();
  QTest::keyClicks(field, query);
  return palette->shownNames();
}

TEST_F(WindowWords, TheFinderKnowsPinsTabsProtocolsTagsSetsFramesAndExports) {
  const auto window = open();
  drop(*window, writeSecondSet());
  window->session().setNotes({{.set = "MadeSet", .frame = "1", .tags = {"kerb"}, .text = {}}});
  for (const auto& [query, first] : {std::pair{"best F1", "Threshold: best F1"},
                                     {"failures tab", "Tab: Failures"},
                                     {"3D", "Tab: 3D"},
                                     {"protocol smiyc2021", "Protocol: SMIYC 2021"},
                                     {"tag kerb", "Tag: kerb"},
                                     {"set MadeSet", "Set: MadeSet"},
                                     {"frame 29", "Frame 29"},
                                     {"max-logit", "Max-logit"},
                                     {"csv failure", "Export the failure lists…"},
                                     {"csv table", "Export table…"}}) {
    const QStringList found = findIn(*window, QString::fromUtf8(query));
    ASSERT_FALSE(found.isEmpty()) << query;
    EXPECT_EQ(found.first().toStdString(), first) << query;
  }
  picture(*window, QStringLiteral("finder"));
  auto* palette = window->findChild<CommandPalette*>();
  auto* field = palette->findChild<QLineEdit*>();
  const auto run = [&](const char* query) {
    static_cast<void>(findIn(*window, QString::fromUtf8(query)));
    QTest::keyClick(field, Qt::Key_Return);
    EXPECT_TRUE(waitUntilIdle(*window));
  };
  run("set MadeSet");
  EXPECT_EQ(window->session().view().set, "MadeSet");
  run("protocol SMIYC 2021");
  EXPECT_EQ(window->session().view().protocol, protocols::kSmiyc2021);
  run("TPR 95");
  EXPECT_EQ(window->session().view().pin, PinRule::TruePositiveRate);
  run("failures tab");
  EXPECT_EQ(window->analysis()->tabText(window->analysis()->currentIndex()), QStringLiteral("Failures"));
  run("frame 29");
  EXPECT_EQ(window->session().view().frame, "29");
  run("tag kerb");
  EXPECT_EQ(window->frames()->filter(), QStringLiteral("tag:kerb"));
  EXPECT_TRUE(findIn(*window, QStringLiteral("qqq")).isEmpty());
  EXPECT_EQ(palette->nothingText(), QStringLiteral("Nothing found for “qqq”."));
  picture(*window, QStringLiteral("finder-nothing"));
  QTest::keyClick(field, Qt::Key_Escape);
  EXPECT_FALSE(palette->isVisible());
}

TEST_F(WindowWords, AWheelOverWhatHasNoFocusChangesNothing) {
  const auto window = open();
  drop(*window, writeModel());
  window->actions().wipe->trigger();
  window->actions().exportFigure->trigger();
  window->actions().preferences->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  const Session before = window->session().session();
  int turned = 0;
  std::vector<QWidget*> all;
  for (QWidget* top : QApplication::topLevelWidgets())
    for (QWidget* widget : top->findChildren<QWidget*>())
      if (changesByWheel(*widget)) all.push_back(widget);
  for (QWidget* widget : all) {
    widget->ensurePolished();
    widget->clearFocus();
    EXPECT_NE(widget->focusPolicy(), Qt::WheelFocus) << widget->accessibleName().toStdString();
    const auto* choice = qobject_cast<QComboBox*>(widget);
    const auto* slider = qobject_cast<QAbstractSlider*>(widget);
    const auto* number = qobject_cast<QAbstractSpinBox*>(widget);
    const auto value = [&] {
      return choice != nullptr   ? QString::number(choice->currentIndex())
             : slider != nullptr ? QString::number(slider->value())
                                 : number->text();
    };
    const QString held = value();
    for (const int step : {120, -120}) {
      const QPointF at = widget->rect().center();
      QWheelEvent event(at, widget->mapToGlobal(at), {}, {0, step}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                        false);
      QApplication::sendEvent(widget, &event);
      EXPECT_EQ(value(), held) << widget->metaObject()->className() << " " << widget->accessibleName().toStdString();
    }
    ++turned;
  }
  EXPECT_GE(turned, 25) << "hardly anything was found";
  EXPECT_EQ(window->session().session().view, before.view);
  for (QWidget* top : QApplication::topLevelWidgets())
    if (qobject_cast<QDialog*>(top) != nullptr) top->close();
}

TEST_F(WindowWords, BoxesExplainThemselvesInSentences) {
  const auto window = open();
  for (const char* name : {"Set", "Model", "Method", "Protocol"}) {
    auto* box = comboNamed(*window, QString::fromUtf8(name));
    ASSERT_TRUE(box) << name;
    QHelpEvent ask(QEvent::ToolTip, {5, 5}, box->mapToGlobal(QPoint(5, 5)));
    QApplication::sendEvent(box, &ask);
    EXPECT_TRUE(box->toolTip().contains(QLatin1Char('.'))) << name << ": " << box->toolTip().toStdString();
  }
  EXPECT_THAT(comboNamed(*window, QStringLiteral("Set"))->toolTip().toStdString(),
              HasSubstr("opened as Course bundle (images/ with labels_masks/)"));
  EXPECT_THAT(comboNamed(*window, QStringLiteral("Protocol"))->toolTip().toStdString(),
              HasSubstr("Course: All pixels of the frames that hold an anomaly pooled"));
  for (const Protocol protocol : allProtocols())
    EXPECT_THAT(protocolSummary(protocol).toStdString(), HasSubstr(std::string(protocol.rule().reference)));
}

TEST_F(WindowWords, CurvesThatAreNotDefinedSayWhy) {
  const auto window = open();
  window->session().edit(edits::setProtocol(protocols::kStreetHazards));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_THAT(window->curves()->precisionRecall()->emptyText().toStdString(),
              HasSubstr("The StreetHazards protocol takes the mean over frames: it defines no curve of the set."));
  picture(*window, QStringLiteral("no-curves"));
  window->actions().closeSet->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  for (const PlotWidget* plot : window->curves()->findChildren<PlotWidget*>())
    EXPECT_FALSE(plot->emptyText().isEmpty()) << plot->title().toStdString();
}

TEST_F(WindowWords, BesideAPinnedReferenceEachNumberSaysWhoseItIs) {
  const auto window = open(false);
  drop(*window, writeModel());
  window->actions().pinReference->trigger();
  window->session().edit(edits::setMethod(allMethods()[1]));
  ASSERT_TRUE(waitUntilIdle(*window));
  const QStringList values = window->curves()->roc()->headerValues();
  ASSERT_EQ(values.size(), 2);
  const auto& metrics = window->run().numbers()->metrics;
  ASSERT_TRUE(metrics.auroc);
  const QString own = valueText({.value = 100.0 * *metrics.auroc});
  EXPECT_THAT(values.first().toStdString(), HasSubstr(own.toStdString())) << "the run's own first";
  EXPECT_TRUE(values.first().startsWith(methodTitle(allMethods()[1]))) << values.first().toStdString();
  EXPECT_TRUE(values.last().startsWith(QStringLiteral("pinned "))) << values.last().toStdString();
}

TEST_F(WindowWords, NothingOfTheSetBeforeStandsUnderTheNewOne) {
  const auto window = open();
  const fs::path unscored = root / "Unscored";
  testing::writeSmallSet(unscored, 2);
  for (const char* folder : {"images", "labels_masks"})  // the maps have no scores for it
    for (const auto& file : {fs::path("0.png"), fs::path("1.png")})
      fs::rename(unscored / folder / file, unscored / folder / ("other_" + file.string()));
  drop(*window, unscored);
  ASSERT_EQ(window->session().view().set, "Unscored");
  EXPECT_TRUE(window->curves()->histogram()->isEmpty());
  EXPECT_TRUE(window->curves()->precisionRecall()->isEmpty());
  EXPECT_THAT(window->curves()->histogram()->emptyText().toStdString(), HasSubstr("Unscored"));
}

}  // namespace
}  // namespace oodscope
