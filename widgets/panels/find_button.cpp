// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/find_button.h"

#include "widgets/theme/icon.h"
#include "widgets/theme/tokens.h"

#include <QPainter>

namespace oodscope {

FindButton::FindButton(const QString& name, const QString& shortcut, QWidget* parent)
    : QPushButton(parent), m_name(name), m_shortcut(shortcut) {
  setFocusPolicy(Qt::TabFocus);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  nameControl(this, name, shortcut);
}

QSize FindButton::sizeHint() const {
  const Metrics m(this);
  return {m.px(208), m.px(26)};
}

QSize FindButton::minimumSizeHint() const {
  const Metrics m(this);
  return {m.px(30), m.px(26)};
}

void FindButton::paintEvent(QPaintEvent*) {
  const Tokens& t = tokensFor(this);
  const Metrics m(this);
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(hasFocus() ? QPen(t.focus, 2.0) : QPen(underMouse() ? t.strong : t.edge, 1.0));
  painter.setBrush(t.input);
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3.0, 3.0);
  const int size = m.px(14);
  painter.drawPixmap(m.px(8), (height() - size) / 2,
                     iconPixmap(QStringLiteral("search"), t.text2, size, devicePixelRatioF()));
  painter.setPen(t.text2);
  // With little room the icon alone; the tool tip has the rest.
  const int name = m.px(29) + painter.fontMetrics().horizontalAdvance(m_name);
  if (name + m.px(6) > width()) return;
  painter.drawText(rect().adjusted(m.px(29), 0, 0, 0), Qt::AlignVCenter, m_name);
  painter.setFont(captionFont(font()));
  if (name + painter.fontMetrics().horizontalAdvance(m_shortcut) + m.px(16) > width()) return;
  painter.drawText(rect().adjusted(0, 0, -m.px(8), 0), static_cast<int>(Qt::AlignVCenter | Qt::AlignRight), m_shortcut);
}

}  // namespace oodscope
