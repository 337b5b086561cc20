// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says of numbers that a network makes: published ones, precision, a part of the frames.
#include "analysis/metrics/protocol_rules.h"
#include "app/desk/inference_runner.h"
#include "app/sources/fitted_statistics.h"
#include "app/window/main_window.h"
#include "tests/end_to_end/small_set.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/badge.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/panels/model_panel.h"
#include "widgets/panels/status_widgets.h"
#include "widgets/plots/curves_panel.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QPushButton>
#include <QTest>

#include <fstream>

namespace oodscope {
namespace {

class WindowModel : public WindowFixture {
protected:
  void SetUp() override {
    WindowFixture::SetUp();
    const std::filesystem::path root = home().path().toStdString();
    set = root / "RoadAnomaly21";  // a name that published numbers are known for
    model = root / "small.pth";
    testing::writeSmallSet(set, 4);
    testing::writeSmallModel(model);
    options.store.folder = root / "cache";
  }
  std::unique_ptr<MainWindow> open() {
    auto window = std::make_unique<MainWindow>(theme(), options);
    window->resize(1680, 1050);
    window->show();
    WindowRequest request;
    request.sets.push_back({set, std::nullopt});
    request.models.push_back({.path = model, .preprocessing = {}, .outputs = {}, .sha256 = {}});
    window->open(request);
    return window;
  }
  static QString badge(const MainWindow& window) { return window.metricsBadge()->accessibleName(); }

