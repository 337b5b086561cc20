// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/scatter_plot.h"

#include "widgets/plots/plot_canvas.inl.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {
constexpr double kReach = 16;  // pixels within which a point is meant
}

struct ScatterPlot::State {
  std::vector<ScatterPoint> points;
  QString remark;
  int current = -1;
  std::optional<QPointF> hover;
};

ScatterPlot::ScatterPlot(QWidget* parent) : PlotWidget(parent), m(std::make_unique<State>()) {
  setTitle(tr("A against B per frame"));
  PlotCanvas& c = canvas();
  c.setHome({0, 100}, {0, 100});
  c.onClick = [this](QPointF at) {
    const int point = nearest(at);
    if (point >= 0) Q_EMIT pointClicked(point);
  };
  c.onHover = [this](std::optional<QPointF> at) {
    m->hover = at;
    canvas().markersChanged();
  };
  c.drawContent = [this](QCPPainter& p) {
    const PlotCanvas& cv = canvas();
    const Tokens& t = cv.tokens();
    p.setClipRect(cv.frame()->rect());
    QPen dotted(t.text3, 1);
    dotted.setDashPattern({1, 3});
    p.setPen(dotted);
    const double low = std::min(cv.homeX.lower, cv.homeY.lower), high = std::max(cv.homeX.upper, cv.homeY.upper);
    p.drawLine(cv.pixel(low, low), cv.pixel(high, high));
    for (std::size_t i = 0; i < m->points.size(); ++i) {
      const ScatterPoint& point = m->points[i];
      const QPointF at = cv.pixel(point.a, point.b);
      p.setPen(Qt::NoPen);
      p.setBrush(point.b >= point.a ? t.b.line : t.a.line);
      p.drawEllipse(at, 4, 4);
      if (static_cast<int>(i) != m->current) continue;
      p.setBrush(Qt::NoBrush);
      p.setPen(pen(t.focus, 2));
      p.drawEllipse(at, 7, 7);
    }
  };
  c.drawMarkers = [this](QCPPainter& p) {
    if (!m->hover) return;
    const int at = nearest(*m->hover);
    if (at < 0) return;
    const ScatterPoint& point = m->points[static_cast<std::size_t>(at)];
    canvas().readout(p, *m->hover,
                     {point.name, tr("A %1").arg(numberText(point.a, 2)), tr("B %1").arg(numberText(point.b, 2)),
                      tr("B − A %1").arg(signedNumberText(point.b - point.a, 2))});
  };
  ScatterPlot::restyle();
}

ScatterPlot::~ScatterPlot() { canvas().drawMarkers = canvas().drawContent = {}; }

int ScatterPlot::nearest(QPointF at) const {
  int best = -1;
  double least = kReach;
  for (std::size_t i = 0; i < m->points.size(); ++i) {
    const QPointF d = canvas().pixel(m->points[i].a, m->points[i].b) - at;
    const double length = std::hypot(d.x(), d.y());
    if (length > least) continue;
    least = length;
    best = static_cast<int>(i);
  }
  return best;
}

void ScatterPlot::setPoints(std::vector<ScatterPoint> points) {
  m->points = std::move(points);
  PlotCanvas& c = canvas();
  c.empty = m->points.empty();
  if (!m->points.empty()) {
    double low = m->points.front().a, high = low;
    for (const ScatterPoint& point : m->points) {
      low = std::min({low, point.a, point.b});
      high = std::max({high, point.a, point.b});
    }
    const double pad = std::max(1.0, 0.08 * (high - low));
    c.setHome({low - pad, high + pad}, {low - pad, high + pad});
  }
  c.setTheme(c.tokens(), font());
  c.changed();
}

void ScatterPlot::setAxisLabels(const QString& a, const QString& b) {
  canvas().plot->xAxis->setLabel(a);
  canvas().plot->yAxis->setLabel(b);
  canvas().changed();
}

void ScatterPlot::setRemark(const QString& remark) {
  m->remark = remark;
  restyle();
  canvas().changed();
}

void ScatterPlot::setCurrent(int point) {
  m->current = point;
  canvas().changed();
}

QPointF ScatterPlot::pointPosition(int point) const {
  const ScatterPoint& at = m->points.at(static_cast<std::size_t>(point));
  return canvas().pixel(at.a, at.b);
}

void ScatterPlot::restyle() {
  canvas().values.clear();
  if (!m->remark.isEmpty()) canvas().values.push_back({m->remark, {}, {}});
}

QString ScatterPlot::dataText() const {
  QString out;
  for (const ScatterPoint& point : m->points)
    out += QStringLiteral("%1\t%2\t%3\n").arg(point.name).arg(point.a, 0, 'g', 9).arg(point.b, 0, 'g', 9);
  return out.isEmpty() ? out : QStringLiteral("frame\tA\tB\n") + out;
}

}  // namespace oodscope
