// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_widget.h"

#include "widgets/plots/plot_canvas.inl.h"

#include <QContextMenuEvent>

namespace oodscope {

PlotWidget::PlotWidget(QWidget* parent) : QWidget(parent), m_canvas(std::make_unique<PlotCanvas>(this)) {
  m_canvas->setTheme(tokensFor(this), font());
}

PlotWidget::~PlotWidget() {
  m_canvas->onHover = {};  // what it tells has gone; a plot that goes is left by the mouse, too
  delete m_canvas->plot;   // before the canvas its layerables draw from
}

void PlotWidget::setTitle(const QString& title) {
  m_canvas->title = title;
  setAccessibleName(title);
  m_canvas->changed();
}

QString PlotWidget::title() const { return m_canvas->title; }

void PlotWidget::setEmptyText(const QString& heading, const QString& sentence) {
  m_canvas->emptyHeading = heading;
  m_canvas->emptySentence = sentence;
  m_canvas->changed();
}

QString PlotWidget::emptyText() const { return m_canvas->emptySentence; }

bool PlotWidget::isEmpty() const { return m_canvas->empty; }

void PlotWidget::resetZoom() { m_canvas->resetZoom(); }

void PlotWidget::render(QPainter& painter, const QRectF& area, const RenderOptions& options) {
  m_canvas->render(painter, area, options, [this] { restyle(); });
}

std::vector<PlotLegendEntry> PlotWidget::legend() const {
  std::vector<PlotLegendEntry> out;
  for (const LegendSpan& span : m_canvas->legend()) out.push_back({span.text, span.stroke.color()});
  return out;
}

double PlotWidget::legendHeight(double width, const RenderOptions& options) {
  return m_canvas->legendHeight(width, options, [this] { restyle(); });
}

QString PlotWidget::dataText() const {
  if (m_canvas->empty) return {};
  const QCustomPlot& plot = *m_canvas->plot;
  QStringList lines{QStringLiteral("line\t%1\t%2").arg(plot.xAxis->label(), plot.yAxis->label())};
  for (int i = 0; i < plot.graphCount(); ++i) {
    const QCPGraph& graph = *plot.graph(i);
    if (graph.pen().style() == Qt::NoPen && !graph.channelFillGraph()) continue;  // the edge of a band
    for (const QCPGraphData& point : *graph.data())
      lines << QStringLiteral("%1\t%2\t%3").arg(i + 1).arg(point.key, 0, 'g', 9).arg(point.value, 0, 'g', 9);
  }
  return lines.size() < 2 ? QString() : lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

QString PlotWidget::textAt(QPointF at) const {
  if (m_canvas->empty || !m_canvas->frame()->rect().contains(at.toPoint())) return {};
  const QPointF place = m_canvas->coordinate(at);
  return QStringLiteral("%1 %2\n%3 %4")
      .arg(m_canvas->plot->xAxis->label(), numberText(place.x(), 3), m_canvas->plot->yAxis->label(),
           numberText(place.y(), 3));
}

void PlotWidget::contextMenuEvent(QContextMenuEvent* event) {
  Q_EMIT menuRequested(event->pos());
  event->accept();
}

void PlotWidget::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
    m_canvas->setTheme(tokensFor(this), font());
    restyle();
    m_canvas->changed();
  }
  QWidget::changeEvent(event);
}

void PlotWidget::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  m_canvas->changed();
}

void PlotWidget::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  m_canvas->repaintDue();
}

}  // namespace oodscope
