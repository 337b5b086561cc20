// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/labelled_combo.h"

#include "widgets/theme/tokens.h"

#include <QEvent>
#include <QStyleOptionComboBox>
#include <QStylePainter>

namespace oodscope {

LabelledCombo::LabelledCombo(const QString& caption, QWidget* parent)
    : QComboBox(parent), m_caption(caption), m_emptyText(tr("none")) {
  setAccessibleName(caption);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void LabelledCombo::setCaption(const QString& caption) {
  m_caption = caption;
  setAccessibleName(caption);
  updateGeometry();
  update();
}

void LabelledCombo::setExplanation(const QString& text) {
  m_explanation = text;
  setAccessibleDescription(text);
}

QString LabelledCombo::explanation() const {
  const QString own = currentData(Qt::ToolTipRole).toString();
  const QString value = count() == 0 ? QString() : currentText();
  QStringList parts{m_explanation.isEmpty() ? m_caption : m_explanation};
  if (!own.isEmpty()) parts << value + QStringLiteral(": ") + own;
  return parts.join(QStringLiteral("\n\n"));
}

bool LabelledCombo::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) setToolTip(explanation());
  return QComboBox::event(event);
}

void LabelledCombo::setEmptyText(const QString& text) {
  m_emptyText = text;
  update();
}

void LabelledCombo::setAccent(Accent accent) {
  m_accent = accent;
  update();
}

QSize LabelledCombo::sizeHint() const {
  const Metrics m(this);
  const QFontMetrics metrics(font());
  int widest = metrics.horizontalAdvance(m_emptyText);
  for (int i = 0; i < count(); ++i)
    widest = std::max(
        widest, metrics.horizontalAdvance(itemText(i)) + metrics.horizontalAdvance(itemData(i, kNoteRole).toString()));
  const int caption = metrics.horizontalAdvance(m_caption);
  return {std::clamp(caption + widest + m.px(56), m.px(130), m.px(240)), m.px(26)};
}

QSize LabelledCombo::minimumSizeHint() const { return {Metrics(this).px(90), Metrics(this).px(26)}; }

void LabelledCombo::paintEvent(QPaintEvent*) {
  QStylePainter painter(this);
  const Tokens& t = tokensFor(this);
  QStyleOptionComboBox option;
  initStyleOption(&option);
  painter.drawComplexControl(QStyle::CC_ComboBox, option);
  QRect area = style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, this);
  area.adjust(2, 0, 0, 0);
  const auto colour = [&](const QColor& c) { return isEnabled() ? c : disabledColour(c); };
  const auto put = [&](const QString& text, const QColor& c, const QFont& face) {
    if (text.isEmpty() || area.width() <= 0) return;
    painter.setFont(face);
    painter.setPen(colour(c));
    const QFontMetrics metrics(face);
    const QString shown = metrics.elidedText(text, Qt::ElideRight, area.width());
    painter.drawText(area, Qt::AlignVCenter | Qt::AlignLeft, shown);
    area.setLeft(area.left() + metrics.horizontalAdvance(shown) + Metrics(this).px(7));
  };
  put(m_caption, m_accent == Accent::A ? t.a.line : m_accent == Accent::B ? t.b.line : t.text2, font());
  const QColor value = m_accent == Accent::A ? t.a.line : m_accent == Accent::B ? t.b.line : t.text;
  put(currentIndex() < 0 ? m_emptyText : currentText(), value, m_accent == Accent::None ? font() : strongFont(font()));
  put(currentData(kNoteRole).toString(), t.text3, captionFont(font()));
}

}  // namespace oodscope
