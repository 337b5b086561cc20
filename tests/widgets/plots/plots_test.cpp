// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/bar_list.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/plots/transfer_matrix_plot.h"

#include "analysis/core/error.h"
#include "widgets/theme/tokens.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QImage>
#include <QMouseEvent>
#include <QPainter>
#include <QTest>

#include <algorithm>
#include <cstdlib>

namespace oodscope {
namespace {

// The plot proper lies in the widget, origin to origin.
QWidget* inner(PlotWidget& plot) { return plot.findChild<QWidget*>(); }

void move(QWidget* widget, QPointF at, Qt::MouseButtons buttons, Qt::KeyboardModifiers keys = Qt::NoModifier) {
  QMouseEvent event(QEvent::MouseMove, at, widget->mapToGlobal(at), Qt::NoButton, buttons, keys);
  QApplication::sendEvent(widget, &event);
}

// Recall i / 10 at threshold 1 - i / 10, precision falling from 1 to 0.5.
CurveData line() {
  CurveData curve;
  for (int i = 0; i <= 10; ++i) {
    curve.x.push_back(i / 10.0);
    curve.y.push_back(1 - i / 20.0);
    curve.threshold.push_back(1 - i / 10.0);
  }
  return curve;
}

class CurvePlotTest : public testing::Test {
protected:
  void SetUp() override {
    plot.resize(400, 300);
    plot.show();
    plot.setCurves({line()});
    plot.setThreshold(0, 0.5);
    QTest::qWait(20);
    QObject::connect(&plot, &CurvePlot::thresholdEdited, [this](int curve, double t) { edits << QPair(curve, t); });
    QObject::connect(&plot, &CurvePlot::thresholdReleased, [this](int, double t) { settled << t; });
  }
  CurvePlot plot{CurveKind::PrecisionRecall};
  QList<QPair<int, double>> edits;
  QList<double> settled;
};

TEST_F(CurvePlotTest, ClickSetsTheThresholdOfTheNearestPoint) {
  const QPointF at = *plot.operatingPoint(0);
  plot.setThreshold(0, 0.9);
  QTest::mouseClick(inner(plot), Qt::LeftButton, {}, at.toPoint() + QPoint(3, 5));
  ASSERT_EQ(edits.size(), 1);
  EXPECT_DOUBLE_EQ(edits[0].second, 0.5);
  EXPECT_EQ(settled.size(), 1);
}

TEST_F(CurvePlotTest, TheMarkerStandsWhereTheDecisionIsCountedAndNotAtTheNearestPoint) {
  const QPointF ofPoint = *plot.operatingPoint(0);
  EXPECT_EQ(plot.operatingLabel(0), QStringLiteral("δ 0.500 · P 75.0 · R 50.0")) << "a point of the curve is exact";
  plot.setThreshold(0, 0.512);
  EXPECT_EQ(plot.operatingLabel(0), QStringLiteral("δ 0.512 · P ≈75.0 · R ≈50.0")) << "another threshold's numbers";
  plot.setThreshold(0, 0.512, CurvePlace{.precision = 1.0, .recall = 0.999, .falsePositiveRate = 0.0, .f1 = 0.9995});
  EXPECT_EQ(plot.operatingLabel(0), QStringLiteral("δ 0.512 · P 100.0 · R 99.9"));
  EXPECT_GT(plot.operatingPoint(0)->x(), ofPoint.x() + 50.0);
  plot.setCurves({line()});
  EXPECT_EQ(plot.operatingLabel(0), QStringLiteral("δ 0.512 · P ≈75.0 · R ≈50.0")) << "that was of the curves before";
}

TEST(CurvePlot, AThresholdGoesWithItsRun) {
  CurvePlot both(CurveKind::PrecisionRecall);
  both.resize(400, 300);
  CurveData a, b, kept;
  for (CurveData* curve : {&a, &b, &kept}) {
    curve->x = {0.2, 1.0};
    curve->y = {1.0, 0.5};
    curve->threshold = {0.9, 0.1};
  }
  b.role = CurveRole::B;
  kept.role = CurveRole::Other;
  kept.series = 0;
  both.setCurves({a, b});
  both.setThreshold(0, 0.9);
  both.setThreshold(1, 0.1);
  ASSERT_TRUE(both.operatingPoint(1));
  both.setCurves({a, kept});
  EXPECT_TRUE(both.operatingPoint(0));
  EXPECT_FALSE(both.operatingPoint(1)) << "that was of B";
}

TEST_F(CurvePlotTest, RingIsDraggedAlongTheCurve) {
  const QPointF from = *plot.operatingPoint(0);
  plot.setThreshold(0, 0.2);
  const QPointF to = *plot.operatingPoint(0);
  plot.setThreshold(0, 0.5);
  QTest::mousePress(inner(plot), Qt::LeftButton, {}, from.toPoint());
  for (int step = 1; step <= 10; ++step) move(inner(plot), from + (to - from) * step / 10.0, Qt::LeftButton);
  EXPECT_TRUE(settled.isEmpty());
  QTest::mouseRelease(inner(plot), Qt::LeftButton, {}, to.toPoint());
  ASSERT_FALSE(edits.isEmpty());
  EXPECT_NEAR(edits.back().second, 0.2, 1e-9);
  EXPECT_EQ(settled.size(), 1);
}

TEST_F(CurvePlotTest, ShiftDragBrushesTheThresholdsBetween) {
  QList<double> ends;
  QObject::connect(&plot, &CurvePlot::brushed, [&](int, double low, double high) { ends << low << high; });
  plot.setThreshold(0, 0.7);
  const QPointF left = *plot.operatingPoint(0);  // recall 0.3
  plot.setThreshold(0, 0.4);
  const QPointF right = *plot.operatingPoint(0);  // recall 0.6
  plot.setThreshold(0, std::nullopt);
  QTest::mousePress(inner(plot), Qt::LeftButton, Qt::ShiftModifier, left.toPoint() - QPoint(3, 0));
  move(inner(plot), right + QPointF(3, 0), Qt::LeftButton, Qt::ShiftModifier);
  QTest::mouseRelease(inner(plot), Qt::LeftButton, Qt::ShiftModifier, right.toPoint() + QPoint(3, 0));
  ASSERT_EQ(ends.size(), 2);
  EXPECT_NEAR(ends[0], 0.4, 1e-9);
  EXPECT_NEAR(ends[1], 0.7, 1e-9);
}

TEST_F(CurvePlotTest, WhatTheMousePointedAtGoesWithIt) {
  const auto bare = [&] { return plot.grab().toImage(); };
  QTest::qWait(50);
  const QImage before = bare();
  const QPointF on = *plot.operatingPoint(0);
  const auto point = [&] {
    move(inner(plot), on + QPointF(2, 2), Qt::NoButton);
    QTest::qWait(30);
  };
  point();
  EXPECT_NE(bare(), before) << "values stand at the mouse";
  QEvent leave(QEvent::Leave);
  QApplication::sendEvent(inner(plot), &leave);
  QTest::qWait(30);
  EXPECT_EQ(bare(), before);
  point();
  QEvent deactivate(QEvent::WindowDeactivate);
  QApplication::sendEvent(inner(plot), &deactivate);
  QTest::qWait(30);
  EXPECT_EQ(bare(), before);
  point();
  plot.hide();
  plot.show();
  QTest::qWait(50);
  EXPECT_EQ(bare(), before);
}

TEST_F(CurvePlotTest, EmptyPlotEmitsNothing) {
  plot.setCurves({});
  QTest::mouseClick(inner(plot), Qt::LeftButton, {}, {200, 150});
  EXPECT_TRUE(edits.isEmpty());
}

TEST_F(CurvePlotTest, DocumentIsLight) {
  QImage page(800, 600, QImage::Format_RGB32);
  page.fill(Qt::red);
  QPainter painter(&page);
  painter.scale(800 / 252.0, 600 / 189.0);
  plot.render(painter, QRectF(0, 0, 252, 189), RenderOptions{});
  painter.end();
  EXPECT_EQ(page.pixelColor(400, 4), QColor(Qt::white));
}

TEST_F(CurvePlotTest, DrawingADocumentLeavesTheWidgetAsItWas) {
  // Qt hints a face's glyphs differently once a picture has used it: another plot draws a document first.
  QImage scrap(800, 600, QImage::Format_RGB32);
  CurvePlot other(CurveKind::PrecisionRecall);
  CurveData line;
  line.x = {0.0, 1.0};
  line.y = {1.0, 0.5};
  line.threshold = {1.0, 0.0};
  other.setCurves({line});
  QPainter scrapPainter(&scrap);
  other.render(scrapPainter, QRectF(0, 0, 252, 189), RenderOptions{});
  scrapPainter.end();
  static_cast<void>(plot.grab());
  plot.resetZoom();
  QTest::qWait(50);  // automatic margins settle with the second replot
  const QImage before = plot.grab().toImage();
  QImage page(800, 600, QImage::Format_RGB32);
  QPainter painter(&page);
  plot.render(painter, QRectF(0, 0, 252, 189), RenderOptions{});
  painter.end();
  QTest::qWait(30);  // the queued repaint
  EXPECT_EQ(plot.grab().toImage(), before);
}

TEST(HistogramPlotTest, HandleIsDraggedAndStaysWithinTheScores) {
  HistogramPlot plot;
  plot.resize(400, 300);
  plot.show();
  plot.setData({{0, 0.5, 1}, {0.9, 0.1}, {0.2, 0.8}, false, {}});
  plot.setThreshold(0.25);
  QTest::qWait(20);
  QList<double> edits;
  QObject::connect(&plot, &HistogramPlot::thresholdEdited, [&](double t) { edits << t; });
  const QPointF from = *plot.handle();
  plot.setThreshold(0.75);
  const QPointF to = *plot.handle();
  plot.setThreshold(0.25);
  QTest::mousePress(inner(plot), Qt::LeftButton, {}, from.toPoint());
  move(inner(plot), to, Qt::LeftButton);
  move(inner(plot), {2000, to.y()}, Qt::LeftButton);
  QTest::mouseRelease(inner(plot), Qt::LeftButton, {}, {390, 100});
  ASSERT_EQ(edits.size(), 2);
  EXPECT_NEAR(edits[0], 0.75, 0.01);
  EXPECT_DOUBLE_EQ(edits[1], 1.0);
}

TEST(CurvesPanelTest, WhatIsToggledIsShownHoweverLittleRoomThereIs) {
  CurvesPanel panel;
  for (const QSize size : {QSize(1300, 260), QSize(722, 200), QSize(560, 170), QSize(240, 160)}) {
    panel.resize(size);
    panel.show();
    panel.setShown(CurvesPanel::F1, true);
    QTest::qWait(0);
    const std::vector<PlotWidget*> lit{panel.precisionRecall(), panel.roc(), panel.f1(), panel.histogram()};
    for (const PlotWidget* plot : lit) {
      EXPECT_TRUE(plot->isVisible()) << size.width();
      EXPECT_GE(plot->height(), 140) << size.width();
      // Within the shelf, which is as wide as the panel and scrolls down.
      EXPECT_TRUE(plot->parentWidget()->rect().contains(plot->geometry())) << size.width();
      EXPECT_LE(plot->parentWidget()->width(), panel.width());
      for (const PlotWidget* other : lit)
        EXPECT_TRUE(other == plot || !plot->geometry().intersects(other->geometry())) << size.width();
    }
  }
  panel.setShown(CurvesPanel::F1, false);
  EXPECT_FALSE(panel.f1()->isVisible());
}

TEST(CurvesPanelTest, BandsAreExplainedWhileThereAreAny) {
  CurvesPanel panel;
  panel.resize(900, 260);
  panel.show();
  panel.setBandNote(QStringLiteral("95 % over frames, 2,000 resamples of 10 frames"));
  EXPECT_TRUE(panel.bandNote().contains(QStringLiteral("2,000 resamples")));
  panel.setBandNote({});
  EXPECT_TRUE(panel.bandNote().isEmpty());
}

/// `count` kept runs beside A, called "run 0", …
std::vector<CurveData> withKeptRuns(int count) {
  std::vector<CurveData> curves{line()};
  curves.front().name = QStringLiteral("MSP");
  curves.front().value = QStringLiteral("AP 29.00");
  for (int i = 0; i < count; ++i) {
    CurveData run = line();
    run.role = CurveRole::Other;
    run.series = i;
    run.name = QStringLiteral("run %1").arg(i);
    run.value = QStringLiteral("AP %1.00").arg(i);
    curves.push_back(run);
  }
  return curves;
}

TEST_F(CurvePlotTest, EachKeptRunHasALegendEntryAndAColourOfItsOwn) {
  EXPECT_TRUE(plot.legend().empty()) << "one run alone is named above the frame";
  const Tokens& t = tokensFor(&plot);
  plot.setCurves(withKeptRuns(3));
  const auto legend = plot.legend();
  ASSERT_EQ(legend.size(), 4U);
  EXPECT_EQ(legend[0].text, QStringLiteral("MSP: AP 29.00"));
  EXPECT_EQ(legend[0].colour, t.a.line);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(legend[i + 1].text, QStringLiteral("run %1: AP %1.00").arg(i));
    EXPECT_EQ(legend[i + 1].colour, t.runs[i]);
  }
  EXPECT_TRUE(plot.headerValues().isEmpty()) << "said once";
  plot.setCurves({line()});
  EXPECT_TRUE(plot.legend().empty());
}

TEST_F(CurvePlotTest, TheRunInViewIsDrawnAboveKeptOnes) {
  plot.setCurves(withKeptRuns(2));  // all of one shape: the last drawn covers the others
  plot.setThreshold(0, 0.9);
  QTest::qWait(50);
  const QPoint at = plot.operatingPoint(0)->toPoint();
  plot.setThreshold(0, std::nullopt);
  QTest::qWait(50);
  const QImage shown = plot.grab().toImage();
  const Tokens& t = tokensFor(&plot);
  const auto distance = [&](const QPoint& of, const QColor& to) {
    const QColor seen(shown.pixel(of));
    return std::abs(seen.red() - to.red()) + std::abs(seen.green() - to.green()) + std::abs(seen.blue() - to.blue());
  };
  int toA = 1000, toKept = 1000;
  for (int y = -3; y <= 3; ++y) {
    toA = std::min(toA, distance(at + QPoint(8, y), t.a.line));
    toKept = std::min(toKept, distance(at + QPoint(8, y), t.runs[1]));
  }
  EXPECT_LT(toA, 40) << "the line's middle";
  EXPECT_GT(toKept, 80);
}

TEST(HistogramPlotTest, KeptRunsOfTheUnitWidenTheAxisAndOthersHaveTheirOwn) {
  HistogramPlot plot;
  plot.resize(400, 300);
  plot.show();
  plot.setData({{0, 0.5, 1}, {0.9, 0.1}, {0.2, 0.8}, false, QStringLiteral("MSP")});
  plot.setThreshold(0.5);
  QTest::qWait(20);
  const double alone = plot.handle()->x();
  HistogramOverlay run{.name = QStringLiteral("MSP · other"),
                       .series = 1,
                       .edges = {0, 1, 2},
                       .normal = {0.5, 0.5},
                       .anomalous = {0.1, 0.9}};
  plot.setOverlays({run});
  QTest::qWait(20);
  EXPECT_LT(plot.handle()->x(), alone - 50.0) << "the axis reaches to 2";
  ASSERT_EQ(plot.legend().size(), 3U);
  EXPECT_EQ(plot.legend()[1].text, run.name);
  EXPECT_EQ(plot.legend()[1].colour, tokensFor(&plot).runs[1]);
  run.ownScale = true;
  plot.setOverlays({run});
  QTest::qWait(20);
  EXPECT_NEAR(plot.handle()->x(), alone, 2.0);
  plot.setOverlays({});
  EXPECT_TRUE(plot.legend().empty());
}

TEST(CurvesPanelTest, ABrushedStretchIsDrawnInEveryPlotUntilItIsCleared) {
  CurvesPanel panel;
  panel.resize(1300, 260);
  panel.show();
  HistogramData bins;
  bins.edges = {0.0, 0.25, 0.5, 0.75, 1.0};
  bins.normal = {0.7, 0.1, 0.1, 0.1};
  bins.anomalous = {0.1, 0.1, 0.1, 0.7};
  panel.histogram()->setData(bins);
  panel.precisionRecall()->setCurves({line()});
  for (PlotWidget* plot :
       {static_cast<PlotWidget*>(panel.histogram()), static_cast<PlotWidget*>(panel.precisionRecall())}) {
    QTest::qWait(30);
    const QImage before = plot->grab().toImage();
    panel.setBrush(std::pair(0.25, 0.5));
    QTest::qWait(30);
    EXPECT_NE(plot->grab().toImage(), before);
    panel.setBrush(std::nullopt);
    QTest::qWait(30);
    EXPECT_EQ(plot->grab().toImage(), before);
  }
}

TEST(BarListTest, ClickTellsTheRow) {
  BarList bars;
  bars.resize(260, 200);
  bars.setRows({{"road", Qt::gray, 0.6, "60 %"}, {"sky", Qt::blue, 0.4, "40 %"}});
  bars.show();
  QList<int> rows;
  QObject::connect(&bars, &BarList::rowClicked, [&](int row) { rows << row; });
  QTest::mouseClick(&bars, Qt::LeftButton, {}, bars.rowRect(1).center());
  QTest::keyClick(&bars, Qt::Key_Up);
  QTest::keyClick(&bars, Qt::Key_Return);
  EXPECT_EQ(rows, (QList<int>{1, 0}));
}

TEST(TransferMatrixTest, ClickTellsTheCellAndSizesMustFit) {
  TransferMatrixPlot matrix;
  matrix.resize(500, 250);
  EXPECT_THROW(matrix.setCells({"a", "b"}, {{}}), ContractViolation);
  matrix.setCells({"a", "b"}, {{0.5, "50", "", ""}, {0.4, "40", "", ""}, {0.3, "30", "", ""}, {{}, "", "", ""}});
  matrix.show();
  QList<QPair<int, int>> cells;
  QObject::connect(&matrix, &TransferMatrixPlot::cellClicked, [&](int r, int c) { cells << QPair(r, c); });
  QTest::mouseClick(&matrix, Qt::LeftButton, {}, matrix.cellRect(1, 0).center().toPoint());
  EXPECT_EQ(cells, (QList<QPair<int, int>>{{1, 0}}));
}

}  // namespace
}  // namespace oodscope
