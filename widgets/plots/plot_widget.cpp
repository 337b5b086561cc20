// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_widget.h"

#include "widgets/plots/plot_canvas.inl.h"

namespace oodscope {

PlotWidget::PlotWidget(QWidget* parent) : QWidget(parent), m_canvas(std::make_unique<PlotCanvas>(this)) {
  m_canvas->setTheme(tokensFor(this), font());
}

PlotWidget::~PlotWidget() {
  delete m_canvas->plot;  // before the canvas its layerables draw from
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

void PlotWidget::resetZoom() { m_canvas->resetZoom(); }

void PlotWidget::render(QPainter& painter, const QRectF& area, const RenderOptions& options) {
  m_canvas->render(painter, area, options, [this] { restyle(); });
}

std::vector<PlotLegendEntry> PlotWidget::legend() const {
  std::vector<PlotLegendEntry> out;
  for (const LegendSpan& span : m_canvas->legend()) out.push_back({span.text, span.stroke.color()});
  return out;
}

double PlotWidget::legendHeight(double width, double fontPoints) const {
  return m_canvas->legendHeight(width * kPixelsPerPoint, fontPoints * kPixelsPerPoint) / kPixelsPerPoint;
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
