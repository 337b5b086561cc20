// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/protocol_rules.h"
#include "analysis/scores/method_kinds.h"
#include "app/session/edits.h"
#include "app/session/session.h"
#include "app/window/main_window.h"
#include "tests/bench/window/hand.h"
#include "tests/bench/window/meters.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/scale_slider.h"
#include "widgets/controls/temperature_slider.h"
#include "widgets/controls/threshold_slider.h"
#include "widgets/lists/frame_list.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/theme.h"
#include "widgets/views/view_grid.h"

#include <QAction>
#include <QDockWidget>
#include <QLineEdit>
#include <QProcess>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstdio>

using namespace oodscope;

namespace {

constexpr int kDragMs = 2000;
constexpr int kStarts = 7;
constexpr int kHeat = 0, kCurve = 1;  // what is counted
constexpr int kHeatPane = 2, kDecisionPane = 3;

bool waitUntilIdle(MainWindow& window, int limitMs) {
  QElapsedTimer clock;
  clock.start();
  int quiet = 0;
  while (quiet < 10 && clock.elapsed() < limitMs) {
    QTest::qWait(20);
    quiet = window.isIdle() ? quiet + 1 : 0;
  }
  return quiet >= 10;
}

/// The scripted minute of use.
class Minute {
public:
  Minute(MainWindow& window, MeteredApplication& application) : m_window(window) {
    m_meters.watch(window.views()->view(kHeatPane), kHeat, [this] {
      if (const auto& picture = m_window.run().picture(); picture && picture->configuration)
        m_temperature.shown(picture->configuration->temperature.value_or(1.0F));
    });
    m_meters.watch(window.curves()->precisionRecall(), kCurve, {});
    // The decision's paints are not counted, but timed.
    m_meters.watch(window.views()->view(kDecisionPane), kOther, [this] {
      if (const auto threshold = m_window.run().threshold()) m_threshold.shown(*threshold);
    });
    application.setMeters(&m_meters);
    m_meters.start();
    hand::rest(500);
    m_meters.report("at rest, 0.5 s");
  }
  [[nodiscard]] Meters& meters() { return m_meters; }
  /// What was done outside of the script does not count.
  void forget() { m_meters.forget(); }

  bool dragTemperature() {
    hand::drag(m_window.controls()->temperature()->findChild<ScaleSlider*>(), kDragMs,
               [this] { m_temperature.asked(m_window.session().view().score.temperature); });
    const bool live = m_meters.paints(kHeat) >= 20 && m_meters.paints(kCurve) >= 20;
    m_meters.report("temperature drag, 2 s");
    std::printf("  tick to the painted heatmap: %s\n", qPrintable(m_temperature.take()));
    settled("  settling");
    return live;
  }

  void dragThreshold() {
    hand::drag(m_window.controls()->threshold()->findChild<ScaleSlider*>(), kDragMs,
               [this] { m_threshold.asked(m_window.session().view().threshold.value_or(0.0F)); });
    m_meters.report("threshold drag, 2 s");
    std::printf("  tick to the painted decision: %s\n", qPrintable(m_threshold.take()));
    settled("  settling");
  }

  void stepFrames(const char* what) {
    for (int i = 0; i < 20; ++i) {
      m_window.frames()->step(i < 10 ? 1 : -1);
      hand::rest(80);
    }
    m_meters.report(what);
    settled("  settling");
  }

  void switchChoices() {
    const ScoreInputs inputs = m_window.run().liveSet()->source().inputs();
    for (std::size_t i = 0; i < allMethods().size(); ++i) {
      if (allMethods()[i].whyNot(inputs)) continue;
      m_window.actions().methods[i]->trigger();
      hand::rest(250);
    }
    m_window.session().edit(edits::setMethod(methods::kSoftmaxDistance));  // what follows is of one that T moves
    hand::rest(250);
    m_meters.report("method switches");
    for (const Protocol protocol : {protocols::kFishyscapes, protocols::kSmiyc2023, protocols::kCourse}) {
      ViewState view = m_window.session().view();
      view.protocol = protocol;
      m_window.session().edit(view, QStringLiteral("protocol"));
      hand::rest(250);
    }
    m_meters.report("protocol switches");
    settled("  settling");
  }

  void sortAndFilter() {
    for (const FrameMetric metric : {FrameMetric::Ap, FrameMetric::F1, FrameMetric::MeanScore, FrameMetric::Fpr95}) {
      m_window.frames()->setSortMetric(metric);
      hand::rest(100);
    }
    m_meters.report("sorting");
    auto* filter = m_window.frames()->findChild<QLineEdit*>();
    filter->setFocus();
    for (const QChar key : QStringLiteral("fpr95 > 60")) {
      QTest::keyClick(filter, key.toLatin1());
      hand::rest(30);
    }
    for (int i = 0; i < 10; ++i) QTest::keyClick(filter, Qt::Key_Backspace);
    m_meters.report("filtering");
  }

