// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says of its numbers: of which frames, scores and definition they are.
#include "analysis/metrics/protocol_rules.h"
#include "analysis/scores/method_kinds.h"
#include "app/session/edits.h"
#include "app/window/compare/runs_tab.h"
#include "app/window/item_menus.h"
#include "app/window/main_window.h"
#include "app/window/sweep_tab.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/made_scores.h"
#include "tests/end_to_end/when_asked.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/badge.h"
#include "widgets/panels/banner.h"
#include "widgets/panels/command_palette.h"
#include "widgets/panels/messages_panel.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/panels/status_widgets.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/number_text.h"
#include "widgets/views/view_grid.h"
#include "widgets/views/view_header.h"

#include <QAction>
#include <QFileDialog>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>
#include <QWindow>

#include <cmath>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

class WindowNumbers : public WindowFixture {
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
    window->open(request);
    EXPECT_TRUE(waitUntilIdle(*window));
    return window;
  }
  static QString badge(const MainWindow& window) { return window.metricsBadge()->accessibleName(); }

  std::filesystem::path root, logits;
  MadeSet made;
};

TEST_F(WindowNumbers, MapsOfSomeFramesAreNeverCalledExact) {
  std::filesystem::remove(made.scores / "1.npy");
  std::filesystem::remove(made.scores / "3.npy");
  const auto window = open(made.scores);
  EXPECT_EQ(badge(*window), QStringLiteral("2 of 4 frames have a map"));
  EXPECT_EQ(window->status()->state(), QStringLiteral("2 of 4 frames have a map"));
  EXPECT_TRUE(window->status()->data().startsWith(QStringLiteral("2 of 4 frames")))
      << window->status()->data().toStdString();
  const QString text = window->metrics()->asText();
  EXPECT_TRUE(text.startsWith(QStringLiteral("2 of 4 frames, %"))) << text.toStdString();
  EXPECT_TRUE(text.contains(QStringLiteral("2 frames failed"))) << text.toStdString();
  EXPECT_FALSE(text.contains(QStringLiteral("exact")));
  EXPECT_TRUE(window->curves()->precisionRecall()->headerValues().front().endsWith(QStringLiteral("2 of 4 frames")));
  EXPECT_TRUE(window->curves()->roc()->headerValues().front().endsWith(QStringLiteral("2 of 4 frames")));
  picture(*window, QStringLiteral("part-of-the-maps"));
}

TEST_F(WindowNumbers, NoDifferenceIsGivenToAReferenceOfAPartOrOfAnotherProtocol) {
  const auto window = open(made.scores);
  window->actions().pinReference->trigger();
  ViewState view = window->session().view();
  view.protocol = protocols::kFishyscapes;
  window->session().edit(view, QStringLiteral("protocol"));
  ASSERT_TRUE(waitUntilIdle(*window));
  const QStringList header = window->metrics()->asText().split(QLatin1Char('\n'));
  ASSERT_GE(header.size(), 2);
  EXPECT_EQ(header[1].split(QLatin1Char('\t')).value(3), QString(kNotDefinedSign)) << header[1].toStdString();
}

TEST_F(WindowNumbers, WhenAllFramesAreInTheBadgeNamesWhatWasScored) {
  const auto window = open(made.scores);
  EXPECT_TRUE(badge(*window).startsWith(QStringLiteral("= exact"))) << badge(*window).toStdString();
  EXPECT_EQ(window->status()->state(), badge(*window));
  EXPECT_TRUE(window->status()->data().startsWith(QStringLiteral("4 frames · ")));
}

TEST_F(WindowNumbers, APanelThatWaitsSaysWhatItWaitsFor) {
  MainWindow window(theme(), WorkOptions{});
  window.show();
  ASSERT_TRUE(waitUntilIdle(window));
  EXPECT_EQ(window.metrics()->waitingText(), QStringLiteral("Open a set, and a model or score maps for it."));
  WindowRequest request;
  request.sets.push_back({made.set, std::nullopt});
  window.open(request);
  ASSERT_TRUE(waitUntilIdle(window));
  EXPECT_EQ(window.metrics()->waitingText(), QStringLiteral("Open a model, or score maps for MadeSet."));
}

