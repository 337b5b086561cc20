// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_canvas.inl.h"

#include "widgets/plots/digits_ticker.inl.h"
#include "widgets/plots/document_legend.inl.h"
#include "widgets/plots/plot_layers.inl.h"
#include "widgets/plots/plot_legend.inl.h"

#include <QPainterPath>
#include <QPicture>
#include <QStaticText>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace oodscope {
namespace {

constexpr double kSlack = 4;  // pixels a click may wander
constexpr int kTickLength = 4;
constexpr int kFrameMs = 16;  // a screen frame
constexpr double kHalo = 2;   // radius in pixels
constexpr int kHaloCopies = 12;
// Of documents, in heights of a line of text.
constexpr double kAxisLines = 4.5;    // beside the frame at most: labels and numbers of the axes
constexpr double kBelowAxes = 0.6;    // added to a legend below the axes
constexpr double kUnderLegend = 0.3;  // of that, under it

/// Whoever has the plot painted, a picture of the window too, sees what is noted; what the mouse pointed at goes with
/// it: when it leaves, when the plot is hidden, and when another window comes to the fore.
class PlotWatcher : public QObject {
public:
  explicit PlotWatcher(PlotCanvas& canvas) : QObject(canvas.plot), m_canvas(canvas) {}

protected:
  bool eventFilter(QObject*, QEvent* event) override {
    switch (event->type()) {
      case QEvent::Paint:
        m_canvas.repaintDue();
        break;
      case QEvent::Leave:
      case QEvent::Hide:
      case QEvent::WindowDeactivate:
        m_canvas.leave();
        break;
      default:
        break;
    }
    return false;
  }

private:
  PlotCanvas& m_canvas;
};

}  // namespace

PlotCanvas::PlotCanvas(QWidget* owner) : plot(new QCustomPlot(owner)) {
  auto* layout = new QVBoxLayout(owner);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(plot);
  plot->setAttribute(Qt::WA_OpaquePaintEvent);
  plot->setLocale(QLocale::c());  // tick labels: QCustomPlot takes the desktop's
  plot->setMouseTracking(true);
  plot->setFocusPolicy(Qt::NoFocus);
  plot->setNoAntialiasingOnDrag(false);
  plot->setNotAntialiasedElements(QCP::aeAxes | QCP::aeGrid);
  plot->setInteractions(QCP::iRangeZoom);
  plot->setPlottingHint(QCP::phImmediateRefresh, false);
  plot->plotLayout()->insertRow(0);
  plot->plotLayout()->addElement(0, 0, new HeaderElement(*this));
  plot->plotLayout()->setRowSpacing(2);
  plot->addLayer(QStringLiteral("marker"), plot->layer(QStringLiteral("axes")), QCustomPlot::limAbove);
  plot->layer(QStringLiteral("marker"))->setMode(QCPLayer::lmBuffered);
  plot->addLayer(QStringLiteral("content"), plot->layer(QStringLiteral("main")), QCustomPlot::limAbove);
  new MarkerLayerable(*this, QStringLiteral("content"), false);
  new MarkerLayerable(*this, QStringLiteral("marker"), true);
  frame()->setupFullAxesBox(false);
  frame()->setRangeZoom(Qt::Horizontal | Qt::Vertical);
  for (QCPAxis* axis : frame()->axes()) {
    const bool main = axis == plot->xAxis || axis == plot->yAxis;
    axis->setTicks(main);
    axis->setTickLabels(main);
    axis->setSubTicks(false);
    axis->setTickLengthIn(0);
    axis->setTickLengthOut(main ? kTickLength : 0);
    axis->setLabelPadding(main ? 3 : 0);
    axis->grid()->setSubGridVisible(false);
    axis->grid()->setZeroLinePen(Qt::NoPen);
    axis->setTicker(QSharedPointer<QCPAxisTicker>(new DigitsTicker));
    axis->setNumberFormat(QStringLiteral("f"));
    axis->setNumberPrecision(0);
  }
  frame()->setMinimumMargins(QMargins(8, 4, 12, 4));
  m_repaint.setSingleShot(true);
  m_repaint.setTimerType(Qt::PreciseTimer);
  QObject::connect(&m_repaint, &QTimer::timeout, plot, [this] {
    if (plot->isVisible()) repaintDue();
  });
  plot->installEventFilter(new PlotWatcher(*this));
  m_sinceRepaint.start();
  connectMouse();
  plot->xAxis->setRange(homeX);
  plot->yAxis->setRange(homeY);
}

