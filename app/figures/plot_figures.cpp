// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/plot_figures.h"

#include "app/figures/figure_csv.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr double kPlotRatio = 0.72;         // height over width of a plot in one column
constexpr double kTallestInColumn = 210.0;  // points: wider plots grow no taller than this, scaled with the font
constexpr double kUsualFont = 8.0;

double at(const std::vector<double>& values, std::size_t i) { return i < values.size() ? values[i] : std::nan(""); }

LegendPlace placeOf(FigureLegend legend) {
  switch (legend) {
    case FigureLegend::Auto:
      return LegendPlace::Auto;
    case FigureLegend::TopLeft:
      return LegendPlace::TopLeft;
    case FigureLegend::TopRight:
      return LegendPlace::TopRight;
    case FigureLegend::BottomLeft:
      return LegendPlace::BottomLeft;
    case FigureLegend::BottomRight:
      return LegendPlace::BottomRight;
    case FigureLegend::Below:
      return LegendPlace::Below;
    case FigureLegend::None:
      break;
  }
  return LegendPlace::None;
}

class PlotFigure : public Figure {
public:
  PlotFigure(std::unique_ptr<PlotWidget> plot, QString title, QString caption, QByteArray csv, bool isoF1 = false)
      : m_plot(std::move(plot)),
        m_title(std::move(title)),
        m_caption(std::move(caption)),
        m_csv(std::move(csv)),
        m_isoF1(isoF1) {
    m_plot->setTitle(m_title);
  }
  [[nodiscard]] QString title() const override { return m_title; }
  [[nodiscard]] QString caption() const override { return m_caption; }
  [[nodiscard]] FigureParts parts() const override { return {true, m_isoF1, true, true, true}; }
  [[nodiscard]] double heightFor(double width, double fontPoints) const override {
    RenderOptions options = looking({});
    options.fontPoints = fontPoints;
    return std::min(width * kPlotRatio, kTallestInColumn * fontPoints / kUsualFont) +
           m_plot->legendHeight(width, options);
  }
  void draw(QPainter& painter, const QRectF& area, const RenderOptions& options) override {
    // Everything a plot draws grows with its lines: laid out smaller, drawn larger.
    RenderOptions laidOut = looking(options);
    laidOut.fontPoints = options.fontPoints / options.lineScale;
    painter.save();
    painter.translate(area.topLeft());
    painter.scale(options.lineScale, options.lineScale);
    m_plot->render(painter, QRectF(QPointF(0, 0), area.size() / options.lineScale), laidOut);
    painter.restore();
  }
  [[nodiscard]] QByteArray csv() const override { return m_csv; }

private:
  [[nodiscard]] RenderOptions looking(RenderOptions options) const {
    options.title = look().title;
    options.isoF1 = look().isoF1;
    options.operatingPoint = look().operatingPoint;
    options.legend = placeOf(look().legend);
    return options;
  }

  std::unique_ptr<PlotWidget> m_plot;
  QString m_title, m_caption;
  QByteArray m_csv;
  bool m_isoF1;
};

}  // namespace

std::unique_ptr<Figure> curveFigure(CurveFigureData data) {
  QByteArray csv = "curve,threshold,precision,recall,false_positive_rate,value\n";
  for (const CurveData& curve : data.curves)
    for (std::size_t i = 0; i < curve.x.size(); ++i)
      csv += csvText(curve.name) + ',' + csvNumber(at(curve.threshold, i)) + ',' + csvNumber(at(curve.precision, i)) +
             ',' + csvNumber(at(curve.recall, i)) + ',' + csvNumber(at(curve.falsePositiveRate, i)) + ',' +
             csvNumber(curve.y[i]) + '\n';
  auto plot = std::make_unique<CurvePlot>(data.kind);
  plot->setCurves(std::move(data.curves));
  if (data.kind == CurveKind::PrecisionRecall) plot->setChance(data.chance);
  for (std::size_t i = 0; i < data.thresholds.size(); ++i) plot->setThreshold(static_cast<int>(i), data.thresholds[i]);
  return std::make_unique<PlotFigure>(std::move(plot), data.title, data.caption, csv,
                                      data.kind == CurveKind::PrecisionRecall);
}

std::unique_ptr<Figure> histogramFigure(HistogramFigureData data) {
  QByteArray csv = "low,high,normal_share,anomalous_share,run\n";
  const auto add = [&csv](const QString& name, const auto& of) {
    for (std::size_t i = 0; i < of.normal.size(); ++i)
      csv += csvNumber(of.edges[i]) + ',' + csvNumber(of.edges[i + 1]) + ',' + csvNumber(of.normal[i]) + ',' +
             csvNumber(of.anomalous[i]) + ',' + csvText(name) + '\n';
  };
  add(data.histogram.axisLabel, data.histogram);
  for (const HistogramOverlay& run : data.overlays) add(run.name, run);
  auto plot = std::make_unique<HistogramPlot>();
  plot->setData(std::move(data.histogram));
  plot->setOverlays(std::move(data.overlays));
  plot->setThreshold(data.threshold);
  if (data.shares) plot->setShares(*data.shares);
  return std::make_unique<PlotFigure>(std::move(plot), data.title, data.caption, csv);
}

std::unique_ptr<Figure> sweepFigure(SweepFigureData data) {
  QByteArray csv = "set,temperature,ap,fpr95,best\n";
  for (const SweepSeries& series : data.series)
    for (std::size_t i = 0; i < series.temperature.size(); ++i)
      csv += csvText(series.name) + ',' + csvNumber(series.temperature[i]) + ',' + csvNumber(series.ap[i]) + ',' +
             csvNumber(series.fpr95[i]) + ',' +
             (series.best && *series.best == static_cast<int>(i) ? "true" : "false") + '\n';
  auto plot = std::make_unique<SweepPlot>();
  plot->setSeries(std::move(data.series));
  plot->setTemperature(data.temperature);
  return std::make_unique<PlotFigure>(std::move(plot), data.title, data.caption, csv);
}

std::vector<SweepSeries> sweepSeries(const SweepResult& result) {
  std::vector<SweepSeries> out;
  for (const SweepCurve& curve : result.curves) {
    SweepSeries series;
    series.name = QString::fromStdString(curve.set);
    for (const SweepPoint& point : curve.points) {
      if (!point.ap || !point.fpr95) continue;
      if (result.bestTemperature && point.temperature == *result.bestTemperature)
        series.best = static_cast<int>(series.temperature.size());
      series.temperature.push_back(point.temperature);
      series.ap.push_back(*point.ap);
      series.fpr95.push_back(*point.fpr95);
    }
    out.push_back(std::move(series));
  }
  return out;
}

}  // namespace oodscope
