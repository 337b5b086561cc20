// SPDX-License-Identifier: GPL-3.0-or-later
// A set without ground truth gets a threshold: a share of its pixels, a number, or one that is chosen on another set.
#include "analysis/scores/method_kinds.h"
#include "app/session/edits.h"
#include "app/window/main_window.h"
#include "tests/end_to_end/made_scores.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/number_field.h"
#include "widgets/controls/scale_slider.h"
#include "widgets/controls/threshold_slider.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/status_widgets.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/views/view_grid.h"

#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QTest>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr int kDecisionView = 3;

class UnlabelledWindow : public WindowFixture {
protected:
  void SetUp() override {
    WindowFixture::SetUp();
    const std::filesystem::path root = home().path().toStdString();
    made = makeScoredSet(root);
    blind = root / "Blind";
    std::filesystem::create_directories(blind);
    std::filesystem::copy(made.set / "images", blind / "images");
  }
  std::unique_ptr<MainWindow> open(bool withOther = false) {
    auto window = std::make_unique<MainWindow>(theme(), WorkOptions{});
    window->resize(1440, 900);
    window->show();
    WindowRequest request;
    GenericLayout images;
    images.images = "images/*";
    images.masks = "";
    request.sets.push_back({blind, images});
    if (withOther) request.sets.push_back({made.set, std::nullopt});
    request.scores.push_back(made.scores);
    window->open(request);
    EXPECT_TRUE(waitUntilIdle(*window));
    return window;
  }
  static void look(MainWindow& window, const std::string& set) {
    window.session().edit(edits::setSet(set, "0"));
    EXPECT_TRUE(waitUntilIdle(window));
  }
  static std::vector<float> scoresOf(MainWindow& window) {
    std::vector<float> all;
    const auto live = window.run().liveSet();
    for (const std::size_t frame : live->readyFrames()) {
      const auto map = live->scores(frame, SingleRun::configurationOf(window.session().view()));
      all.insert(all.end(), map->values().begin(), map->values().end());
    }
    return all;
  }
  static const ImageView& decision(MainWindow& window) { return *window.views()->view(kDecisionView); }
  static bool says(MainWindow& window, const QString& text) {
    const auto labels = window.status()->findChildren<QLabel*>();
    return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) { return label->text().contains(text); });
  }

  MadeSet made;
  std::filesystem::path blind;
};

TEST_F(UnlabelledWindow, PaintsNothingWithoutAThresholdSaysWhyAndComesToRest) {
  const auto window = open();
  ASSERT_EQ(window->run().liveSet()->readyFrames().size(), 4U);
  EXPECT_FALSE(window->run().threshold());
  EXPECT_FALSE(decision(*window).layers().scores) << "nothing may be painted";
  EXPECT_TRUE(decision(*window).emptyText().contains(QStringLiteral("no ground truth")))
      << decision(*window).emptyText().toStdString();
  EXPECT_TRUE(says(*window, QStringLiteral("Ready")));
  EXPECT_FALSE(says(*window, QStringLiteral("Working")));
  EXPECT_TRUE(window->controls()->threshold()->findChild<ScaleSlider*>()->isEnabled()) << "there are scores";
  picture(*window, QStringLiteral("unlabelled_none"));
}

TEST_F(UnlabelledWindow, AShareOfThePixelsIsAPinLikeTheOthers) {
  const auto window = open();
  QComboBox* pins = nullptr;
  for (QComboBox* combo : window->controls()->findChildren<QComboBox*>())
    if (combo->accessibleName() == QStringLiteral("Pin of the threshold")) pins = combo;
  ASSERT_TRUE(pins);
  ASSERT_TRUE(choose(pins, QStringLiteral("5 % of pixels")));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(window->session().view().pin, PinRule::FlaggedShare);
  ASSERT_TRUE(window->run().threshold());
  const float threshold = *window->run().threshold();
  const std::vector<float> all = scoresOf(*window);
  const auto flagged = [&](float t) {
    return static_cast<double>(std::ranges::count_if(all, [&](float score) { return score >= t; }));
  };
  const double most = 0.05 * static_cast<double>(all.size());
  EXPECT_LE(flagged(threshold), most);
  EXPECT_GT(flagged(std::nextafter(threshold, -INFINITY)), most);
  ASSERT_TRUE(decision(*window).layers().scores);
  EXPECT_EQ(decision(*window).layers().threshold, threshold);
  EXPECT_TRUE(decision(*window).emptyText().isEmpty());
  picture(*window, QStringLiteral("unlabelled_share"));

  NumberField* value = nullptr;
  for (NumberField* field : window->controls()->findChildren<NumberField*>())
    if (field->accessibleName() == QStringLiteral("Value of the pin")) value = field;
  ASSERT_TRUE(value);
  Q_EMIT value->valueEdited(20.0);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_LE(flagged(*window->run().threshold()), 0.2 * static_cast<double>(all.size()));
  EXPECT_LT(*window->run().threshold(), threshold) << "more pixels, a lower threshold";
  window->actions().undo->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(*window->run().threshold(), threshold);
}