TEST_F(WindowNumbers, FramesAreNotReadYetUntilTheirLabelIs) {
  MainWindow window(theme(), WorkOptions{});
  window.show();
  WindowRequest request;
  request.sets.push_back({made.set, std::nullopt});
  window.open(request);
  bool seen = false;
  QObject::connect(&window.workspace(), &Workspace::setOpened, &window, [&] {
    const auto& sets = window.frames()->model()->sets();
    if (sets.empty()) return;
    seen = true;
    for (const FrameRow& row : sets.front().frames) EXPECT_EQ(row.label, FrameLabel::Unread);
  });
  ASSERT_TRUE(waitUntilIdle(window));
  EXPECT_TRUE(seen);
  for (const FrameRow& row : window.frames()->model()->sets().front().frames) EXPECT_EQ(row.label, FrameLabel::Anomaly);
}

TEST_F(WindowNumbers, TheHistogramIsOfTheScoresThatAreShown) {
  const auto window = open(logits);
  ASSERT_TRUE(window->run().details());
  ViewState view = window->session().view();
  view.score.method = methods::kMaxLogit;
  window->session().edit(view, QStringLiteral("method"));
  EXPECT_FALSE(window->run().details()) << "those were of another method";
  EXPECT_FALSE(window->run().numbers());
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(window->run().details()->configuration.name, "max-logit");
  EXPECT_EQ(window->run().numbers()->configuration.name, "max-logit");
}

TEST_F(WindowNumbers, ADraggedTemperatureTouchesListsAndHistogramOnceAndMarksThem) {
  const auto window = open(logits);
  ASSERT_TRUE(window->run().details());
  const auto row = [&] { return window->frames()->model()->sets().front().frames.front(); };
  ASSERT_TRUE(row().ap);
  EXPECT_FALSE(row().estimated);
  const QSignalSpy details(&window->run(), &SingleRun::detailsChanged);
  const QSignalSpy rows(window->frames()->model(), &QAbstractItemModel::dataChanged);
  for (const double temperature : {1.1, 1.2, 1.3, 1.4, 1.5, 1.6}) {
    window->session().drag(edits::setTemperature(temperature));
    QTest::qWait(40);
  }
  EXPECT_EQ(details.count(), 1) << "when they ceased to be of the present scores";
  EXPECT_EQ(rows.count(), 1);
  EXPECT_TRUE(row().estimated);
  EXPECT_TRUE(row().ap) << "the former ones stay, marked";
  EXPECT_FALSE(window->curves()->histogram()->threshold()) << "that of other scores is no place in it";
  window->session().endDrag();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_FALSE(row().estimated);
  EXPECT_EQ(window->run().details()->configuration.temperature, 1.6F);
  EXPECT_EQ(window->curves()->histogram()->threshold(), static_cast<double>(*window->run().threshold()));
}

TEST_F(WindowNumbers, TheColourBarSaysWhatShareOfTheFrameIsClamped) {
  const auto window = open(logits);
  ViewState view = window->session().view();
  view.scale = ScaleMode::Manual;
  view.scaleLow = 0.2;
  view.scaleHigh = 0.6;
  window->session().edit(view, QStringLiteral("limits"));
  ASSERT_TRUE(waitUntilIdle(*window));
  const auto remark = [&] { return window->views()->header(2)->colourBar().value_or(ColourBarSpec{}).remark; };
  const auto said = [&](const QString& about) {
    std::size_t outside = 0;
    const auto scores = window->run().picture()->scores->values();
    for (const float score : scores) outside += score < 0.2F || score > 0.6F ? 1 : 0;
    return QStringLiteral("▸ %1%2 % clamped")
        .arg(about, numberText(100.0 * static_cast<double>(outside) / static_cast<double>(scores.size()), 1));
  };
  EXPECT_EQ(remark(), said({}));
  window->session().drag(edits::setTemperature(1.3));
  ASSERT_TRUE(QTest::qWaitFor([&] { return window->run().picture()->coarse && remark().contains(QChar(kAboutSign)); }))
      << "read off a sample while a hand drags";
  window->session().endDrag();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(remark(), said({}));
}

