// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/histogram_plot.h"

#include "widgets/plots/plot_canvas.inl.h"
#include "widgets/plots/plot_legend.inl.h"

#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {
constexpr double kGrabHalf = 6;         // pixels beside the line that take hold of it
constexpr double kFloorPercent = 0.05;  // lowest share on the logarithmic axis
}  // namespace

struct HistogramPlot::State {
  HistogramData data;
  std::vector<HistogramOverlay> overlays;
  std::optional<double> threshold;
  DecisionShares shares;
  std::optional<QPointF> hover;

  double held(double score) const { return std::clamp(score, data.edges.front(), data.edges.back()); }
  /// Where bars change their colour; beyond the last edge where there is no threshold.
  double cut() const { return threshold.value_or(data.edges.back() + 1); }

  void draw(QCPPainter& p, const PlotCanvas& canvas) const;
  void drawBars(QCPPainter& p, const PlotCanvas& canvas, double floor) const;
  /// The run's edges on the axis.
  std::vector<double> placed(const HistogramOverlay& run) const;
  void drawOverlays(QCPPainter& p, const PlotCanvas& canvas, double floor) const;
  void drawHandle(QCPPainter& p, const PlotCanvas& canvas, double x) const;
  void drawReadout(QCPPainter& p, const PlotCanvas& canvas) const;
};

void HistogramPlot::State::drawBars(QCPPainter& p, const PlotCanvas& canvas, double floor) const {
  const Tokens& t = canvas.tokens();
  const QRectF frame = canvas.frame()->rect();
  const std::vector<double>& edges = data.edges;
  p.setAntialiasing(false);
  p.setPen(Qt::NoPen);
  const bool apart = edges.size() > 1 && canvas.pixel(edges[1], floor).x() - canvas.pixel(edges[0], floor).x() > 5;
  const double gap = apart ? 1 : 0;  // of all bars alike
  for (std::size_t i = 0; i < data.normal.size(); ++i) {
    const double share = data.normal[i] * kPercent;
    if (share <= floor) continue;
    const double top = canvas.pixel(edges[i], share).y();
    const auto bar = [&](double from, double to, const QColor& colour, double alpha) {
      const double left = std::round(canvas.pixel(from, share).x()), right = std::round(canvas.pixel(to, share).x());
      p.setBrush(withAlpha(colour, alpha));
      p.drawRect(QRectF(left, top, right - left - gap, frame.bottom() - top));
    };
    const double split = std::clamp(cut(), edges[i], edges[i + 1]);
    if (split > edges[i]) bar(edges[i], split, t.tn.line, 0.5);
    if (split < edges[i + 1]) bar(split, edges[i + 1], t.fp.line, t.dark ? 0.62 : 0.45);
  }
}

namespace {

/// Shares of bins as a step line.
QPainterPath steps(const PlotCanvas& canvas, const std::vector<double>& edges, const std::vector<double>& shares,
                   double floor) {
  const double bottom = QRectF(canvas.frame()->rect()).bottom();
  QPainterPath path;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double share = std::max(shares[i] * kPercent, floor * 0.5);
    const QPointF left = canvas.pixel(edges[i], share), right = canvas.pixel(edges[i + 1], share);
    if (i == 0) path.moveTo(QPointF(left.x(), bottom));
    path.lineTo(left);
    path.lineTo(right);
  }
  if (!edges.empty() && !shares.empty()) path.lineTo(QPointF(canvas.pixel(edges.back(), floor).x(), bottom + 4));
  return path;
}

}  // namespace

std::vector<double> HistogramPlot::State::placed(const HistogramOverlay& run) const {
  std::vector<double> out = run.edges;
  const double own = run.edges.back() - run.edges.front();
  if (!run.ownScale || own <= 0) return out;
  const double factor = (data.edges.back() - data.edges.front()) / own;
  for (double& edge : out) edge = data.edges.front() + (edge - run.edges.front()) * factor;
  return out;
}

void HistogramPlot::State::drawOverlays(QCPPainter& p, const PlotCanvas& canvas, double floor) const {
  p.setAntialiasing(true);
  p.setBrush(Qt::NoBrush);
  for (const HistogramOverlay& run : overlays) {
    QPen normal(runColour(run.series, canvas.tokens()), 1.2);
    normal.setDashPattern({1, 2.2});
    p.setPen(normal);
    const std::vector<double> edges = placed(run);
    p.drawPath(steps(canvas, edges, run.normal, floor));
    p.setPen(runStroke(run.series, canvas.tokens(), 1.6));
    p.drawPath(steps(canvas, edges, run.anomalous, floor));
  }
}

