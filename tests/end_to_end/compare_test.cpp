// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/main_window.h"
#include "app/window/stage/compare_stage.h"
#include "tests/support/shared_data.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/theme/theme.h"
#include "widgets/views/view_grid.h"
#include "widgets/views/wipe_view.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QStandardPaths>
#include <QTest>

namespace oodscope {
namespace {

constexpr int kLongestMs = 110'000;  // ten network passes on a busy machine; with stored logits a second

bool waitUntilIdle(MainWindow& window) {
  QElapsedTimer clock;
  clock.start();
  for (int quiet = 0; quiet < 5;) {
    if (clock.elapsed() > kLongestMs) return false;
    QTest::qWait(20);
    quiet = window.isIdle() ? quiet + 1 : 0;
  }
  return true;
}

}  // namespace

// AP of MSP and max-logit: those of end_to_end_cli's Evaluate.RoadAnomaly21EqualsTheReferenceWithinTwoHundredths.
TEST(Compare, MaxLogitGainsNineApOverMspOnRoadAnomaly21) {
  OODSCOPE_SHARED_OR_SKIP(set, "data/course_sets/RoadAnomaly21");
  OODSCOPE_SHARED_OR_SKIP(model, "data/weights/erfnet_cityscapes_20.pth");
  QStandardPaths::setTestModeEnabled(true);
  Theme theme(*qApp, ThemeChoice::Dark);
  WorkOptions work;
  work.store.folder =
      std::string(OODSCOPE_BINARY_DIR) + "/test-cache/oodscope/logits";  // shared with the command line's tests
  MainWindow window(theme, work);
  window.show();
  WindowRequest request;
  request.sets.push_back({set, std::nullopt});
  request.models.push_back({.path = model, .preprocessing = {}, .outputs = {}, .sha256 = {}});
  request.score = ScoreChoice{.method = methods::kMsp};
  request.protocol = protocols::kCourse;
  request.compare = ScoreChoice{.method = methods::kMaxLogit};
  window.open(request);
  ASSERT_TRUE(waitUntilIdle(window));

  const Comparison& comparison = window.compare().comparison();
  const auto a = comparison.a().numbers(), b = comparison.b().numbers();
  ASSERT_TRUE(a && b && a->exact && b->exact);
  EXPECT_NEAR(100.0 * *a->metrics.ap, 28.999, 0.02);
  EXPECT_NEAR(100.0 * (*b->metrics.ap - *a->metrics.ap), 9.15, 0.02);
  ASSERT_NE(comparison.statistics(), nullptr);
  const PairedEstimate& ap = comparison.statistics()->ranking.ap;
  EXPECT_NEAR(*ap.difference.value, *b->metrics.ap - *a->metrics.ap, 1e-12);
  EXPECT_GT(ap.difference.interval->low, 0.0) << "B is better whatever frames are drawn";
  EXPECT_EQ(comparison.disagreement().size(), 10U);
  EXPECT_TRUE(window.metrics()->asText().contains(QStringLiteral("+9.15"))) << window.metrics()->asText().toStdString();
  ASSERT_NE(comparison.picture(), nullptr);
  EXPECT_NE(comparison.picture()->rankDifference, nullptr);

  WipeView* wipe = window.views()->wipeView(0);
  ASSERT_NE(wipe, nullptr);
  QTest::keyPress(window.views(), Qt::Key_B);
  EXPECT_EQ(wipe->shown(), WipeView::Show::OnlyB);
  QTest::keyRelease(window.views(), Qt::Key_B);
  EXPECT_EQ(wipe->shown(), WipeView::Show::Wipe);

  window.compare().swap();
  ASSERT_TRUE(waitUntilIdle(window));
  EXPECT_EQ(window.session().view().score.method, methods::kMaxLogit);
  EXPECT_NEAR(100.0 * (*comparison.b().numbers()->metrics.ap - *comparison.a().numbers()->metrics.ap), -9.15, 0.02);

  window.compare().setOn(false);
  ASSERT_TRUE(waitUntilIdle(window));
  EXPECT_EQ(window.views()->wipeView(0), nullptr);
  EXPECT_FALSE(window.session().view().other.has_value());
}

}  // namespace oodscope
