// SPDX-License-Identifier: GPL-3.0-or-later
// Frames per second while a scene is dragged with the mouse, and the cost of the full grid at rest. Needs a display:
//   xvfb-run -a -s "-screen 0 1280x1024x24" bench_scene3d
#include "tests/widgets/support/synthetic_scene.h"
#include "widgets/scene3d/scene3d_panel.h"
#include "widgets/scene3d/vtk_host.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QMouseEvent>

#include <cmath>
#include <cstdio>

namespace {

using namespace oodscope;

constexpr int kMoves = 60;

void send(VtkHost& host, QEvent::Type type, QPointF at, Qt::MouseButton button, Qt::MouseButtons buttons) {
  QMouseEvent event(type, at, host.mapToGlobal(at), button, buttons, Qt::NoModifier);
  QApplication::sendEvent(&host, &event);
}

/// Draws after every move, as a hand that never outruns the picture would see it.
double framesPerSecond(VtkHost& host) {
  const QPointF middle = host.rect().center();
  send(host, QEvent::MouseButtonPress, middle, Qt::LeftButton, Qt::LeftButton);
  send(host, QEvent::MouseMove, middle + QPointF(20, 0), Qt::NoButton, Qt::LeftButton);
  host.grabFramebuffer();
  QElapsedTimer clock;
  clock.start();
  for (int i = 0; i < kMoves; ++i) {
    send(host, QEvent::MouseMove, middle + QPointF(120 * std::sin(i * 0.1), 40 * std::cos(i * 0.1)), Qt::NoButton,
         Qt::LeftButton);
    QApplication::processEvents();
  }
  host.grabFramebuffer();
  const double seconds = static_cast<double>(clock.nsecsElapsed()) * 1e-9;
  send(host, QEvent::MouseButtonRelease, middle, Qt::LeftButton, Qt::NoButton);
  return kMoves / seconds;
}

}  // namespace

int main(int argc, char** argv) {
  QApplication application(argc, argv);
  if (!VtkHost::isAvailable()) {
    std::fprintf(stderr, "bench_scene3d: no OpenGL on this platform\n");
    return 3;
  }
  const auto scene = testing_support::syntheticScene({1280, 720}, {1024, 512});
  Scene3DPanel panel;
  panel.resize(960, 600);
  panel.relief().setScale(0.0F, 1.0F);
  panel.relief().setFrame(scene.image, scene.scores);
  panel.relief().setThreshold(0.4F);
  std::vector<double> temperatures, thresholds;
  Grid<float> metric({9, 64});
  for (int t = 0; t < 9; ++t) temperatures.push_back(0.25 * std::pow(1.5, t));
  for (int r = 0; r < 64; ++r) thresholds.push_back(r / 63.0);
  for (int r = 0; r < 64; ++r)
    for (int t = 0; t < 9; ++t) metric.at(t, r) = static_cast<float>(std::exp(-std::pow((r - 5.0 * t) / 12.0, 2)));
  panel.landscape().setSurface(temperatures, thresholds, metric);
  panel.show();
  QApplication::processEvents();
  std::printf("relief, 1024x512 scores, 960x600 panel: %.1f fps while dragging\n", framesPerSecond(*panel.host()));
  QElapsedTimer clock;
  while (!panel.host()->isIdle()) QApplication::processEvents();
  QApplication::processEvents();
  clock.start();
  panel.host()->grabFramebuffer();
  std::printf("relief, full grid at rest: %.0f ms\n", static_cast<double>(clock.nsecsElapsed()) * 1e-6);
  panel.setScene(Scene3DPanel::Landscape);
  QApplication::processEvents();
  std::printf("landscape, 9x64: %.1f fps while dragging\n", framesPerSecond(*panel.host()));
  return 0;
}
