// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/value_grid.h"

#include "widgets/theme/icon.h"
#include "widgets/theme/tokens.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QMenu>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace oodscope {
namespace {

constexpr int kMargin = 10;  // left and right, design pixels
constexpr int kGap = 10;     // between columns

}  // namespace

QColor toneColour(const QWidget* widget, Tone tone) {
  const Tokens& t = tokensFor(widget);
  switch (tone) {
    case Tone::Normal:
      return t.text;
    case Tone::Secondary:
      return t.text2;
    case Tone::Tertiary:
      return t.text3;
    case Tone::A:
      return t.a.line;
    case Tone::B:
      return t.b.line;
    case Tone::Ok:
      return t.ok;
    case Tone::Warn:
      return t.warn;
    case Tone::Err:
      return t.err;
    case Tone::Estimated:
      return t.est;
  }
  return t.text;
}

ValueGrid::ValueGrid(QWidget* parent) : QWidget(parent) { setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed); }

void ValueGrid::setColumns(const std::vector<int>& importance) {
  if (importance == m_importance) return;
  m_importance = importance;
  m_widths.assign(importance.size() + 1, 0);
  measure();
  layOut();
}

void ValueGrid::setRows(std::vector<GridRow> rows) {
  const bool resized = rows.size() != m_rows.size();
  m_rows = std::move(rows);
  measure();
  layOut();
  if (resized) updateGeometry();
  setAccessibleDescription(asText());
  update();
}

QString ValueGrid::asText() const {
  QString text;
  for (const GridRow& row : m_rows) {
    QStringList cells;
    for (const GridCell& cell : row.cells) cells << cell.text;
    text += cells.join(QLatin1Char('\t')) + QLatin1Char('\n');
  }
  return text;
}

std::vector<int> ValueGrid::visibleColumns() const {
  std::vector<int> visible;
  for (std::size_t i = 0; i < m_lefts.size(); ++i)
    if (m_lefts[i] >= 0) visible.push_back(static_cast<int>(i));
  return visible;
}

QFont ValueGrid::fontOf(const GridRow& row, const GridCell& cell) const {
  const QFont face = numberFont(row.header ? captionFont(font()) : tableFont(font()));
  return cell.strong ? strongFont(face) : face;
}

int ValueGrid::rowHeight() const { return Metrics(this).row(); }

QSize ValueGrid::sizeHint() const {
  const Metrics m(this);
  int width = 2 * m.px(kMargin);
  for (const int column : m_widths) width += column + m.px(kGap);
  return {width, rowHeight() * static_cast<int>(m_rows.size())};
}

QSize ValueGrid::minimumSizeHint() const { return {Metrics(this).px(200), sizeHint().height()}; }

void ValueGrid::measure() {
  const int chip = Metrics(this).px(16);
  for (const GridRow& row : m_rows) {
    std::size_t column = 0;
    for (const GridCell& cell : row.cells) {
      if (column >= m_widths.size()) break;
      const int width = QFontMetrics(fontOf(row, cell)).horizontalAdvance(cell.text) + (cell.chip.isValid() ? chip : 0);
      if (cell.span == 1) m_widths[column] = std::max(m_widths[column], width);
      column += static_cast<std::size_t>(cell.span);
    }
  }
}

void ValueGrid::layOut() {
  const Metrics m(this);
  m_lefts.assign(m_widths.size(), 0);
  if (m_widths.empty()) return;
  std::vector<bool> shown(m_widths.size(), true);
  const auto needed = [&] {
    int width = 2 * m.px(kMargin) + m_widths[0];
    for (std::size_t i = 1; i < m_widths.size(); ++i)
      if (shown[i]) width += m_widths[i] + m.px(kGap);
    return width;
  };
  while (needed() > width()) {
    std::size_t least = 0;
    for (std::size_t i = 1; i < m_widths.size(); ++i)
      if (shown[i] && (least == 0 || m_importance[i - 1] < m_importance[least - 1])) least = i;
    if (least == 0 || std::count(shown.begin() + 1, shown.end(), true) <= 1) break;
    shown[least] = false;
  }
  int right = width() - m.px(kMargin);
  for (std::size_t i = m_widths.size(); i-- > 1;) {
    if (!shown[i]) {
      m_lefts[i] = -1;
      continue;
    }
    m_lefts[i] = right - m_widths[i];
    right = m_lefts[i] - m.px(kGap);
  }
  m_lefts[0] = m.px(kMargin);
}

