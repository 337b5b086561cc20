// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/gallery/gallery_pages.h"
#include "widgets/panels/cursor_panel.h"
#include "widgets/panels/dock_title.h"
#include "widgets/panels/metrics_panel.h"

#include <QDockWidget>
#include <QLabel>
#include <QMainWindow>
#include <QMenu>

namespace oodscope {
namespace {

QWidget* docked(const QString& title, QWidget* content, const QSize& size, const QString& note = {},
                const QString& badge = {}, Badge::Kind kind = Badge::Kind::Exact) {
  auto* window = new QMainWindow;
  auto* dock = new QDockWidget(title, window);
  auto* bar = new DockTitle(dock);
  bar->setNote(note);
  if (!badge.isEmpty()) bar->badge()->setBadge(kind, badge);
  bar->setMenu(new QMenu(dock));
  dock->setWidget(content);
  window->addDockWidget(Qt::RightDockWidgetArea, dock);
  window->resize(size);
  return window;
}

MetricsView metricsView(bool estimated) {
  const auto value = [&](double v, double half) {
    ShownValue shown{.value = v, .estimated = estimated};
    if (estimated) shown.halfWidth = half;
    return shown;
  };
  MetricsView view;
  view.unit = QStringLiteral("set, %");
  view.currentName = QStringLiteral("T 1.60");
  view.referenceName = QStringLiteral("T 1.00");
  view.frameName = QStringLiteral("frame 3");
  view.rows = {
      {.name = QStringLiteral("AP"), .current = value(30.28, 0.6), .reference = 29.0, .delta = 1.28, .frame = {19.63}},
      {.name = QStringLiteral("FPR95"),
       .current = value(63.23, 0.8),
       .reference = 62.17,
       .delta = 1.06,
       .higherIsBetter = false,
       .frame = {50.67}},
      {.name = QStringLiteral("AUROC"),
       .current = value(73.92, 0.3),
       .reference = 73.29,
       .delta = 0.63,
       .undecided = true,
       .frame = {80.98}},
      {.name = QStringLiteral("best F1"),
       .current = {.value = {}, .reason = QStringLiteral("no positives")},
       .frame = {33.79}}};
  view.operatingName = QStringLiteral("at δ 0.220");
  view.operating = {{QStringLiteral("precision / recall"), {value(26.07, 0), value(64.17, 0)}, {{22.3}, {67.0}}},
                    {QStringLiteral("false positive rate"), {value(31.62, 0)}, {{20.1}}}};
  view.counts = DecisionCounts{484000, 270000, 1360000, 2950000, estimated};
  view.components = ComponentsRow{QStringLiteral("components, 500 px"), QStringLiteral("35 regions, 16 objects"),
                                  value(18.7, 0), value(21.4, 0), value(8.3, 0)};
  view.others = {
      {QStringLiteral("closed-set mIoU"), {.value = {}, .reason = QStringLiteral("no class labels in this set")}}};
  view.provenance = {QStringLiteral("Course protocol · pooled pixels · 0 frames skipped"),
                     QStringLiteral("model 3f9a-c17e · data b17c-04d2 · 2 threads")};
  return view;
}

QWidget* metrics(bool estimated) {
  auto* panel = new MetricsPanel;
  panel->setView(metricsView(estimated));
  return docked(QStringLiteral("Metrics"), panel, QSize(estimated ? 324 : 264, 400), {},
                estimated ? QStringLiteral("≈ estimated") : QStringLiteral("= exact"),
                estimated ? Badge::Kind::Estimated : Badge::Kind::Exact);
}

QWidget* comparison() {
  MetricsView view = metricsView(false);
  view.isComparison = true;
  view.currentName = QStringLiteral("B Max-logit");
  view.referenceName = QStringLiteral("A MSP");
  view.frameName.clear();
  view.operating.clear();
  view.counts.reset();
  view.components.reset();
  view.others.clear();
  view.rows.push_back(
      {.name = QStringLiteral("published AP"), .current = {38.29}, .reference = 29.09, .delta = 9.2, .quiet = true});
  view.paired = {{QStringLiteral("Δ AP"), 3.6, 14.0, 0.0004, QStringLiteral("B better")},
                 {QStringLiteral("Δ FPR95"), -14.1, 2.2, 0.28, QStringLiteral("undecided")}};
  view.pairedNote = QStringLiteral("10 frames, wide intervals: that of Δ FPR95 contains 0.");
  auto* panel = new MetricsPanel;
  panel->setView(view);
  return docked(QStringLiteral("Metrics"), panel, QSize(324, 400), {}, QStringLiteral("= exact"));
}

CursorView cursorView() {
  CursorView view;
  view.score = 0.0722;
  view.margin = -0.1475;
  view.rank = 0.637;
  view.label = PixelLabel::Anomaly;
  view.decision = PixelDecision::FalseNegative;
  view.predictedClass = QStringLiteral("building");
  view.predictedColour = QColor(70, 70, 70);
  view.probabilityName = QStringLiteral("Class probability at T 1.60");
  view.classes = {{QStringLiteral("building"), QColor(70, 70, 70), 0.928},
                  {QStringLiteral("car"), QColor(0, 0, 142), 0.019},
                  {QStringLiteral("person"), QColor(220, 20, 60), 0.017},
                  {QStringLiteral("vegetation"), QColor(107, 142, 35), 0.008},
                  {QStringLiteral("wall"), QColor(102, 102, 156), 0.006}};
  view.otherClasses = 14;
  view.otherShare = 0.023;
  return view;
}

QWidget* cursor() {
  auto* panel = new CursorPanel;
  panel->setView(cursorView());
  return docked(QStringLiteral("Cursor"), panel, QSize(324, 290), QStringLiteral("frame 3 · x 826 y 402"));
}

QWidget* cursorComparison() {
  auto* panel = new CursorPanel;
  CursorComparison c{QStringLiteral("A"), QStringLiteral("B"), cursorView(), cursorView(),
                     QStringLiteral("scores of two methods have different units; ranks can be compared.")};
  c.b.rank = 0.936;
  panel->setComparison(c);
  return docked(QStringLiteral("Cursor"), panel, QSize(324, 290), QStringLiteral("frame 9 · x 800 y 330"));
}

QWidget* empty() { return docked(QStringLiteral("Metrics"), new MetricsPanel, QSize(324, 200)); }

}  // namespace

std::vector<GalleryPage> panelPages() {
  return {{"metrics", [] { return metrics(false); }},
          {"metrics_estimated", [] { return metrics(true); }},
          {"comparison", comparison},
          {"cursor", cursor},
          {"cursor_comparison", cursorComparison},
          {"empty", empty}};
}

}  // namespace oodscope
