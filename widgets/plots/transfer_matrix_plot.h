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
};

/// Rows: the set the threshold was chosen on. Columns: the set it is applied to.
class TransferMatrixPlot : public QWidget {
  Q_OBJECT

public:
  explicit TransferMatrixPlot(QWidget* parent = nullptr);
  void setTitle(const QString& title);  ///< "F1 of thresholds chosen at best F1"
  /// Requires: cells.size() == names.size() squared, row by row.
  void setCells(std::vector<QString> names, std::vector<ShownTransfer> cells);
  [[nodiscard]] QRectF cellRect(int row, int column) const;
  void render(QPainter& painter, const QRectF& area, const RenderOptions& options) const;
  using QWidget::render;
  [[nodiscard]] QSize sizeHint() const override { return {520, 260}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {240, 120}; }

Q_SIGNALS:
  void cellClicked(int row, int column);

protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  bool event(QEvent* event) override;

private:
  struct Places;
  [[nodiscard]] Places places(const QRectF& area, const QFont& base) const;
  void paintInto(QPainter& painter, const QRectF& area, const QFont& base, const QPalette& palette) const;
  [[nodiscard]] std::optional<std::pair<int, int>> cellAt(QPointF at) const;
  QString m_title;
  std::vector<QString> m_names;
  std::vector<ShownTransfer> m_cells;
};

}  // namespace oodscope
