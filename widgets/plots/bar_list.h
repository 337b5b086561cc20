// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/views/render_options.h"

#include <QColor>
#include <QWidget>

#include <vector>

namespace oodscope {

struct BarListRow {
  QString name;
  QColor chip;       ///< class colour, a 10 px square
  double share = 0;  ///< 0 … 1; the longest bar fills the width
  QString value;     ///< right of the bar: "20.8 %"
};

/// Named bars under each other, longest first as given: "FP pixels by predicted class". A click (or Enter on the
/// focused row) asks to filter by the row.
class BarList : public QWidget {
  Q_OBJECT

public:
  explicit BarList(QWidget* parent = nullptr);
  void setTitle(const QString& title);
  void setNote(const QString& note);  ///< below the bars
  void setRows(std::vector<BarListRow> rows);
  void setBarColour(const QColor& colour);  ///< the FP colour unless set
  void setSelected(int row);                ///< -1 for none
  [[nodiscard]] QRect rowRect(int row) const;
  void render(QPainter& painter, const QRectF& area, const RenderOptions& options) const;
  using QWidget::render;
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return {160, 80}; }

Q_SIGNALS:
  void rowClicked(int row);

protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

private:
  void paintInto(QPainter& painter, const QRectF& area, const QFont& base, const QPalette& palette) const;
  QString m_title, m_note;
  std::vector<BarListRow> m_rows;
  QColor m_colour;
  int m_selected = -1;
};

}  // namespace oodscope
