// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/image_view.h"
#include "tests/widgets/support/recorder.h"
#include "widgets/views/wipe_view.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QMouseEvent>
#include <QTest>
#include <QWheelEvent>

namespace oodscope {
namespace {

std::shared_ptr<const RgbImage> plain(Size size) { return std::make_shared<const RgbImage>(size, Rgb{90, 90, 90}); }

void move(QWidget& widget, QPoint at, Qt::MouseButtons buttons, Qt::KeyboardModifiers keys = Qt::NoModifier) {
  QMouseEvent event(QEvent::MouseMove, QPointF(at), widget.mapToGlobal(QPointF(at)), Qt::NoButton, buttons, keys);
  QApplication::sendEvent(&widget, &event);
}

void wheel(QWidget& widget, QPoint at, int notches) {
  QWheelEvent event(QPointF(at), widget.mapToGlobal(QPointF(at)), {}, {0, 120 * notches}, Qt::NoButton, Qt::NoModifier,
                    Qt::NoScrollPhase, false);
  QApplication::sendEvent(&widget, &event);
}

class ImageViewTest : public testing::Test {
protected:
  void SetUp() override {
    view.resize(400, 200);
    view.setImage(plain({200, 100}));
    view.show();
    QObject::connect(&view, &ImageView::clicked,
                     [this](QPoint p) { log << QString("clicked %1 %2").arg(p.x()).arg(p.y()); });
    QObject::connect(&view, &ImageView::regionSelected, [this](QRect r) {
      log << QString("region %1 %2 %3 %4").arg(r.x()).arg(r.y()).arg(r.width()).arg(r.height());
    });
    QObject::connect(&view, &ImageView::transformEdited, [this] { ++edits; });
  }
  ImageView view{std::make_shared<PictureCache>()};
  QStringList log;
  int edits = 0;
};

TEST_F(ImageViewTest, ClickTellsThePixel) {
  QTest::mouseClick(&view, Qt::LeftButton, {}, {100, 50});
  EXPECT_EQ(log, QStringList("clicked 50 25"));
  EXPECT_EQ(edits, 0);
}

TEST_F(ImageViewTest, WheelZoomsAtTheCursor) {
  const QPointF held = view.pictureAt({300, 50});
  wheel(view, {300, 50}, 4);
  EXPECT_NEAR(view.transform().scale, 4.0, 1e-9);
  EXPECT_NEAR(view.pictureAt({300, 50}).x(), held.x(), 0.5);
  EXPECT_NEAR(view.pictureAt({300, 50}).y(), held.y(), 0.5);
  EXPECT_EQ(edits, 1);
}

TEST_F(ImageViewTest, DragPansAndIsNoClick) {
  view.setTransform({8.0, {100, 50}, false});
  QTest::mousePress(&view, Qt::LeftButton, {}, {200, 100});
  move(view, {210, 100}, Qt::LeftButton);
  move(view, {240, 116}, Qt::LeftButton);
  QTest::mouseRelease(&view, Qt::LeftButton, {}, {240, 116});
  EXPECT_EQ(view.transform().centre, QPointF(95, 48));
  EXPECT_TRUE(log.isEmpty());
}

TEST_F(ImageViewTest, DoubleClickFits) {
  view.setTransform({8.0, {100, 50}, false});
  QTest::mouseDClick(&view, Qt::LeftButton, {}, {200, 100});
  EXPECT_TRUE(view.transform().fit);
  EXPECT_DOUBLE_EQ(view.transform().scale, 2.0);
}

TEST_F(ImageViewTest, ShiftDragSelectsPixelsWithinThePicture) {
  QTest::mousePress(&view, Qt::LeftButton, Qt::ShiftModifier, {20, 20});
  move(view, {60, 40}, Qt::LeftButton, Qt::ShiftModifier);
  QTest::mouseRelease(&view, Qt::LeftButton, Qt::ShiftModifier, {60, 40});
  QTest::mousePress(&view, Qt::LeftButton, Qt::ShiftModifier, {380, 180});
  move(view, {500, 300}, Qt::LeftButton, Qt::ShiftModifier);
  QTest::mouseRelease(&view, Qt::LeftButton, Qt::ShiftModifier, {500, 300});
  EXPECT_EQ(log, QStringList({"region 10 10 20 10", "region 190 90 10 10"}));
}

TEST_F(ImageViewTest, HoverTellsTheExactPointAndLeaving) {
  QStringList seen;
  QObject::connect(&view, &ImageView::hovered, [&](QPointF p) { seen << QString("%1 %2").arg(p.x()).arg(p.y()); });
  QObject::connect(&view, &ImageView::hoverLeft, [&] { seen << "left"; });
  view.resize(400, 300);  // 50 pixels of canvas above and below
  move(view, {100, 51}, Qt::NoButton);
  move(view, {100, 20}, Qt::NoButton);
  EXPECT_EQ(seen, QStringList({"50 0.5", "left"}));
}

TEST_F(ImageViewTest, EmptyViewIgnoresTheMouse) {
  ImageView empty(std::make_shared<PictureCache>());
  empty.setEmptyText("Nothing");
  empty.show();
  int heard = 0;
  QObject::connect(&empty, &ImageView::clicked, [&] { ++heard; });
  QTest::mouseClick(&empty, Qt::LeftButton);
  wheel(empty, {10, 10}, 1);
  EXPECT_EQ(heard, 0);
}

TEST(WipeViewTest, DividerIsDraggedAndShowsBToItsRight) {
  WipeView view(std::make_shared<PictureCache>());
  view.resize(200, 100);
  PictureLayers a, b;
  a.image = std::make_shared<const RgbImage>(Size{200, 100}, Rgb{255, 0, 0});
  b.image = std::make_shared<const RgbImage>(Size{200, 100}, Rgb{0, 0, 255});
  view.setLayers(a);
  view.setOther(b, {});
  view.QWidget::show();
  QList<double> shares;
  QObject::connect(&view, &WipeView::dividerEdited, [&](double s) { shares << s; });
  QTest::mousePress(&view, Qt::LeftButton, {}, {100, 90});
  move(view, {150, 90}, Qt::LeftButton);
  QTest::mouseRelease(&view, Qt::LeftButton, {}, {150, 90});
  EXPECT_EQ(shares, QList<double>{0.75});
  const QImage shown = view.grab().toImage();
  EXPECT_EQ(shown.pixelColor(120, 95), QColor(255, 0, 0));
  EXPECT_EQ(shown.pixelColor(180, 95), QColor(0, 0, 255));
  view.setShow(WipeView::Show::OnlyB);
  EXPECT_EQ(view.grab().toImage().pixelColor(20, 95), QColor(0, 0, 255));
}

}  // namespace
}  // namespace oodscope