TEST_F(WindowNumbers, AThresholdByHandIsNotCarriedToAnotherScore) {
  const auto window = open(logits);
  ViewState view = window->session().view();
  view.threshold = 0.128F;
  view.pin = PinRule::None;
  window->session().edit(view, QStringLiteral("threshold"));
  view.score.method = methods::kMaxLogit;
  window->session().edit(view, QStringLiteral("method"));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_FALSE(window->session().view().threshold);
  EXPECT_EQ(window->session().view().pin, PinRule::BestF1);
  EXPECT_EQ(window->run().threshold(), window->run().numbers()->metrics.bestF1Threshold);
  EXPECT_TRUE(window->messages()->shownText().contains(QStringLiteral("0.128 was of another score's range")));
  window->actions().undo->trigger();
  EXPECT_FLOAT_EQ(window->session().view().threshold.value_or(0.0F), 0.128F);
}

TEST_F(WindowNumbers, TheMarkerSaysWhatTheMetricsSay) {
  const auto window = open(made.scores);
  for (const PinRule rule : {PinRule::BestF1, PinRule::FalsePositiveRate, PinRule::CostRatio}) {
    ViewState view = window->session().view();
    view.pin = rule;
    view.pinValue = rule == PinRule::CostRatio ? 3.0 : 0.07;
    window->session().edit(view, QStringLiteral("pin"));
    ASSERT_TRUE(waitUntilIdle(*window));
    const auto counts = window->run().counts();
    const float threshold = window->run().threshold().value();
    const ConfusionCounts c = counts->set(threshold, view.protocol.skipsFramesWithoutAnomaly());
    const QString label = window->curves()->precisionRecall()->operatingLabel(0);
    EXPECT_TRUE(label.endsWith(
        QStringLiteral("P %1 · R %2")
            .arg(numberText(100.0 * c.precision().value(), 1), numberText(100.0 * c.recall().value(), 1))))
        << label.toStdString();
    if (rule == PinRule::FalsePositiveRate) {
      EXPECT_LE(c.fpr().value(), 0.07);
      const ConfusionCounts looser = counts->set(std::nextafter(threshold, -INFINITY), false);
      EXPECT_TRUE(looser.fp == c.fp || looser.fpr().value() > 0.07) << "no lower threshold would do";
    }
  }
}

TEST_F(WindowNumbers, AKeptRunIsMeasuredAtItsOwnResolution) {
  const auto window = open(logits);
  ViewState view = window->session().view();
  view.resolution = Resolution::Network;
  window->session().edit(view, QStringLiteral("resolution"));
  ASSERT_TRUE(waitUntilIdle(*window));
  const auto atNetwork = window->run().numbers()->metrics.ap;
  window->runs()->keep(runChoiceOf(window->session().view()));
  view.resolution = Resolution::Label;
  window->session().edit(view, QStringLiteral("resolution"));
  ASSERT_TRUE(waitUntilIdle(*window));
  ASSERT_NE(window->run().numbers()->metrics.ap, atNetwork);
  window->runs()->keep(runChoiceOf(window->session().view()));
  ASSERT_TRUE(waitUntilIdle(*window));
  const auto& runs = window->runs()->model().runs();
  ASSERT_EQ(runs.size(), 2U);
  ASSERT_TRUE(runs[0].numbers && runs[1].numbers);
  EXPECT_EQ(runs[0].numbers->metrics.ap, atNetwork);
  EXPECT_EQ(runs[1].numbers->metrics.ap, window->run().numbers()->metrics.ap);
  EXPECT_EQ(window->runs()->model().referenceOf(1), -1) << "another resolution is no reference";
  EXPECT_EQ(window->runs()->comparable(window->session().view()).size(), 1U);
}

