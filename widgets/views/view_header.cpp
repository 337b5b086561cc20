// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/view_header.h"

#include "widgets/theme/tokens.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace oodscope {
namespace {

// Lengths of the design, for a font height of 18; everything is drawn in multiples of the actual font height.
constexpr double kHeaderDesignHeight = 18;
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

namespace {

/// A header's line while it is painted: what is left of it between `left` and `right`.
struct HeaderLine {
  QPainter& painter;
  QRectF area;
  const Tokens& t;
  double unit;
  QFont small;
  double left, right;

  void text(const QFont& face, const QColor& colour, double x, double width, const QString& what,
            Qt::Alignment side = Qt::AlignLeft) const {
    painter.setFont(face);
    painter.setPen(colour);
    painter.drawText(QRectF(x, area.top(), width, area.height()), Qt::AlignVCenter | side | Qt::TextSingleLine, what);
  }
  [[nodiscard]] double gap() const { return kGap * unit; }
  [[nodiscard]] double room() const { return right - left; }
  [[nodiscard]] bool hasRoom(const QString& what) const { return room() >= advance(small, what); }
  /// At the right end, quietly.
  void note(const QString& what) {
    const double width = advance(small, what);
    text(small, t.text3, right - width, width + 1, what);
    right -= width + gap();
  }
};

void paintMark(const HeaderLine& line, const QRectF& bar, double share) {
  if (share < 0 || share > 1) return;
  const QRectF mark(bar.left() + share * bar.width() - 1, bar.top() - 2 * line.unit, 2, bar.height() + 4 * line.unit);
  line.painter.fillRect(mark.adjusted(-1, 0, 1, 0), Qt::black);
  line.painter.fillRect(mark, Qt::white);
}

/// Remark, ends and colours, as far as there is room; `subtitle`: what the left still needs.
void paintColourBar(HeaderLine& line, const ColourBarSpec& spec, double subtitle) {
  const double unit = line.unit, gap = line.gap();
  const double ends = advance(line.small, spec.minText) + advance(line.small, spec.maxText) + 4 * gap;
  const double remark = spec.remark.isEmpty() ? 0 : advance(line.small, spec.remark) + gap;
  if (remark > 0 && line.room() >= ends + remark + kLeastBarWidth * unit) {
    line.text(line.small, line.t.text3, line.right - remark, remark, spec.remark, Qt::AlignRight);
    line.right -= remark + gap / 2;
  }
  if (line.room() < ends + kLeastBarWidth * unit) return;
  const double width = std::clamp(line.room() - ends - subtitle, kLeastBarWidth * unit, kBarWidth * unit);
  const double maxWidth = advance(line.small, spec.maxText);
  line.text(line.small, line.t.text2, line.right - maxWidth, maxWidth + 1, spec.maxText);
  const QRectF bar(line.right - maxWidth - gap - width, line.area.center().y() - kBarHeight * unit / 2, width,
                   kBarHeight * unit);
  QImage colours(kColourCount, 1, QImage::Format_RGB32);
  for (int i = 0; i < kColourCount; ++i) colours.setPixel(i, 0, spec.table[static_cast<std::size_t>(i)]);
  line.painter.drawImage(bar, colours);
  line.painter.setPen(QPen(line.t.edge, 1));
  line.painter.setBrush(Qt::NoBrush);
  line.painter.drawRect(bar.adjusted(-0.5, -0.5, 0.5, 0.5));
  if (spec.threshold && spec.max > spec.min) paintMark(line, bar, (*spec.threshold - spec.min) / (spec.max - spec.min));
  const double minWidth = advance(line.small, spec.minText);
  line.right = bar.left() - gap - minWidth;
  line.text(line.small, line.t.text2, line.right, minWidth + 1, spec.minText);
  line.right -= gap;
}

void paintChip(const HeaderLine& line, const LegendChip& chip, double x) {
  QPainter& painter = line.painter;
  const QRectF square(x, line.area.center().y() - kChip * line.unit / 2, kChip * line.unit, kChip * line.unit);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(chip.colour);
  painter.drawRoundedRect(square, 1.5, 1.5);
  if (chip.hatched) {
    painter.setPen(QPen(line.t.view, 1.2 * line.unit));
    const double third = square.width() / 3;
    painter.drawLine(square.bottomLeft() - QPointF(0, third), square.topLeft() + QPointF(2 * third, 0));
    painter.drawLine(square.bottomLeft() + QPointF(third, 0), square.topRight() + QPointF(0, third));
  }
  painter.setRenderHint(QPainter::Antialiasing, false);
}

void paintLegend(HeaderLine& line, const std::vector<LegendChip>& legend) {
  const double chipWidth = (kChip + 5) * line.unit, space = 12 * line.unit;
  double all = 0;
  for (const LegendChip& chip : legend) all += chipWidth + advance(line.small, chip.text) + space;
  if (line.room() < all) {
    if (line.hasRoom(QStringLiteral("?"))) line.note(QStringLiteral("?"));
    return;
  }
  double x = line.right - all + space;
  line.right = x - line.gap();
  for (const LegendChip& chip : legend) {
    paintChip(line, chip, x);
    x += chipWidth;
    const double width = advance(line.small, chip.text);
    line.text(line.small, line.t.text2, x, width + 1, chip.text);
    x += width + space;
  }
}

}  // namespace

void ViewHeader::paintInto(QPainter& painter, const QRectF& area, const QFont& font, const QPalette& palette) const {
  const double unit = QFontMetricsF(font).height() / kHeaderDesignHeight;
  const QFont titleFace = strongFont(tableFont(font)), plain = tableFont(font);
  HeaderLine line{painter,
                  area,
                  tokensFor(palette),
                  unit,
                  numberFont(captionFont(font)),
                  area.left() + kGap * unit,
                  area.right() - kGap * unit};
  painter.save();
  const QString title = QFontMetricsF(titleFace).elidedText(m_title, Qt::ElideRight, line.room());
  line.text(titleFace, line.t.text, line.left, line.room(), title);
  line.left += advance(titleFace, title) + 10 * unit;
  // Rightmost first: remark or note, then the bar or the chips, as far as there is room.
  if (m_bar)
    paintColourBar(line, *m_bar, m_subtitle.isEmpty() ? 0 : advance(plain, m_subtitle) + line.gap());
  else if (!m_legend.empty() && (line.hasRoom(QStringLiteral("?")) || m_note.isEmpty()))
    paintLegend(line, m_legend);
  else if (!m_note.isEmpty() && line.hasRoom(m_note))
    line.note(m_note);
  if (!m_subtitle.isEmpty() && line.room() > 40 * unit)
    line.text(plain, line.t.text2, line.left, line.room(),
              QFontMetricsF(plain).elidedText(m_subtitle, Qt::ElideRight, line.room()));
  painter.restore();
}

}  // namespace oodscope