QCPGraph* PlotCanvas::addGraph() const { return new ThinnedGraph(plot->xAxis, plot->yAxis); }

void PlotCanvas::note(Due due) {
  m_due = std::max(m_due, due);
  if (!plot->isVisible() || m_repaint.isActive()) return;
  m_repaint.start(kFrameMs - static_cast<int>(std::min<qint64>(m_sinceRepaint.elapsed(), kFrameMs)));
}

void PlotCanvas::repaintDue() {
  m_repaint.stop();
  m_sinceRepaint.restart();
  const Due due = std::exchange(m_due, Due::Nothing);
  if (due == Due::Everything) plot->replot(QCustomPlot::rpQueuedRefresh);
  if (due == Due::Markers) plot->layer(QStringLiteral("marker"))->replot();
}

void PlotCanvas::holdWithinHome(QCPAxis* axis, const QCPRange& home) {
  const QCPRange r = axis->range();
  if (r.size() >= home.size()) {
    if (r != home) axis->setRange(home);
  } else if (r.lower < home.lower) {
    axis->setRange(home.lower, home.lower + r.size());
  } else if (r.upper > home.upper) {
    axis->setRange(home.upper - r.size(), home.upper);
  }
}

void PlotCanvas::press(const QMouseEvent& e) {
  if (e.button() != Qt::LeftButton || empty) return;
  m_pressed = m_last = e.position();
  if (canGrab && canGrab(m_pressed)) {
    m_gesture = Gesture::Drag;
  } else if ((e.modifiers() & Qt::ShiftModifier) && onBrush) {
    m_gesture = Gesture::Brush;
  } else {
    m_gesture = Gesture::Press;
  }
}

void PlotCanvas::pan(QPointF at) {
  for (QCPAxis* axis : {plot->xAxis, plot->yAxis}) {
    const bool horizontal = axis == plot->xAxis;
    const double from = axis->pixelToCoord(horizontal ? m_last.x() : m_last.y());
    const double to = axis->pixelToCoord(horizontal ? at.x() : at.y());
    if (axis->scaleType() != QCPAxis::stLogarithmic) {
      axis->moveRange(from - to);
    } else if (to > 0) {
      axis->setRange(axis->range().lower * from / to, axis->range().upper * from / to);
    }
  }
  changed();
}

void PlotCanvas::hover(QPointF at) {
  const bool grab = canGrab && canGrab(at);
  plot->setCursor(grab ? Qt::OpenHandCursor : Qt::ArrowCursor);
  if (onHover) onHover(frame()->rect().contains(at.toPoint()) ? std::optional(at) : std::nullopt);
}

void PlotCanvas::leave() {
  if (m_gesture == Gesture::Drag || m_gesture == Gesture::Brush || m_gesture == Gesture::Pan) return;  // the hand holds
  plot->setCursor(Qt::ArrowCursor);
  if (onHover) onHover(std::nullopt);
}

void PlotCanvas::move(QPointF at) {
  if (m_gesture == Gesture::Press && (at - m_pressed).manhattanLength() > kSlack) m_gesture = Gesture::Pan;
  if (m_gesture == Gesture::Pan) pan(at);
  m_last = at;
  if (m_gesture == Gesture::Drag && onDrag) onDrag(at);
  if (m_gesture == Gesture::Brush) markersChanged();
  if (m_gesture == Gesture::None && !empty) hover(at);
}

void PlotCanvas::release(QPointF at) {
  const Gesture was = m_gesture;
  m_gesture = Gesture::None;
  if (was == Gesture::Drag && onDrop) onDrop();
  if (was == Gesture::Press && onClick && frame()->rect().contains(at.toPoint())) onClick(at);
  if (was == Gesture::Brush) {
    markersChanged();
    if (std::fabs(at.x() - m_pressed.x()) > kSlack) onBrush(m_pressed, at);
  }
}

