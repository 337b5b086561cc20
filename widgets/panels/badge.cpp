// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/badge.h"

#include "widgets/theme/tokens.h"

#include <QPainter>

namespace oodscope {

Badge::Badge(QWidget* parent) : QWidget(parent) {
  setFont(captionFont(font()));
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  hide();
}

void Badge::setBadge(Kind kind, const QString& text) {
  if (kind == m_kind && text == m_text) return;
  m_kind = kind;
  m_text = text;
  setAccessibleName(text);
  setVisible(!text.isEmpty());
  updateGeometry();
  update();
}

void Badge::clear() { setBadge(m_kind, {}); }

QSize Badge::sizeHint() const {
  const QFontMetrics metrics(font());
  return {metrics.horizontalAdvance(m_text) + 12, metrics.height() + 2};
}

void Badge::paintEvent(QPaintEvent*) {
  const Tokens& t = tokensFor(this);
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
  if (m_kind == Kind::Count) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.raised);
    painter.drawRoundedRect(box, box.height() / 2.0, box.height() / 2.0);
    painter.setPen(t.text2);
  } else {
    QPen pen(m_kind == Kind::Estimated ? t.est : t.strong, 1.0);
    if (m_kind == Kind::Estimated) pen.setDashPattern({3.0, 2.0});
    painter.setPen(pen);
    painter.drawRoundedRect(box, 3.0, 3.0);
    painter.setPen(m_kind == Kind::Estimated ? t.est : t.text);
  }
  painter.drawText(rect(), Qt::AlignCenter, m_text);
}

}  // namespace oodscope