TEST_F(WindowNumbers, TheSweepsButtonSweepsAndNamesNoBestBeforeTheEnd) {
  const auto window = open(logits);
  SweepTab& sweep = *window->sweep();
  window->analysis()->setCurrentWidget(&sweep);
  std::vector<std::pair<bool, int>> seen;  // a best is named, points
  bool named = false;
  QObject::connect(&sweep, &SweepTab::bestFound, window.get(),
                   [&](std::optional<double> best, const QString&) { named = best.has_value(); });
  QObject::connect(&sweep, &SweepTab::progressed, window.get(),
                   [&](int done, int total) { seen.emplace_back(named && total > 0, done); });
  ASSERT_EQ(sweep.button()->text(), QStringLiteral("Sweep all open sets"));
  QTest::mouseClick(sweep.button(), Qt::LeftButton);
  EXPECT_EQ(sweep.button()->text(), QStringLiteral("Stop"));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(sweep.button()->text(), QStringLiteral("Sweep all open sets"));
  EXPECT_TRUE(sweep.result().complete);
  EXPECT_TRUE(named);
  ASSERT_GT(seen.size(), 10U);
  for (const auto& [early, done] : seen) EXPECT_FALSE(early) << "after " << done << " points";
  EXPECT_TRUE(sweep.note().contains(QStringLiteral("AP minus FPR95"))) << sweep.note().toStdString();
}

TEST_F(WindowNumbers, AStoppedSweepNamesNoBest) {
  const auto window = open(logits);
  SweepTab& sweep = *window->sweep();
  window->analysis()->setCurrentWidget(&sweep);
  QObject::connect(&sweep, &SweepTab::progressed, window.get(), [&](int done, int total) {
    if (total > 0 && done == 3) QTest::mouseClick(sweep.button(), Qt::LeftButton);
  });
  QTest::mouseClick(sweep.button(), Qt::LeftButton);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_FALSE(sweep.result().complete);
  EXPECT_TRUE(sweep.note().contains(QStringLiteral("no best T"))) << sweep.note().toStdString();
}

TEST_F(WindowNumbers, ASweepOfAPartNamesNoBestAndSaysOfHowManyFramesItIs) {
  std::filesystem::remove(logits / "2.npy");
  const auto window = open(logits);
  bool named = false;
  QObject::connect(window->sweep(), &SweepTab::bestFound, window.get(),
                   [&](std::optional<double> best, const QString&) { named = named || best.has_value(); });
  window->analysis()->setCurrentWidget(window->sweep());
  QTest::mouseClick(window->sweep()->button(), Qt::LeftButton);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_FALSE(named);
  EXPECT_TRUE(window->sweep()->note().contains(QStringLiteral("MadeSet: 3 of 4 frames")))
      << window->sweep()->note().toStdString();
}

