// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/render/baseline.h"
#include "tests/widgets/support/synthetic_scene.h"
#include "widgets/plots/curve_plot.h"
#include "widgets/plots/histogram_plot.h"
#include "widgets/plots/sweep_plot.h"
#include "widgets/theme/theme.h"
#include "widgets/theme/tokens.h"
#include "widgets/views/image_view.h"
#include "widgets/views/picture_cache.h"
#include "widgets/views/view_header.h"

#include <QApplication>

#include <gtest/gtest.h>

#include <cmath>

namespace oodscope {
namespace {

/// One test for each theme.
class Render : public ::testing::TestWithParam<ThemeChoice> {
protected:
  void SetUp() override {
    ASSERT_TRUE(testing::useBlankFont());
    m_theme = std::make_unique<Theme>(*qApp, GetParam());
  }
  static void expectBaseline(QWidget& widget, QSize size, const QString& name) {
    widget.resize(size);
    widget.show();
    for (int i = 0; i < 3; ++i) QApplication::processEvents();
    testing::expectLooksAsBefore(
        widget.grab().toImage(),
        name + (GetParam() == ThemeChoice::Dark ? QStringLiteral("-dark") : QStringLiteral("-light")));
  }

private:
  std::unique_ptr<Theme> m_theme;
};

constexpr Size kPicture{256, 128};
constexpr QSize kView(256, 128);
constexpr QSize kPlot(360, 240);

ImageView& showScene(ImageView& view, ViewKind kind) {
  const auto scene = testing_support::syntheticScene(kPicture, {128, 64});
  view.setImage(scene.image);
  view.setLabel(scene.label);
  view.setScores(scene.scores);
  view.setOtherScores(scene.otherScores);
  view.setKind(kind);
  view.setThreshold(0.3F);
  view.setOtherThreshold(0.32F);
  view.setScale(0.0F, 0.82F);
  view.setColourMap(ColourMap::Inferno, false);
  return view;
}

/// A curve of n points of a detector whose recall at false positive rate x is x^power.
CurveData curve(CurveKind kind, double power, int points, CurveRole role) {
  constexpr double kPrior = 0.2;
  CurveData data;
  data.role = role;
  for (int i = 1; i <= points; ++i) {
    const double fpr = static_cast<double>(i) / points, recall = std::pow(fpr, power);
    const double precision = recall * kPrior / (recall * kPrior + fpr * (1 - kPrior));
    const double threshold = 1.0 - fpr;
    data.threshold.push_back(threshold);
    data.precision.push_back(precision);
    data.recall.push_back(recall);
    data.falsePositiveRate.push_back(fpr);
    data.x.push_back(kind == CurveKind::F1 ? threshold : kind == CurveKind::Roc ? fpr : recall);
    data.y.push_back(kind == CurveKind::F1    ? 2 * precision * recall / (precision + recall)
                     : kind == CurveKind::Roc ? recall
                                              : precision);
  }
  return data;
}

TEST_P(Render, Image) {
  ImageView view(std::make_shared<PictureCache>());
  expectBaseline(showScene(view, ViewKind::Image), kView, QStringLiteral("image"));
}

TEST_P(Render, GroundTruth) {
  ImageView view(std::make_shared<PictureCache>());
  expectBaseline(showScene(view, ViewKind::GroundTruth), kView, QStringLiteral("ground-truth"));
}

TEST_P(Render, Heatmap) {
  ImageView view(std::make_shared<PictureCache>());
  expectBaseline(showScene(view, ViewKind::Heatmap), kView, QStringLiteral("heatmap"));
}

TEST_P(Render, HeatmapOverTheImage) {
  ImageView view(std::make_shared<PictureCache>());
  view.setOverlay(true);
  expectBaseline(showScene(view, ViewKind::Heatmap), kView, QStringLiteral("heatmap-overlay"));
}

TEST_P(Render, Decision) {
  ImageView view(std::make_shared<PictureCache>());
  expectBaseline(showScene(view, ViewKind::Decision), kView, QStringLiteral("decision"));
}

TEST_P(Render, DecisionComparison) {
  ImageView view(std::make_shared<PictureCache>());
  expectBaseline(showScene(view, ViewKind::DecisionComparison), kView, QStringLiteral("decision-comparison"));
}

TEST_P(Render, DecisionEightTimesEnlarged) {
  ImageView view(std::make_shared<PictureCache>());
  view.setTransform({8.0, {160, 50}, false});
  expectBaseline(showScene(view, ViewKind::Decision), kView, QStringLiteral("decision-enlarged"));
}

TEST_P(Render, ColourBar) {
  ViewHeader header;
  header.setTitle(QStringLiteral("Heatmap"));
  header.setSubtitle(QStringLiteral("MSP"));
  header.setColourBar(ColourBarSpec{.table = colourTable(ColourMap::Inferno),
                                    .min = 0,
                                    .max = 0.82,
                                    .minText = QStringLiteral("0.00"),
                                    .maxText = QStringLiteral("0.82"),
                                    .threshold = 0.3,
                                    .remark = QStringLiteral("1 % clamped")});
  header.setCurrent(true);
  expectBaseline(header, {420, 24}, QStringLiteral("colour-bar"));
}

TEST_P(Render, PrecisionRecall) {
  CurvePlot plot(CurveKind::PrecisionRecall);
  CurveData a = curve(CurveKind::PrecisionRecall, 0.3, 1500, CurveRole::A);
  a.estimated = true;
  for (const double y : a.y) {
    a.lower.push_back(std::max(0.0, y - 0.05));
    a.upper.push_back(std::min(1.0, y + 0.05));
  }
  plot.setCurves({a, curve(CurveKind::PrecisionRecall, 0.5, 300, CurveRole::Reference)});
  plot.setChance(0.2);
  plot.setThreshold(0, 0.7);
  expectBaseline(plot, kPlot, QStringLiteral("precision-recall"));
}

TEST_P(Render, RocOfTwoRuns) {
  CurvePlot plot(CurveKind::Roc);
  CurveData a = curve(CurveKind::Roc, 0.3, 1500, CurveRole::A), b = curve(CurveKind::Roc, 0.15, 1500, CurveRole::B);
  a.fpr95 = 0.84;
  b.fpr95 = 0.71;
  plot.setCurves({a, b});
  plot.setThreshold(0, 0.7);
  plot.setThreshold(1, 0.9);
  expectBaseline(plot, kPlot, QStringLiteral("roc"));
}

TEST_P(Render, F1) {
  CurvePlot plot(CurveKind::F1);
  plot.setCurves({curve(CurveKind::F1, 0.2, 1500, CurveRole::A)});
  plot.setThreshold(0, 0.8);
  expectBaseline(plot, kPlot, QStringLiteral("f1"));
}

TEST_P(Render, Histogram) {
  constexpr int kBins = 48;
  HistogramData data;
  for (int i = 0; i <= kBins; ++i) data.edges.push_back(static_cast<double>(i) / kBins);
  double normal = 0, anomalous = 0;
  for (int i = 0; i < kBins; ++i) {
    const double s = (i + 0.5) / kBins;
    data.normal.push_back(std::exp(-7 * s));
    data.anomalous.push_back(s * (1 - s) * (1 - s));
    normal += data.normal.back();
    anomalous += data.anomalous.back();
  }
  for (double& share : data.normal) share /= normal;
  for (double& share : data.anomalous) share /= anomalous;
  HistogramPlot plot;
  plot.setData(data);
  plot.setThreshold(0.41);
  expectBaseline(plot, kPlot, QStringLiteral("histogram"));
}

TEST_P(Render, Sweep) {
  SweepSeries series;
  double t = 0.05;
  while (t < 20) {
    const double l = std::log(t);
    series.temperature.push_back(t);
    series.ap.push_back(0.25 + 0.2 * std::exp(-(l - 0.7) * (l - 0.7)));
    series.fpr95.push_back(0.75 - 0.2 * std::exp(-(l - 0.5) * (l - 0.5)));
    t *= 1.2;
  }
  series.best = 19;
  SweepPlot plot;
  plot.setSeries({series});
  plot.setTemperature(1.6);
  expectBaseline(plot, kPlot, QStringLiteral("sweep"));
}

INSTANTIATE_TEST_SUITE_P(Themes, Render, ::testing::Values(ThemeChoice::Dark, ThemeChoice::Light),
                         [](const auto& theme) { return theme.param == ThemeChoice::Dark ? "Dark" : "Light"; });

}  // namespace
}  // namespace oodscope
