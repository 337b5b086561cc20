// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/curve_plot.h"

#include "widgets/plots/curve_plot_state.inl.h"
#include "widgets/plots/plot_legend.inl.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace oodscope {
namespace {

constexpr double kTpr95 = 95;

QColor colourOf(CurveRole role, const Tokens& t) {
  switch (role) {
    case CurveRole::A:
      return t.a.line;
    case CurveRole::B:
      return t.b.line;
    case CurveRole::Reference:
      return t.strong;
    case CurveRole::Other:
      break;
  }
  return t.normal.line;
}

QColor colourOf(const CurveData& curve, const Tokens& t) {
  return curve.series >= 0 ? runColour(curve.series, t) : colourOf(curve.role, t);
}

QPen strokeOf(const CurveData& curve, const Tokens& t) {
  if (curve.series >= 0) return runStroke(curve.series, t, 1.6);
  const QColor colour = colourOf(curve.role, t);
  if (curve.role == CurveRole::Reference) return pen(colour, 1.3);
  if (curve.estimated) return dashedPen(colour, 2);
  QPen stroke = pen(colour, curve.role == CurveRole::Other ? 1.4 : 2);
  if (curve.role == CurveRole::B) stroke.setDashPattern({5, 1.6, 1, 1.6});
  return stroke;
}

}  // namespace

namespace {

QSharedPointer<QCPAxisTickerFixed> everyTwenty() {
  QSharedPointer<QCPAxisTickerFixed> ticker(new QCPAxisTickerFixed);
  ticker->setTickStep(20);
  ticker->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
  return ticker;
}

}  // namespace

CurvePlot::CurvePlot(CurveKind kind, QWidget* parent) : PlotWidget(parent), m(std::make_unique<State>()) {
  m->kind = kind;
  PlotCanvas& c = canvas();
  nameAxes();
  c.plot->yAxis->setTicker(everyTwenty());
  if (kind != CurveKind::F1) c.plot->xAxis->setTicker(everyTwenty());
  c.setHome({0, kind == CurveKind::F1 ? 1.0 : kPercent}, {0, kPercent});
  c.canGrab = [this](QPointF at) { return m->grabbed(canvas(), at) >= 0; };
  c.onDrag = [this](QPointF at) { drag(at); };
  c.onDrop = [this] { drop(); };
  c.onClick = [this](QPointF at) { click(at); };
  c.onHover = [this](std::optional<QPointF> at) { hover(at); };
  c.onBrush = [this](QPointF from, QPointF to) { brush(from, to); };
  c.drawContent = [this](QCPPainter& p) { m->drawContent(p, canvas()); };
  c.drawMarkers = [this](QCPPainter& p) { m->drawMarkers(p, canvas()); };
  CurvePlot::restyle();
}

void CurvePlot::nameAxes() {
  PlotCanvas& c = canvas();
  switch (m->kind) {
    case CurveKind::PrecisionRecall:
      setTitle(tr("Precision–recall"));
      c.plot->xAxis->setLabel(tr("recall, %"));
      c.plot->yAxis->setLabel(tr("precision, %"));
      break;
    case CurveKind::Roc:
      setTitle(tr("ROC"));
      c.plot->xAxis->setLabel(tr("false positive rate, %"));
      c.plot->yAxis->setLabel(tr("true positive rate, %"));
      break;
    case CurveKind::F1:
      setTitle(tr("F1 and IoU"));
      c.plot->xAxis->setLabel(tr("threshold, score"));
      c.plot->yAxis->setLabel(tr("F1, IoU, %"));
      c.plot->xAxis->setNumberFormat(QStringLiteral("g"));
      c.plot->xAxis->setNumberPrecision(3);
      break;
  }
}

void CurvePlot::drag(QPointF at) {
  if (m->dragged < 0) m->dragged = m->grabbed(canvas(), at);
  if (m->dragged < 0) m->dragged = m->primary(CurveRole::A);
  if (m->dragged < 0) return;
  const int point = m->nearest(canvas(), m->dragged, at);
  if (point < 0) return;
  const double threshold = m->curves[static_cast<std::size_t>(m->dragged)].threshold[static_cast<std::size_t>(point)];
  setThreshold(m->dragged, threshold);
  Q_EMIT thresholdEdited(m->dragged, threshold);
}

