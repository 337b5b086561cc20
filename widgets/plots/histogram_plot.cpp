// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/histogram_plot.h"

#include "widgets/plots/digits_ticker.inl.h"
#include "widgets/plots/label_placing.h"
#include "widgets/plots/plot_canvas.inl.h"
#include "widgets/plots/plot_legend.inl.h"
#include "widgets/plots/series_stroke.inl.h"

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
  std::optional<std::pair<double, double>> brushed;
  std::optional<QPointF> hover;

  double held(double score) const { return std::clamp(score, data.edges.front(), data.edges.back()); }
  /// Where bars change their colour; beyond the last edge where there is no threshold.
  double cut() const { return threshold.value_or(data.edges.back() + 1); }

  void draw(QCPPainter& p, const PlotCanvas& canvas) const;
  void drawBars(QCPPainter& p, const PlotCanvas& canvas, double floor) const;
  /// The run's edges on the axis.
  std::vector<double> placed(const HistogramOverlay& run) const;
  void drawOverlays(QCPPainter& p, const PlotCanvas& canvas, double floor) const;
  void drawBrushed(QCPPainter& p, const PlotCanvas& canvas) const;
  void drawHandle(QCPPainter& p, const PlotCanvas& canvas, double x) const;
  /// The handle, whose place is `x`, and what is under the cursor.
  void drawForeground(QCPPainter& p, const PlotCanvas& canvas, double x) const;
  void drawReadout(QCPPainter& p, const PlotCanvas& canvas) const;
  /// What the bin of a score holds.
  [[nodiscard]] QStringList facts(double score) const;
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
    const QPen stroke = seriesStroke(canvas.tokens(), static_cast<std::size_t>(run.series), 1.6);
    QPen normal(stroke.color(), 1.2);
    normal.setDashPattern({1, 2.2});
    p.setPen(normal);
    const std::vector<double> edges = placed(run);
    p.drawPath(steps(canvas, edges, run.normal, floor));
    p.setPen(stroke);
    p.drawPath(steps(canvas, edges, run.anomalous, floor));
  }
}

void HistogramPlot::State::drawBrushed(QCPPainter& p, const PlotCanvas& canvas) const {
  if (!brushed || data.edges.size() < 2) return;
  const Tokens& t = canvas.tokens();
  const QRectF frame = canvas.frame()->rect();
  const double left = canvas.pixel(held(brushed->first), 1).x(), right = canvas.pixel(held(brushed->second), 1).x();
  p.fillRect(QRectF(left, frame.top(), std::max(1.0, right - left), frame.height()), withAlpha(t.focus, 0.14));
  p.setPen(pen(t.focus, 1));
  for (const double x : {left, right}) p.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()));
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
  const QString text = QStringLiteral("δ ") + scoreText(*threshold);
  const QSizeF size = canvas.textSize(text, true);
  LabelPlacer placer(frame.adjusted(4, 2, -4, -2));
  placer.avoid(QRectF(x - 6, top, 12, frame.height()));
  if (const QRectF legend = canvas.legendBox(); !legend.isEmpty()) placer.avoid(legend);
  std::vector<QPointF> corners;
  for (const double down : stepsFrom(top + 2, frame.bottom() - size.height(), size.height()))
    for (const double left : {x + 10, x - 10 - size.width()}) corners.emplace_back(left, down);
  canvas.haloText(p, placer.place(size, corners).topLeft(), Qt::AlignLeft | Qt::AlignTop, text, t.text, true);
}

QStringList HistogramPlot::State::facts(double score) const {
  const std::vector<double>& edges = data.edges;
  const auto after = std::upper_bound(edges.begin(), edges.end(), score);
  if (after == edges.begin() || after == edges.end()) return {};
  const auto bin = static_cast<std::size_t>(after - edges.begin() - 1);
  QStringList lines = {tr("score %1 to %2").arg(scoreText(edges[bin]), scoreText(edges[bin + 1]))};
  if (bin < data.normal.size())
    lines
        << (data.isUnlabelled ? tr("pixels %1 %") : tr("normal %1 %")).arg(numberText(data.normal[bin] * kPercent, 2));
  if (bin < data.anomalous.size() && !data.isUnlabelled)
    lines << tr("anomaly %1 %").arg(numberText(data.anomalous[bin] * kPercent, 2));
  return lines;
}

