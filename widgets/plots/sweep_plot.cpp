// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/sweep_plot.h"

#include "widgets/plots/label_placing.h"
#include "widgets/plots/plot_canvas.inl.h"
#include "widgets/plots/series_stroke.inl.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr double kTemperatureGrab = 6;

/// The first set has A's colour: dashes say which curve of a set it is.
QColor seriesOf(const Tokens& t, std::size_t index) {
  return index == 0 ? t.a.line : seriesStroke(t, index - 1, 1).color();
}

}  // namespace

struct SweepPlot::State {
  std::vector<SweepSeries> series;
  std::optional<double> temperature;

  QString label() const { return QStringLiteral("T ") + numberText(*temperature, 2); }
  /// Beside the line of the temperature, at `x`, where it covers no curve.
  QPointF labelCorner(const PlotCanvas& canvas, double x) const {
    const QRectF frame = canvas.frame()->rect();
    const QSizeF size = canvas.textSize(label(), true);
    LabelPlacer placer(frame.adjusted(4, 2, -4, -2));
    placer.avoid(QRectF(x - 6, frame.top(), 12, frame.height()));
    if (const QRectF legend = canvas.legendBox(); !legend.isEmpty()) placer.avoid(legend);
    for (const SweepSeries& one : series)
      for (const std::vector<double>* values : {&one.ap, &one.fpr95}) {
        QPolygonF line;
        for (std::size_t i = 0; i < std::min(values->size(), one.temperature.size()); ++i)
          line << canvas.pixel(one.temperature[i], (*values)[i] * kPercent);
        placer.avoid(std::move(line));
      }
    std::vector<QPointF> corners;
    for (const double down : stepsFrom(frame.top() + 2, frame.bottom() - size.height(), 0.5 * size.height()))
      for (const double left : {x + 10, x - 10 - size.width()}) corners.emplace_back(left, down);
    return placer.place(size, corners).topLeft();
  }
};

SweepPlot::SweepPlot(QWidget* parent) : PlotWidget(parent), m(std::make_unique<State>()) {
  setTitle(tr("Temperature sweep"));
  PlotCanvas& c = canvas();
  c.plot->xAxis->setLabel(tr("temperature T"));
  c.plot->yAxis->setLabel(tr("AP solid, FPR95 dashed, %"));
  c.plot->xAxis->setScaleType(QCPAxis::stLogarithmic);
  QSharedPointer<QCPAxisTickerText> ticks(new QCPAxisTickerText);
  for (const double temperature : {0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0}) {
    ticks->addTick(temperature, QString::number(temperature));
  }
  c.plot->xAxis->setTicker(ticks);
  QSharedPointer<QCPAxisTickerFixed> twenty(new QCPAxisTickerFixed);
  twenty->setTickStep(20);
  c.plot->yAxis->setTicker(twenty);
  c.setHome({0.05, 20}, {0, kPercent});
  const auto held = [this](QPointF at) {
    return std::clamp(canvas().coordinate(at).x(), canvas().homeX.lower, canvas().homeX.upper);
  };
  c.canGrab = [this](QPointF at) {
    return m->temperature && std::fabs(canvas().pixel(*m->temperature, 0).x() - at.x()) <= kTemperatureGrab;
  };
  c.onDrag = [this, held](QPointF at) {
    setTemperature(held(at));
    Q_EMIT temperatureEdited(*m->temperature);
  };
  c.onDrop = [this] {
    if (m->temperature) Q_EMIT temperatureReleased(*m->temperature);
  };
  c.onClick = [this, held](QPointF at) {
    setTemperature(held(at));
    Q_EMIT temperatureEdited(*m->temperature);
    Q_EMIT temperatureReleased(*m->temperature);
  };
  c.drawMarkers = [this](QCPPainter& p) {
    const PlotCanvas& cv = canvas();
    const Tokens& t = cv.tokens();
    const QRectF frame = cv.frame()->rect();
    if (m->temperature && (cv.document() == nullptr || cv.document()->operatingPoint)) {
      const double x = cv.pixel(*m->temperature, 0).x();
      p.setPen(pen(t.text, 1.5));
      p.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()));
      p.setPen(pen(t.plot, 1));
      p.setBrush(t.text);
      p.drawPolygon(QPolygonF{QPointF(x - 5, frame.top()), QPointF(x + 5, frame.top()), QPointF(x + 5, frame.top() + 9),
                              QPointF(x, frame.top() + 14), QPointF(x - 5, frame.top() + 9)});
      cv.haloText(p, m->labelCorner(cv, x), Qt::AlignLeft, m->label(), t.text, true);
    }
    for (std::size_t i = 0; i < m->series.size(); ++i) {
      const SweepSeries& series = m->series[i];
      if (!series.best || *series.best < 0) continue;
      const auto best = static_cast<std::size_t>(*series.best);
      if (best >= series.temperature.size()) continue;
      const QColor colour = seriesOf(t, i);
      if (best < series.ap.size())
        cv.diamond(p, cv.pixel(series.temperature[best], series.ap[best] * kPercent), colour);
      if (best < series.fpr95.size())
        cv.diamond(p, cv.pixel(series.temperature[best], series.fpr95[best] * kPercent), colour);
    }
  };
  SweepPlot::restyle();
}

