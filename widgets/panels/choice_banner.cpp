// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/choice_banner.h"

#include "widgets/panels/banner.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/tokens.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

namespace oodscope {
namespace {

QColor choiceEdge(const Tokens& t, Severity severity) {
  return severity == Severity::Info ? t.accent : severity == Severity::Warning ? t.warn : t.err;
}

}  // namespace

ChoiceBanner::ChoiceBanner(QWidget* parent)
    : QWidget(parent), m_icon(new QLabel), m_text(new QLabel), m_buttons(new QHBoxLayout) {
  const Metrics m(this);
  m_text->setFont(tableFont(font()));
  m_text->setTextFormat(Qt::PlainText);
  m_text->setWordWrap(true);
  m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_buttons->setSpacing(m.px(6));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(m.px(14), m.px(4), m.px(8), m.px(4));
  layout->setSpacing(m.px(10));
  layout->addWidget(m_icon);
  layout->addWidget(m_text, 1);
  layout->addLayout(m_buttons);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
  hide();
}

void ChoiceBanner::ask(Severity severity, const QString& sentence, const std::vector<BannerChoice>& choices) {
  m_severity = severity;
  m_text->setText(sentence);
  setAccessibleName(severityText(severity) + QStringLiteral(": ") + sentence);
  while (QLayoutItem* item = m_buttons->takeAt(0)) {
    item->widget()->hide();
    item->widget()->deleteLater();  // it may be the one that was pressed
    delete item;
  }
  for (const BannerChoice& choice : choices) {
    auto* button = new QPushButton(choice.text);
    button->setObjectName(choice.name);
    button->setProperty("primary", choice.isPrimary);
    connect(button, &QPushButton::clicked, this, [this, name = choice.name] {
      hide();
      Q_EMIT chosen(name);
    });
    m_buttons->addWidget(button);
  }
  showIcon();
  show();
  update();
}

QString ChoiceBanner::sentence() const { return m_text->text(); }

void ChoiceBanner::showIcon() {
  const Tokens& t = tokensFor(this);
  m_icon->setPixmap(iconPixmap(severityIcon(m_severity),
                               m_severity == Severity::Info ? t.focus : choiceEdge(t, m_severity), Metrics(this).px(14),
                               devicePixelRatioF()));
}

void ChoiceBanner::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && m_icon != nullptr) showIcon();
}

void ChoiceBanner::paintEvent(QPaintEvent*) {
  const Tokens& t = tokensFor(this);
  QPainter painter(this);
  painter.fillRect(rect(), t.panel);
  painter.fillRect(QRect(0, height() - 1, width(), 1), t.border);
  painter.fillRect(QRect(0, 0, 3, height()), choiceEdge(t, m_severity));
}

}  // namespace oodscope