void HistogramPlot::State::drawReadout(QCPPainter& p, const PlotCanvas& canvas) const {
  const QStringList lines = facts(canvas.coordinate(*hover).x());
  if (!lines.isEmpty()) canvas.readout(p, *hover, lines);
}

void HistogramPlot::State::draw(QCPPainter& p, const PlotCanvas& canvas) const {
  const Tokens& t = canvas.tokens();
  const QRectF frame = canvas.frame()->rect();
  const double floor = canvas.plot->yAxis->range().lower;
  p.save();
  p.setClipRect(frame);
  drawBars(p, canvas, floor);
  const double x = std::clamp(canvas.pixel(cut(), floor).x(), frame.left() - 1, frame.right() + 1);
  if (data.isUnlabelled) {
    p.restore();
    drawForeground(p, canvas, x);
    return;
  }
  drawBrushed(p, canvas);
  drawOverlays(p, canvas, floor);
  // The step line is cut in two at the threshold.
  const QPainterPath line = steps(canvas, data.edges, data.anomalous, floor);
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
  drawForeground(p, canvas, x);
}

void HistogramPlot::State::drawForeground(QCPPainter& p, const PlotCanvas& canvas, double x) const {
  const QCPRange range = canvas.plot->xAxis->range();
  const bool points = canvas.document() == nullptr || canvas.document()->operatingPoint;
  if (points && threshold && *threshold >= range.lower && *threshold <= range.upper) drawHandle(p, canvas, x);
  if (hover && data.edges.size() > 1) drawReadout(p, canvas);
}