  void turnTabs() {
    QTabWidget* tabs = m_window.analysis();
    for (int i = 0; i <= tabs->count(); ++i) {
      const int tab = i % tabs->count();
      tabs->setCurrentIndex(tab);
      hand::rest(250);
      m_meters.report(qPrintable(QStringLiteral("tab ") + tabs->tabText(tab)));
    }
    for (auto* dock : m_window.findChildren<QDockWidget*>()) {
      const bool visible = dock->isVisible();
      dock->setVisible(!visible);
      hand::rest(100);
      dock->setVisible(visible);
      hand::rest(100);
    }
    m_meters.report("docks hidden and shown");
    m_window.actions().layoutMethods->trigger();
    hand::rest(500);
    m_meters.report("a view a method");
    m_window.actions().layoutTwoByTwo->trigger();
    settled("  settling");
  }

  void zoomAndPan(const std::filesystem::path& large) {
    m_window.openPaths({QString::fromStdString(large.string())});
    settled("opening 30 frames of 2048x1024");
    ViewState view = m_window.session().view();
    view.set = large.filename().string();
    view.frame = m_window.workspace().findSet(QString::fromStdString(view.set))->set->frames.front().name;
    m_window.session().edit(view, QStringLiteral("set"));
    settled("switching to them");
    ImageView* heat = m_window.views()->view(kHeatPane);
    const QPointF middle(heat->width() / 2.0, heat->height() / 2.0);
    hand::hover(heat, {20, 20}, {heat->width() - 20.0, heat->height() - 20.0}, 1000);
    m_meters.report("hovering, 1 s");
    hand::wheel(heat, middle, 12);
    m_meters.report("zooming in, 12 notches");
    hand::pan(heat, middle, kDragMs);
    m_meters.report("panning, 2 s");
    hand::wheel(heat, middle, -12);
    m_meters.report("zooming out, 12 notches");
    stepFrames("20 steps over 2048x1024");
    dragTemperature();
    dragThreshold();
  }

private:
  void settled(const char* what) {
    waitUntilIdle(m_window, 120000);
    m_meters.report(what);
  }
  static constexpr int kOther = 2;
  MainWindow& m_window;
  Meters m_meters;
  Latency m_temperature, m_threshold;
};

bool isExact(MainWindow& window) {
  const auto numbers = window.run().numbers();
  const auto live = window.run().liveSet();
  std::stop_source never;
  const auto pass = live->exact(numbers->configuration, numbers->protocol, std::nullopt, never.get_token());
  const bool exact = numbers->exact && pass && pass->metrics.ap == numbers->metrics.ap &&
                     pass->metrics.fpr95 == numbers->metrics.fpr95;
  std::printf("  at rest: %s, AP %.4f, FPR95 %.4f %% at T %.3f\n", exact ? "exact" : "NOT EXACT",
              100.0 * numbers->metrics.ap.value_or(NAN), 100.0 * numbers->metrics.fpr95.value_or(NAN),
              static_cast<double>(numbers->configuration.temperature.value_or(1.0F)));
  return exact;
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
  MeteredApplication application(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("oodscope"));
  QApplication::setApplicationName(QStringLiteral("oodscope"));
  const std::filesystem::path shared(OODSCOPE_SHARED_DIR);
  const auto set = shared / "data/course_sets/RoadAnomaly21";
  const auto model = shared / "data/weights/erfnet_cityscapes_20.pth";
  if (!std::filesystem::exists(set) || !std::filesystem::exists(model)) {
    std::fprintf(stderr, "bench_window needs %s and %s\n", set.c_str(), model.c_str());
    return 2;
  }
  const auto large = shared / "data/course_sets/FS_LostFound_full";
  Theme theme(application, ThemeChoice::Dark);
  bool exact = true, live = true;
  {
    MainWindow window(theme, WorkOptions{});
    window.show();
    WindowRequest request;
    request.sets.push_back({set, std::nullopt});
    request.models.push_back({.path = model, .preprocessing = {}, .outputs = {}, .sha256 = {}});
    window.open(request);
    if (!waitUntilIdle(window, 120000)) {
      std::fprintf(stderr, "the window did not settle\n");
      return 3;
    }
    Minute minute(window, application);
    // For a profiler: nothing but drags of the temperature.
    if (const QStringList asked = QApplication::arguments(); asked.size() == 3 && asked[1] == "--drags") {
      application.reportKinds();
      for (int i = 0; i < asked[2].toInt(); ++i) live &= minute.dragTemperature();
      application.reportKinds();
      return live ? 0 : 1;
    }
    live = minute.dragTemperature();
    exact = isExact(window);
    minute.forget();
    minute.dragThreshold();
    minute.stepFrames("20 frame steps, 1.6 s");
    minute.switchChoices();
    minute.sortAndFilter();
    minute.turnTabs();
    if (std::filesystem::exists(large)) minute.zoomAndPan(large);
    std::printf("in all: %d stalls over 50 ms, worst %.1f ms\n", minute.meters().stallsInAll(),
                minute.meters().worstInAllMs());
    application.setMeters(nullptr);
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
  return exact && live ? 0 : 1;
}