QRect ValueGrid::cellRect(std::size_t row, std::size_t index) const {
  const GridRow& line = m_rows[row];
  std::size_t column = 0;
  for (std::size_t i = 0; i < index; ++i) column += static_cast<std::size_t>(line.cells[i].span);
  const std::size_t last = column + static_cast<std::size_t>(line.cells[index].span) - 1;
  if (last >= m_lefts.size() || m_lefts[last] < 0) return {};
  const int top = static_cast<int>(row) * rowHeight();
  if (column == 0) {
    int right = width() - Metrics(this).px(kMargin);
    if (last == 0)
      for (std::size_t i = 1; i < m_lefts.size(); ++i)
        if (m_lefts[i] >= 0 && i < line.cells.size()) {
          right = m_lefts[i] - Metrics(this).px(kGap) / 2;
          break;
        }
    return {m_lefts[0], top, right - m_lefts[0], rowHeight()};
  }
  int left = m_lefts[last];
  for (std::size_t i = column; i < last; ++i)
    if (m_lefts[i] >= 0) left = std::min(left, m_lefts[i]);
  return {left, top, m_lefts[last] + m_widths[last] - left, rowHeight()};
}

void ValueGrid::paintEvent(QPaintEvent*) {
  const Tokens& t = tokensFor(this);
  QPainter painter(this);
  for (std::size_t r = 0; r < m_rows.size(); ++r) {
    const GridRow& row = m_rows[r];
    const QRect whole(0, static_cast<int>(r) * rowHeight(), width(), rowHeight());
    if (row.shaded) painter.fillRect(whole, t.alt);
    if (row.ruleAbove) painter.fillRect(QRect(whole.left(), whole.top(), whole.width(), 1), t.line);
    for (std::size_t c = 0; c < row.cells.size(); ++c) paintCell(painter, row, c, cellRect(r, c));
  }
}

void ValueGrid::paintCell(QPainter& painter, const GridRow& row, std::size_t column, const QRect& rect) const {
  const GridCell& cell = row.cells[column];
  if (rect.isEmpty() || cell.text.isEmpty()) return;
  const Metrics m(this);
  painter.setFont(fontOf(row, cell));
  const Tone tone = row.header && cell.tone == Tone::Normal ? Tone::Secondary : cell.tone;
  const QColor colour = toneColour(this, tone);
  painter.setPen(isEnabled() ? colour : disabledColour(colour));
  const QFontMetrics metrics(painter.font());
  const int textWidth = metrics.horizontalAdvance(cell.text);
  // A spanning cell may grow leftwards over the columns that were left out.
  const QRect area = column > 0 && cell.span > 1 ? rect.adjusted(std::min(0, rect.width() - textWidth), 0, 0, 0) : rect;
  const Qt::Alignment side = column == 0 ? Qt::AlignLeft : Qt::AlignRight;
  const QRect ofText = area.adjusted(column == 0 && cell.chip.isValid() ? m.px(14) : 0, 0, 0, 0);
  const QString shown = column == 0 ? metrics.elidedText(cell.text, Qt::ElideRight, ofText.width()) : cell.text;
  painter.drawText(ofText, static_cast<int>(side | Qt::AlignVCenter), shown);
  if (!cell.chip.isValid()) return;
  const int size = m.px(9);
  const int x = column == 0 ? area.left() : area.right() - textWidth - m.px(14);
  painter.fillRect(QRect(x, area.center().y() - size / 2, size, size), cell.chip);
}

void ValueGrid::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  layOut();
}

void ValueGrid::contextMenuEvent(QContextMenuEvent* event) {
  QMenu menu(this);
  const QAction* copy = menu.addAction(icon(QStringLiteral("copy")), tr("Copy table"));
  if (menu.exec(event->globalPos()) == copy) QApplication::clipboard()->setText(asText());
}

void ValueGrid::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() != QEvent::FontChange) return;
  std::fill(m_widths.begin(), m_widths.end(), 0);
  measure();
  layOut();
  updateGeometry();
}

bool ValueGrid::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    for (std::size_t r = 0; r < m_rows.size(); ++r)
      for (std::size_t c = 0; c < m_rows[r].cells.size(); ++c)
        if (!m_rows[r].cells[c].toolTip.isEmpty() && cellRect(r, c).contains(help->pos())) {
          QToolTip::showText(help->globalPos(), m_rows[r].cells[c].toolTip, this);
          return true;
        }
    QToolTip::hideText();
    return true;
  }
  return QWidget::event(event);
}

}  // namespace oodscope