void CurvePlot::drop() {
  const int curve = std::exchange(m->dragged, -1);
  if (curve >= 0 && m->thresholds[static_cast<std::size_t>(curve)]) {
    Q_EMIT thresholdReleased(curve, *m->thresholds[static_cast<std::size_t>(curve)]);
  }
}

void CurvePlot::click(QPointF at) {
  double toA = std::numeric_limits<double>::max(), toB = toA;
  const int a = m->primary(CurveRole::A), b = m->primary(CurveRole::B);
  const int pointA = a >= 0 ? m->nearest(canvas(), a, at, &toA) : -1;
  const int pointB = b >= 0 ? m->nearest(canvas(), b, at, &toB) : -1;
  const int curve = toB < toA ? b : a;
  const int point = toB < toA ? pointB : pointA;
  if (curve < 0 || point < 0) return;
  const double threshold = m->curves[static_cast<std::size_t>(curve)].threshold[static_cast<std::size_t>(point)];
  setThreshold(curve, threshold);
  Q_EMIT thresholdEdited(curve, threshold);
  Q_EMIT thresholdReleased(curve, threshold);
}

void CurvePlot::hover(std::optional<QPointF> at) {
  const bool had = m->hover.has_value();
  m->hover.reset();
  if (at) {
    double least = 24;  // pixels within which a curve is meant
    for (std::size_t i = 0; i < m->curves.size(); ++i) {
      double d = 0;
      const int point = m->nearest(canvas(), static_cast<int>(i), *at, &d);
      if (point >= 0 && d < least) {
        least = d;
        m->hover = {static_cast<int>(i), point};
        m->hoverAt = *at;
      }
    }
  }
  if (m->hover) {
    const auto [curve, point] = *m->hover;
    Q_EMIT hoveredThreshold(m->curves[static_cast<std::size_t>(curve)].threshold[static_cast<std::size_t>(point)]);
  }
  if (had || m->hover) canvas().markersChanged();
}

void CurvePlot::brush(QPointF from, QPointF to) {
  const int curve = m->primary(CurveRole::A);
  if (curve < 0) return;
  const std::vector<double>& all = m->curves[static_cast<std::size_t>(curve)].threshold;
  const double left = canvas().coordinate(from).x() / m->xScale(), right = canvas().coordinate(to).x() / m->xScale();
  const std::vector<double>& x = m->curves[static_cast<std::size_t>(curve)].x;
  double low = std::numeric_limits<double>::max(), high = std::numeric_limits<double>::lowest();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (x[i] < std::min(left, right) || x[i] > std::max(left, right) || !std::isfinite(all[i])) continue;
    low = std::min(low, all[i]);
    high = std::max(high, all[i]);
  }
  if (low <= high) Q_EMIT brushed(curve, low, high);
}

void CurvePlot::State::drawIsoF1(QCPPainter& p, const PlotCanvas& canvas) const {
  const Tokens& t = canvas.tokens();
  for (const double f1 : {0.2, 0.4, 0.6, 0.8}) {
    QPolygonF line;
    const double first = f1 / (2 - f1);  // precision 1
    const int steps = static_cast<int>((1.0001 - first) / 0.005);
    for (int i = 0; i <= steps; ++i) {
      const double recall = first + 0.005 * i;
      line << canvas.pixel(recall * kPercent, f1 * recall / (2 * recall - f1) * kPercent);
    }
    p.setPen(pen(t.line, 1));
    p.drawPolyline(line);
    const double end = f1 / (2 - f1) * kPercent;
    const QPointF at = canvas.pixel(kPercent, end);
    canvas.haloText(p, at - QPointF(4, 3), Qt::AlignRight | Qt::AlignVCenter,
                    QStringLiteral("F1 ") + numberText(f1 * kPercent, 0), t.text3);
  }
}

void CurvePlot::State::drawChance(QCPPainter& p, const PlotCanvas& canvas) const {
  const Tokens& t = canvas.tokens();
  const QPointF left = canvas.pixel(0, *chance * kPercent);
  p.drawLine(left, canvas.pixel(kPercent, *chance * kPercent));
  const QString text = tr("chance %1").arg(numberText(*chance * kPercent, 1));
  // Of rare anomalies the line lies so low that nothing fits below it: at the right, away from the operating point.
  if (left.y() + QFontMetricsF(canvas.font()).height() + 4 < canvas.frame()->bottom())
    canvas.haloText(p, left + QPointF(5, 2), Qt::AlignLeft | Qt::AlignTop, text, t.text3);
  else
    canvas.haloText(p, QPointF(canvas.frame()->right() - 5, left.y() - 3), Qt::AlignRight | Qt::AlignBottom, text,
                    t.text3);
}

