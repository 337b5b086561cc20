// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/views/render_options.h"

#include <QColor>
#include <QWidget>

#include <memory>
#include <vector>

namespace oodscope {

class PlotCanvas;

/// A run in a plot's legend.
struct PlotLegendEntry {
  QString text;
  QColor colour;
};

/// What all plots share: title and values above the frame, theme, zoom by wheel, pan by dragging, reset by a double
/// click, a text where there is nothing to draw, and drawing into documents.
class PlotWidget : public QWidget {
  Q_OBJECT

public:
  ~PlotWidget() override;

  void setTitle(const QString& title);
  [[nodiscard]] QString title() const;
  /// Heading and sentence of the empty state: shown while there are no data.
  void setEmptyText(const QString& heading, const QString& sentence);
  void resetZoom();

  /// The plot into `area` (points) of `painter`: vectors, the light theme, fonts at their printed size.
  void render(QPainter& painter, const QRectF& area, const RenderOptions& options);
  using QWidget::render;
  /// The runs that are drawn, as the legend names them; empty where one is drawn alone.
  [[nodiscard]] std::vector<PlotLegendEntry> legend() const;
  /// Points that the legend needs of a document so wide: 0 without one.
  [[nodiscard]] double legendHeight(double width, double fontPoints) const;

  [[nodiscard]] QSize sizeHint() const override { return {380, 240}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {200, 140}; }

protected:
  explicit PlotWidget(QWidget* parent);
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;
  /// Colours and pens from the canvas's tokens; called after each change of theme.
  virtual void restyle() = 0;
  [[nodiscard]] PlotCanvas& canvas() const { return *m_canvas; }

private:
  std::unique_ptr<PlotCanvas> m_canvas;
};

}  // namespace oodscope
