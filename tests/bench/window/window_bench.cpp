// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session/session.h"
#include "app/window/main_window.h"
#include "app/window/stall_meter.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/scale_slider.h"
#include "widgets/controls/temperature_slider.h"
#include "widgets/controls/threshold_slider.h"
#include "widgets/lists/frame_list.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/theme.h"
#include "widgets/views/view_grid.h"

#include <QApplication>
#include <QMouseEvent>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>

using namespace oodscope;

namespace {

constexpr int kTickMs = 8;       // 125 Hz
constexpr int kDragTicks = 250;  // two seconds
constexpr int kStarts = 7;

/// Counts how often a widget, or a plot inside it, is painted.
class PaintCounter : public QObject {
public:
  explicit PaintCounter(QWidget* widget) {
    widget->installEventFilter(this);
    for (QWidget* child : widget->findChildren<QWidget*>()) child->installEventFilter(this);
  }
  int take() { return std::exchange(m_count, 0); }

protected:
  bool eventFilter(QObject*, QEvent* event) override {
    m_count += event->type() == QEvent::Paint ? 1 : 0;
    return false;
  }

private:
  int m_count = 0;
};

bool settle(MainWindow& window, int limitMs) {
  QElapsedTimer clock;
  clock.start();
  int quiet = 0;
  while (quiet < 10 && clock.elapsed() < limitMs) {
    QTest::qWait(20);
    quiet = window.isSettled() ? quiet + 1 : 0;
  }
  return quiet >= 10;
}

void mouse(QWidget* widget, QEvent::Type type, QPointF at) {
  const bool held = type != QEvent::MouseButtonRelease;
  QMouseEvent event(type, at, widget->mapToGlobal(at), type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton,
                    held ? Qt::LeftButton : Qt::NoButton, Qt::NoModifier);
  QApplication::sendEvent(widget, &event);
}

/// Back and forth over the middle of a slider, ending off the middle.
void drag(ScaleSlider* slider) {
  const double y = slider->height() / 2.0;
  const double from = slider->pixelOf(0.3), to = slider->pixelOf(0.8);
  QElapsedTimer clock;
  mouse(slider, QEvent::MouseButtonPress, {from, y});
  clock.start();
  for (int tick = 1; tick <= kDragTicks; ++tick) {
    const double phase = 0.5 - 0.5 * std::cos(tick * 0.049);
    mouse(slider, QEvent::MouseMove, {from + (to - from) * phase, y});
    do QApplication::processEvents(QEventLoop::AllEvents, 1);
    while (clock.elapsed() < tick * kTickMs);
  }
  mouse(slider, QEvent::MouseButtonRelease, {from + (to - from) * 0.61, y});
}

/// The longest that the GUI thread itself computed without coming back to its loop: a stall without what other programs
/// on the machine took.
class OwnTime : public QObject {
public:
  OwnTime() {
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(5);
    connect(&m_timer, &QTimer::timeout, this, [this] {
      const double at = now();
      m_worst = std::max(m_worst, at - m_last);
      m_last = at;
    });
    m_last = now();
    m_timer.start();
  }
  double takeWorstMs() {
    m_last = now();
    return std::exchange(m_worst, 0.0);
  }

private:
  static double now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
  }
  QTimer m_timer;
  double m_last = 0.0, m_worst = 0.0;
};

struct Meters {
  StallMeter stalls;
  OwnTime own;
  PaintCounter heat, curve;
};

void report(const char* what, Meters& meters) {
  std::printf(
      "%-28s heatmap %4d paints, PR curve %4d paints, worst stall %5.1f ms (%5.1f of its own), over 50 ms: %d\n", what,
      meters.heat.take(), meters.curve.take(), meters.stalls.worstMs(), meters.own.takeWorstMs(),
      meters.stalls.stalls());
  std::fflush(stdout);
  meters.stalls.reset();
}

double startOnce(const QString& session, const QString& theme) {
  QProcess process;
  QElapsedTimer clock;
  clock.start();
  process.start(QStringLiteral(OODSCOPE_PROGRAM),
                {session, QStringLiteral("--theme"), theme, QStringLiteral("--print-first-paint")});
  process.waitForFinished(20000);
  const QByteArray out = process.readAllStandardOutput();
  if (!out.contains("painted")) return NAN;
  return static_cast<double>(clock.elapsed());
}

}  // namespace

