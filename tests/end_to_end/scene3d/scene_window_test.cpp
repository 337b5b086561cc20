// SPDX-License-Identifier: GPL-3.0-or-later
// The 3D tab inside the whole window, on the demo set, driven by mouse events. With a display the scenes are drawn;
// without one the tab says so and the rest works.
#include "analysis/scores/method_kinds.h"
#include "app/window/main_window.h"
#include "app/window/scene3d/scene_tab.h"
#include "app/window/settings.h"
#include "widgets/panels/cursor_panel.h"
#include "widgets/scene3d/scene3d_panel.h"
#include "widgets/scene3d/vtk_host.h"
#include "widgets/theme/theme.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QElapsedTimer>
#include <QLabel>
#include <QMouseEvent>
#include <QSettings>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

namespace oodscope {
namespace {

constexpr int kLongestMs = 100'000;  // 24 network passes of the demo network on a busy machine

class SceneWindowTest : public ::testing::Test {
protected:
  void SetUp() override {
    QApplication::setOrganizationName(QStringLiteral("oodscope-test"));
    QApplication::setApplicationName(QStringLiteral("oodscope-test"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_home.filePath(QStringLiteral("config")));
    m_theme = std::make_unique<Theme>(*qApp, ThemeChoice::Dark);
    WorkOptions work;
    work.store.folder = std::string(OODSCOPE_BINARY_DIR) + "/test-cache/oodscope/logits";
    m_window = std::make_unique<MainWindow>(*m_theme, work);
    m_window->resize(1680, 1050);
    m_window->show();
    WindowRequest request;
    request.sets.push_back({partOfDemo(), std::nullopt});
    request.models.push_back({.path = std::string(OODSCOPE_SOURCE_DIR) + "/resources/demo/model/erfnet_slim_demo.pth",
                              .preprocessing = {},
                              .outputs = {},
                              .sha256 = {}});
    request.score = ScoreChoice{.method = methods::kMaxEntropy};
    request.tab = QStringLiteral("3D");
    m_window->open(request);
    ASSERT_TRUE(waitUntilIdle());
  }
  /// Three frames of the demo set, with everything that belongs to them.
  std::filesystem::path partOfDemo() {
    namespace fs = std::filesystem;
    const fs::path from = fs::path(OODSCOPE_SOURCE_DIR) / "resources/demo/set",
                   to = m_home.filePath("part").toStdString();
    for (const auto& entry : fs::recursive_directory_iterator(from)) {
      const std::string name = entry.path().filename().string();
      if (!entry.is_regular_file() || name.find("demo_0") == std::string::npos || name[6] > '2') continue;
      const fs::path target = to / fs::relative(entry.path(), from);
      fs::create_directories(target.parent_path());
      fs::copy_file(entry.path(), target);
    }
    return to;
  }
  QComboBox* choice(const char* name) {
    for (QComboBox* box : panel()->findChildren<QComboBox*>())
      if (box->accessibleName().contains(QLatin1String(name))) return box;
    return nullptr;
  }
  bool waitUntilIdle() {
    QElapsedTimer clock;
    clock.start();
    for (int quiet = 0; quiet < 5;) {
      if (clock.elapsed() > kLongestMs) return false;
      QTest::qWait(20);
      const VtkHost* host = panel() != nullptr ? panel()->host() : nullptr;
      quiet = m_window->isIdle() && (host == nullptr || host->isIdle()) ? quiet + 1 : 0;
    }
    return true;
  }
  Scene3DPanel* panel() { return m_window->scene()->panel(); }
  VtkHost* host() { return panel()->host(); }
  /// Written beside the build: pictures of every state, to be looked at.
  QImage picture(const QString& name) {
    const QString folder = QStringLiteral(OODSCOPE_BINARY_DIR "/screenshots");
    QDir().mkpath(folder);
    const QImage whole = m_window->grab().toImage();
    whole.save(folder + QStringLiteral("/3d-") + name + QStringLiteral(".png"));
    return host() != nullptr ? host()->grabFramebuffer() : whole;
  }
  void drag(QPointF from, QPointF to, Qt::MouseButton button = Qt::LeftButton) {
    QTest::mousePress(host(), button, {}, from.toPoint());
    for (int step = 1; step <= 5; ++step) {
      const QPointF at = from + (to - from) * step / 5.0;
      QMouseEvent move(QEvent::MouseMove, at, host()->mapToGlobal(at), Qt::NoButton, button, Qt::NoModifier);
      QApplication::sendEvent(host(), &move);
      QTest::qWait(1);
    }
    QTest::mouseRelease(host(), button, {}, to.toPoint());
  }

  QTemporaryDir m_home;
  std::unique_ptr<Theme> m_theme;
  std::unique_ptr<MainWindow> m_window;
};

#define NEEDS_OPENGL() \
  if (!VtkHost::isAvailable()) GTEST_SKIP() << "no OpenGL on this platform: run with a display"

TEST_F(SceneWindowTest, WithoutOpenGlTheTabSaysSoAndTheRestWorks) {
  if (VtkHost::isAvailable()) GTEST_SKIP() << "this platform has OpenGL";
  ASSERT_NE(panel(), nullptr);
  EXPECT_FALSE(panel()->hasOpenGl());
  bool said = false;
  for (const QLabel* label : panel()->findChildren<QLabel*>()) said |= label->text().contains("3D needs OpenGL");
  EXPECT_TRUE(said);
  for (const auto scene : {Scene3DPanel::Landscape, Scene3DPanel::PointCloud, Scene3DPanel::Relief}) {
    panel()->setScene(scene);
    ASSERT_TRUE(waitUntilIdle());
  }
  picture(QStringLiteral("without-opengl"));
  EXPECT_TRUE(m_window->run().numbers()->exact);
}

/// Share of pixels that are not the background.
double filled(const QImage& image) {
  const QRgb back = image.pixel(1, 1);
  double count = 0;
  for (int y = 0; y < image.height(); ++y)
    for (int x = 0; x < image.width(); ++x) count += image.pixel(x, y) != back ? 1 : 0;
  return count / (static_cast<double>(image.width()) * image.height());
}

TEST_F(SceneWindowTest, EverySceneIsDrawnInBothThemes) {
  NEEDS_OPENGL();
  EXPECT_GT(filled(picture(QStringLiteral("relief"))), 0.1);
  choice("covers")->setCurrentIndex(1);
  ASSERT_TRUE(waitUntilIdle());
  EXPECT_GT(filled(picture(QStringLiteral("relief-image"))), 0.1);
  panel()->setScene(Scene3DPanel::Landscape);
  ASSERT_TRUE(waitUntilIdle());
  EXPECT_GT(filled(picture(QStringLiteral("landscape"))), 0.1);
  choice("Height")->setCurrentIndex(3);
  ASSERT_TRUE(waitUntilIdle());
  EXPECT_GT(filled(picture(QStringLiteral("landscape-ap"))), 0.1);
  panel()->setScene(Scene3DPanel::PointCloud);
  ASSERT_TRUE(waitUntilIdle());
  EXPECT_GT(filled(picture(QStringLiteral("cloud"))), 0.05);
  m_theme->setChoice(ThemeChoice::Light);
  ASSERT_TRUE(waitUntilIdle());
  EXPECT_EQ(picture(QStringLiteral("cloud-light")).pixel(1, 1) & 0xffffffU, tokens(false).plot.rgb() & 0xffffffU);
  panel()->setScene(Scene3DPanel::Relief);
  ASSERT_TRUE(waitUntilIdle());
  EXPECT_GT(filled(picture(QStringLiteral("relief-light"))), 0.1);
}

TEST_F(SceneWindowTest, APickOnTheReliefSelectsThePixelInTheWholeWindow) {
  NEEDS_OPENGL();
  const QPoint middle = host()->rect().center();
  const auto expected = panel()->relief().meaningAt(middle);
  ASSERT_TRUE(expected);
  QTest::mouseClick(host(), Qt::LeftButton, {}, middle);
  ASSERT_TRUE(waitUntilIdle());
  EXPECT_TRUE(m_window->findChild<CursorPanel*>()->asText().contains(QStringLiteral("score"), Qt::CaseInsensitive));
  const QString place =
      QStringLiteral("x %1 y %2").arg(static_cast<int>(expected->x())).arg(static_cast<int>(expected->y()));
  bool said = false;
  for (const QLabel* label : m_window->findChildren<QLabel*>()) said |= label->text().contains(place);
  EXPECT_TRUE(said) << "the cursor dock's title names " << place.toStdString();
}

TEST_F(SceneWindowTest, APickOnTheLandscapeSetsTheOperatingPoint) {
  NEEDS_OPENGL();
  panel()->setScene(Scene3DPanel::Landscape);
  ASSERT_TRUE(waitUntilIdle());
  const QPointF place = panel()->landscape().placeOf({0.5, 0.0, 0.05});
  const auto expected = panel()->landscape().meaningAt(place.toPoint());
  ASSERT_TRUE(expected);
  QTest::mouseClick(host(), Qt::LeftButton, {}, place.toPoint());
  ASSERT_TRUE(waitUntilIdle());
  const ViewState& view = m_window->session().view();
  EXPECT_FLOAT_EQ(view.score.temperature, static_cast<float>(expected->x()));
  ASSERT_TRUE(view.threshold);
  EXPECT_FLOAT_EQ(*view.threshold, static_cast<float>(expected->y()));
  EXPECT_EQ(view.pin, PinRule::None);
  EXPECT_FALSE(m_window->session().isDragging());
}

TEST_F(SceneWindowTest, ThePlaneFollowsTheThreshold) {
  NEEDS_OPENGL();
  const auto planeAt = [this](float threshold) {
    ViewState view = m_window->session().view();
    view.threshold = threshold;
    view.pin = PinRule::None;
    m_window->session().edit(view, QStringLiteral("threshold"));
    EXPECT_TRUE(waitUntilIdle());
    return host()->grabFramebuffer();
  };
  const QImage low = planeAt(0.2F);
  EXPECT_NE(planeAt(0.8F), low);
  EXPECT_EQ(planeAt(0.2F), low);
}

}  // namespace
}  // namespace oodscope