void CurvePlot::State::drawContent(QCPPainter& p, const PlotCanvas& canvas) const {
  const Tokens& t = canvas.tokens();
  p.setClipRect(canvas.frame()->rect());
  if (kind == CurveKind::PrecisionRecall) drawIsoF1(p, canvas);
  QPen dotted(t.text3, 1);
  dotted.setDashPattern({1, 3});
  p.setPen(dotted);
  if (kind == CurveKind::PrecisionRecall && chance) drawChance(p, canvas);
  if (kind != CurveKind::Roc) return;
  p.drawLine(canvas.pixel(0, 0), canvas.pixel(kPercent, kPercent));
  const QPointF left = canvas.pixel(0, kTpr95);
  p.drawLine(left, canvas.pixel(kPercent, kTpr95));
  canvas.haloText(p, QPointF(canvas.frame()->left() + 5, left.y() + 2), Qt::AlignLeft | Qt::AlignTop, tr("TPR 95"),
                  t.text3);
}

void CurvePlot::State::drawFpr95(QCPPainter& p, const PlotCanvas& canvas, const CurveData& curve,
                                 const QRectF& box) const {
  const Tokens& t = canvas.tokens();
  const QPointF at = canvas.pixel(*curve.fpr95 * kPercent, kTpr95);
  if (!box.contains(at)) return;
  const QColor colour = colourOf(curve, t);
  canvas.dropLines(p, at, colour, false);
  canvas.diamond(p, at, colour);
  double other = 0;
  for (const CurveData& second : curves)
    if (&second != &curve && second.fpr95) other = canvas.pixel(*second.fpr95 * kPercent, 0).x();
  const bool right = other == 0 || at.x() >= other;
  canvas.haloText(p, QPointF(at.x() + (right ? 6 : -6), box.bottom() - 4),
                  (right ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignBottom,
                  curve.fpr95Text.isEmpty() ? numberText(*curve.fpr95 * kPercent, 2) : curve.fpr95Text, t.text);
}

void CurvePlot::State::drawOperatingPoint(QCPPainter& p, const PlotCanvas& canvas, int curve, QPointF at) const {
  const Tokens& t = canvas.tokens();
  const QColor colour = colourOf(curves[static_cast<std::size_t>(curve)], t);
  if (kind != CurveKind::Roc) canvas.dropLines(p, at, colour, kind == CurveKind::PrecisionRecall);
  canvas.ring(p, at, colour);
  const bool alone = primary(CurveRole::B) < 0;
  if (!alone) return;  // two labels would cover each other: the controls say the numbers
  if (kind != CurveKind::Roc)
    canvas.haloText(p, at + QPointF(-4, -8), Qt::AlignRight | Qt::AlignBottom, label(curve), t.text, true);
  else
    canvas.haloText(p, at + QPointF(10, 4), Qt::AlignLeft | Qt::AlignTop, label(curve), t.text, true);
}

void CurvePlot::State::drawMarkers(QCPPainter& p, const PlotCanvas& canvas) const {
  const QRectF box = QRectF(canvas.frame()->rect()).adjusted(-1, -1, 1, 1);
  for (const CurveData& curve : curves)
    if (kind == CurveKind::Roc && curve.fpr95 && curve.role != CurveRole::Reference) drawFpr95(p, canvas, curve, box);
  for (int i = 0; i < static_cast<int>(curves.size()); ++i)
    if (const auto point = operatingPixel(canvas, i); point && box.contains(*point))
      drawOperatingPoint(p, canvas, i, *point);
  if (!hover) return;
  const auto [curve, point] = *hover;
  const QPointF at = pixelOf(canvas, curve, point);
  p.setPen(Qt::NoPen);
  p.setBrush(colourOf(curves[static_cast<std::size_t>(curve)], canvas.tokens()));
  p.drawEllipse(at, 3, 3);
  canvas.readout(p, hoverAt, facts(curve, point));
}

CurvePlot::~CurvePlot() { canvas().drawMarkers = canvas().drawContent = {}; }

CurveKind CurvePlot::kind() const { return m->kind; }

void CurvePlot::setCurves(std::vector<CurveData> curves) {
  PlotCanvas& c = canvas();
  m->thresholds.resize(curves.size());
  m->places.assign(curves.size(), std::nullopt);  // of the curves before
  m->curves = std::move(curves);
  m->hover.reset();
  c.empty = m->curves.empty();
  if (m->kind == CurveKind::F1 && !m->curves.empty()) {
    double low = std::numeric_limits<double>::max(), high = std::numeric_limits<double>::lowest();
    for (const CurveData& curve : m->curves) {
      for (const double x : curve.x) {
        low = std::min(low, x);
        high = std::max(high, x);
      }
    }
    if (low < high) c.setHome({low, high}, {0, kPercent});
  }
  restyle();
  c.setTheme(c.tokens(), font());
  c.changed();
}

void CurvePlot::restyle() {
  PlotCanvas& c = canvas();
  const Tokens& t = c.tokens();
  c.plot->clearGraphs();
  c.values.clear();
  const bool several = m->hasKeptRuns();
  std::vector<LegendSpan> legend;
  for (const int index : m->drawingOrder()) {
    const CurveData& curve = m->curves[static_cast<std::size_t>(index)];
    const QColor colour = colourOf(curve, t);
    const QVector<double> x = times(curve.x, m->xScale());
    if (!curve.lower.empty() && curve.lower.size() == curve.x.size() && curve.upper.size() == curve.x.size()) {
      QCPGraph* lower = c.addGraph();
      lower->setPen(Qt::NoPen);
      lower->setData(x, times(curve.lower, kPercent), true);
      QCPGraph* upper = c.addGraph();
      upper->setPen(Qt::NoPen);
      upper->setData(x, times(curve.upper, kPercent), true);
      upper->setBrush(withAlpha(colour, curve.estimated ? 0.30 : 0.16));
      upper->setChannelFillGraph(lower);
    }
    QCPGraph* line = c.addGraph();
    line->setPen(strokeOf(curve, t));
    line->setAdaptiveSampling(false);  // thins vertical stretches of ROC visibly; the points are few
    line->setData(x, times(curve.y, kPercent), true);
    if (several) {
      QString text = curve.value;
      if (!text.startsWith(curve.name)) text = text.isEmpty() ? curve.name : curve.name + QStringLiteral(": ") + text;
      // The run that is looked at is drawn last and named first.
      legend.insert(curve.role == CurveRole::A ? legend.begin() : legend.end(), {text, strokeOf(curve, t)});
      continue;
    }
    const bool named = m->primary(CurveRole::B) >= 0 || m->curves.size() > 2;
    if (!curve.value.isEmpty()) {
      const bool own = curve.role == CurveRole::A || curve.role == CurveRole::B;
      c.values.push_back({curve.value, named && own ? colour : QColor(), {}});
    }
  }
  c.setLegend(std::move(legend));
}

void CurvePlot::setThreshold(int index, std::optional<double> threshold, const std::optional<CurvePlace>& exact) {
  if (index < 0 || static_cast<std::size_t>(index) >= m->curves.size()) return;  // as many thresholds as curves
  std::optional<double>& known = m->thresholds[static_cast<std::size_t>(index)];
  std::optional<CurvePlace>& place = m->places[static_cast<std::size_t>(index)];
  if (known == threshold && place == exact) return;
  known = threshold;
  place = exact;
  canvas().markersChanged();
}

void CurvePlot::setChance(std::optional<double> share) {
  if (share == m->chance) return;
  m->chance = share;
  canvas().changed();
}

void CurvePlot::setRange(double limit) {
  m->limit = limit;
  canvas().setHome({0, limit * kPercent}, {0, kPercent});
  if (limit < 1) {
    QSharedPointer<QCPAxisTickerFixed> ticker(new QCPAxisTickerFixed);
    ticker->setTickStep(limit <= 0.25 ? 5 : 10);
    canvas().plot->xAxis->setTicker(ticker);
  } else {
    QSharedPointer<QCPAxisTickerFixed> ticker(new QCPAxisTickerFixed);
    ticker->setTickStep(20);
    canvas().plot->xAxis->setTicker(ticker);
  }
  canvas().resetZoom();
}

std::optional<QPointF> CurvePlot::operatingPoint(int index) const { return m->operatingPixel(canvas(), index); }

QString CurvePlot::operatingLabel(int index) const { return m->label(index); }

QStringList CurvePlot::headerValues() const {
  QStringList texts;
  for (const HeaderSpan& value : canvas().values) texts << value.text;
  return texts;
}

}  // namespace oodscope
