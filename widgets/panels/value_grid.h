// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QColor>
#include <QString>
#include <QWidget>

#include <vector>

namespace oodscope {

enum class Tone { Normal, Secondary, Tertiary, A, B, Ok, Warn, Err, Estimated };

struct GridCell {
  QString text = {};
  Tone tone = Tone::Normal;
  bool strong = false;
  QString toolTip = {};
  QColor chip = {};  ///< 10 px square before the text; invalid: none
  int span = 1;      ///< columns; a spanning cell is right-aligned in all of them
};
/// What a value is called.
[[nodiscard]] inline GridCell nameCell(const QString& text) { return {.text = text, .tone = Tone::Secondary}; }

struct GridRow {
  std::vector<GridCell> cells;
  bool header = false;     ///< caption type, secondary tone
  bool ruleAbove = false;  ///< a line over the row: a new group
  bool shaded = false;     ///< alternate background
};

/// A small table of values: first column left, the others right-aligned in their own width, which only grows while the
/// columns stay the same, so that digits do not jitter. Columns that do not fit are left out, least important first.
class ValueGrid : public QWidget {
  Q_OBJECT

public:
  explicit ValueGrid(QWidget* parent = nullptr);

  /// `importance` of each column but the first: those with the lowest are left out first.
  void setColumns(const std::vector<int>& importance);
  void setRows(std::vector<GridRow> rows);
  [[nodiscard]] const std::vector<GridRow>& rows() const { return m_rows; }
  /// Tab-separated, for the clipboard.
  [[nodiscard]] QString asText() const;
  [[nodiscard]] std::vector<int> visibleColumns() const;
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void changeEvent(QEvent* event) override;
  bool event(QEvent* event) override;

private:
  [[nodiscard]] QFont fontOf(const GridRow& row, const GridCell& cell) const;
  [[nodiscard]] int rowHeight() const;
  [[nodiscard]] QRect cellRect(std::size_t row, std::size_t cell) const;
  void paintCell(QPainter& painter, const GridRow& row, std::size_t column, const QRect& rect) const;
  void measure();
  void layOut();

  std::vector<GridRow> m_rows;
  std::vector<int> m_importance;  // of columns 1 …
  std::vector<int> m_widths;      // of all columns
  std::vector<int> m_lefts;       // -1: left out
};

[[nodiscard]] QColor toneColour(const QWidget* widget, Tone tone);

}  // namespace oodscope
