// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/view_transform.h"

#include <gtest/gtest.h>

namespace oodscope {
namespace {

const Size kPicture{200, 100};
const QSizeF kViewport(400, 400);

TEST(ViewTransform, FitFillsTheNarrowerSide) {
  const ViewTransform t = resolve({}, kPicture, kViewport);
  EXPECT_DOUBLE_EQ(t.scale, 2.0);
  EXPECT_EQ(pictureRect(t, kViewport, kPicture), QRectF(0, 100, 400, 200));
}

TEST(ViewTransform, PictureAndViewportPointsAreInverse) {
  const ViewTransform t{3.7, {61, 43}, false};
  const QPointF there = toViewport(t, kViewport, {12.25, 80.5});
  const QPointF back = toPicture(t, kViewport, there);
  EXPECT_NEAR(back.x(), 12.25, 1e-9);
  EXPECT_NEAR(back.y(), 80.5, 1e-9);
}

TEST(ViewTransform, ZoomKeepsThePointUnderTheCursor) {
  const ViewTransform from{2.0, {100, 50}, false};
  const QPointF cursor(310, 95);
  const QPointF held = toPicture(from, kViewport, cursor);
  const ViewTransform to = zoomedAt(from, kViewport, cursor, 4.0);
  EXPECT_DOUBLE_EQ(to.scale, 8.0);
  EXPECT_FALSE(to.fit);
  const QPointF after = toViewport(to, kViewport, held);
  EXPECT_NEAR(after.x(), cursor.x(), 1.0);  // the origin is rounded to whole device pixels
  EXPECT_NEAR(after.y(), cursor.y(), 1.0);
}

TEST(ViewTransform, ZoomStopsAtItsLimits) {
  EXPECT_DOUBLE_EQ(zoomedAt({50, {}, false}, kViewport, {}, 100).scale, kMaxScale);
  EXPECT_DOUBLE_EQ(zoomedAt({0.1, {}, false}, kViewport, {}, 1e-6).scale, kMinScale);
}

TEST(ViewTransform, PictureNeverLeavesTheViewport) {
  const ViewTransform t = resolve({4.0, {-500, 900}, false}, kPicture, kViewport);
  const QRectF rect = pictureRect(t, kViewport, kPicture);
  EXPECT_EQ(rect.left(), 0);  // 800 pixels wide: may be panned, but not away
  EXPECT_EQ(rect.top(), 0);   // 400 high: fills exactly
}

TEST(ViewTransform, SmallerPictureIsCentred) {
  const ViewTransform t = resolve({1.0, {0, 0}, false}, kPicture, kViewport);
  EXPECT_EQ(pictureRect(t, kViewport, kPicture), QRectF(100, 150, 200, 100));
}

TEST(ViewTransform, RegionIsShownWhole) {
  const QRectF region(50, 20, 40, 20);
  const ViewTransform t = zoomedTo(region, kViewport, 0.1);
  EXPECT_DOUBLE_EQ(t.scale, 8.0);  // 80 % of 400 over 40
  EXPECT_EQ(t.centre, QPointF(70, 30));
}

TEST(ViewTransform, EmptyPictureDoesNoHarm) {
  EXPECT_DOUBLE_EQ(fitScale({}, kViewport), 1.0);
  EXPECT_DOUBLE_EQ(fitScale(kPicture, {}), 1.0);
}

}  // namespace
}  // namespace oodscope
