// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/curve_plot.h"

#include "widgets/plots/curve_plot_state.inl.h"
#include "widgets/plots/digits_ticker.inl.h"
#include "widgets/plots/series_stroke.inl.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace oodscope {
namespace {

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
  return curve.series >= 0 ? seriesStroke(t, static_cast<std::size_t>(curve.series), 1).color()
                           : colourOf(curve.role, t);
}

QPen strokeOf(const CurveData& curve, const Tokens& t) {
  if (curve.series >= 0) return seriesStroke(t, static_cast<std::size_t>(curve.series), 1.4);
  const QColor colour = colourOf(curve.role, t);
  if (curve.role == CurveRole::Reference) return pen(colour, 1.3);
  if (curve.estimated) return dashedPen(colour, 2);
  QPen stroke = pen(colour, curve.role == CurveRole::Other ? 1.4 : 2);
  if (curve.role == CurveRole::B) stroke.setDashPattern({5, 1.6, 1, 1.6});
  return stroke;
}

QSharedPointer<QCPAxisTicker> every(double percent) { return QSharedPointer<QCPAxisTicker>(new DigitsTicker(percent)); }

}  // namespace

CurvePlot::CurvePlot(CurveKind kind, QWidget* parent) : PlotWidget(parent), m(std::make_unique<State>()) {
  m->kind = kind;
  PlotCanvas& c = canvas();
  nameAxes();
  c.plot->yAxis->setTicker(every(20));
  c.plot->xAxis->setTicker(every(kind == CurveKind::F1 ? 0 : 20));
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

std::pair<int, int> CurvePlot::meantAt(QPointF at) const {
  double toA = std::numeric_limits<double>::max(), toB = toA;
  const int a = m->primary(CurveRole::A), b = m->primary(CurveRole::B);
  const int pointA = a >= 0 ? m->nearest(canvas(), a, at, &toA) : -1;
  const int pointB = b >= 0 ? m->nearest(canvas(), b, at, &toB) : -1;
  const bool isB = toB < toA;
  const std::pair<int, int> meant = isB ? std::pair(b, pointB) : std::pair(a, pointA);
  return meant.first < 0 || meant.second < 0 ? std::pair(-1, -1) : meant;
}

std::optional<double> CurvePlot::thresholdAt(QPointF at) const {
  const auto [curve, point] = meantAt(at);
  if (curve < 0) return std::nullopt;
  return m->curves[static_cast<std::size_t>(curve)].threshold[static_cast<std::size_t>(point)];
}

void CurvePlot::takeThreshold(QPointF at) { click(at); }

QString CurvePlot::textAt(QPointF at) const {
  int curve = -1, point = -1;
  double least = std::numeric_limits<double>::max();
  for (int i = 0; i < static_cast<int>(m->curves.size()); ++i) {
    double distance = 0;
    const int nearest = m->nearest(canvas(), i, at, &distance);
    if (nearest < 0 || distance >= least) continue;
    least = distance;
    curve = i;
    point = nearest;
  }
  return curve < 0 ? QString() : m->facts(curve, point).join(QLatin1Char('\n'));
}

QString CurvePlot::dataText() const {
  if (m->curves.empty()) return {};
  const bool isF1 = m->kind == CurveKind::F1;
  QStringList lines{QStringLiteral("curve\tthreshold\t%1\tprecision\trecall\tfalse positive rate")
                        .arg(isF1 ? QStringLiteral("F1") : QStringLiteral("x\ty"))};
  const auto cell = [](const std::vector<double>& values, std::size_t i) {
    return i < values.size() && std::isfinite(values[i]) ? QString::number(values[i], 'g', 9) : QString();
  };
  for (const CurveData& curve : m->curves)
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      QStringList line{curve.name, cell(curve.threshold, i)};
      if (!isF1) line << cell(curve.x, i);
      line << cell(curve.y, i) << cell(curve.precision, i) << cell(curve.recall, i) << cell(curve.falsePositiveRate, i);
      lines << line.join(QLatin1Char('\t'));
    }
  return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

void CurvePlot::click(QPointF at) {
  const auto [curve, point] = meantAt(at);
  if (curve < 0) return;
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
  for (const double f1 : kIsoF1) {
    QPolygonF line;
    const double first = f1 / (2 - f1);  // precision 1
    const int steps = static_cast<int>((1.0001 - first) / 0.005);
    for (int i = 0; i <= steps; ++i) {
      const double recall = first + 0.005 * i;
      line << canvas.pixel(recall * kPercent, f1 * recall / (2 * recall - f1) * kPercent);
    }
    p.setPen(pen(canvas.tokens().line, 1));
    p.drawPolyline(line);
  }
}

void CurvePlot::State::drawContent(QCPPainter& p, const PlotCanvas& canvas) const {
  const Tokens& t = canvas.tokens();
  p.setClipRect(canvas.frame()->rect());
  if (showsIsoF1(canvas)) drawIsoF1(p, canvas);
  QPen dotted(t.text3, 1);
  dotted.setDashPattern({1, 3});
  p.setPen(dotted);
  const auto across = [&](double percent) { p.drawLine(canvas.pixel(0, percent), canvas.pixel(kPercent, percent)); };
  if (kind == CurveKind::PrecisionRecall && chance) across(*chance * kPercent);
  if (kind == CurveKind::Roc) {
    p.drawLine(canvas.pixel(0, 0), canvas.pixel(kPercent, kPercent));
    across(kTpr95);
  }
  LabelPlacer free = placer(canvas);
  for (const PlacedText& text : lineTexts(free, canvas)) drawText(p, canvas, text);
}

void CurvePlot::State::drawFpr95(QCPPainter& p, const PlotCanvas& canvas, const CurveData& curve) const {
  const QPointF at = canvas.pixel(*curve.fpr95 * kPercent, kTpr95);
  const QColor colour = strokeOf(curve, canvas.tokens()).color();
  canvas.dropLines(p, at, colour, false);
  canvas.diamond(p, at, colour);
}

void CurvePlot::State::drawOperatingPoint(QCPPainter& p, const PlotCanvas& canvas, int curve, QPointF at) const {
  const QColor colour = strokeOf(curves[static_cast<std::size_t>(curve)], canvas.tokens()).color();
  if (kind != CurveKind::Roc) canvas.dropLines(p, at, colour, kind == CurveKind::PrecisionRecall);
  canvas.ring(p, at, colour);
}

void CurvePlot::State::drawBrushed(QCPPainter& p, const PlotCanvas& canvas) const {
  const int curve = primary(CurveRole::A);
  if (!brushed || curve < 0) return;
  const std::vector<double>& all = curves[static_cast<std::size_t>(curve)].threshold;
  QPolygonF stretch;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (std::isfinite(all[i]) && all[i] >= brushed->first && all[i] <= brushed->second)
      stretch << pixelOf(canvas, curve, static_cast<int>(i));
  if (stretch.isEmpty()) return;
  const Tokens& t = canvas.tokens();
  const QRectF frame = canvas.frame()->rect();
  p.setClipRect(frame);
  p.setAntialiasing(true);
  const QRectF extent = stretch.boundingRect();
  p.fillRect(QRectF(extent.left(), frame.top(), std::max(1.0, extent.width()), frame.height()),
             withAlpha(t.focus, 0.14));
  p.setPen(pen(t.focus, 1));
  for (const double x : {extent.left(), extent.right()})
    p.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()));
  p.setPen(QPen(withAlpha(t.focus, 0.7), 6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  p.drawPolyline(stretch);
  p.setClipping(false);
}

void CurvePlot::State::drawMarkers(QCPPainter& p, const PlotCanvas& canvas) const {
  drawBrushed(p, canvas);
  const QRectF box = QRectF(canvas.frame()->rect()).adjusted(-1, -1, 1, 1);
  LabelPlacer free = placer(canvas);
  static_cast<void>(lineTexts(free, canvas));  // they stand below
  std::vector<PlacedText> texts;
  for (const CurveData& curve : curves) {
    const bool named = kind == CurveKind::Roc && curve.fpr95 && curve.role != CurveRole::Reference && curve.series < 0;
    if (!named || !box.contains(canvas.pixel(*curve.fpr95 * kPercent, kTpr95))) continue;
    drawFpr95(p, canvas, curve);
    if (auto text = fpr95Text(free, canvas, curve)) texts.push_back(*std::move(text));
  }
  const bool points = canvas.document() == nullptr || canvas.document()->operatingPoint;
  for (int i = 0; points && i < static_cast<int>(curves.size()); ++i)
    if (const auto point = operatingPixel(canvas, i); point && box.contains(*point)) {
      drawOperatingPoint(p, canvas, i, *point);
      if (auto text = pointText(free, canvas, i, *point)) texts.push_back(*std::move(text));
    }
  for (const PlacedText& text : texts) drawText(p, canvas, text);
  if (!hover) return;
  const auto [curve, point] = *hover;
  const QPointF at = pixelOf(canvas, curve, point);
  p.setPen(Qt::NoPen);
  p.setBrush(strokeOf(curves[static_cast<std::size_t>(curve)], canvas.tokens()).color());
  p.drawEllipse(at, 3, 3);
  canvas.readout(p, hoverAt, facts(curve, point));
}

CurvePlot::~CurvePlot() { canvas().drawMarkers = canvas().drawContent = {}; }

CurveKind CurvePlot::kind() const { return m->kind; }

void CurvePlot::setCurves(std::vector<CurveData> curves) {
  PlotCanvas& c = canvas();
  m->thresholds.resize(curves.size());
  for (std::size_t i = 0; i < std::min(curves.size(), m->curves.size()); ++i)  // a threshold is of its run
    if (curves[i].role != m->curves[i].role || curves[i].series != m->curves[i].series) m->thresholds[i].reset();
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

namespace {

/// Where the curve lies by chance, if that is known of it.
void addBand(PlotCanvas& c, const CurveData& curve, const QVector<double>& x, const QColor& colour) {
  if (curve.lower.empty() || curve.lower.size() != curve.x.size() || curve.upper.size() != curve.x.size()) return;
  QCPGraph* lower = c.addGraph();
  lower->setPen(Qt::NoPen);
  lower->setData(x, times(curve.lower, kPercent), true);
  QCPGraph* upper = c.addGraph();
  upper->setPen(Qt::NoPen);
  upper->setData(x, times(curve.upper, kPercent), true);
  upper->setBrush(withAlpha(colour, curve.estimated ? 0.30 : 0.16));
  upper->setChannelFillGraph(lower);
}

/// What a legend calls the curve, with its value.
QString legendText(const CurveData& curve) {
  if (curve.value.startsWith(curve.name)) return curve.value;
  return curve.value.isEmpty() ? curve.name : curve.name + QStringLiteral(": ") + curve.value;
}

}  // namespace

void CurvePlot::restyle() {
  PlotCanvas& c = canvas();
  const Tokens& t = c.tokens();
  c.plot->clearGraphs();
  c.values.clear();
  const bool several = m->hasSeries() && c.document() == nullptr;
  std::vector<LegendSpan> legend;
  for (const int index : m->drawingOrder()) {
    const CurveData& curve = m->curves[static_cast<std::size_t>(index)];
    const QColor colour = colourOf(curve, t);
    const QVector<double> x = times(curve.x, m->xScale());
    addBand(c, curve, x, colour);
    QCPGraph* line = c.addGraph();
    line->setPen(strokeOf(curve, t));
    line->setAdaptiveSampling(false);  // thins vertical stretches of ROC visibly; the points are few
    line->setData(x, times(curve.y, kPercent), true);
    if (several) {
      // The run that is looked at is drawn last and named first.
      legend.insert(curve.role == CurveRole::A ? legend.begin() : legend.end(),
                    {legendText(curve), strokeOf(curve, t)});
      continue;
    }
    const bool named = m->primary(CurveRole::B) >= 0 || m->curves.size() > 2;
    if (!curve.value.isEmpty()) {
      const bool own = curve.role == CurveRole::A || curve.role == CurveRole::B;
      // The run that is looked at is drawn above the others and named first.
      c.values.insert(
          curve.role == CurveRole::A && curve.series < 0 && m->hasSeries() ? c.values.begin() : c.values.end(),
          {curve.value, named && own ? colour : QColor(), {}, strokeOf(curve, t), curve.name});
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

void CurvePlot::setBrush(const std::optional<std::pair<double, double>>& stretch) {
  if (stretch == m->brushed) return;
  m->brushed = stretch;
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
  canvas().plot->xAxis->setTicker(every(limit >= 1 ? 20 : limit <= 0.25 ? 5 : 10));
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