HistogramPlot::HistogramPlot(QWidget* parent) : PlotWidget(parent), m(std::make_unique<State>()) {
  setTitle(tr("Score histogram"));
  PlotCanvas& c = canvas();
  c.plot->xAxis->setLabel(tr("score"));
  c.plot->yAxis->setLabel(tr("share of class per bin, %"));
  c.plot->yAxis->setScaleType(QCPAxis::stLogarithmic);
  c.plot->yAxis->setTicker(QSharedPointer<QCPAxisTickerLog>(new LogTicker));
  c.plot->yAxis->setNumberFormat(QStringLiteral("g"));
  c.plot->yAxis->setNumberPrecision(3);
  c.plot->xAxis->setTicker(QSharedPointer<QCPAxisTicker>(new DigitsTicker));
  c.setHome({0, 1}, {kFloorPercent, 100});

  c.canGrab = [this](QPointF at) {
    if (!m->threshold) return false;
    const double x = canvas().pixel(*m->threshold, 1).x();
    return std::fabs(at.x() - x) <= kGrabHalf;
  };
  c.onDrag = [this](QPointF at) { move(at, false); };
  c.onDrop = [this] {
    if (m->threshold) Q_EMIT thresholdReleased(*m->threshold);
  };
  c.onClick = [this](QPointF at) { move(at, true); };
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

void HistogramPlot::move(QPointF at, bool released) {
  if (m->data.edges.size() < 2) return;
  const double threshold = m->held(canvas().coordinate(at).x());
  setThreshold(threshold);
  Q_EMIT thresholdEdited(threshold);
  if (released) Q_EMIT thresholdReleased(threshold);
}

std::optional<double> HistogramPlot::thresholdAt(QPointF at) const {
  if (m->data.edges.size() < 2) return std::nullopt;
  return m->held(canvas().coordinate(at).x());
}

void HistogramPlot::takeThreshold(QPointF at) { move(at, true); }

QString HistogramPlot::textAt(QPointF at) const {
  if (m->data.edges.size() < 2) return {};
  return m->facts(canvas().coordinate(at).x()).join(QLatin1Char('\n'));
}

QString HistogramPlot::dataText() const {
  if (m->data.edges.size() < 2) return {};
  const auto number = [](double value) { return QString::number(value, 'g', 9); };
  QStringList lines{m->data.isUnlabelled ? QStringLiteral("from\tto\tpixels")
                                         : QStringLiteral("from\tto\tnormal\tanomaly")};
  for (std::size_t i = 0; i + 1 < m->data.edges.size(); ++i) {
    QStringList line{number(m->data.edges[i]), number(m->data.edges[i + 1])};
    if (i < m->data.normal.size()) line << number(m->data.normal[i]);
    if (i < m->data.anomalous.size() && !m->data.isUnlabelled) line << number(m->data.anomalous[i]);
    lines << line.join(QLatin1Char('\t'));
  }
  return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

void HistogramPlot::setData(HistogramData histogram) {
  m->data = std::move(histogram);
  canvas().empty = m->data.edges.size() < 2;
  if (!canvas().empty) {
    const QCustomPlot& plot = *canvas().plot;
    plot.yAxis->setLabel(m->data.isUnlabelled ? tr("share of pixels per bin, %") : tr("share of class per bin, %"));
    plot.xAxis->setLabel(m->data.axisLabel.isEmpty() ? tr("score") : m->data.axisLabel);
  }
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

std::optional<double> HistogramPlot::threshold() const { return m->threshold; }

void HistogramPlot::setThreshold(std::optional<double> threshold) {
  if (threshold == m->threshold) return;
  m->threshold = threshold;
  canvas().markersChanged();
}

void HistogramPlot::setBrush(const std::optional<std::pair<double, double>>& stretch) {
  if (stretch == m->brushed) return;
  m->brushed = stretch;
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
  QPen missed(t.fn.line, 2);
  missed.setDashPattern({2, 1.2});
  const auto add = [&](const QString& name, const QString& share, const QColor& colour,
                       const QPen& sample = Qt::NoPen) {
    if (share.isEmpty()) return;
    HeaderSpan span{name + QLatin1Char(' ') + share, {}, colour};
    // In a document a line is shown by a line: anomalies are no bars.
    if (canvas().document() != nullptr && sample.style() != Qt::NoPen) span.chip = QColor();
    span.sample = sample;
    canvas().values.push_back(std::move(span));
  };
  add(QStringLiteral("TP"), m->shares.tp, t.tp.line, QPen(t.tp.line, 2));
  add(QStringLiteral("FN"), m->shares.fn, t.fn.line, missed);
  add(QStringLiteral("FP"), m->shares.fp, canvas().document() != nullptr ? withAlpha(t.fp.line, 0.45) : t.fp.line);
  add(QStringLiteral("TN"), m->shares.tn, canvas().document() != nullptr ? withAlpha(t.tn.line, 0.5) : t.tn.line);
  if (canvas().values.empty() && m->data.edges.size() >= 2) {
    canvas().values = {{tr("anomaly"), {}, t.fn.line, missed}, {tr("normal"), {}, t.tn.line}};
    if (canvas().document() != nullptr) canvas().values.front().chip = QColor();
  }
  nameOverlays();
}

void HistogramPlot::nameOverlays() {
  const Tokens& t = canvas().tokens();
  const QString dotted = tr("dotted: normal pixels");
  std::vector<LegendSpan> legend;
  if (!m->overlays.empty() && !canvas().empty) {
    legend.push_back({m->data.axisLabel, pen(t.tp.line, 2)});
    for (const HistogramOverlay& run : m->overlays)
      legend.push_back({run.name, seriesStroke(t, static_cast<std::size_t>(run.series), 1.6)});
    legend.push_back({dotted, QPen(Qt::NoPen)});
  }
  if (canvas().document() == nullptr) {
    canvas().setLegend(std::move(legend));
    return;
  }
  for (std::size_t i = 1; i < legend.size(); ++i)  // the shown run's parts are named already
    canvas().values.push_back({legend[i].text, {}, {}, legend[i].stroke});
  canvas().setLegend({});
}

std::optional<QPointF> HistogramPlot::handle() const {
  if (!m->threshold) return {};
  return QPointF(canvas().pixel(*m->threshold, 1).x(), canvas().frame()->rect().center().y());
}

}  // namespace oodscope
