// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/view_header.h"

#include "widgets/theme/tokens.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace oodscope {
namespace {

// Lengths of the design, for a font height of 18; everything is drawn in multiples of the actual font height.
constexpr double kDesignHeight = 18;
constexpr double kGap = 8;
constexpr double kChip = 10;
constexpr double kBarWidth = 168;
constexpr double kLeastBarWidth = 48;
constexpr double kBarHeight = 9;

double advance(const QFont& font, const QString& text) { return QFontMetricsF(font).horizontalAdvance(text); }

}  // namespace

ViewHeader::ViewHeader(QWidget* parent) : QWidget(parent) { setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed); }

void ViewHeader::setTitle(const QString& title) {
  if (title == m_title) return;
  m_title = title;
  describe();
}
void ViewHeader::setSubtitle(const QString& subtitle) {
  if (subtitle == m_subtitle) return;
  m_subtitle = subtitle;
  describe();
}
void ViewHeader::setNote(const QString& note) {
  if (note == m_note) return;
  m_note = note;
  describe();
}
void ViewHeader::setLegend(std::vector<LegendChip> legend) {
  if (legend == m_legend) return;
  m_legend = std::move(legend);
  describe();
}
void ViewHeader::setColourBar(std::optional<ColourBarSpec> bar) {
  m_bar = std::move(bar);
  describe();
}
void ViewHeader::setCurrent(bool current) {
  m_current = current;
  update();
}

void ViewHeader::describe() {
  QStringList parts = {m_title};
  if (!m_subtitle.isEmpty()) parts << m_subtitle;
  if (!m_note.isEmpty()) parts << m_note;
  QStringList chips;
  for (const LegendChip& chip : m_legend) chips << chip.text;
  if (!chips.isEmpty()) parts << chips.join(QStringLiteral(" · "));
  if (m_bar) {
    parts << tr("colour bar %1 to %2").arg(m_bar->minText, m_bar->maxText);
    if (!m_bar->remark.isEmpty()) parts << m_bar->remark;
  }
  setToolTip(parts.join(QStringLiteral("\n")));
  setAccessibleName(parts.join(QStringLiteral(", ")));
  update();
}

QSize ViewHeader::sizeHint() const { return {240, Metrics(this).viewHeader()}; }
QSize ViewHeader::minimumSizeHint() const { return {80, Metrics(this).viewHeader()}; }

void ViewHeader::mousePressEvent(QMouseEvent* event) {
  Q_EMIT pressed();
  event->accept();
}

void ViewHeader::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Tokens& t = tokensFor(this);
  painter.fillRect(rect(), t.title);
  painter.fillRect(QRect(0, height() - 1, width(), 1), t.border);
  if (m_current) painter.fillRect(QRect(0, 0, width(), 2), t.accent);
  paintInto(painter, QRectF(rect()), font(), palette());
}

