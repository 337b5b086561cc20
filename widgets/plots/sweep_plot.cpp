// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/sweep_plot.h"

#include "widgets/plots/plot_canvas.inl.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace oodscope {
namespace {

constexpr double kGrabHalf = 6;

// One colour a set, from the semantic ones so that both themes have theirs.
QColor seriesColour(const Tokens& t, std::size_t index) {
  const std::array<QColor, 6> colours = {t.a.line, t.b.line, t.tp.line, t.fn.line, t.anomaly.line, t.normal.line};
  return colours[index % colours.size()];
}

}  // namespace

struct SweepPlot::State {
  std::vector<SweepSeries> series;
  std::optional<double> temperature;
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
    return m->temperature && std::fabs(canvas().pixel(*m->temperature, 0).x() - at.x()) <= kGrabHalf;
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
    if (m->temperature) {
      const double x = cv.pixel(*m->temperature, 0).x();
      p.setPen(pen(t.text, 1.5));
      p.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()));
      p.setPen(pen(t.plot, 1));
      p.setBrush(t.text);
      p.drawPolygon(QPolygonF{QPointF(x - 5, frame.top()), QPointF(x + 5, frame.top()), QPointF(x + 5, frame.top() + 9),
                              QPointF(x, frame.top() + 14), QPointF(x - 5, frame.top() + 9)});
      cv.haloText(p, QPointF(x + 10, frame.top() + 2), Qt::AlignLeft,
                  QStringLiteral("T ") + numberText(*m->temperature, 2), t.text, true);
    }
    for (std::size_t i = 0; i < m->series.size(); ++i) {
      const SweepSeries& series = m->series[i];
      if (!series.best || *series.best < 0) continue;
      const auto best = static_cast<std::size_t>(*series.best);
      if (best >= series.temperature.size()) continue;
      const QColor colour = seriesColour(t, i);
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
    const QColor colour = seriesColour(t, i);
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
    c.values.push_back({series.name, {}, colour});
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
