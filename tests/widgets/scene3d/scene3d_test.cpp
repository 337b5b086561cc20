// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/scene3d_panel.h"

#include "analysis/core/error.h"
#include "tests/support/forked_process.h"
#include "tests/widgets/support/synthetic_scene.h"
#include "widgets/scene3d/scene_colours.h"
#include "widgets/scene3d/vtk_host.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QMouseEvent>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

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
  const auto middle = relief.meaningOf({0, 0, 0});
  ASSERT_TRUE(middle);
  EXPECT_NEAR(middle->x(), 160, 1e-9);
  EXPECT_NEAR(middle->y(), 90, 1e-9);
  EXPECT_FALSE(relief.meaningOf({1.5, 0, 0}));
}

TEST_F(Scene3DTest, LandscapePointAndHandleAreInverse) {
  LandscapeScene landscape;
  Grid<float> metric({4, 3}, 0.5F);
  landscape.setSurface({0.5, 1, 2, 4}, {0.1, 0.2, 0.6}, metric);
  landscape.setCurrent(1.5, 0.4);
  const auto at = landscape.handle();
  ASSERT_TRUE(at);
  const auto meaning = landscape.meaningOf(*at);
  ASSERT_TRUE(meaning);
  EXPECT_NEAR(meaning->x(), 1.5, 1e-9);
  EXPECT_NEAR(meaning->y(), 0.4, 1e-9);
}

TEST_F(Scene3DTest, CloudPointMeansItsPixel) {
  PointCloudScene cloud;
  cloud.setPoints({{0, 1, 10, 0.1F, 30, 40}, {2, 1, 12, 0.9F, 50, 60}});
  EXPECT_EQ(cloud.meaningOf({2.1, 12.0, -1.0}), QPointF(50, 60));
  EXPECT_FALSE(cloud.meaningOf({9, 9, 9}));
}

TEST(SceneColours, EveryScoreStandsOutFromTheBackgroundInBothThemes) {
  const auto contrast = [](double a, double b) { return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05); };
  for (const bool dark : {true, false})
    for (const ColourMap map : allColourMaps())
      for (const bool reversed : {false, true}) {
        const ColourTable plain = colourTable(map, reversed);
        const QColor background = tokens(dark).plot;
        const ColourTable shown = visibleOn(plain, background);
        for (std::size_t i = 0; i < shown.size(); ++i) {
          EXPECT_GT(contrast(luminance(shown[i]), luminance(background.rgb())), dark ? 1.55 : 1.27)
              << qPrintable(colourMapName(map)) << ' ' << i;
          if (i == 0) continue;
          const double before = luminance(plain[i]) - luminance(plain[i - 1]);
          const double after = luminance(shown[i]) - luminance(shown[i - 1]);
          EXPECT_FALSE(before > 0.004 && after < -0.009)  // a level of 255 near white
              << "the order stays: " << qPrintable(colourMapName(map)) << ' ' << i;
        }
      }
}

