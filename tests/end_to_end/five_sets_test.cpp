// SPDX-License-Identifier: GPL-3.0-or-later
// A morning's work over the five real sets with a real network, through the real controls.
#include "analysis/metrics/protocol.h"
#include "analysis/metrics/protocol_rules.h"
#include "analysis/scores/method_kinds.h"
#include "app/session/session.h"
#include "app/window/saving/unsaved_dialog.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/when_asked.h"
#include "tests/end_to_end/window_driver.h"
#include "tests/support/shared_data.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/scale_slider.h"
#include "widgets/controls/temperature_slider.h"
#include "widgets/controls/threshold_slider.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/number_text.h"

#include <QComboBox>
#include <QPushButton>
#include <QTabWidget>
#include <QTest>
#include <QTreeView>

#include <nlohmann/json.hpp>

#include <map>

namespace oodscope {
namespace {

constexpr int kInferenceMs = 400'000;  // 160 network passes, where none is stored yet

WorkOptions sharedStore() {
  WorkOptions work;
  work.store.folder = std::string(OODSCOPE_BINARY_DIR) + "/test-cache/oodscope/logits";  // the command line's tests'
  return work;
}

/// What the command line prints for the session, by set.
std::map<std::string, nlohmann::json> evaluated(const std::string& session) {
  const testing::CommandResult result = testing::runCli({"evaluate", "--session", session, "--format", "json"});
  EXPECT_EQ(result.code, 0) << result.err;
  std::map<std::string, nlohmann::json> rows;
  if (result.code != 0) return rows;
  const nlohmann::json table = nlohmann::json::parse(result.out);
  for (const auto& row : table.at("rows")) rows[row.at("set").get<std::string>()] = row;
  return rows;
}

class FiveSetsTest : public WindowFixture {
protected:
  void expectCommandLinesNumbers(MainWindow& window, const nlohmann::json& row) {
    const auto numbers = window.run().numbers();
    ASSERT_TRUE(numbers && numbers->exact);
    const PixelMetrics& metrics = numbers->metrics;
    const std::pair<const char*, std::optional<double>> compared[] = {
        {"ap", metrics.ap}, {"fpr95", metrics.fpr95}, {"auroc", metrics.auroc}, {"best_f1", metrics.bestF1}};
    for (const auto& [key, value] : compared) {
      ASSERT_EQ(row.at(key).is_number(), value.has_value()) << key;
      if (!value) continue;
      EXPECT_EQ(row.at(key).get<double>(), *value) << key << ", to the last bit";
      EXPECT_TRUE(window.metrics()->asText().contains(numberText(100.0 * row.at(key).get<double>(), 2)))
          << key << " as printed: " << window.metrics()->asText().toStdString();
    }
  }

  /// Chosen by its name as the toolbar shows it.
  void chooseSet(MainWindow& window, const std::string& name) {
    ASSERT_TRUE(choose(comboNamed(window, QStringLiteral("Set")), QString::fromStdString(name + " "))) << name;
    ASSERT_TRUE(waitUntilIdle(window, kInferenceMs)) << name;
  }

  void stepThroughFrames(MainWindow& window) {
    const std::string first = window.session().view().frame;
    auto* list = window.frames()->findChild<QTreeView*>();
    list->setFocus();
    QTest::keyClick(list, Qt::Key_Down);
    QTest::keyClick(list, Qt::Key_Down);
    ASSERT_TRUE(waitUntilIdle(window, kInferenceMs));
    EXPECT_NE(window.session().view().frame, first);
  }

  void dragBothSliders(MainWindow& window) {
    dragSlider(window.controls()->temperature()->findChild<ScaleSlider*>(), 0.4, 0.62);
    ASSERT_TRUE(waitUntilIdle(window, kInferenceMs));
    EXPECT_NE(window.session().view().score.temperature, 1.0F);
    dragSlider(window.controls()->threshold()->findChild<ScaleSlider*>(), 0.3, 0.7);
    ASSERT_TRUE(waitUntilIdle(window, kInferenceMs));
    ASSERT_TRUE(window.session().view().threshold);
    picture(window, QStringLiteral("five-3-dragged"));
  }

  void clickTheCurve(MainWindow& window) {
    const auto before = window.session().view().threshold;
    QWidget* plot = window.curves()->precisionRecall()->findChild<QWidget*>();
    QTest::mouseClick(plot, Qt::LeftButton, Qt::NoModifier, QPoint(plot->width() / 3, plot->height() / 2));
    ASSERT_TRUE(waitUntilIdle(window, kInferenceMs));
    EXPECT_NE(window.session().view().threshold, before);
  }

  void chooseMethodAndProtocol(MainWindow& window) {
    ASSERT_TRUE(choose(comboNamed(window, QStringLiteral("Method")), QStringLiteral("Max-entropy")));
    ASSERT_TRUE(choose(comboNamed(window, QStringLiteral("Protocol")), QStringLiteral("Fishyscapes")));
    ASSERT_TRUE(waitUntilIdle(window, kInferenceMs));
    EXPECT_EQ(window.session().view().score.method, methods::kMaxEntropy);
    EXPECT_EQ(window.session().view().protocol, protocols::kFishyscapes);
  }