void PlotCanvas::connectMouse() {
  QObject::connect(plot->xAxis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), plot,
                   [this] { holdWithinHome(plot->xAxis, homeX); });
  QObject::connect(plot->yAxis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), plot,
                   [this] { holdWithinHome(plot->yAxis, homeY); });
  QObject::connect(plot, &QCustomPlot::mousePress, plot, [this](QMouseEvent* e) { press(*e); });
  QObject::connect(plot, &QCustomPlot::mouseMove, plot, [this](QMouseEvent* e) { move(e->position()); });
  QObject::connect(plot, &QCustomPlot::mouseRelease, plot, [this](QMouseEvent* e) { release(e->position()); });
  QObject::connect(plot, &QCustomPlot::mouseDoubleClick, plot, [this] { resetZoom(); });
}

QPointF PlotCanvas::pixel(double x, double y) const {
  return {plot->xAxis->coordToPixel(x), plot->yAxis->coordToPixel(y)};
}
QSizeF PlotCanvas::textSize(const QString& text, bool bold) const {
  const QFontMetricsF metrics(bold ? strongFont(m_font) : m_font);
  return {metrics.horizontalAdvance(text), metrics.height()};
}
QPointF PlotCanvas::coordinate(QPointF at) const {
  return {plot->xAxis->pixelToCoord(at.x()), plot->yAxis->pixelToCoord(at.y())};
}

void PlotCanvas::setTheme(const Tokens& t, const QFont& base) {
  m_tokens = &t;
  m_base = base;
  m_font = numberFont(captionFont(base));
  m_titleFont = strongFont(captionFont(base));
  plot->setBackground(QBrush(t.panel));
  frame()->setBackground(QBrush(t.plot));
  for (QCPAxis* axis : frame()->axes()) {
    axis->setBasePen(pen(t.strong, 1));
    axis->setTickPen(pen(t.strong, 1));
    axis->grid()->setPen(pen(t.grid, 1));
    axis->setTickLabelFont(m_font);
    axis->setTickLabelColor(empty ? disabledColour(t.text2) : t.text2);
    axis->setLabelFont(m_font);
    axis->setLabelColor(empty ? disabledColour(t.text2) : t.text2);
  }
}

void PlotCanvas::setHome(QCPRange x, QCPRange y) {
  const bool atHomeX = plot->xAxis->range() == homeX || homeX != x;
  const bool atHomeY = plot->yAxis->range() == homeY || homeY != y;
  homeX = x;
  homeY = y;
  if (atHomeX) plot->xAxis->setRange(x);
  if (atHomeY) plot->yAxis->setRange(y);
}

void PlotCanvas::resetZoom() {
  plot->xAxis->setRange(homeX);
  plot->yAxis->setRange(homeY);
  changed();
}

void PlotCanvas::changed() { note(Due::Everything); }
void PlotCanvas::markersChanged() { note(Due::Markers); }

void PlotCanvas::haloText(QCPPainter& painter, QPointF at, Qt::Alignment alignment, const QString& text,
                          const QColor& colour, bool bold) const {
  QFont face = m_font;
  if (bold) face = strongFont(face);
  const QFontMetricsF metrics(face);
  QRectF box(at, QSizeF(metrics.horizontalAdvance(text), metrics.height()));
  if (alignment & Qt::AlignRight) box.moveRight(at.x());
  if (alignment & Qt::AlignHCenter) box.moveLeft(at.x() - box.width() / 2);
  if (alignment & Qt::AlignBottom) box.moveBottom(at.y());
  if (alignment & Qt::AlignVCenter) box.moveTop(at.y() - box.height() / 2);
  const QRectF inside = QRectF(frame()->rect()).adjusted(4, 2, -4, -2);
  if (box.right() > inside.right()) box.moveRight(inside.right());
  if (box.left() < inside.left()) box.moveLeft(inside.left());
  if (box.bottom() > inside.bottom()) box.moveBottom(inside.bottom());
  if (box.top() < inside.top()) box.moveTop(inside.top());
  const QPointF place(box.left(), box.top() + metrics.ascent());
  if (painter.modes().testFlag(QCPPainter::pmVectorized)) {
    QPainterPath path;
    path.addText(place, face, text);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_tokens->plot, 2 * kHalo, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(path);
    painter.setFont(face);
    painter.setPen(colour);
    painter.drawText(place, text);
    return;
  }
  // On the screen copies of the laid out text around its place make the halo: stroking its outline costs fifty times
  // that.
  QStaticText laidOut(text);
  laidOut.setTextFormat(Qt::PlainText);
  laidOut.prepare({}, face);
  painter.setFont(face);
  painter.setPen(m_tokens->plot);
  for (int copy = 0; copy < kHaloCopies; ++copy) {
    const double angle = 2 * std::numbers::pi * copy / kHaloCopies;
    painter.drawStaticText(box.topLeft() + kHalo * QPointF(std::cos(angle), std::sin(angle)), laidOut);
  }
  painter.setPen(colour);
  painter.drawStaticText(box.topLeft(), laidOut);
}

