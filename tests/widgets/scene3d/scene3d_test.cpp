// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/scene3d_panel.h"

#include "analysis/core/error.h"
#include "tests/widgets/support/synthetic_scene.h"
#include "widgets/scene3d/vtk_host.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QFile>
#include <QLabel>
#include <QMouseEvent>
#include <QTemporaryDir>
#include <QTest>

namespace oodscope {
namespace {

class Scene3DTest : public testing::Test {
protected:
  testing_support::SyntheticScene scene = testing_support::syntheticScene({320, 180}, {256, 128});
};

TEST_F(Scene3DTest, PanelWithoutOpenGlSaysSoAndTakesValues) {
  if (VtkHost::isAvailable()) GTEST_SKIP() << "this platform has OpenGL";
  Scene3DPanel panel;
  panel.show();
  bool said = false;
  for (const QLabel* label : panel.findChildren<QLabel*>()) said |= label->text().contains("3D needs OpenGL");
  EXPECT_TRUE(said);
  panel.relief().setFrame(scene.image, scene.scores);
  panel.relief().setThreshold(0.4F);
}

TEST_F(Scene3DTest, ReliefPointMeansAPicturePixel) {
  ReliefScene relief;
  relief.setFrame(scene.image, scene.scores);
  const auto middle = relief.meaningOf(0, 0, 0);
  ASSERT_TRUE(middle);
  EXPECT_NEAR(middle->x(), 160, 1e-9);
  EXPECT_NEAR(middle->y(), 90, 1e-9);
  EXPECT_FALSE(relief.meaningOf(1.5, 0, 0));
}

TEST_F(Scene3DTest, LandscapePointAndHandleAreInverse) {
  LandscapeScene landscape;
  Grid<float> metric({4, 3}, 0.5F);
  landscape.setSurface({0.5, 1, 2, 4}, {0.1, 0.2, 0.6}, metric);
  landscape.setCurrent(1.5, 0.4);
  const auto at = landscape.handle();
  ASSERT_TRUE(at);
  const auto meaning = landscape.meaningOf((*at)[0], (*at)[1], (*at)[2]);
  ASSERT_TRUE(meaning);
  EXPECT_NEAR(meaning->x(), 1.5, 1e-9);
  EXPECT_NEAR(meaning->y(), 0.4, 1e-9);
}

TEST_F(Scene3DTest, CloudPointMeansItsPixel) {
  PointCloudScene cloud;
  cloud.setPoints({{0, 1, 10, 0.1F, 30, 40}, {2, 1, 12, 0.9F, 50, 60}});
  EXPECT_EQ(cloud.meaningOf(2.1, 12.0, -1.0), QPointF(50, 60));
  EXPECT_FALSE(cloud.meaningOf(9, 9, 9));
}

TEST_F(Scene3DTest, SurfaceIsWrittenAsVtp) {
  QTemporaryDir folder;
  ReliefScene relief;
  relief.setFrame(scene.image, scene.scores);
  relief.exportTo(folder.filePath("relief.vtp"));
  QFile file(folder.filePath("relief.vtp"));
  ASSERT_TRUE(file.open(QIODevice::ReadOnly));
  EXPECT_TRUE(file.readAll().contains("NumberOfPoints=\"32768\""));  // 256 x 128
  EXPECT_THROW(relief.exportTo(folder.filePath("relief.xyz")), Error);
}

TEST_F(Scene3DTest, DrawnWithoutAWindowThePlaneMovesWithTheThreshold) {
  if (!VtkHost::isAvailable()) GTEST_SKIP() << "no OpenGL on this platform: run with a display to draw";
  ReliefScene relief;
  relief.setTokens(tokens(true));
  relief.setFrame(scene.image, scene.scores);
  relief.setThreshold(0.2F);
  const QImage low = relief.renderOffscreen({320, 200});
  ASSERT_EQ(low.size(), QSize(320, 200));
  relief.setThreshold(0.9F);
  EXPECT_NE(relief.renderOffscreen({320, 200}), low);
}

TEST_F(Scene3DTest, DraggingOrbitsAndAClickPicks) {
  if (!VtkHost::isAvailable()) GTEST_SKIP() << "no OpenGL on this platform: run with a display to drive the mouse";
  Scene3DPanel panel;
  panel.resize(640, 480);
  panel.relief().setFrame(scene.image, scene.scores);
  panel.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&panel));
  QApplication::processEvents();
  VtkHost* host = panel.host();
  const QImage before = host->grabFramebuffer();
  QList<QPointF> picks;
  QObject::connect(&panel, &Scene3DPanel::pixelPicked, [&](QPointF at) { picks << at; });
  const QPoint middle = host->rect().center();
  QTest::mouseClick(host, Qt::LeftButton, {}, middle);
  ASSERT_EQ(picks.size(), 1);
  EXPECT_TRUE(QRectF(0, 0, 320, 180).contains(picks[0]));
  QTest::mousePress(host, Qt::LeftButton, {}, middle);
  QMouseEvent move(QEvent::MouseMove, QPointF(middle) + QPointF(80, 10),
                   host->mapToGlobal(QPointF(middle) + QPointF(80, 10)), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(host, &move);
  QTest::mouseRelease(host, Qt::LeftButton, {}, middle + QPoint(80, 10));
  EXPECT_EQ(picks.size(), 1);
  EXPECT_NE(host->grabFramebuffer(), before);
}

}  // namespace
}  // namespace oodscope