void ViewHeader::paintInto(QPainter& painter, const QRectF& area, const QFont& font, const QPalette& palette) const {
  const Tokens& t = tokensFor(palette);
  const double unit = QFontMetricsF(font).height() / kDesignHeight;
  const QFont titleFace = strongFont(tableFont(font));
  const QFont plain = tableFont(font);
  const QFont small = numberFont(captionFont(font));
  const double gap = kGap * unit;
  double left = area.left() + gap;
  double right = area.right() - gap;
  const auto text = [&](const QFont& face, const QColor& colour, double x, double width, const QString& what,
                        Qt::Alignment side = Qt::AlignLeft) {
    painter.setFont(face);
    painter.setPen(colour);
    painter.drawText(QRectF(x, area.top(), width, area.height()), Qt::AlignVCenter | side | Qt::TextSingleLine, what);
  };
  painter.save();
  const QString title = QFontMetricsF(titleFace).elidedText(m_title, Qt::ElideRight, right - left);
  text(titleFace, t.text, left, right - left, title);
  left += advance(titleFace, title) + 10 * unit;

  // Rightmost first: remark or note, then the bar or the chips, as far as there is room.
  const double chipWidth = (kChip + 5) * unit;
  double chips = 0;
  for (const LegendChip& chip : m_legend) chips += chipWidth + advance(small, chip.text) + 12 * unit;
  if (m_bar) {
    const double ends = advance(small, m_bar->minText) + advance(small, m_bar->maxText) + 4 * gap;
    const double remark = m_bar->remark.isEmpty() ? 0 : advance(small, m_bar->remark) + gap;
    double room = right - left;
    const bool saysRemark = room >= ends + remark + kLeastBarWidth * unit;
    if (saysRemark && remark > 0) {
      text(small, t.text3, right - remark, remark, m_bar->remark, Qt::AlignRight);
      right -= remark + gap / 2;
      room = right - left;
    }
    if (room >= ends + kLeastBarWidth * unit) {
      const double subtitle = m_subtitle.isEmpty() ? 0 : advance(plain, m_subtitle) + gap;
      const double width = std::clamp(room - ends - subtitle, kLeastBarWidth * unit, kBarWidth * unit);
      const double maxWidth = advance(small, m_bar->maxText);
      text(small, t.text2, right - maxWidth, maxWidth + 1, m_bar->maxText);
      const QRectF bar(right - maxWidth - gap - width, area.center().y() - kBarHeight * unit / 2, width,
                       kBarHeight * unit);
      QImage colours(kColourCount, 1, QImage::Format_RGB32);
      for (int i = 0; i < kColourCount; ++i) colours.setPixel(i, 0, m_bar->table[static_cast<std::size_t>(i)]);
      painter.drawImage(bar, colours);
      painter.setPen(QPen(t.edge, 1));
      painter.setBrush(Qt::NoBrush);
      painter.drawRect(bar.adjusted(-0.5, -0.5, 0.5, 0.5));
      if (m_bar->threshold && m_bar->max > m_bar->min) {
        const double at = (*m_bar->threshold - m_bar->min) / (m_bar->max - m_bar->min);
        if (at >= 0 && at <= 1) {
          const QRectF mark(bar.left() + at * bar.width() - 1, bar.top() - 2 * unit, 2, bar.height() + 4 * unit);
          painter.fillRect(mark.adjusted(-1, 0, 1, 0), Qt::black);
          painter.fillRect(mark, Qt::white);
        }
      }
      const double minWidth = advance(small, m_bar->minText);
      right = bar.left() - gap - minWidth;
      text(small, t.text2, right, minWidth + 1, m_bar->minText);
      right -= gap;
    }
  } else if (!m_legend.empty() && right - left >= chips) {
    double x = right - chips + 12 * unit;
    right = x - gap;
    for (const LegendChip& chip : m_legend) {
      const QRectF square(x, area.center().y() - kChip * unit / 2, kChip * unit, kChip * unit);
      painter.setRenderHint(QPainter::Antialiasing);
      painter.setPen(Qt::NoPen);
      painter.setBrush(chip.colour);
      painter.drawRoundedRect(square, 1.5, 1.5);
      if (chip.hatched) {
        painter.setPen(QPen(t.view, 1.2 * unit));
        const double third = square.width() / 3;
        painter.drawLine(square.bottomLeft() - QPointF(0, third), square.topLeft() + QPointF(2 * third, 0));
        painter.drawLine(square.bottomLeft() + QPointF(third, 0), square.topRight() + QPointF(0, third));
      }
      painter.setRenderHint(QPainter::Antialiasing, false);
      x += chipWidth;
      const double width = advance(small, chip.text);
      text(small, t.text2, x, width + 1, chip.text);
      x += width + 12 * unit;
    }
  } else if (!m_legend.empty() && right - left >= advance(small, QStringLiteral("?"))) {
    const double width = advance(small, QStringLiteral("?"));
    text(small, t.text3, right - width, width + 1, QStringLiteral("?"));
    right -= width + gap;
  } else if (!m_note.isEmpty() && right - left >= advance(small, m_note)) {
    const double width = advance(small, m_note);
    text(small, t.text3, right - width, width + 1, m_note);
    right -= width + gap;
  }
  if (!m_subtitle.isEmpty() && right - left > 40 * unit) {
    text(plain, t.text2, left, right - left, QFontMetricsF(plain).elidedText(m_subtitle, Qt::ElideRight, right - left));
  }
  painter.restore();
}

}  // namespace oodscope