TEST_F(Scene3DTest, ACloudsLegendSaysWhatColoursAndBoxesAre) {
  PointCloudScene cloud;
  EXPECT_TRUE(cloud.legend().empty());
  cloud.setTokens(tokens(true));
  cloud.setPoints({{0, 1, 5, 0.5F, 10, 10}, {1, 1, 8, 0.1F, 20, 10}});
  cloud.setScale(0.0F, 0.004F);
  ASSERT_EQ(cloud.legend().size(), 1U);
  EXPECT_TRUE(cloud.legend()[0].scale);
  EXPECT_EQ(cloud.legend()[0].low, QStringLiteral("0.000"));
  EXPECT_EQ(cloud.legend()[0].high, QStringLiteral("0.004"));
  cloud.setBoxes({{0, 1, 0, 1, 4, 6}});
  ASSERT_EQ(cloud.legend().size(), 2U);
  EXPECT_TRUE(cloud.legend()[1].text.contains("false-positive"));
  EXPECT_EQ(cloud.legend()[1].outline, tokens(true).fp.over);
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

TEST_F(Scene3DTest, TheWholeSceneStandsInTheViewportWhateverItsShape) {
  ReliefScene relief;
  relief.setFrame(scene.image, scene.scores);
  for (const QSizeF view : {QSizeF(960, 600), QSizeF(1500, 240), QSizeF(300, 700)}) {
    relief.setViewport(view, 12);
    QRectF seen;
    for (const double x : {-1.0, 1.0})
      for (const double y : {-0.5625, 0.5625})
        for (const double z : {0.0, 0.45}) {
          const QPointF at = relief.placeOf({x, y, z});
          EXPECT_TRUE(QRectF(QPointF(0, 0), view).contains(at)) << at.x() << ' ' << at.y();
          seen |= QRectF(at, QSizeF(1, 1));
        }
    EXPECT_GT(std::max(seen.width() / view.width(), seen.height() / view.height()), 0.4) << "and fills it";
    EXPECT_GT(relief.placeOf({-1, -0.5, 0}).y(), relief.placeOf({-1, 0.5, 0}).y()) << "row 0 is at the far side";
    EXPECT_LT(relief.placeOf({-1, 0, 0}).x(), relief.placeOf({1, 0, 0}).x());
  }
}

TEST_F(Scene3DTest, ALineOfSightMeetsThePointItWasDrawnAt) {
  ReliefScene relief;
  relief.setFrame(scene.image, std::make_shared<const ScoreMap>(Size{64, 32}, 0.5F));  // a table half as high
  relief.build(true);
  const auto half = relief.meaningAt(relief.placeOf({0.25, -0.2, 0.225}));
  ASSERT_TRUE(half);
  EXPECT_NEAR(half->x(), 320 * 0.625, 1.0);
  EXPECT_NEAR(half->y(), 180 * (0.5 + 0.2 / 1.125), 1.0);
  EXPECT_FALSE(relief.meaningAt({1, 1})) << "the sky has no pixel";

  PointCloudScene cloud;
  cloud.setPoints({{0, 1, 10, 0.1F, 30, 40}, {2, 1, 12, 0.9F, 50, 60}, {-3, 0, 30, 0.9F, 70, 80}});
  EXPECT_EQ(cloud.meaningAt(cloud.placeOf({-3, 30, 0})), QPointF(70, 80));
}

TEST_F(Scene3DTest, OrbitKeepsTheHorizonLevelAndResetComesBack) {
  ReliefScene relief;
  relief.setFrame(scene.image, scene.scores);
  relief.setViewport({960, 600}, 12);
  const QPointF before = relief.placeOf({1, 0.5, 0});
  relief.orbit(40, 20);
  relief.zoom(1.5);
  relief.pan({0.1, -0.1});
  EXPECT_NE(relief.placeOf({1, 0.5, 0}), before);
  EXPECT_NEAR(relief.placeOf({0, 0, 0}).x(), relief.placeOf({0, 0, 0.4}).x(), 100) << "up is up";
  EXPECT_GT(relief.placeOf({0, 0, 0}).y(), relief.placeOf({0, 0, 0.4}).y());
  relief.orbit(0, 500);  // never over the top
  EXPECT_GT(relief.placeOf({0, -0.5, 0}).y(), relief.placeOf({0, 0.5, 0}).y() - 600);
  relief.resetCamera();
  EXPECT_NEAR(relief.placeOf({1, 0.5, 0}).x(), before.x(), 1e-6);
  EXPECT_NEAR(relief.placeOf({1, 0.5, 0}).y(), before.y(), 1e-6);
}

#define NEEDS_DRAWING() \
  if (!Scene3D::offscreenRenderer()) GTEST_SKIP() << "nothing can be drawn in 3D on this machine"

TEST_F(Scene3DTest, DrawnWithoutAWindowThePlaneMovesWithTheThreshold) {
  NEEDS_DRAWING();
  ReliefScene relief;
  relief.setTokens(tokens(true));
  relief.setFrame(scene.image, scene.scores);
  relief.setThreshold(0.2F);
  const QImage low = relief.renderOffscreen({320, 200});
  ASSERT_EQ(low.size(), QSize(320, 200));
  relief.setThreshold(0.9F);
  EXPECT_NE(relief.renderOffscreen({320, 200}), low);
  relief.setThreshold(0.2F);
  EXPECT_EQ(relief.renderOffscreen({320, 200}), low) << "the same values, the same pixels";
}

/// Mean absolute difference of channels, and the share of pixels that differ by more than a twentieth.
std::pair<double, double> difference(const QImage& a, const QImage& b) {
  double sum = 0, far = 0;
  for (int y = 0; y < a.height(); ++y)
    for (int x = 0; x < a.width(); ++x) {
      const QRgb p = a.pixel(x, y), q = b.pixel(x, y);
      const int worst =
          std::max({std::abs(qRed(p) - qRed(q)), std::abs(qGreen(p) - qGreen(q)), std::abs(qBlue(p) - qBlue(q))});
      sum += worst;
      far += worst > 12 ? 1 : 0;
    }
  const double pixels = static_cast<double>(a.width()) * a.height();
  return {sum / pixels, far / pixels};
}

/// A missing baseline fails, and the picture to look at and adopt lies in the build.
void expectLikeBaseline(Scene3D& drawn, const QString& name) {
  if (!Scene3D::offscreenRenderer()->contains(QLatin1String("llvmpipe")))
    GTEST_SKIP() << "baselines are of llvmpipe, this is " << Scene3D::offscreenRenderer()->toStdString();
  drawn.setTokens(tokens(false));
  drawn.setViewport({320, 200}, 7);
  const QImage picture = drawn.renderOffscreen({320, 200});
  const QString made = QStringLiteral(OODSCOPE_BINARY_DIR "/scene3d-") + name + QStringLiteral(".png");
  picture.save(made);
  const QImage baseline(QStringLiteral(OODSCOPE_SOURCE_DIR "/tests/widgets/scene3d/baselines/") + name +
                        QStringLiteral(".png"));
  ASSERT_EQ(baseline.size(), picture.size()) << "no baseline; look at " << made.toStdString();
  const auto [mean, far] = difference(picture, baseline);
  EXPECT_LT(mean, 2.0) << made.toStdString();
  EXPECT_LT(far, 0.03) << made.toStdString();
}

TEST_F(Scene3DTest, ReliefLooksLikeItsBaseline) {
  NEEDS_DRAWING();
  ReliefScene relief;
  relief.setFrame(scene.image, scene.scores);
  relief.setThreshold(0.4F);
  expectLikeBaseline(relief, QStringLiteral("relief"));
}

TEST_F(Scene3DTest, LandscapeLooksLikeItsBaseline) {
  NEEDS_DRAWING();
  LandscapeScene landscape;
  Grid<float> metric({9, 32});
  std::vector<double> temperatures, thresholds;
  for (int t = 0; t < 9; ++t) temperatures.push_back(0.25 * std::pow(2.0, t * 5 / 8.0));
  for (int r = 0; r < 32; ++r) thresholds.push_back(r / 31.0);
  for (int r = 0; r < 32; ++r)
    for (int t = 0; t < 9; ++t) metric.at(t, r) = static_cast<float>(std::exp(-std::pow((r - 2.5 * t) / 6.0, 2)));
  landscape.setNames(QStringLiteral("F1"), {});
  landscape.setSurface(temperatures, thresholds, metric);
  landscape.setCurrent(1.0, 0.25);
  expectLikeBaseline(landscape, QStringLiteral("landscape"));
}

TEST_F(Scene3DTest, PointCloudLooksLikeItsBaseline) {
  NEEDS_DRAWING();
  PointCloudScene cloud;
  std::vector<CloudPoint> points;
  for (int z = 0; z < 120; ++z)
    for (int x = 0; x < 100; ++x) {  // a road, a kerb, a crate on it
      const float aside = 0.1F * static_cast<float>(x - 50), far = 4 + 0.25F * static_cast<float>(z);
      const bool crate = std::abs(aside - 1) < 1 && std::abs(far - 16) < 1;
      points.push_back({aside, crate ? 0.4F : aside > 3 ? 1.2F : 1.4F, far, crate ? 0.9F : 0.1F, 0, 0});
    }
  cloud.setPoints(std::move(points));
  cloud.setBoxes({{0, 2, 0.4F, 1.4F, 15, 17}});
  expectLikeBaseline(cloud, QStringLiteral("cloud"));
}

TEST_F(Scene3DTest, EveryExportIsReadByAnotherProgram) {
  NEEDS_DRAWING();
  QTemporaryDir folder;
  ReliefScene relief;
  relief.setTokens(tokens(false));
  relief.setFrame(scene.image, scene.scores);
  relief.setThreshold(0.4F);
  relief.exportTo(folder.filePath("relief.png"), {640, 400});
  EXPECT_EQ(QImage(folder.filePath("relief.png")).size(), QSize(640, 400));
  for (const char* name : {"relief.gltf", "relief.obj"}) relief.exportTo(folder.filePath(name));
  QFile gltf(folder.filePath("relief.gltf"));
  ASSERT_TRUE(gltf.open(QIODevice::ReadOnly));
  const QJsonObject parsed = QJsonDocument::fromJson(gltf.readAll()).object();
  EXPECT_EQ(parsed["asset"].toObject()["version"].toString(), "2.0");
  EXPECT_GE(parsed["meshes"].toArray().size(), 2) << "surface and plane";
  if (QStandardPaths::findExecutable("assimp").isEmpty())
    GTEST_SKIP() << "assimp is not installed: two checks did not run";
  for (const char* name : {"relief.gltf", "relief.obj"}) {
    QProcess assimp;
    startWithFork(assimp);
    assimp.start("assimp", {"info", folder.filePath(name)});
    ASSERT_TRUE(assimp.waitForFinished(60000));
    const QString said = QString::fromLocal8Bit(assimp.readAllStandardOutput());
    EXPECT_EQ(assimp.exitCode(), 0) << name << said.toStdString();
    const auto faces = QRegularExpression("Faces:\\s+(\\d+)").match(said);
    ASSERT_TRUE(faces.hasMatch()) << said.toStdString();
    EXPECT_GE(faces.captured(1).toInt(), 2 * 255 * 127) << name;
  }
}

TEST_F(Scene3DTest, AShownSceneIsExportedAndShownAgain) {
  if (!VtkHost::isAvailable()) GTEST_SKIP() << "no OpenGL on this platform: run with a display";
  NEEDS_DRAWING();
  QTemporaryDir folder;
  Scene3DPanel panel;
  panel.resize(640, 480);
  panel.relief().setFrame(scene.image, scene.scores);
  panel.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&panel));
  ASSERT_TRUE(QTest::qWaitFor([&] { return panel.host()->isIdle(); }));
  const QImage before = panel.host()->grabFramebuffer();
  panel.relief().exportTo(folder.filePath("relief.png"), {640, 400});
  const QImage exported(folder.filePath("relief.png"));
  EXPECT_NE(exported.pixel(320, 220), exported.pixel(2, 2)) << "not empty";
  ASSERT_TRUE(QTest::qWaitFor([&] { return panel.host()->isIdle(); }));
  EXPECT_EQ(panel.host()->grabFramebuffer(), before);
}

