// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/views/render_options.h"

#include <QColor>
#include <QWidget>

#include <memory>
#include <optional>
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
  /// What it says while there is nothing to draw; and whether there is nothing.
  [[nodiscard]] QString emptyText() const;
  [[nodiscard]] bool isEmpty() const;
  void resetZoom();
  /// What is drawn, as lines of tab-separated values below a header line; empty: the plot draws no curves.
  [[nodiscard]] virtual QString dataText() const;
  /// What stands at a point of this widget, in words; empty outside the axes.
  [[nodiscard]] virtual QString textAt(QPointF at) const;
  /// The threshold that a point of this widget stands for; empty: none.
  [[nodiscard]] virtual std::optional<double> thresholdAt(QPointF) const { return {}; }
  /// Moves the threshold there, as a click does. Requires: thresholdAt(at).
  virtual void takeThreshold(QPointF) {}

  /// The plot into `area` (points) of `painter`: vectors, the light theme, fonts at their printed size.
  void render(QPainter& painter, const QRectF& area, const RenderOptions& options);
  using QWidget::render;
  /// Points below the axes that the legend of such a document of a width takes, in points too.
  [[nodiscard]] double legendHeight(double width, const RenderOptions& options);
  /// The runs that are drawn, as the legend names them; empty where one is drawn alone.
  [[nodiscard]] std::vector<PlotLegendEntry> legend() const;

  [[nodiscard]] QSize sizeHint() const override { return {380, 240}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {200, 140}; }

Q_SIGNALS:
  /// The right button at a point of this widget.
  void menuRequested(QPoint at);

protected:
  void contextMenuEvent(QContextMenuEvent* event) override;
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
