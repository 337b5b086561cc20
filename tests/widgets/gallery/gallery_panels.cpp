// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/gallery/gallery_pages.h"
#include "widgets/lists/failure_view.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/banner.h"
#include "widgets/panels/cursor_panel.h"
#include "widgets/panels/dock_title.h"
#include "widgets/panels/messages_panel.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/panels/start_page.h"
#include "widgets/panels/status_widgets.h"

#include <QDockWidget>
#include <QLabel>
#include <QMainWindow>
#include <QMenu>
#include <QVBoxLayout>

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
                 {QStringLiteral("Δ FPR95"), -14.1, 2.2, 0.28, QStringLiteral("undecided"), true}};
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

QImage gradient(int seed) {
  QImage image(160, 90, QImage::Format_RGB32);
  for (int y = 0; y < 90; ++y)
    for (int x = 0; x < 160; ++x) image.setPixel(x, y, qRgb((x + 40 * seed) % 200, y * 2, 120));
  return image;
}

QWidget* frames() {
  auto* list = new FrameListView;
  std::vector<FrameRow> rows;
  for (int i = 0; i < 10; ++i) {
    FrameRow row{.name = QString::number(i),
                 .label = i == 4 ? FrameLabel::None : FrameLabel::Anomaly,
                 .anomalyShare = 8.3 + i,
                 .objects = 1};
    if (i != 4) row.fpr95 = 88.5 - 6.0 * i;
    if (i != 4) row.ap = 7.3 + 5.0 * i;
    row.estimated = i > 6;
    if (i == 1) row.tags = {QStringLiteral("night")};
    rows.push_back(row);
  }
  list->model()->setSets({{QStringLiteral("RoadAnomaly21"), rows}});
  for (int i = 0; i < 8; ++i) list->model()->setThumbnail(0, i, gradient(i));
  list->setCurrentFrame(0, 3);
  return docked(QStringLiteral("Frames"), list, QSize(236, 500), QStringLiteral("10 of 10"));
}

QWidget* start() {
  auto* page = new StartPage;
  page->resize(1114, 640);
  return page;
}

QWidget* lines() {
  auto* page = new QWidget;
  auto* layout = new QVBoxLayout(page);
  for (const Severity severity : {Severity::Info, Severity::Warning, Severity::Error}) {
    auto* banner = new Banner;
    banner->setView({severity, QStringLiteral("RoadAnomaly21"),
                     QStringLiteral("opened as course bundle: 10 images, 10 labels, nothing skipped."),
                     QStringLiteral("Details")});
    layout->addWidget(banner);
  }
  auto* status = new StatusLine;
  status->setData(QStringLiteral("10 frames · 5.06 Mpx"));
  status->setState(QStringLiteral("≈ estimated"));
  status->setCache(QStringLiteral("cache 0.2 GB of 8"));
  status->setTiming(QStringLiteral("slider 9 ms"));
  status->progress()->setView(
      {.what = QStringLiteral("exact pass"), .done = 6, .total = 10, .secondsLeft = 0.4, .canPause = true});
  status->progress()->show();
  layout->addWidget(status);
  auto* messages = new MessagesPanel;
  messages->add({QDateTime(QDate(2024, 1, 2), QTime(3, 4, 5)), Severity::Warning,
                 QStringLiteral("Label value 2 is read as anomaly"), QStringLiteral("labels/3.png")});
  layout->addWidget(messages);
  page->resize(1000, 330);
  return page;
}

QWidget* failures() {
  auto* view = new FailureView(FailureKind::FalsePositive);
  std::vector<FailureRow> rows;
  for (int i = 0; i < 9; ++i)
    rows.push_back({.id = 14 + i,
                    .frame = i,
                    .frameName = QString::number(i),
                    .area = 23873 - 1900 * i,
                    .peak = 0.752,
                    .mean = 0.375,
                    .margin = 0.532,
                    .predictedClass = QStringLiteral("vegetation"),
                    .predictedColour = QColor(107, 142, 35),
                    .classShare = 54.0,
                    .tags = i == 1 ? QStringList{QStringLiteral("kerb")} : QStringList()});
  view->model()->setRows(rows);
  view->setFilter(QStringLiteral("area < 22000"));
  view->setCurrentRow(2);
  view->resize(700, 300);
  return view;
}

}  // namespace

std::vector<GalleryPage> panelPages() {
  return {{"metrics", [] { return metrics(false); }},
          {"metrics_estimated", [] { return metrics(true); }},
          {"comparison", comparison},
          {"cursor", cursor},
          {"cursor_comparison", cursorComparison},
          {"empty", empty},
          {"frames", frames},
          {"start", start},
          {"lines", lines},
          {"failures", failures}};
}

}  // namespace oodscope