void PlotCanvas::ring(QCPPainter& painter, QPointF at, const QColor& colour) const {
  painter.setBrush(m_tokens->plot);
  painter.setPen(pen(m_tokens->plot, 5.4));
  painter.drawEllipse(at, 5, 5);
  painter.setPen(pen(colour, 2.4));
  painter.drawEllipse(at, 5, 5);
}

void PlotCanvas::diamond(QCPPainter& painter, QPointF at, const QColor& colour, bool filled) const {
  const QPolygonF shape{at + QPointF(0, -5.5), at + QPointF(5.5, 0), at + QPointF(0, 5.5), at + QPointF(-5.5, 0)};
  painter.setBrush(filled ? colour : m_tokens->plot);
  painter.setPen(pen(m_tokens->plot, 4.5));
  painter.drawPolygon(shape);
  painter.setPen(pen(colour, 1.8));
  painter.drawPolygon(shape);
}

void PlotCanvas::dropLines(QCPPainter& painter, QPointF at, const QColor& colour, bool toLeft) const {
  QPen dashes(colour, 1);
  dashes.setDashPattern({3, 3});
  painter.setPen(dashes);
  const QRectF box = frame()->rect();
  painter.drawLine(QPointF(at.x(), at.y()), QPointF(at.x(), box.bottom()));
  if (toLeft) painter.drawLine(QPointF(box.left(), at.y()), at);
}

void PlotCanvas::readout(QCPPainter& painter, QPointF at, const QStringList& lines) const {
  const QFontMetricsF metrics(m_font);
  double width = 0;
  for (const QString& line : lines) width = std::max(width, metrics.horizontalAdvance(line));
  QRectF box(at + QPointF(14, -10), QSizeF(width + 14, metrics.height() * static_cast<double>(lines.size()) + 8));
  const QRectF inside = QRectF(frame()->rect()).adjusted(3, 3, -3, -3);
  if (box.right() > inside.right()) box.moveRight(at.x() - 14);
  if (box.bottom() > inside.bottom()) box.moveBottom(inside.bottom());
  if (box.top() < inside.top()) box.moveTop(inside.top());
  painter.setPen(pen(m_tokens->edge, 1));
  painter.setBrush(withAlpha(m_tokens->panel, 0.95));
  painter.drawRoundedRect(box, 3, 3);
  painter.setFont(m_font);
  painter.setPen(m_tokens->text);
  double y = box.top() + 4 + metrics.ascent();
  for (const QString& line : lines) {
    painter.drawText(QPointF(box.left() + 7, y), line);
    y += metrics.height();
  }
}

QFont PlotCanvas::printedFont(const RenderOptions& options) const {
  QFont printed = m_base;  // not the plot's: its owner may have another
  printed.setPixelSize(static_cast<int>(std::lround(options.fontPoints * kPixelsPerPoint / 0.825)));
  return printed;
}

std::vector<HeaderSpan> PlotCanvas::legendEntries() const {
  if (!values.empty()) return values;
  std::vector<HeaderSpan> out;
  for (const LegendSpan& span : m_legend) out.push_back({.text = span.text, .sample = span.stroke});
  return out;
}

DocumentLegend PlotCanvas::documentLegend() const { return {legendEntries(), m_font, *m_tokens}; }

LegendPlace PlotCanvas::legendPlaceFor(const RenderOptions& options, double width, const QFont& face,
                                       const QFont& titleFace) const {
  const DocumentLegend legend(legendEntries(), face, *m_tokens);
  if (empty || legend.isEmpty()) return LegendPlace::None;
  if (options.legend != LegendPlace::Auto) return options.legend;
  const double height = QFontMetricsF(face).height();
  const double beside = options.title ? QFontMetricsF(titleFace).horizontalAdvance(title) + height : 0.0;
  return legend.lineWidth() + beside + kAxisLines * height <= width ? LegendPlace::Auto : LegendPlace::Below;
}

