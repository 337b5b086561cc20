// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/views/render_options.h"

#include <QColor>
#include <QWidget>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace oodscope {

/// A class of a confusion matrix.
struct ConfusionClass {
  QString name;
  QColor colour;
};

/// Pixels by true class (rows) and predicted class (columns), coloured by their share of the row; a row without pixels
/// is empty. The diagonal is framed.
class ConfusionPlot : public QWidget {
  Q_OBJECT

public:
  explicit ConfusionPlot(QWidget* parent = nullptr);
  void setTitle(const QString& title);
  [[nodiscard]] QString title() const { return m_title; }
  /// What stands there without classes.
  void setEmptyText(const QString& text);
  /// Requires: counts.size() == classes.size() squared, row by row.
  void setCounts(std::vector<ConfusionClass> classes, std::vector<std::uint64_t> counts);
  [[nodiscard]] bool isEmpty() const { return m_classes.empty(); }
  /// The share of a row's pixels; empty where it has none.
  [[nodiscard]] std::optional<double> share(int row, int column) const;
  [[nodiscard]] QRectF cellRect(int row, int column) const;
  /// What the cell at a point of this widget says, in words; empty outside the cells.
  [[nodiscard]] QString textAt(QPointF at) const;
  /// A line a cell of tab-separated values below a header line; empty without classes.
  [[nodiscard]] QString dataText() const;
  void render(QPainter& painter, const QRectF& area, const RenderOptions& options) const;
  using QWidget::render;
  [[nodiscard]] QSize sizeHint() const override { return {420, 360}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {220, 180}; }

Q_SIGNALS:
  /// The right button at a point of this widget.
  void menuRequested(QPoint at);

protected:
  void paintEvent(QPaintEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  bool event(QEvent* event) override;

private:
  struct Places;
  [[nodiscard]] Places places(const QRectF& area, const QFont& base, bool titled) const;
  void paintInto(QPainter& painter, const QRectF& area, const QFont& base, const QPalette& palette, bool titled) const;
  void paintNames(QPainter& painter, const QRectF& area, const Places& places, const QFont& base,
                  const QPalette& palette) const;
  [[nodiscard]] std::uint64_t count(int row, int column) const;
  QString m_title, m_empty;
  std::vector<ConfusionClass> m_classes;
  std::vector<std::uint64_t> m_counts, m_rows;  ///< m_rows: pixels of each true class
};

}  // namespace oodscope
