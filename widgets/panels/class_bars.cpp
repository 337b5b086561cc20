// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/class_bars.h"

#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace oodscope {

ClassBars::ClassBars(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
  setAccessibleName(tr("Classes"));
}

void ClassBars::setShares(std::vector<ClassShare> shares) {
  const bool resized = shares.size() != m_shares.size();
  m_shares = std::move(shares);
  QStringList spoken;
  for (const ClassShare& share : m_shares) spoken << share.name + QLatin1Char(' ') + valueOf(share);
  setAccessibleDescription(spoken.join(QStringLiteral(", ")));
  if (resized) updateGeometry();
  update();
}

void ClassBars::setStyleOf(Text text, Colour colour) {
  m_text = text;
  m_colour = colour;
  update();
}

void ClassBars::setClickable(bool clickable) {
  m_clickable = clickable;
  setCursor(clickable ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

int ClassBars::rowHeight() const { return Metrics(this).px(m_clickable ? 22 : 20); }

QString ClassBars::valueOf(const ClassShare& share) const {
  return m_text == Text::Probability ? numberText(share.share, 3)
                                     : numberText(share.share * 100.0, 1) + QStringLiteral(" %");
}

QSize ClassBars::sizeHint() const {
  return {Metrics(this).px(220), rowHeight() * std::max(1, static_cast<int>(m_shares.size()))};
}

QSize ClassBars::minimumSizeHint() const {
  return {Metrics(this).px(160), rowHeight() * std::min(3, std::max(1, static_cast<int>(m_shares.size())))};
}

void ClassBars::paintEvent(QPaintEvent*) {
  const Tokens& t = tokensFor(this);
  const Metrics m(this);
  QPainter painter(this);
  const QFont face = numberFont(tableFont(font()));
  painter.setFont(face);
  const QFontMetrics metrics(face);
  int widest = 0;
  for (const ClassShare& share : m_shares) widest = std::max(widest, metrics.horizontalAdvance(share.name));
  const int nameLeft = m.px(14);
  const int valueWidth =
      metrics.horizontalAdvance(m_text == Text::Probability ? QStringLiteral("0.000") : QStringLiteral("00.0 %"));
  const int nameWidth = std::min(widest + 2, width() / 3);
  const int barLeft = nameLeft + nameWidth + m.px(8);
  const int barRight = width() - valueWidth - m.px(10);
  double largest = m_text == Text::Percent ? 0.0 : 1.0;
  if (m_text == Text::Percent)
    for (const ClassShare& share : m_shares) largest = std::max(largest, share.share);
  for (std::size_t i = 0; i < m_shares.size(); ++i) {
    const ClassShare& share = m_shares[i];
    const QRect row(0, static_cast<int>(i) * rowHeight(), width(), rowHeight());
    if (row.bottom() > height()) break;
    const int chip = m.px(9);
    painter.fillRect(QRect(row.left(), row.center().y() - chip / 2, chip, chip), share.colour);
    painter.setPen(t.text);
    painter.drawText(QRect(nameLeft, row.top(), nameWidth, row.height()), Qt::AlignVCenter | Qt::AlignLeft,
                     metrics.elidedText(share.name, Qt::ElideRight, nameWidth));
    const int thickness = m.px(m_colour == Colour::A ? 7 : 12);
    const QRect groove(barLeft, row.center().y() - thickness / 2, barRight - barLeft, thickness);
    if (groove.width() > 4)
      paintBar(painter, groove, largest > 0.0 ? std::clamp(share.share / largest, 0.0, 1.0) : 0.0);
    painter.setPen(t.text);
    painter.drawText(QRect(barRight, row.top(), width() - barRight, row.height()), Qt::AlignVCenter | Qt::AlignRight,
                     valueOf(share));
  }
}

void ClassBars::paintBar(QPainter& painter, const QRect& groove, double part) const {
  const Tokens& t = tokensFor(this);
  if (m_colour == Colour::A) {
    painter.fillRect(groove, t.line);
    painter.fillRect(groove.adjusted(1, 1, -1, -1), t.input);
  }
  QRect filled(groove);
  filled.setWidth(static_cast<int>(part * groove.width()));
  QColor fill = m_colour == Colour::A ? (t.dark ? t.a.line : t.accent) : t.fp.over;
  if (m_colour == Colour::FalsePositive) fill.setAlphaF(0.85F);
  painter.fillRect(filled, fill);
}

void ClassBars::mouseReleaseEvent(QMouseEvent* event) {
  const auto row = static_cast<std::size_t>(std::max(0.0, event->position().y()) / rowHeight());
  if (m_clickable && event->button() == Qt::LeftButton && row < m_shares.size())
    Q_EMIT classClicked(m_shares[row].name);
}

}  // namespace oodscope