SweepPlot::~SweepPlot() = default;

void SweepPlot::setSeries(std::vector<SweepSeries> series) {
  PlotCanvas& c = canvas();
  m->series = std::move(series);
  c.empty = m->series.empty();
  double low = 20, high = 0.05;
  for (const SweepSeries& s : m->series) {
    for (const double temperature : s.temperature) {
      low = std::min(low, temperature);
      high = std::max(high, temperature);
    }
  }
  if (low < high) c.setHome({low, high}, {0, kPercent});
  restyle();
  c.setTheme(c.tokens(), font());
  c.changed();
}

void SweepPlot::setTemperature(std::optional<double> temperature) {
  if (temperature == m->temperature) return;
  m->temperature = temperature;
  canvas().markersChanged();
}

void SweepPlot::restyle() {
  PlotCanvas& c = canvas();
  const Tokens& t = c.tokens();
  c.plot->clearGraphs();
  c.values.clear();
  for (std::size_t i = 0; i < m->series.size(); ++i) {
    const SweepSeries& series = m->series[i];
    const QColor colour = seriesOf(t, i);
    const auto add = [&](const std::vector<double>& values, const QPen& stroke) {
      if (values.size() != series.temperature.size()) return;
      QCPGraph* graph = c.addGraph();
      graph->setPen(stroke);
      graph->setData(times(series.temperature, 1), times(values, kPercent), true);
    };
    add(series.ap, pen(colour, 2));
    QPen dashed(colour, 1.6);
    dashed.setDashPattern({4, 3});
    add(series.fpr95, dashed);
    c.values.push_back({series.name, {}, colour, pen(colour, 2)});
  }
}

std::optional<QPointF> SweepPlot::handle() const {
  if (!m->temperature) return {};
  return QPointF(canvas().pixel(*m->temperature, 0).x(), canvas().frame()->rect().center().y());
}

QString SweepPlot::dataText() const {
  QString out;
  for (const SweepSeries& series : m->series)
    for (std::size_t i = 0; i < series.temperature.size(); ++i)
      out += QStringLiteral("%1\t%2\t%3\t%4\n")
                 .arg(series.name)
                 .arg(series.temperature[i], 0, 'g', 9)
                 .arg(series.ap[i], 0, 'g', 9)
                 .arg(series.fpr95[i], 0, 'g', 9);
  return out.isEmpty() ? out : QStringLiteral("set\ttemperature\tAP\tFPR95\n") + out;
}

}  // namespace oodscope