TEST_F(WindowNumbers, AFolderOfLogitsIsMeasuredByTheFileThatItsMenuAskedFor) {
  const std::filesystem::path fitted = root / "fitted.json";
  ASSERT_EQ(
      testing::runCli({"fit", "--set", made.set.string(), "--scores", logits.string(), "--output", fitted.string()})
          .code,
      0);
  auto window = open(logits);
  const QString name = QString::fromStdString(logits.filename().string());
  const auto press = [&](MainWindow& of, const QString& text) {
    QMenu menu;
    of.findChild<ItemMenus*>()->fillScoresMenu(menu, name);
    for (QAction* action : menu.actions())
      if (QString(action->text()).remove(QLatin1Char('&')).startsWith(text)) return action->trigger();
    ADD_FAILURE() << "no entry " << text.toStdString();
  };
  const auto lacks = [](MainWindow& of) {
    const auto live = of.workspace().liveSet(QString::fromStdString(of.session().view().set), of.session().view());
    return live == nullptr || methods::kSml.whyNot(live->source().inputs()).has_value();
  };
  EXPECT_TRUE(lacks(*window));
  WhenAsked<QFileDialog> file([&](QFileDialog& dialog) {
    dialog.findChild<QLineEdit*>(QStringLiteral("fileNameEdit"))->setText(QString::fromStdString(fitted.string()));
    QMetaObject::invokeMethod(&dialog, "accept");
  });
  press(*window, QStringLiteral("Statistics…"));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(file.asked, 1);
  EXPECT_FALSE(lacks(*window));
  EXPECT_EQ(window->session().session().folderStatistics, (std::vector<FolderStatistics>{{logits, fitted}}));
  window->session().edit(edits::setMethod(methods::kSml));
  ASSERT_TRUE(waitUntilIdle(*window));
  ASSERT_NE(window->run().numbers(), nullptr);
  const std::optional<double> shown = window->run().numbers()->metrics.ap;
  ASSERT_TRUE(shown);
  const testing::CommandResult evaluated =
      testing::runCli({"evaluate", "--set", made.set.string(), "--scores", logits.string(), "--statistics",
                       fitted.string(), "--method", "sml", "--format", "json"});
  ASSERT_EQ(evaluated.code, 0);
  EXPECT_EQ(*shown, nlohmann::json::parse(evaluated.out).at("rows").at(0).at("ap").get<double>());
  // Kept with the session, by the window and by the command line.
  const std::filesystem::path kept = root / "kept.json";
  writeSession(window->session().session(), kept);
  window.reset();
  MainWindow again(theme(), WorkOptions{});
  again.show();
  WindowRequest request;
  request.session = kept;
  again.open(request);
  ASSERT_TRUE(waitUntilIdle(again));
  EXPECT_FALSE(lacks(again));
  ASSERT_NE(again.run().numbers(), nullptr);
  EXPECT_EQ(again.run().numbers()->configuration.method, methods::kSml);
  press(again, QStringLiteral("Forget the statistics"));
  ASSERT_TRUE(waitUntilIdle(again));
  EXPECT_TRUE(again.session().session().folderStatistics.empty());
  EXPECT_TRUE(lacks(again));
}

TEST_F(WindowNumbers, EscapeClosesTheActionFinder) {
  const auto window = open(made.scores);
  window->activateWindow();
  ASSERT_TRUE(QTest::qWaitForWindowActive(window.get()));
  QTest::keyClick(window.get(), Qt::Key_K, Qt::ControlModifier);
  auto* palette = window->findChild<CommandPalette*>();
  ASSERT_TRUE(palette && palette->isVisible());
  // As the system sends it: through the window's shortcuts.
  QTest::keyClick(window->windowHandle(), Qt::Key_Escape);
  EXPECT_FALSE(palette->isVisible());
}

TEST_F(WindowNumbers, PanelAndCommandLineHaveTheSameComponents) {
  const auto window = open(made.scores);
  const auto shown = window->run().components();
  ASSERT_TRUE(shown && !shown->estimated);
  const testing::CommandResult result =
      testing::runCli({"evaluate", "--set", made.set.string(), "--scores", made.scores.string(), "--format", "json",
                       "--components", "anomaly"});
  ASSERT_EQ(result.code, 0) << result.err;
  const nlohmann::json row = nlohmann::json::parse(result.out).at("rows").at(0);
  const auto& components = row.at("components");
  ASSERT_TRUE(components.is_object());
  const auto same = [&](const char* key, const std::optional<double>& value) {
    if (components.at(key).is_null())
      EXPECT_FALSE(value) << key;
    else
      EXPECT_EQ(components.at(key).get<double>(), value.value()) << key;
  };
  same("siou", shown->metrics.siou);
  same("ppv", shown->metrics.ppv);
  same("f1_star", shown->metrics.f1Star);
}

}  // namespace
}  // namespace oodscope
