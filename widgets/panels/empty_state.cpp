// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/empty_state.h"

#include "widgets/theme/tokens.h"

#include <QPainter>

namespace oodscope {

EmptyState::EmptyState(const QString& title, const QString& explanation, QWidget* parent) : QWidget(parent) {
  usePanelBackground(this);
  setTexts(title, explanation);
}

void EmptyState::setTexts(const QString& title, const QString& explanation) {
  m_title = title;
  m_explanation = explanation;
  setAccessibleName(title);
  setAccessibleDescription(explanation);
  update();
}

QSize EmptyState::minimumSizeHint() const { return {Metrics(this).px(140), Metrics(this).px(90)}; }

void EmptyState::paintEvent(QPaintEvent*) {
  const Tokens& t = tokensFor(this);
  const Metrics m(this);
  QPainter painter(this);
  const QFont small = tableFont(font());
  const int width = std::min(this->width() - m.px(24), m.px(300));
  const int flags = static_cast<int>(Qt::AlignHCenter | Qt::AlignTop) | static_cast<int>(Qt::TextWordWrap);
  const QRect body = QFontMetrics(small).boundingRect(QRect(0, 0, width, 10000), flags, m_explanation);
  const int title = QFontMetrics(font()).height();
  const int top = (height() - title - m.px(2) - body.height()) / 2;
  const int left = (this->width() - width) / 2;
  painter.setPen(t.text);
  painter.drawText(QRect(left, top, width, title), Qt::AlignCenter, m_title);
  painter.setFont(small);
  painter.setPen(t.text2);
  painter.drawText(QRect(left, top + title + m.px(2), width, body.height() + 4), flags, m_explanation);
}

}  // namespace oodscope
