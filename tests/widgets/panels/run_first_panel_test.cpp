// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/run_first_panel.h"

#include <gtest/gtest.h>

#include <QPushButton>
#include <QTest>

namespace oodscope {

TEST(RunFirstPanel, SaysHowManyFramesAndHowLong) {
  RunFirstPanel panel;
  EXPECT_FALSE(panel.isVisible());
  panel.offer(150, QStringLiteral("RA21, RO21"), std::nullopt);
  EXPECT_TRUE(panel.isVisible());
  EXPECT_EQ(
      panel.text(),
      QStringLiteral("150 frames of RA21, RO21 must be scored first: how long is not known before the first frame."));
  panel.offer(1, QStringLiteral("RA21"), 3.0);
  EXPECT_EQ(panel.text(), QStringLiteral("1 frame of RA21 must be scored first: about 3.0 s, by the frames before."));
}

TEST(RunFirstPanel, StartsAndCancels) {
  RunFirstPanel panel;
  int started = 0, cancelled = 0;
  QObject::connect(&panel, &RunFirstPanel::startRequested, &panel, [&] { ++started; });
  QObject::connect(&panel, &RunFirstPanel::cancelRequested, &panel, [&] { ++cancelled; });
  panel.offer(4, QStringLiteral("RA21"), std::nullopt);
  EXPECT_FALSE(panel.cancelButton()->isVisible());
  QTest::mouseClick(panel.startButton(), Qt::LeftButton);
  EXPECT_EQ(started, 1);
  panel.showProgress(1, 4, 9.0, false);
  EXPECT_FALSE(panel.startButton()->isVisible());
  EXPECT_TRUE(panel.text().startsWith(QStringLiteral("1 of 4 frames scored")));
  EXPECT_TRUE(panel.text().contains(QStringLiteral("left")));
  QTest::mouseClick(panel.cancelButton(), Qt::LeftButton);
  EXPECT_EQ(cancelled, 1);
  panel.showProgress(1, 4, 9.0, true);
  EXPECT_TRUE(panel.text().contains(QStringLiteral("paused")));
  panel.finish();
  EXPECT_FALSE(panel.isVisible());
}

}  // namespace oodscope
