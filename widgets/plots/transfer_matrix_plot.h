// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/views/render_options.h"

#include <QWidget>

#include <optional>
#include <vector>

namespace oodscope {

/// What a threshold chosen on one set gives on another. `share` (0 … 1) colours the cell; the texts are shown in it.
struct ShownTransfer {
  std::optional<double> share = {};  ///< empty: not defined, shown as "–"
  QString text;                      ///< "36.4"
  QString gap;                       ///< against the set's own best: "−2.1"
  QString detail;                    ///< tool tip: precision, recall, FPR
  /// What is copied besides `share`, as fractions; empty: not defined.
  std::optional<double> threshold = {}, precision = {}, recall = {}, fpr = {}, gapShare = {};
};

/// Rows: the set the threshold was chosen on. Columns: the set it is applied to.
class TransferMatrixPlot : public QWidget {
  Q_OBJECT

public:
  explicit TransferMatrixPlot(QWidget* parent = nullptr);
  void setTitle(const QString& title);  ///< "F1 of thresholds chosen at best F1"
  [[nodiscard]] QString title() const { return m_title; }
  /// Requires: cells.size() == names.size() squared, row by row.
  void setCells(std::vector<QString> names, std::vector<ShownTransfer> cells);
  [[nodiscard]] bool isEmpty() const { return m_cells.empty(); }
  [[nodiscard]] QRectF cellRect(int row, int column) const;
  /// Row and column at a point of this widget; empty outside the cells.
  [[nodiscard]] std::optional<std::pair<int, int>> cellAt(QPointF at) const;
  [[nodiscard]] const ShownTransfer& cell(std::pair<int, int> place) const;
  /// A line a cell of tab-separated values below a header line; empty without cells.
  [[nodiscard]] QString dataText() const;
  /// What the cell at a point of this widget says, in words; empty outside the cells.
  [[nodiscard]] QString textAt(QPointF at) const;
  void render(QPainter& painter, const QRectF& area, const RenderOptions& options) const;
  using QWidget::render;
  [[nodiscard]] QSize sizeHint() const override { return {520, 260}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {240, 120}; }

Q_SIGNALS:
  void cellClicked(int row, int column);
  /// The right button at a point of this widget.
  void menuRequested(QPoint at);

protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  bool event(QEvent* event) override;

private:
  struct Places;
  [[nodiscard]] Places places(const QRectF& area, const QFont& base) const;
  void paintInto(QPainter& painter, const QRectF& area, const QFont& base, const QPalette& palette) const;
  QString m_title;
  std::vector<QString> m_names;
  std::vector<ShownTransfer> m_cells;
};

}  // namespace oodscope