TEST_F(Scene3DTest, DraggingOrbitsWheelZoomsKeysResetAndAClickPicks) {
  if (!VtkHost::isAvailable()) GTEST_SKIP() << "no OpenGL on this platform: run with a display to drive the mouse";
  Scene3DPanel panel;
  panel.resize(640, 480);
  panel.relief().setFrame(scene.image, scene.scores);
  panel.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&panel));
  VtkHost* host = panel.host();
  const auto rested = [&] {
    EXPECT_TRUE(QTest::qWaitFor([&] { return host->isIdle(); }));
    return host->grabFramebuffer();
  };
  const QImage before = rested();
  QList<QPointF> picks;
  QObject::connect(&panel, &Scene3DPanel::pixelPicked, [&](QPointF at) { picks << at; });
  const QPoint middle = host->rect().center();
  QTest::mouseClick(host, Qt::LeftButton, {}, middle);
  ASSERT_EQ(picks.size(), 1);
  EXPECT_TRUE(QRectF(0, 0, 320, 180).contains(picks[0]));
  EXPECT_EQ(rested(), before) << "a click moves nothing";

  const auto drag = [&](QPoint by, Qt::MouseButton button) {
    QTest::mousePress(host, button, {}, middle);
    const QPointF to = middle + by;
    QMouseEvent move(QEvent::MouseMove, to, host->mapToGlobal(to), Qt::NoButton, button, Qt::NoModifier);
    QApplication::sendEvent(host, &move);
    EXPECT_FALSE(host->isIdle());
    QTest::mouseRelease(host, button, {}, to.toPoint());
  };
  drag({80, 10}, Qt::LeftButton);
  EXPECT_EQ(picks.size(), 1);
  const QImage orbited = rested();
  EXPECT_NE(orbited, before);
  drag({0, 60}, Qt::RightButton);
  const QImage zoomed = rested();
  EXPECT_NE(zoomed, orbited);
  drag({40, 40}, Qt::MiddleButton);
  EXPECT_NE(rested(), zoomed);
  QWheelEvent wheel(middle, host->mapToGlobal(middle), {}, {0, 240}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                    false);
  QApplication::sendEvent(host, &wheel);
  EXPECT_NE(rested(), zoomed);
  QTest::keyClick(host, Qt::Key_R);
  EXPECT_EQ(rested(), before);
}