void PlotCanvas::asDocument(const RenderOptions& options, const std::function<void()>& restyle,
                            const std::function<void()>& work) {
  const Tokens* before = m_tokens;
  const QFont fontBefore = m_base;
  Tokens paper = oodscope::tokens(options.dark);
  paper.panel = paper.plot;  // documents have one background
  setTheme(paper, printedFont(options));
  m_document = options;
  restyle();  // a document's legend names more than the screen's
  work();
  m_document.reset();
  setTheme(*before, fontBefore);
  restyle();
}

double PlotCanvas::legendPixels(const RenderOptions& options, double width) const {
  if (legendPlaceFor(options, width, m_font, m_titleFont) != LegendPlace::Below) return 0.0;
  const double line = QFontMetricsF(m_font).height();
  return documentLegend().sizeWithin(width - line).height() + kBelowAxes * line;
}

double PlotCanvas::legendHeight(double width, const RenderOptions& options, const std::function<void()>& restyle) {
  double out = 0.0;
  asDocument(options, restyle, [&] {  // as render() has it
    out = legendPixels(options, static_cast<double>(std::lround(width * kPixelsPerPoint))) / kPixelsPerPoint;
  });
  return out;
}

QRectF PlotCanvas::legendBox() const {
  if (!m_document || empty) return {};
  const LegendPlace place = m_document->legend;
  if (place == LegendPlace::Auto || place == LegendPlace::Below || place == LegendPlace::None) return {};
  const QRectF box = frame()->rect();
  const double pad = kLegendPad * QFontMetricsF(m_font).height();
  const QSizeF size = documentLegend().sizeWithin(box.width() - 4 * pad, 1) + QSizeF(2 * pad, 2 * pad);
  QRectF out(box.topLeft() + QPointF(pad, pad), size);
  if (place == LegendPlace::TopRight || place == LegendPlace::BottomRight) out.moveRight(box.right() - pad);
  if (place == LegendPlace::BottomLeft || place == LegendPlace::BottomRight) out.moveBottom(box.bottom() - pad);
  return out;
}

void PlotCanvas::render(QPainter& painter, const QRectF& area, const RenderOptions& options,
                        const std::function<void()>& restyle) {
  const QRect viewportBefore = plot->viewport();
  QPicture picture;
  asDocument(options, restyle, [&] {
    const int width = static_cast<int>(std::lround(area.width() * kPixelsPerPoint));
    const double below = legendPixels(options, width);
    const int height = static_cast<int>(std::lround(area.height() * kPixelsPerPoint - below));
    m_document->legend = legendPlaceFor(options, width, m_font, m_titleFont);
    restyle();
    QCPPainter recorder(&picture);
    recorder.setMode(QCPPainter::pmVectorized);
    recorder.setMode(QCPPainter::pmNoCaching);
    plot->toPainter(&recorder, width, height);
    if (m_document->legend == LegendPlace::Below) {
      const double line = QFontMetricsF(m_font).height();
      recorder.fillRect(QRectF(0, height, width, below), m_tokens->plot);
      documentLegend().draw(recorder, QRectF(0.5 * line, height, width - line, below - kUnderLegend * line));
    }
  });
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.translate(area.topLeft());
  // Playing a picture enlarges it by the resolution of the device over its own.
  const double enlarged = static_cast<double>(painter.device()->logicalDpiX()) / picture.logicalDpiX();
  painter.scale(1 / (kPixelsPerPoint * enlarged), 1 / (kPixelsPerPoint * enlarged));
  painter.drawPicture(0, 0, picture);
  painter.restore();
  plot->setViewport(viewportBefore);
  changed();
}

QPen pen(const QColor& colour, double width, Qt::PenStyle style) { return QPen(colour, width, style, Qt::FlatCap); }

QPen dashedPen(const QColor& colour, double width) {
  QPen dashed(colour, width, Qt::SolidLine, Qt::FlatCap);
  dashed.setDashPattern({3.5, 1.5});
  return dashed;
}

QColor withAlpha(const QColor& colour, double alpha) {
  QColor thin = colour;
  thin.setAlphaF(static_cast<float>(alpha));
  return thin;
}

QVector<double> times(const std::vector<double>& values, double factor) {
  QVector<double> out;
  out.reserve(static_cast<qsizetype>(values.size()));
  for (const double v : values) out.push_back(v * factor);
  return out;
}

}  // namespace oodscope