  void goToTheWorstFrame(MainWindow& window) {
    ASSERT_TRUE(choose(comboNamed(window, QStringLiteral("Sort frames")), QStringLiteral("AP, worst")));
    window.actions().firstFrame->trigger();
    ASSERT_TRUE(waitUntilIdle(window, kInferenceMs));
    const auto details = window.run().details();
    ASSERT_TRUE(details);
    const auto& current = window.workspace().findSet(QString::fromStdString(window.session().view().set))->set;
    std::optional<double> shown, least;
    for (const FrameMetrics& frame : details->frames) {
      if (!frame.ap) continue;
      least = std::min(least.value_or(1.0), *frame.ap);
      if (current->frames[frame.frame].name == window.session().view().frame) shown = frame.ap;
    }
    EXPECT_EQ(shown, least);
    picture(window, QStringLiteral("five-4-worst-first"));
  }

  void visitTabsAndLayouts(MainWindow& window) {
    for (int tab = 0; tab < window.analysis()->count(); ++tab) {
      window.analysis()->setCurrentIndex(tab);
      ASSERT_TRUE(waitUntilIdle(window, kInferenceMs));
      picture(window, QStringLiteral("five-6-tab-%1").arg(tab));
    }
    window.analysis()->setCurrentIndex(0);
    window.actions().layoutMethods->trigger();
    ASSERT_TRUE(waitUntilIdle(window, kInferenceMs));
    picture(window, QStringLiteral("five-7-methods"));
    window.actions().layoutTwoByTwo->trigger();
    ASSERT_TRUE(waitUntilIdle(window, kInferenceMs));
  }
};

}  // namespace

TEST_F(FiveSetsTest, AMorningsWorkComesBackWithTheCommandLinesNumbers) {
  OODSCOPE_SHARED_OR_SKIP(sets, "data/course_sets");
  OODSCOPE_SHARED_OR_SKIP(model, "data/weights/erfnet_cityscapes_20.pth");
  const std::vector<std::string> names{"RoadAnomaly21", "RoadObsticle21", "fs_static", "RoadAnomaly",
                                       "FS_LostFound_full"};
  const std::string file = home().filePath(QStringLiteral("morning.oodscope")).toStdString();
  ViewState saved;
  std::map<std::string, double> ap;
  {
    MainWindow window(theme(), sharedStore());
    window.resize(1680, 1050);
    window.show();
    picture(window, QStringLiteral("five-1-start"));
    WindowRequest request;
    for (const std::string& name : names) request.sets.push_back({sets / name, std::nullopt});
    request.models.push_back({.path = model, .preprocessing = {}, .outputs = {}, .sha256 = {}});
    window.open(request);
    ASSERT_TRUE(waitUntilIdle(window, kInferenceMs));
    ASSERT_EQ(window.workspace().sets().size(), names.size());
    picture(window, QStringLiteral("five-2-open"));
    ASSERT_NO_FATAL_FAILURE(stepThroughFrames(window));
    ASSERT_NO_FATAL_FAILURE(dragBothSliders(window));
    ASSERT_NO_FATAL_FAILURE(clickTheCurve(window));
    ASSERT_NO_FATAL_FAILURE(chooseMethodAndProtocol(window));
    ASSERT_NO_FATAL_FAILURE(goToTheWorstFrame(window));
    for (const std::string& name : names) {
      ASSERT_NO_FATAL_FAILURE(chooseSet(window, name));
      ASSERT_EQ(window.session().view().set, name);
      picture(window, QStringLiteral("five-5-") + QString::fromStdString(name));
    }
    ASSERT_NO_FATAL_FAILURE(visitTabsAndLayouts(window));

    ASSERT_TRUE(window.file().saveTo(file));
    saved = window.session().view();
    const auto rows = evaluated(file);
    ASSERT_EQ(rows.size(), names.size());
    for (const std::string& name : names) {
      SCOPED_TRACE(name);
      ASSERT_NO_FATAL_FAILURE(chooseSet(window, name));
      expectCommandLinesNumbers(window, rows.at(name));
      ap[name] = window.run().numbers()->metrics.ap.value_or(-1.0);
    }
    // The sets were walked through after saving: what was saved is to come back, not where the walk ended.
    WhenAsked<UnsavedDialog> discard([](UnsavedDialog& dialog) {
      QTest::mouseClick(dialog.findChild<QPushButton*>(QStringLiteral("discard")), Qt::LeftButton);
    });
    ASSERT_TRUE(window.close());
    EXPECT_EQ(discard.asked, 1);
  }

  MainWindow again(theme(), sharedStore());
  again.resize(1680, 1050);
  again.show();
  WindowRequest request;
  request.session = file;
  again.open(request);
  ASSERT_TRUE(waitUntilIdle(again, kInferenceMs));
  EXPECT_EQ(again.session().view(), saved);
  EXPECT_EQ(again.workspace().sets().size(), names.size());
  EXPECT_FALSE(again.session().isModified());
  EXPECT_EQ(again.run().numbers()->metrics.ap.value_or(-1.0), ap.at(saved.set));
  picture(again, QStringLiteral("five-8-again"));
}

}  // namespace oodscope