  std::filesystem::path set, model;
  WorkOptions options;
};

TEST_F(WindowModel, PublishedNumbersAreHeldAgainstTheirOwnDefinitionAlone) {
  const auto window = open();
  ASSERT_TRUE(waitUntilIdle(*window));
  const auto published = [&] { return window->metrics()->asText().contains(QStringLiteral("published")); };
  EXPECT_TRUE(published());
  ViewState view = window->session().view();
  view.resolution = Resolution::Label;
  window->session().edit(view, QStringLiteral("resolution"));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_FALSE(published()) << "the source measured at the network's resolution";
  view.resolution = Resolution::Network;
  view.allChannels = true;
  window->session().edit(view, QStringLiteral("channels"));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_FALSE(published()) << "over the known classes";
  view.allChannels = false;
  view.protocol = protocols::kFishyscapes;
  window->session().edit(view, QStringLiteral("protocol"));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_FALSE(published()) << "under the course's protocol";
}

TEST_F(WindowModel, WhileFramesAreInferredNumbersAreOfAPartAndHeldAgainstNothing) {
  constexpr int kFrames = 60;  // more than are inferred before the pause is heard
  testing::writeSmallSet(set, kFrames);
  const auto window = open();
  int ready = 0;
  QObject::connect(&window->workspace().runner(), &InferenceRunner::frameReady, window.get(), [&] {
    if (++ready == 2) window->workspace().runner().pause();
  });
  ASSERT_TRUE(QTest::qWaitFor(
      [&] {
        const auto numbers = window->run().numbers();
        return numbers && numbers->exact && ready >= 2 && numbers->framesReady == static_cast<std::size_t>(ready);
      },
      60'000));
  QString part;
  const auto saysThePart = [&] {
    part = QStringLiteral("%1 of %2 frames").arg(ready).arg(kFrames);  // one that was under way may follow the pause
    return badge(*window) == part && window->status()->state() == part;
  };
  ASSERT_TRUE(QTest::qWaitFor(saysThePart, 60'000)) << badge(*window).toStdString();
  ASSERT_LT(ready, kFrames);
  const QStringList lines = window->metrics()->asText().split(QLatin1Char('\n'));
  EXPECT_TRUE(lines.value(0).startsWith(part + QStringLiteral(", %"))) << lines.value(0).toStdString();
  ASSERT_TRUE(lines.value(0).contains(QStringLiteral("published")));
  EXPECT_EQ(lines.value(1).split(QLatin1Char('\t')).value(3), QStringLiteral("–")) << lines.value(1).toStdString();
  EXPECT_TRUE(window->curves()->precisionRecall()->headerValues().value(0).endsWith(part));
  picture(*window, QStringLiteral("part-of-the-frames"));
  window->workspace().runner().resume();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(badge(*window), QStringLiteral("= exact on float16 logits"));
  EXPECT_NE(window->metrics()->asText().split(QLatin1Char('\n')).value(1).split(QLatin1Char('\t')).value(3),
            QStringLiteral("–"));
}

TEST_F(WindowModel, ThePrecisionThatIsPreferredIsTheOneThatIsScored) {
  const auto window = open();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(badge(*window), QStringLiteral("= exact on float16 logits"));
  EXPECT_TRUE(window->metrics()->asText().contains(QStringLiteral("scored on float16 logits")));
  window->actions().preferences->trigger();
  QDialog* dialog = nullptr;
  for (QWidget* top : QApplication::topLevelWidgets())
    if (top->objectName() == QLatin1String("preferences")) dialog = qobject_cast<QDialog*>(top);
  ASSERT_TRUE(dialog);
  QComboBox* precision = nullptr;
  for (QComboBox* combo : dialog->findChildren<QComboBox*>())
    if (combo->accessibleName() == QLatin1String("Precision of stored logits")) precision = combo;
  ASSERT_TRUE(precision);
  ASSERT_TRUE(choose(precision, QStringLiteral("float32")));
  QTest::mouseClick(dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok), Qt::LeftButton);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(window->workspace().options().store.precision, StorePrecision::Single);
  EXPECT_EQ(badge(*window), QStringLiteral("= exact on float32 logits"));
}

TEST_F(WindowModel, StatisticsFittedOnTheSetServeWhatLackedThem) {
  const auto window = open();
  ASSERT_TRUE(waitUntilIdle(*window));
  const auto opened = [&] { return window->workspace().findModel(QStringLiteral("small.pth")); };
  const auto lacks = [&] {
    const auto live =
        window->workspace().liveSet(QString::fromStdString(window->session().view().set), window->session().view());
    return live == nullptr || methods::kSml.whyNot(live->source().inputs()).has_value();
  };
  ASSERT_NE(opened(), nullptr);
  EXPECT_EQ(opened()->statistics, nullptr);
  EXPECT_TRUE(lacks());
  auto* panel = window->findChild<ModelPanel*>();
  ASSERT_NE(panel, nullptr);
  Q_EMIT panel->fitRequested(QStringLiteral("small.pth"));
  ASSERT_TRUE(QTest::qWaitFor([&] { return opened() != nullptr && opened()->statistics != nullptr; }, 60'000));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(opened()->statistics->file, statisticsBeside(model));
  EXPECT_EQ(opened()->statistics->set, "RoadAnomaly21");
  EXPECT_FALSE(lacks());
  ViewState view = window->session().view();
  view.score.method = methods::kSml;
  window->session().edit(view, QStringLiteral("method"));
  ASSERT_TRUE(waitUntilIdle(*window));
  ASSERT_NE(window->run().numbers(), nullptr);
  EXPECT_EQ(window->run().numbers()->configuration.method, methods::kSml);
  picture(*window, QStringLiteral("statistics"));
  // A file that is of another kind is told; the network stays open without.
  const std::filesystem::path wrong = model.parent_path() / "wrong.json";
  std::ofstream(wrong) << "{}";
  QString told;
  QObject::connect(&window->workspace(), &Workspace::message, window.get(),
                   [&](Severity, const QString& text, const QString&) { told += text; });
  window->workspace().setStatistics(QStringLiteral("small.pth"), wrong);
  ASSERT_TRUE(QTest::qWaitFor([&] { return told.contains(QStringLiteral("not a file of statistics")); }, 60'000));
  ASSERT_TRUE(waitUntilIdle(*window));
  ASSERT_NE(opened(), nullptr);
  EXPECT_EQ(opened()->statistics, nullptr);
  EXPECT_EQ(window->session().session().models.front().statistics, wrong);
}

}  // namespace
}  // namespace oodscope
