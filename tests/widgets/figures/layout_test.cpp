// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of plots, measured: every entry of a legend is there, no text covers another one or the curve.
#include "app/figures/plot_figures.h"
#include "tests/widgets/figures/drawn_figure.h"
#include "widgets/plots/label_placing.h"
#include "widgets/theme/tokens.h"

#include <gtest/gtest.h>

#include <cmath>

namespace oodscope {
namespace {

using testing::drawnFigure;
using testing::DrawnFigure;
using testing::expectTextsApart;

constexpr double kOneColumn = 3.25, kTwoColumns = 6.875;  // inches
constexpr FigureLegend kEveryPlace[] = {FigureLegend::Auto,       FigureLegend::TopLeft,     FigureLegend::TopRight,
                                        FigureLegend::BottomLeft, FigureLegend::BottomRight, FigureLegend::Below};

/// Precision falls as recall rises, to a share of 1.4 %.
CurveData fallingCurve(const QString& name, double steep) {
  CurveData curve;
  curve.name = name;
  for (int i = 0; i <= 200; ++i) {
    const double recall = i / 200.0;
    curve.x.push_back(recall);
    curve.y.push_back(0.014 + 0.93 * std::pow(1.0 - recall, steep));
    curve.threshold.push_back(1.0 - recall);
    curve.precision.push_back(curve.y.back());
    curve.recall.push_back(recall);
    curve.falsePositiveRate.push_back(recall * recall);
  }
  curve.value = QStringLiteral("AP 29.00");
  return curve;
}

CurveFigureData precisionRecall(double threshold, double steep = 1.3) {
  CurveFigureData data;
  data.kind = CurveKind::PrecisionRecall;
  data.title = QStringLiteral("Precision–recall");
  data.curves = {fallingCurve(QStringLiteral("MSP · T 1.00"), steep)};
  data.thresholds = {threshold};
  data.chance = 0.014;
  return data;
}

const char* const kMethods[] = {
    "MSP",         "Max-logit",    "Max-entropy", "Energy", "Void class", "Margin", "Standardised max-logit",
    "Mahalanobis", "KL to uniform"};

CurveFigureData everyMethod() {
  CurveFigureData data = precisionRecall(0.4);
  data.curves.clear();
  data.thresholds.clear();
  for (int i = 1; i < 9; ++i) {
    CurveData curve =
        fallingCurve(QString::fromLatin1(kMethods[i]) + QStringLiteral(" · T 1.00 · erfnet_20.pth"), 0.6 + 0.3 * i);
    curve.role = CurveRole::Other;
    curve.series = i - 1;
    data.curves.push_back(curve);
    data.thresholds.emplace_back();
  }
  data.curves.push_back(fallingCurve(QStringLiteral("MSP · T 1.00 · erfnet_20.pth"), 0.5));
  data.thresholds.emplace_back(0.4);
  return data;
}

HistogramFigureData histogram() {
  HistogramFigureData data;
  data.title = QStringLiteral("Score histogram");
  for (int i = 0; i <= 40; ++i) data.histogram.edges.push_back(-30.0 + i);
  for (int i = 0; i < 40; ++i) {
    data.histogram.normal.push_back(std::exp(-std::pow((i - 10) / 5.0, 2)) / 9.0);
    data.histogram.anomalous.push_back(std::exp(-std::pow((i - 25) / 6.0, 2)) / 11.0);
  }
  data.histogram.axisLabel = QStringLiteral("Max-logit");
  data.threshold = -4.5;
  data.shares =
      DecisionShares{QStringLiteral("64.2"), QStringLiteral("35.8"), QStringLiteral("12.3"), QStringLiteral("87.7")};
  return data;
}

SweepFigureData sweep() {
  SweepFigureData data;
  data.title = QStringLiteral("AP and FPR95 against temperature");
  for (const char* name : {"RoadAnomaly21", "RoadObsticle21", "FS_LostFound_full", "fs_static", "RoadAnomaly"}) {
    SweepSeries series;
    series.name = QString::fromLatin1(name);
    const double shift = 0.08 * static_cast<double>(data.series.size());
    for (const double t : {0.1, 0.5, 1.0, 2.0, 5.0, 10.0}) {
      series.temperature.push_back(t);
      series.ap.push_back(0.2 + shift + 0.05 * std::log(t + 1));
      series.fpr95.push_back(0.9 - shift - 0.05 * std::log(t + 1));
    }
    data.series.push_back(series);
  }
  data.temperature = 1.6;
  return data;
}

void expectAll(const DrawnFigure& drawn, const QStringList& wanted, const std::string& of) {
  for (const QString& text : wanted)
    EXPECT_TRUE(drawn.all().contains(text))
        << of << " lacks " << text.toStdString() << " in " << drawn.all().toStdString();
}

/// Every place at both widths: the legend's texts are there and nothing lies over anything.
void expectComplete(Figure& figure, const QStringList& wanted) {
  for (const FigureLegend place : kEveryPlace)
    for (const double inches : {kOneColumn, kTwoColumns}) {
      figure.setLook({.legend = place});
      const DrawnFigure drawn = drawnFigure(figure, inches);
      const std::string of = std::to_string(static_cast<int>(place)) + " at " + std::to_string(inches) + " in";
      expectAll(drawn, wanted, of);
      // A corner that many runs' names fill is the user's choice; its texts stand over the lines' ones.
      if (place == FigureLegend::Auto || place == FigureLegend::Below) expectTextsApart(drawn, of);
    }
}

TEST(FigureLayout, AHistogramsLegendIsCompleteAtEveryWidth) {
  expectComplete(*histogramFigure(histogram()), {"TP 64.2", "FN 35.8", "FP 12.3", "TN 87.7", "Score histogram"});
}

TEST(FigureLayout, WithoutAThresholdTheHistogramNamesItsClasses) {
  HistogramFigureData data = histogram();
  data.threshold.reset();
  data.shares.reset();
  expectComplete(*histogramFigure(data), {"anomaly", "normal"});
}

TEST(FigureLayout, EveryMethodIsNamedBesideItsStroke) {
  const auto figure = curveFigure(everyMethod());
  QStringList names;
  for (const char* method : kMethods) names << QString::fromLatin1(method);
  expectComplete(*figure, names);
  figure->setLook({});
  const DrawnFigure drawn = drawnFigure(*figure, kTwoColumns);
  const QString all = drawn.all();
  EXPECT_LT(all.indexOf(QStringLiteral("MSP")), all.indexOf(QStringLiteral("Max-logit"))) << "the view's own run first";
}

TEST(FigureLayout, EverySetOfASweepIsNamed) {
  expectComplete(*sweepFigure(sweep()), {"RoadAnomaly21", "RoadObsticle21", "FS_LostFound_full", "fs_static",
                                         "AP and FPR95 against temperature"});
}

TEST(FigureLayout, ALegendBelowMakesTheFigureTallerAndThePlotNoSmaller) {
  const auto figure = curveFigure(everyMethod());
  figure->setLook({.legend = FigureLegend::None});
  const double without = figure->heightFor(234, 8);
  figure->setLook({.legend = FigureLegend::Below});
  EXPECT_GT(figure->heightFor(234, 8), without + 4 * 8);
}

TEST(FigureLayout, TheOperatingPointsLabelLeavesTheCurveAndTheTextsFree) {
  const QColor curve = tokens(false).a.line;
  for (const double steep : {0.3, 0.7, 1.3, 3.0})
    for (const double threshold : {0.98, 0.8, 0.5, 0.3, 0.1, 0.02}) {
      const auto figure = curveFigure(precisionRecall(threshold, steep));
      const DrawnFigure drawn = drawnFigure(*figure, kOneColumn);
      const std::string of = "threshold " + std::to_string(threshold) + ", " + std::to_string(steep);
      expectTextsApart(drawn, of);
      for (const testing::DrawnText& text : drawn.texts) {
        if (!text.text.contains(QStringLiteral("· P"))) continue;
        for (const testing::DrawnPath& path : drawn.paths)
          if (path.colour == curve && path.path.elementCount() > 20) {
            QPainterPathStroker stroker;
            stroker.setWidth(path.width);
            EXPECT_FALSE(stroker.createStroke(path.path).intersects(text.box.adjusted(0, 1.5, 0, -1.5))) << of;
          }
      }
    }
}

TEST(FigureLayout, EachSwitchTakesItsPartAway) {
  const auto figure = curveFigure(precisionRecall(0.5));
  const QString all = drawnFigure(*figure, kOneColumn).all();
  for (const char* part : {"Precision–recall", "F1 20", "F1 80", "· P", "AP 29.00", "chance 1.4"})
    EXPECT_TRUE(all.contains(QString::fromUtf8(part))) << part << " in " << all.toStdString();
  const auto without = [&](const FigureLook& look) {
    figure->setLook(look);
    return drawnFigure(*figure, kOneColumn).all();
  };
  EXPECT_FALSE(without({.title = false}).contains(QStringLiteral("Precision–recall")));
  EXPECT_TRUE(without({.title = false}).contains(QStringLiteral("MSP · T 1.00: AP 29.00"))) << "the legend stays";
  EXPECT_FALSE(without({.isoF1 = false}).contains(QStringLiteral("F1 20")));
  EXPECT_TRUE(without({.isoF1 = false}).contains(QStringLiteral("chance 1.4")));
  EXPECT_FALSE(without({.operatingPoint = false}).contains(QStringLiteral("· P")));
  EXPECT_FALSE(without({.legend = FigureLegend::None}).contains(QStringLiteral("AP 29.00")));
}

TEST(FigureLayout, MinusSignsAreNoHyphens) {
  const DrawnFigure drawn = drawnFigure(*histogramFigure(histogram()), kOneColumn);
  const QString texts = drawn.all().remove(QLatin1Char(' '));  // a face without the sign takes it from another
  EXPECT_TRUE(texts.contains(QStringLiteral("−20"))) << texts.toStdString();
  EXPECT_FALSE(texts.contains(QStringLiteral("-20")));
  HistogramFigureData small = histogram();
  for (double& edge : small.histogram.edges) edge *= 1e-6;
  small.threshold.reset();
  const QString few = drawnFigure(*histogramFigure(small), kOneColumn).all().remove(QLatin1Char(' '));
  EXPECT_TRUE(few.contains(QStringLiteral("−0.00003"))) << few.toStdString();
}

TEST(LabelPlacer, TakesTheFirstFreePlaceAndElseTheLeastCovered) {
  LabelPlacer placer(QRectF(0, 0, 100, 100));
  placer.avoid(QPolygonF{QPointF(0, 50), QPointF(100, 50)});
  const QSizeF size(30, 10);
  EXPECT_EQ(placer.place(size, {{10, 45}, {10, 20}, {10, 70}}), QRectF(10, 20, 30, 10));
  EXPECT_EQ(placer.place(size, {{10, 22}, {10, 70}}), QRectF(10, 70, 30, 10)) << "the first one is taken";
  EXPECT_EQ(placer.place(size, {{10, 20}, {60, 45}}), QRectF(60, 45, 30, 10)) << "a line is less than a text";
  EXPECT_EQ(placer.place(size, {{95, 95}}), QRectF(70, 90, 30, 10)) << "kept inside";
}

}  // namespace
}  // namespace oodscope