TEST_F(UnlabelledWindow, AThresholdIsTypedOrDraggedInTheHistogram) {
  const auto window = open();
  window->session().edit(edits::setThreshold(0.9));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_FLOAT_EQ(window->run().threshold().value(), 0.9F);
  EXPECT_TRUE(decision(*window).layers().scores);
  HistogramPlot* histogram = window->curves()->histogram();
  ASSERT_FALSE(histogram->isEmpty()) << "all pixels, without classes";
  ASSERT_TRUE(histogram->dataText().startsWith(QStringLiteral("from\tto\tpixels")));
  const QPointF at(histogram->width() / 2.0, histogram->height() / 2.0);
  ASSERT_TRUE(histogram->thresholdAt(at));
  histogram->takeThreshold(at);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_FLOAT_EQ(window->run().threshold().value(), static_cast<float>(*histogram->thresholdAt(at)));
}

TEST_F(UnlabelledWindow, AThresholdThatWaitsOrLiesOutsideTheScoresIsSaidAtItsSlider) {
  const auto window = open();
  const std::filesystem::path logits = std::filesystem::path(home().path().toStdString()) / "made_logits";
  writeMadeLogits(logits, 4);
  WindowRequest request;
  request.scores.push_back(logits);
  window->open(request);
  ASSERT_TRUE(waitUntilIdle(*window));
  SessionModel& session = window->session();
  session.edit(edits::setImported("made_logits", true));
  session.edit(edits::setMethod(methods::kMsp));
  session.edit(edits::setPin(PinRule::FlaggedShare, 0.05, std::nullopt));
  ASSERT_TRUE(waitUntilIdle(*window));
  const ThresholdSlider& slider = *window->controls()->threshold();
  ASSERT_TRUE(window->run().threshold());
  const float before = *window->run().threshold();
  EXPECT_EQ(slider.remark(), QString());

  session.beginDrag();
  session.edit(edits::setTemperature(3.0));
  EXPECT_FALSE(window->run().threshold()) << "that was of other scores";
  EXPECT_TRUE(QTest::qWaitFor([&] { return slider.remark().contains(QStringLiteral("once the scores rest")); }, 5'000));
  EXPECT_TRUE(decision(*window).emptyText().contains(QStringLiteral("once the scores rest")))
      << decision(*window).emptyText().toStdString();
  session.endDrag();
  ASSERT_TRUE(waitUntilIdle(*window));
  ASSERT_TRUE(window->run().threshold());
  EXPECT_NE(*window->run().threshold(), before);
  EXPECT_EQ(slider.remark(), QString());

  session.edit(edits::setTemperature(1.0));
  session.edit(edits::setThreshold(0.5));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(slider.remark(), QString()) << "it is among the scores";
  session.edit(edits::setTemperature(20.0));  // all scores are near 18/19
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_FLOAT_EQ(window->run().threshold().value(), 0.5F) << "a threshold by hand stays";
  EXPECT_TRUE(slider.remark().contains(QStringLiteral("everything is predicted"))) << slider.remark().toStdString();
  picture(*window, QStringLiteral("threshold_outside"));
  session.edit(edits::setThreshold(0.99));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_TRUE(slider.remark().contains(QStringLiteral("nothing is predicted"))) << slider.remark().toStdString();
}

TEST_F(UnlabelledWindow, AThresholdIsChosenOnAnotherSetAndKeptInTheSession) {
  const auto window = open(true);
  const std::string labelled = made.set.filename().string(), unlabelled = blind.filename().string();
  look(*window, labelled);
  ASSERT_TRUE(window->run().threshold());
  const float best = *window->run().threshold();
  look(*window, unlabelled);
  EXPECT_FALSE(window->run().threshold());
  QComboBox* sets = nullptr;
  for (QComboBox* combo : window->controls()->findChildren<QComboBox*>())
    if (combo->accessibleName() == QStringLiteral("Set that the pin chooses the threshold on")) sets = combo;
  ASSERT_TRUE(sets && sets->isVisible());
  ASSERT_TRUE(choose(sets, QString::fromStdString(labelled)));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(window->session().view().pinSet, labelled);
  ASSERT_TRUE(window->run().threshold());
  EXPECT_EQ(*window->run().threshold(), best) << "its best F1";
  EXPECT_TRUE(decision(*window).layers().scores);
  picture(*window, QStringLiteral("unlabelled_elsewhere"));

  const std::string file = home().filePath(QStringLiteral("kept.oodscope")).toStdString();
  ASSERT_TRUE(window->file().saveTo(file));
  window->close();
  MainWindow again(theme(), WorkOptions{});
  again.show();
  WindowRequest request;
  request.session = file;
  again.open(request);
  ASSERT_TRUE(waitUntilIdle(again));
  EXPECT_EQ(again.session().view().pinSet, labelled);
  ASSERT_TRUE(again.run().threshold());
  EXPECT_EQ(*again.run().threshold(), best);
  again.workspace().closeSet(QString::fromStdString(labelled));
  ASSERT_TRUE(waitUntilIdle(again));
  EXPECT_FALSE(again.run().threshold()) << "nobody knows it any more";
  EXPECT_TRUE(decision(again).emptyText().contains(QStringLiteral("not open")))
      << decision(again).emptyText().toStdString();
}

}  // namespace
}  // namespace oodscope
