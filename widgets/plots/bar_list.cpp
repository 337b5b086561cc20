// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/bar_list.h"

#include "widgets/theme/tokens.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace oodscope {
namespace {
constexpr double kDesignHeight = 18;
constexpr double kMargin = 12;
constexpr double kRowHeight = 27;
constexpr double kTitleHeight = 28;

double unitOf(const QFont& font) { return QFontMetricsF(font).height() / kDesignHeight; }
}  // namespace

BarList::BarList(QWidget* parent) : QWidget(parent) { setFocusPolicy(Qt::StrongFocus); }

void BarList::setTitle(const QString& title) {
  m_title = title;
  setAccessibleName(title);
  update();
}
void BarList::setNote(const QString& note) {
  m_note = note;
  update();
}
void BarList::setRows(std::vector<BarListRow> rows) {
  m_rows = std::move(rows);
  m_selected = std::min(m_selected, static_cast<int>(m_rows.size()) - 1);
  updateGeometry();
  update();
}
void BarList::setBarColour(const QColor& colour) {
  m_colour = colour;
  update();
}
void BarList::setSelected(int row) {
  m_selected = row;
  update();
}

QSize BarList::sizeHint() const {
  return {260,
          static_cast<int>((kTitleHeight + kRowHeight * static_cast<double>(m_rows.size()) + 50) * unitOf(font()))};
}

QRect BarList::rowRect(int row) const {
  const double unit = unitOf(font());
  return QRectF(0, (kTitleHeight + kRowHeight * row) * unit, width(), kRowHeight * unit).toRect();
}

void BarList::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), tokensFor(this).panel);
  paintInto(painter, QRectF(rect()), font(), palette());
}

void BarList::render(QPainter& painter, const QRectF& area, const RenderOptions& options) const {
  QFont printed = font();
  printed.setPixelSize(qRound(options.fontPoints * kPixelsPerPoint / 0.9));
  painter.save();
  painter.translate(area.topLeft());
  painter.scale(1 / kPixelsPerPoint, 1 / kPixelsPerPoint);
  paintInto(painter, QRectF(0, 0, area.width() * kPixelsPerPoint, area.height() * kPixelsPerPoint), printed,
            buildPalette(tokens(options.dark)));
  painter.restore();
}

void BarList::paintInto(QPainter& painter, const QRectF& area, const QFont& base, const QPalette& palette) const {
  const Tokens& t = tokensFor(palette);
  const double unit = unitOf(base);
  const QFont plain = tableFont(base);
  const QFontMetricsF metrics(plain);
  const double margin = kMargin * unit;
  const auto text = [&](const QRectF& place, Qt::Alignment side, const QString& what, const QColor& colour,
                        const QFont& face) {
    painter.setFont(face);
    painter.setPen(colour);
    painter.drawText(place, Qt::AlignVCenter | side | Qt::TextSingleLine, what);
  };
  text(QRectF(area.left() + margin, area.top(), area.width() - 2 * margin, kTitleHeight * unit), Qt::AlignLeft, m_title,
       t.text, strongFont(plain));
  double names = 0, values = 0, longest = 0;
  for (const BarListRow& row : m_rows) {
    names = std::max(names, metrics.horizontalAdvance(row.name));
    values = std::max(values, QFontMetricsF(numberFont(plain)).horizontalAdvance(row.value));
    longest = std::max(longest, row.share);
  }
  names = std::min(names, area.width() * 0.4);
  double y = area.top() + kTitleHeight * unit;
  for (std::size_t i = 0; i < m_rows.size(); ++i, y += kRowHeight * unit) {
    const BarListRow& row = m_rows[i];
    const QRectF line(area.left(), y, area.width(), kRowHeight * unit);
    if (static_cast<int>(i) == m_selected) painter.fillRect(line, t.selection);
    const QColor colour = static_cast<int>(i) == m_selected ? t.onSelection : t.text;
    painter.fillRect(QRectF(line.left() + margin, line.center().y() - 5 * unit, 10 * unit, 10 * unit), row.chip);
    const double left = line.left() + margin + 16 * unit;
    text(QRectF(left, y, names, line.height()), Qt::AlignLeft, metrics.elidedText(row.name, Qt::ElideRight, names),
         colour, plain);
    const double barLeft = left + names + 10 * unit;
    const double barWidth = line.right() - margin - values - 8 * unit - barLeft;
    if (longest > 0 && barWidth > 0) {
      const double length = std::max(1.0, barWidth * row.share / longest);
      painter.fillRect(QRectF(barLeft, line.center().y() - 6.5 * unit, length, 13 * unit),
                       m_colour.isValid() ? m_colour : t.fp.line);
    }
    text(QRectF(line.right() - margin - values - 1, y, values + 1, line.height()), Qt::AlignRight, row.value, colour,
         numberFont(plain));
  }
  if (!m_note.isEmpty()) {
    painter.setFont(captionFont(base));
    painter.setPen(t.text2);
    painter.drawText(QRectF(area.left() + margin, y + 6 * unit, area.width() - 2 * margin, 40 * unit),
                     Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_note);
  }
}

void BarList::mousePressEvent(QMouseEvent* event) {
  for (int i = 0; i < static_cast<int>(m_rows.size()); ++i) {
    if (!rowRect(i).contains(event->position().toPoint())) continue;
    setSelected(i);
    Q_EMIT rowClicked(i);
  }
}

void BarList::keyPressEvent(QKeyEvent* event) {
  const int last = static_cast<int>(m_rows.size()) - 1;
  if (event->key() == Qt::Key_Down) return setSelected(std::min(last, m_selected + 1));
  if (event->key() == Qt::Key_Up) return setSelected(std::max(0, m_selected - 1));
  if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_selected >= 0) {
    Q_EMIT rowClicked(m_selected);
    return;
  }
  QWidget::keyPressEvent(event);
}

}  // namespace oodscope
