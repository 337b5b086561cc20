// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_layers.inl.h"

#include "widgets/plots/document_legend.inl.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr double kThin = 0.35;          // device pixels a thinned line may leave the full one by
constexpr double kThinDocument = 0.05;  // documents are zoomed into

double reach(const QPointF& from, const QPointF& to, const QPointF& point) {
  const QPointF along = to - from, off = point - from;
  const double length = std::hypot(along.x(), along.y());
  if (length < 1e-9) return std::hypot(off.x(), off.y());
  return std::fabs(along.x() * off.y() - along.y() * off.x()) / length;
}

/// Drops the points of a line that lie within `tolerance` of the line without them. A run of dropped points is bounded,
/// so the cost is linear; gaps (points that are not finite) stay.
QVector<QPointF> thinned(const QVector<QPointF>& line, double tolerance) {
  constexpr qsizetype kLongestRun = 24;
  QVector<QPointF> out;
  out.reserve(line.size());
  qsizetype kept = 0;
  const auto finite = [](const QPointF& p) { return std::isfinite(p.x()) && std::isfinite(p.y()); };
  for (qsizetype i = 0; i < line.size(); ++i) {
    const bool end = i == 0 || i + 1 == line.size() || !finite(line[i]) || !finite(line[i - 1]) || !finite(line[i + 1]);
    bool needed = end || i - kept >= kLongestRun;
    // The next point becomes the chord's end: everything between must stay close to it, and forward of its start.
    for (qsizetype j = kept + 1; !needed && j <= i; ++j) {
      const QPointF chord = line[i + 1] - line[kept], to = line[j] - line[kept];
      needed = reach(line[kept], line[i + 1], line[j]) > tolerance || QPointF::dotProduct(chord, to) < -tolerance ||
               QPointF::dotProduct(to, to) > QPointF::dotProduct(chord, chord) + tolerance;
    }
    if (!needed) continue;
    out.push_back(line[i]);
    kept = i;
  }
  return out;
}

}  // namespace

void ThinnedGraph::drawLinePlot(QCPPainter* painter, const QVector<QPointF>& lines) const {
  const bool document = painter->modes().testFlag(QCPPainter::pmVectorized);
  QCPGraph::drawLinePlot(painter, thinned(lines, document ? kThinDocument : kThin));
}

HeaderElement::HeaderElement(PlotCanvas& canvas) : QCPLayoutElement(canvas.plot), m_canvas(canvas) {
  setMinimumMargins(QMargins());
}

void HeaderElement::draw(QCPPainter* painter) {
  const PlotCanvas& c = m_canvas;
  const Tokens& t = c.tokens();
  const double left = c.frame()->left();
  double right = c.frame()->right();
  const QRectF line(left, rect().top(), right - left, rect().height());
  const QColor titleColour = c.empty ? disabledColour(t.text) : t.text;
  const QFontMetricsF titleMetrics(c.titleFace());
  const RenderOptions* document = c.document();
  if (document == nullptr || document->title) {
    painter->setFont(c.titleFace());
    painter->setPen(titleColour);
    painter->drawText(line, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, c.title);
  }
  if (document != nullptr) {  // its legend is complete: here where all of it fits, else elsewhere
    const DocumentLegend legend(c.values, c.font(), t);
    const double width = legend.lineWidth() + 1;
    if (document->legend == LegendPlace::Auto && !c.empty)
      legend.draw(*painter, QRectF(right - width, line.top(), width, line.height()));
    return;
  }
  const double titleEnd = left + titleMetrics.horizontalAdvance(c.title) + 12;
  if (c.empty) return;
  const QFontMetricsF metrics(c.font());
  const double chip = std::round(metrics.height() * 0.6);
  painter->setFont(c.font());
  const auto gapAfter = [](const HeaderSpan& span) { return span.chip.isValid() ? 12.0 : 5.0; };
  const auto widthOf = [&](const HeaderSpan& span) {
    return metrics.horizontalAdvance(span.text) + (span.chip.isValid() ? chip + 5 : 0);
  };
  // Where there is no room for all, the last ones go: the first is of the run that is looked at.
  std::size_t fitting = 0;
  for (double needed = 0; fitting < c.values.size(); ++fitting) {
    needed += widthOf(c.values[fitting]) + (fitting > 0 ? gapAfter(c.values[fitting]) : 0.0);
    if (right - needed < titleEnd) break;
  }
  for (std::size_t i = fitting; i-- > 0;) {
    const HeaderSpan& span = c.values[i];
    const double width = widthOf(span);
    const QRectF place(right - width, line.top(), width, line.height());
    if (span.chip.isValid()) {
      painter->setPen(Qt::NoPen);
      painter->setBrush(span.chip);
      painter->drawRect(QRectF(place.left(), std::round(place.center().y() - chip / 2), chip, chip));
    }
    painter->setPen(span.colour.isValid() ? span.colour : t.text2);
    painter->drawText(place, Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine, span.text);
    right -= width + gapAfter(span);
  }
}