TEST_F(Scene3DTest, TheLandscapesBallIsDraggedOverTheSurface) {
  if (!VtkHost::isAvailable()) GTEST_SKIP() << "no OpenGL on this platform: run with a display to drive the mouse";
  Scene3DPanel panel;
  panel.resize(640, 480);
  panel.landscape().setSurface({0.5, 1, 2, 4}, {0.1, 0.2, 0.6}, Grid<float>({4, 3}, 0.5F));
  panel.landscape().setCurrent(1, 0.2);
  panel.setScene(Scene3DPanel::Landscape);
  panel.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&panel));
  VtkHost* host = panel.host();
  ASSERT_TRUE(QTest::qWaitFor([&] { return host->isIdle(); }));
  std::vector<std::pair<double, double>> edits;
  int settled = 0;
  QObject::connect(&panel, &Scene3DPanel::operatingPointEdited, [&](double t, double d) { edits.emplace_back(t, d); });
  QObject::connect(&panel, &Scene3DPanel::operatingPointReleased, [&] { ++settled; });
  const QPointF ball = panel.landscape().placeOf(*panel.landscape().handle());
  QTest::mousePress(host, Qt::LeftButton, {}, ball.toPoint());
  const QPointF to = ball + QPointF(90, 0);
  QMouseEvent move(QEvent::MouseMove, to, host->mapToGlobal(to), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(host, &move);
  QTest::mouseRelease(host, Qt::LeftButton, {}, to.toPoint());
  ASSERT_EQ(edits.size(), 1U);
  EXPECT_EQ(settled, 1);
  EXPECT_GT(edits[0].first, 1.3) << "to the right: warmer";
  EXPECT_NEAR(edits[0].second, 0.2, 0.1) << "along the same row";
  const QPointF now = panel.landscape().placeOf(*panel.landscape().handle());
  EXPECT_LT(std::hypot(now.x() - to.x(), now.y() - to.y()), 14) << "the ball is under the hand";
}

}  // namespace
}  // namespace oodscope