void HistogramPlot::State::drawHandle(QCPPainter& p, const PlotCanvas& canvas, double x) const {
  const Tokens& t = canvas.tokens();
  const QRectF frame = canvas.frame()->rect();
  const double top = frame.top();
  p.setPen(pen(t.text, 1.5));
  p.drawLine(QPointF(x, top), QPointF(x, frame.bottom()));
  p.setPen(pen(t.plot, 1));
  p.setBrush(t.text);
  p.drawPolygon(QPolygonF{QPointF(x - 5, top), QPointF(x + 5, top), QPointF(x + 5, top + 9), QPointF(x, top + 14),
                          QPointF(x - 5, top + 9)});
  canvas.haloText(p, QPointF(x + 10, top + 2), Qt::AlignLeft | Qt::AlignTop,
                  QStringLiteral("δ ") + numberText(*threshold, 3), t.text, true);
}

void HistogramPlot::State::drawReadout(QCPPainter& p, const PlotCanvas& canvas) const {
  const std::vector<double>& edges = data.edges;
  const auto after = std::upper_bound(edges.begin(), edges.end(), canvas.coordinate(*hover).x());
  if (after == edges.begin() || after == edges.end()) return;
  const auto bin = static_cast<std::size_t>(after - edges.begin() - 1);
  QStringList lines = {tr("score %1 to %2").arg(numberText(edges[bin], 3), numberText(edges[bin + 1], 3))};
  if (bin < data.normal.size()) lines << tr("normal %1 %").arg(numberText(data.normal[bin] * kPercent, 2));
  if (bin < data.anomalous.size()) lines << tr("anomaly %1 %").arg(numberText(data.anomalous[bin] * kPercent, 2));
  canvas.readout(p, *hover, lines);
}

void HistogramPlot::State::draw(QCPPainter& p, const PlotCanvas& canvas) const {
  const Tokens& t = canvas.tokens();
  const QRectF frame = canvas.frame()->rect();
  const double floor = canvas.plot->yAxis->range().lower;
  p.save();
  p.setClipRect(frame);
  drawBars(p, canvas, floor);
  drawOverlays(p, canvas, floor);
  // The step line is cut in two at the threshold.
  const QPainterPath line = steps(canvas, data.edges, data.anomalous, floor);
  const double x = std::clamp(canvas.pixel(cut(), floor).x(), frame.left() - 1, frame.right() + 1);
  p.setAntialiasing(true);
  p.setBrush(Qt::NoBrush);
  p.save();
  p.setClipRect(QRectF(frame.left(), frame.top(), x - frame.left(), frame.height()));
  QPen missed(t.fn.line, 2);
  missed.setDashPattern({2, 1.2});
  p.setPen(missed);
  p.drawPath(line);
  p.restore();
  p.save();
  p.setClipRect(QRectF(x, frame.top(), frame.right() - x + 1, frame.height()));
  p.setPen(QPen(t.tp.line, 2));
  p.drawPath(line);
  p.restore();
  p.restore();
  const QCPRange range = canvas.plot->xAxis->range();
  if (threshold && *threshold >= range.lower && *threshold <= range.upper) drawHandle(p, canvas, x);
  if (hover && data.edges.size() > 1) drawReadout(p, canvas);
}

