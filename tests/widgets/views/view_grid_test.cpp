// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/view_grid.h"

#include <gtest/gtest.h>

#include <QTest>

namespace oodscope {
namespace {

class ViewGridTest : public testing::Test {
protected:
  void SetUp() override {
    grid.resize(800, 600);
    grid.setPanes({{"Image", {}, false}, {"Ground truth", {}, false}, {"Heatmap", {}, false}, {"Decision", {}, false}});
    grid.setFrame(std::make_shared<const RgbImage>(Size{400, 300}, Rgb{50, 60, 70}), nullptr);
    grid.show();
    QTest::qWait(0);
  }
  ViewGrid grid;
};

TEST_F(ViewGridTest, LinkedViewsShareTheTransform) {
  grid.setTransform({6.0, {123, 145}, false});
  for (int i = 0; i < 4; ++i) EXPECT_EQ(grid.view(i)->transform(), (ViewTransform{6.0, {123, 145}, false}));
}

TEST_F(ViewGridTest, UnlinkedViewsDoNot) {
  QTest::keyClick(&grid, Qt::Key_L);
  EXPECT_FALSE(grid.isLinked());
  grid.setCurrent(2);
  grid.setTransform({6.0, {123, 145}, false});
  EXPECT_TRUE(grid.view(0)->transform().fit);
  EXPECT_DOUBLE_EQ(grid.view(2)->transform().scale, 6.0);
}

TEST_F(ViewGridTest, KeysFitAndShowOneToOne) {
  QList<double> scales;
  QObject::connect(&grid, &ViewGrid::viewTransformChanged,
                   [&](const ViewTransform& t) { scales << (t.fit ? 0 : t.scale); });
  QTest::keyClick(&grid, Qt::Key_Z);
  QTest::keyClick(&grid, Qt::Key_F);
  EXPECT_EQ(scales, (QList<double>{1, 0}));
}

TEST_F(ViewGridTest, ClickMakesAViewCurrentAndTellsPaneAndPixel) {
  QStringList log;
  QObject::connect(&grid, &ViewGrid::currentChanged, [&](int pane) { log << QString("current %1").arg(pane); });
  QObject::connect(&grid, &ViewGrid::regionClicked,
                   [&](int pane, QPoint p) { log << QString("clicked %1 at %2 %3").arg(pane).arg(p.x()).arg(p.y()); });
  ImageView* view = grid.view(3);
  const QPoint at = view->widgetAt({200.5, 150.5}).toPoint();
  const QPointF point = view->pictureAt(at);
  QTest::mouseClick(view, Qt::LeftButton, {}, at);
  EXPECT_EQ(log, QStringList({"current 3", QString("clicked 3 at %1 %2").arg(int(point.x())).arg(int(point.y()))}));
  EXPECT_TRUE(grid.header(3)->isCurrent());
  EXPECT_FALSE(grid.header(0)->isCurrent());
}

TEST_F(ViewGridTest, ArrangementDecidesWhatIsVisible) {
  const auto visible = [this] {
    QString text;
    for (int i = 0; i < grid.count(); ++i) text += grid.view(i)->isVisible() ? '1' : '0';
    return text;
  };
  EXPECT_EQ(visible(), "1111");
  grid.setArrangement(GridArrangement::OneByTwo);
  EXPECT_EQ(visible(), "1100");
  grid.setCurrent(2);
  grid.setArrangement(GridArrangement::One);
  EXPECT_EQ(visible(), "0010");
  grid.setCurrent(1);
  EXPECT_EQ(visible(), "0100");
  grid.setArrangement(GridArrangement::All);
  EXPECT_EQ(visible(), "1111");
}

TEST_F(ViewGridTest, AnotherLayoutFitsThePicture) {
  grid.setTransform({6.0, {123, 145}, false});
  grid.setArrangement(GridArrangement::One);
  EXPECT_TRUE(grid.transform().fit);
  for (int i = 0; i < grid.count(); ++i) EXPECT_TRUE(grid.view(i)->transform().fit);
}

TEST_F(ViewGridTest, AnotherSizeTellsTheScaleOfAFittedPicture) {
  grid.fit();
  QList<double> scales;
  QObject::connect(&grid, &ViewGrid::viewTransformChanged, [&](const ViewTransform& t) { scales << t.scale; });
  grid.resize(400, 300);
  QTest::qWait(0);
  ASSERT_FALSE(scales.isEmpty());
  EXPECT_DOUBLE_EQ(scales.last(), grid.transform().scale);
  EXPECT_LT(scales.last(), 0.6);
}

TEST_F(ViewGridTest, TheSelectedRegionIsNamedInOneViewAlone) {
  const auto named = [this] {
    QString text;
    for (int i = 0; i < grid.count(); ++i) text += grid.view(i)->isRegionNamed() ? '1' : '0';
    return text;
  };
  grid.setCurrent(3);
  EXPECT_EQ(named(), "0001");
  grid.setArrangement(GridArrangement::OneByTwo);  // the current one is out of sight
  EXPECT_EQ(named(), "1000");
  grid.setArrangement(GridArrangement::One);
  EXPECT_EQ(named(), "0001");
  grid.setCurrent(1);
  EXPECT_EQ(named(), "0100");
}

TEST_F(ViewGridTest, ZoomToRegionShowsItInEveryView) {
  const QRect region(100, 80, 60, 40);
  grid.zoomToRegion(region);
  for (int i = 0; i < 4; ++i) {
    ImageView* view = grid.view(i);
    const QRectF shown(view->pictureAt({0, 0}), view->pictureAt({double(view->width()), double(view->height())}));
    EXPECT_TRUE(shown.contains(QRectF(region))) << i;
  }
}

}  // namespace
}  // namespace oodscope