int main(int argc, char** argv) {
  prepareProcessForInference(argc, argv);
  if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  QTemporaryDir home;
  qputenv("XDG_CONFIG_HOME", home.filePath(QStringLiteral("config")).toLocal8Bit());
  qputenv("XDG_DATA_HOME", home.filePath(QStringLiteral("data")).toLocal8Bit());
  QApplication application(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("oodscope"));
  QApplication::setApplicationName(QStringLiteral("oodscope"));
  const std::filesystem::path shared(OODSCOPE_SHARED_DIR);
  const auto set = shared / "data/course_sets/RoadAnomaly21";
  const auto model = shared / "data/weights/erfnet_cityscapes_20.pth";
  if (!std::filesystem::exists(set) || !std::filesystem::exists(model)) {
    std::fprintf(stderr, "bench_window needs %s and %s\n", set.c_str(), model.c_str());
    return 2;
  }
  Theme theme(application, ThemeChoice::Dark);
  bool exact = true;
  {
    MainWindow window(theme, WorkOptions{});
    window.show();
    WindowRequest request;
    request.sets.push_back({set, std::nullopt});
    request.models.push_back({.path = model, .preprocessing = {}, .outputs = {}, .sha256 = {}});
    window.open(request);
    if (!settle(window, 120000)) {
      std::fprintf(stderr, "the window did not settle\n");
      return 3;
    }
    Meters meters{.stalls = StallMeter(),
                  .own = OwnTime(),
                  .heat = PaintCounter(window.views()->view(2)),
                  .curve = PaintCounter(window.curves()->precisionRecall())};
    meters.stalls.start();
    QTest::qWait(500);
    report("at rest, 0.5 s", meters);
    drag(window.controls()->temperature()->findChild<ScaleSlider*>());
    report("temperature drag, 2 s", meters);
    settle(window, 60000);
    report("  settling", meters);
    const auto numbers = window.controller().numbers();
    const auto live = window.controller().liveSet();
    std::stop_source never;
    const auto pass = live->exact(numbers->configuration, numbers->protocol, std::nullopt, never.get_token());
    exact = numbers->exact && pass && pass->metrics.ap == numbers->metrics.ap &&
            pass->metrics.fpr95 == numbers->metrics.fpr95;
    std::printf("  at rest: %s, AP %.4f, FPR95 %.4f %% at T %.3f\n", exact ? "exact" : "NOT EXACT",
                100.0 * numbers->metrics.ap.value_or(NAN), 100.0 * numbers->metrics.fpr95.value_or(NAN),
                static_cast<double>(numbers->configuration.temperature.value_or(1.0F)));
    meters.stalls.reset();
    drag(window.controls()->threshold()->findChild<ScaleSlider*>());
    report("threshold drag, 2 s", meters);
    settle(window, 60000);
    report("  settling", meters);
    for (int i = 0; i < 20; ++i) {
      window.frames()->step(i < 10 ? 1 : -1);
      QTest::qWait(80);
    }
    report("20 frame steps, 1.6 s", meters);
    for (QAction* method : window.actions().methods) {
      if (method == window.actions().methods.back()) break;  // the void class is not trained here
      method->trigger();
      QTest::qWait(250);
    }
    report("method switches", meters);
    settle(window, 60000);
    report("  settling", meters);
    for (const Protocol protocol : {Protocol::Fishyscapes, Protocol::Smiyc2023, Protocol::Course}) {
      ViewState view = window.session().view();
      view.protocol = protocol;
      window.session().edit(view, QStringLiteral("protocol"));
      QTest::qWait(250);
    }
    settle(window, 60000);
    report("protocol switches", meters);
    meters.stalls.stop();
    window.close();
  }

  const auto sixty = shared / "data/course_sets/RoadAnomaly";
  Session session;
  session.sets.push_back({sixty, std::nullopt});
  session.models.push_back({.path = model, .preprocessing = {}, .outputs = {}, .sha256 = {}});
  session.view.set = "RoadAnomaly";
  const QString file = home.filePath(QStringLiteral("sixty.oodscope"));
  writeSession(session, file.toStdString());
  std::vector<double> starts;
  for (int i = 0; i < kStarts; ++i) starts.push_back(startOnce(file, QStringLiteral("dark")));
  std::sort(starts.begin(), starts.end());
  std::printf("start to first paint with 60 frames: median %.0f ms (%.0f to %.0f, %d starts)\n", starts[kStarts / 2],
              starts.front(), starts.back(), kStarts);
  return exact ? 0 : 1;
}