HistogramPlot::HistogramPlot(QWidget* parent) : PlotWidget(parent), m(std::make_unique<State>()) {
  setTitle(tr("Score histogram"));
  PlotCanvas& c = canvas();
  c.plot->xAxis->setLabel(tr("score"));
  c.plot->yAxis->setLabel(tr("share of class per bin, %"));
  c.plot->yAxis->setScaleType(QCPAxis::stLogarithmic);
  c.plot->yAxis->setTicker(QSharedPointer<QCPAxisTickerLog>(new QCPAxisTickerLog));
  c.plot->yAxis->setNumberFormat(QStringLiteral("g"));
  c.plot->yAxis->setNumberPrecision(3);
  c.plot->xAxis->setNumberFormat(QStringLiteral("g"));
  c.plot->xAxis->setNumberPrecision(3);
  c.setHome({0, 1}, {kFloorPercent, 100});

  const auto move = [this](QPointF at, bool released) {
    if (m->data.edges.size() < 2) return;
    const double threshold = m->held(canvas().coordinate(at).x());
    setThreshold(threshold);
    Q_EMIT thresholdEdited(threshold);
    if (released) Q_EMIT thresholdReleased(threshold);
  };
  c.canGrab = [this](QPointF at) {
    if (!m->threshold) return false;
    const double x = canvas().pixel(*m->threshold, 1).x();
    return std::fabs(at.x() - x) <= kGrabHalf;
  };
  c.onDrag = [move](QPointF at) { move(at, false); };
  c.onDrop = [this] {
    if (m->threshold) Q_EMIT thresholdReleased(*m->threshold);
  };
  c.onClick = [move](QPointF at) { move(at, true); };
  c.onHover = [this](std::optional<QPointF> at) {
    m->hover = at;
    canvas().markersChanged();
  };
  c.onBrush = [this](QPointF from, QPointF to) {
    if (m->data.edges.size() < 2) return;
    const double a = m->held(canvas().coordinate(from).x()), b = m->held(canvas().coordinate(to).x());
    Q_EMIT brushed(std::min(a, b), std::max(a, b));
  };

  // Both layers depend on the threshold only through colours: drawn in one pass on the marker layer.
  c.drawMarkers = [this](QCPPainter& p) { m->draw(p, canvas()); };
  HistogramPlot::restyle();
}

HistogramPlot::~HistogramPlot() = default;

void HistogramPlot::setData(HistogramData histogram) {
  m->data = std::move(histogram);
  canvas().empty = m->data.edges.size() < 2;
  if (!canvas().empty) canvas().plot->xAxis->setLabel(m->data.axisLabel.isEmpty() ? tr("score") : m->data.axisLabel);
  fitRanges();
}

void HistogramPlot::setOverlays(std::vector<HistogramOverlay> overlays) {
  m->overlays = std::move(overlays);
  std::erase_if(m->overlays, [](const HistogramOverlay& run) { return run.edges.size() < 2; });
  fitRanges();
}

void HistogramPlot::fitRanges() {
  PlotCanvas& c = canvas();
  if (!c.empty) {
    double most = 0, low = m->data.edges.front(), high = m->data.edges.back();
    const auto reach = [&most](const std::vector<double>& shares) {
      for (const double share : shares) most = std::max(most, share * kPercent);
    };
    reach(m->data.normal);
    reach(m->data.anomalous);
    for (const HistogramOverlay& run : m->overlays) {
      reach(run.normal);
      reach(run.anomalous);
      if (run.ownScale) continue;
      low = std::min(low, run.edges.front());
      high = std::max(high, run.edges.back());
    }
    const double top = most > 0 ? std::min(100.0, most * 1.6) : 100.0;
    c.setHome({low, high}, {kFloorPercent, std::max(top, 1.0)});
  }
  restyle();
  c.setTheme(c.tokens(), font());
  c.changed();
}

void HistogramPlot::setThreshold(std::optional<double> threshold) {
  if (threshold == m->threshold) return;
  m->threshold = threshold;
  canvas().markersChanged();
}

void HistogramPlot::setShares(const DecisionShares& shares) {
  if (shares == m->shares) return;
  m->shares = shares;
  restyle();
  canvas().changed();
}

void HistogramPlot::restyle() {
  const Tokens& t = canvas().tokens();
  canvas().values.clear();
  const auto add = [&](const QString& name, const QString& share, const QColor& colour) {
    if (!share.isEmpty()) canvas().values.push_back({name + QLatin1Char(' ') + share, {}, colour});
  };
  add(QStringLiteral("TP"), m->shares.tp, t.tp.line);
  add(QStringLiteral("FN"), m->shares.fn, t.fn.line);
  add(QStringLiteral("FP"), m->shares.fp, t.fp.line);
  add(QStringLiteral("TN"), m->shares.tn, t.tn.line);
  std::vector<LegendSpan> legend;
  if (!m->overlays.empty() && !canvas().empty) {
    legend.push_back({m->data.axisLabel, pen(t.tp.line, 2)});
    for (const HistogramOverlay& run : m->overlays) legend.push_back({run.name, runStroke(run.series, t, 1.6)});
    legend.push_back({tr("dotted: normal pixels"), QPen(Qt::NoPen)});
  }
  canvas().setLegend(std::move(legend));
}

std::optional<QPointF> HistogramPlot::handle() const {
  if (!m->threshold) return {};
  return QPointF(canvas().pixel(*m->threshold, 1).x(), canvas().frame()->rect().center().y());
}

}  // namespace oodscope
