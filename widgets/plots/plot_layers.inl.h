// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/plots/plot_canvas.inl.h"

namespace oodscope {

/// What a PlotCanvas is composed of. QCustomPlot owns and draws them.

/// A line thinned to what the pixels can show.
class ThinnedGraph : public QCPGraph {
public:
  using QCPGraph::QCPGraph;

protected:
  void drawLinePlot(QCPPainter* painter, const QVector<QPointF>& lines) const override;
};

/// Title left, values right, both above the frame: no legend ever covers data.
class HeaderElement : public QCPLayoutElement {
public:
  explicit HeaderElement(PlotCanvas& canvas);

protected:
  QSize minimumOuterSizeHint() const override { return {60, height()}; }
  QSize maximumOuterSizeHint() const override { return {QWIDGETSIZE_MAX, height()}; }
  void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(true); }
  void draw(QCPPainter* painter) override;

private:
  [[nodiscard]] int height() const;
  PlotCanvas& m_canvas;
};

/// Draws what the canvas's callbacks draw: content above the graphs, or markers with the empty state and the brush.
class MarkerLayerable : public QCPLayerable {
public:
  MarkerLayerable(PlotCanvas& canvas, const QString& layer, bool markers);

protected:
  void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(true); }
  QRect clipRect() const override { return parentPlot()->viewport(); }
  void draw(QCPPainter* painter) override;

private:
  void drawEmpty(QCPPainter& painter) const;
  PlotCanvas& m_canvas;
  bool m_markers;
};

}  // namespace oodscope
