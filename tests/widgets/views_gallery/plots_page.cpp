// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/views_gallery/pages.h"
#include "widgets/plots/bar_list.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/plots/reliability_plot.h"
#include "widgets/plots/sweep_plot.h"
#include "widgets/plots/transfer_matrix_plot.h"
#include "widgets/theme/tokens.h"

#include <QApplication>
#include <QGridLayout>
#include <QPainter>
#include <QPdfWriter>

#include <cmath>

namespace oodscope {
namespace {

// Two beta-like score distributions; everything else follows from them.
struct Curves {
  CurveData pr, roc, f1;
  HistogramData histogram;
};

Curves curves(double separation, CurveRole role, const QString& name, bool estimated) {
  Curves out;
  const int bins = 66;
  std::vector<double> normal(bins), anomalous(bins);
  double sumN = 0, sumA = 0;
  for (int i = 0; i < bins; ++i) {
    const double s = (i + 0.5) / bins;
    normal[static_cast<std::size_t>(i)] = std::pow(s + 0.02, -0.6) * std::exp(-4.2 * s) * (1 - s);
    anomalous[static_cast<std::size_t>(i)] = std::pow(s + 0.05, 0.1 + separation) * (1 - s) * (1 - s);
    sumN += normal[static_cast<std::size_t>(i)];
    sumA += anomalous[static_cast<std::size_t>(i)];
  }
  const double prior = 0.148;
  double tp = 0, fp = 0;
  for (CurveData* c : {&out.pr, &out.roc, &out.f1}) {
    c->role = role;
    c->name = name;
    c->estimated = estimated;
  }
  for (int i = bins - 1; i >= 0; --i) {
    for (int part = 0; part < 8; ++part) {
      tp += anomalous[static_cast<std::size_t>(i)] / sumA / 8;
      fp += normal[static_cast<std::size_t>(i)] / sumN / 8;
      const double precision = tp * prior / (tp * prior + fp * (1 - prior));
      const double threshold = 0.9 * (i + 1 - (part + 1) / 8.0) / bins;
      for (CurveData* c : {&out.pr, &out.roc, &out.f1}) {
        c->threshold.push_back(threshold);
        c->precision.push_back(precision);
        c->recall.push_back(tp);
        c->falsePositiveRate.push_back(fp);
      }
      out.pr.x.push_back(tp);
      out.pr.y.push_back(precision);
      out.roc.x.push_back(fp);
      out.roc.y.push_back(tp);
      out.f1.x.push_back(threshold);
      out.f1.y.push_back(2 * precision * tp / (precision + tp));
      if (!out.roc.fpr95 && tp >= 0.95) out.roc.fpr95 = fp;
      const double half = 0.02 + 0.1 * std::exp(-6 * tp);
      out.pr.lower.push_back(std::max(0.0, precision - half));
      out.pr.upper.push_back(std::min(1.0, precision + half));
      out.roc.lower.push_back(std::max(0.0, tp - 0.015));
      out.roc.upper.push_back(std::min(1.0, tp + 0.015));
    }
  }
  for (int i = 0; i <= bins; ++i) out.histogram.edges.push_back(0.9 * i / bins);
  for (int i = 0; i < bins; ++i) {
    out.histogram.normal.push_back(normal[static_cast<std::size_t>(i)] / sumN);
    out.histogram.anomalous.push_back(anomalous[static_cast<std::size_t>(i)] / sumA);
  }
  out.histogram.axisLabel = "MSP score, T 1.60";
  return out;
}

void shoot(QWidget& widget, const QString& file) {
  widget.show();
  for (int i = 0; i < 3; ++i) QApplication::processEvents();
  widget.grab().save(file);
}

void withoutBands(CurveData& pr, CurveData& roc) {
  for (CurveData* c : {&pr, &roc}) c->lower.clear(), c->upper.clear();
}

/// One run beside a reference.
void fillWithOneRun(CurvesPanel& panel, bool estimated) {
  Curves a = curves(0.6, CurveRole::A, "MSP T 1.60", estimated);
  Curves reference = curves(0.5, CurveRole::Reference, "MSP T 1.00", false);
  withoutBands(reference.pr, reference.roc);
  a.pr.value = estimated ? "≈ AP 30.4 ± 0.6 · T 1.00: 29.00" : "AP 29.00";
  a.roc.value = estimated ? "≈ AUROC 73.9 ± 0.3 · FPR95 63.2 ± 0.8" : "AUROC 73.29 · FPR95 62.17";
  if (!estimated) withoutBands(a.pr, a.roc);
  panel.precisionRecall()->setCurves({reference.pr, a.pr});
  panel.precisionRecall()->setChance(0.148);
  panel.roc()->setCurves({reference.roc, a.roc});
  panel.f1()->setCurves({a.f1});
  panel.histogram()->setData(a.histogram);
  panel.histogram()->setShares({"64.2", "35.8", "31.6", "68.4"});
  panel.setThreshold(1, 0.22);
  panel.histogram()->setThreshold(0.22);
}

/// Two runs and their frames' differences. Run A's curves.
Curves fillWithTwoRuns(CurvesPanel& panel) {
  Curves a = curves(0.6, CurveRole::A, "MSP", false);
  Curves b = curves(1.3, CurveRole::B, "Max-logit", false);
  a.pr.value = "AP A 29.00";
  b.pr.value = "B 38.15";
  a.roc.value = "AUROC A 73.29";
  b.roc.value = "B 78.58";
  panel.setComparing(true);
  panel.setShown(CurvesPanel::Histogram, false);
  panel.setShown(CurvesPanel::PerFrame, true);
  panel.precisionRecall()->setCurves({a.pr, b.pr});
  panel.roc()->setCurves({a.roc, b.roc});
  panel.setThreshold(0, 0.22);
  panel.setThreshold(1, 0.33);
  const std::vector<PairedDifference> rows = {{"frame 2", 13.7}, {"frame 9", 9.3}, {"frame 6", 8.5}, {"frame 8", 8.4},
                                              {"frame 4", 8.2},  {"frame 0", 4.2}, {"frame 5", 3.6}, {"frame 7", 3.5},
                                              {"frame 1", 0.0},  {"frame 3", -5.0}};
  panel.perFrame()->setRows(rows, SetDifference{9.15, 3.6, 14.0});
  panel.perFrame()->setRemark("B better 8, equal 1, worse 1");
  panel.perFrame()->setCurrent(1);
  return a;
}

SweepPlot* sweepOf(QWidget* page) {
  auto* sweep = new SweepPlot(page);
  std::vector<SweepSeries> series;
  for (const double shift : {0.0, 0.4}) {
    SweepSeries s;
    s.name = shift > 0 ? "RoadAnomaly21" : "Lost and Found";
    for (double t = 0.25; t < 10; t *= 1.15) {
      const double l = std::log(t);
      s.temperature.push_back(t);
      s.ap.push_back(0.25 + shift * 0.4 + 0.12 * std::exp(-(l - 0.7 - shift) * (l - 0.7 - shift)));
      s.fpr95.push_back(0.75 - shift * 0.3 - 0.2 * std::exp(-(l - 0.5) * (l - 0.5)));
    }
    s.best = 14;
    series.push_back(s);
  }
  sweep->setSeries(series);
  sweep->setTemperature(1.6);
  return sweep;
}

ReliabilityPlot* reliabilityOf(QWidget* page) {
  auto* reliability = new ReliabilityPlot(page);
  std::vector<ReliabilityBin> bins;
  for (int i = 0; i < 15; ++i) {
    const double c = (i + 0.5) / 15;
    bins.push_back({c, std::max(0.0, c - 0.14 * std::sin(3.1 * c)), 0.01 + c * c * 0.2});
  }
  reliability->setBins(bins, "ECE 4.21");
  return reliability;
}

TransferMatrixPlot* matrixOf(QWidget* page) {
  auto* matrix = new TransferMatrixPlot(page);
  matrix->setTitle("F1 of thresholds chosen at best F1");
  matrix->setCells({"RoadAnomaly21", "FS L&F", "FS Static"}, {{0.364, "36.4", "0.0", ""},
                                                              {0.12, "12.0", "−8.2", ""},
                                                              {0.31, "31.0", "−4.4", ""},
                                                              {0.22, "22.1", "−14.3", ""},
                                                              {0.202, "20.2", "0.0", ""},
                                                              {0.28, "28.0", "−7.4", ""},
                                                              {0.33, "33.0", "−3.4", ""},
                                                              {std::nullopt, "", "", ""},
                                                              {0.354, "35.4", "0.0", ""}});
  return matrix;
}

BarList* barsOf(QWidget* page) {
  auto* bars = new BarList(page);
  bars->setTitle("FP pixels by predicted class");
  bars->setRows({{"building", QColor(70, 70, 70), 0.208, "20.8 %"},
                 {"vegetation", QColor(107, 142, 35), 0.195, "19.5 %"},
                 {"road", QColor(128, 64, 128), 0.167, "16.7 %"},
                 {"terrain", QColor(152, 251, 152), 0.099, "9.9 %"},
                 {"sky", QColor(70, 130, 180), 0.041, "4.1 %"}});
  bars->setNote("1.36 M false-positive pixels. Click a bar to filter both lists.");
  return bars;
}

/// A page of a paper's column each: a plot of the panel or the matrix.
void writePdf(const QString& file, const CurvesPanel& panel, const TransferMatrixPlot& matrix) {
  QPdfWriter writer(file);
  writer.setResolution(1200);
  writer.setPageSize(QPageSize(QSizeF(3.5, 2.4), QPageSize::Inch));
  writer.setPageMargins({0, 0, 0, 0});
  QPainter painter(&writer);
  painter.scale(1200 / 72.0, 1200 / 72.0);
  panel.precisionRecall()->render(painter, QRectF(0, 0, 252, 172), RenderOptions{});
  writer.newPage();
  panel.perFrame()->render(painter, QRectF(0, 0, 252, 172), RenderOptions{});
  writer.newPage();
  panel.histogram()->render(painter, QRectF(0, 0, 252, 172), RenderOptions{});
  writer.newPage();
  matrix.render(painter, QRectF(0, 0, 252, 172), RenderOptions{});
}

}  // namespace

void plotsPage(const QString& folder, const QString& theme) {
  CurvesPanel panel;
  panel.resize(1350, 292);
  shoot(panel, folder + "/curves-empty-" + theme + ".png");
  fillWithOneRun(panel, theme == "dark");
  shoot(panel, folder + "/curves-" + theme + ".png");
  Curves a = fillWithTwoRuns(panel);
  shoot(panel, folder + "/curves-compare-" + theme + ".png");

  QWidget page;
  page.resize(1350, 600);
  auto* grid = new QGridLayout(&page);
  TransferMatrixPlot* matrix = matrixOf(&page);
  auto* f1 = new CurvePlot(CurveKind::F1, &page);
  a.f1.value = "best F1 37.08 at δ 0.220";
  f1->setCurves({a.f1});
  f1->setThreshold(0, 0.22);
  auto* roc = new CurvePlot(CurveKind::Roc, &page);
  roc->setCurves({a.roc});
  roc->setRange(0.2);
  roc->setThreshold(0, 0.5);
  grid->addWidget(sweepOf(&page), 0, 0);
  grid->addWidget(reliabilityOf(&page), 0, 1);
  grid->addWidget(f1, 0, 2);
  grid->addWidget(matrix, 1, 0);
  grid->addWidget(barsOf(&page), 1, 1);
  grid->addWidget(roc, 1, 2);
  shoot(page, folder + "/plots-" + theme + ".png");
  writePdf(folder + "/plots-" + theme + ".pdf", panel, *matrix);
}

}  // namespace oodscope