int HeaderElement::height() const {
  const RenderOptions* document = m_canvas.document();
  if (document != nullptr && !document->title && document->legend != LegendPlace::Auto) return 3;
  return static_cast<int>(std::lround(QFontMetricsF(m_canvas.titleFace()).height() + 6));
}

MarkerLayerable::MarkerLayerable(PlotCanvas& canvas, const QString& layer, bool markers)
    : QCPLayerable(canvas.plot, layer), m_canvas(canvas), m_markers(markers) {}

void MarkerLayerable::draw(QCPPainter* painter) {
  const auto& callback = m_markers ? m_canvas.drawMarkers : m_canvas.drawContent;
  if (!m_canvas.empty && callback) {
    painter->save();
    callback(*painter);
    painter->restore();
  }
  if (const QRectF box = m_canvas.legendBox(); m_markers && !box.isEmpty()) {
    const Tokens& t = m_canvas.tokens();
    painter->setPen(pen(t.line, 1));
    painter->setBrush(withAlpha(t.plot, 0.9));
    painter->drawRect(box);
    const double pad = kLegendPad * QFontMetricsF(m_canvas.font()).height() - 0.01;  // no line breaks for rounding
    DocumentLegend(m_canvas.values, m_canvas.font(), t).draw(*painter, box.adjusted(pad, pad, -pad, -pad), 1);
  }
  if (m_canvas.empty && m_markers && !m_canvas.emptyHeading.isEmpty()) drawEmpty(*painter);
  if (m_markers && m_canvas.m_gesture == PlotCanvas::Gesture::Brush) {
    const QRectF frame = m_canvas.frame()->rect();
    const QRectF band =
        QRectF(QPointF(m_canvas.m_pressed.x(), frame.top()), QPointF(m_canvas.m_last.x(), frame.bottom()));
    painter->setPen(pen(m_canvas.tokens().focus, 1));
    painter->setBrush(withAlpha(m_canvas.tokens().focus, 0.2));
    painter->drawRect(band.normalized() & frame);
  }
}

void MarkerLayerable::drawEmpty(QCPPainter& painter) const {
  const Tokens& t = m_canvas.tokens();
  const QRectF frame = m_canvas.frame()->rect();
  const double width = std::min(frame.width() - 24, 330.0);
  const QFontMetricsF metrics(m_canvas.font());
  QFont heading = m_canvas.font();
  heading.setPointSizeF(heading.pointSizeF() > 0 ? heading.pointSizeF() / 0.825 * 0.9 : 9);
  const QRectF text =
      metrics.boundingRect(QRectF(0, 0, width - 32, 200), Qt::AlignCenter | Qt::TextWordWrap, m_canvas.emptySentence);
  const double height = text.height() + QFontMetricsF(heading).height() + 20;
  const QRectF box(frame.center() - QPointF(width, height) / 2, QSizeF(width, height));
  painter.setPen(pen(t.line, 1));
  painter.setBrush(t.panel);
  painter.drawRoundedRect(box, 3, 3);
  painter.setFont(heading);
  painter.setPen(t.text);
  painter.drawText(box.adjusted(16, 8, -16, -8), Qt::AlignHCenter | Qt::AlignTop, m_canvas.emptyHeading);
  painter.setFont(m_canvas.font());
  painter.setPen(t.text2);
  painter.drawText(box.adjusted(16, 8, -16, -8), Qt::AlignHCenter | Qt::AlignBottom | Qt::TextWordWrap,
                   m_canvas.emptySentence);
}

}  // namespace oodscope
