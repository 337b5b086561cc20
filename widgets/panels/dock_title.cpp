// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/dock_title.h"

#include "widgets/theme/icon.h"
#include "widgets/theme/tokens.h"

#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QToolButton>

namespace oodscope {

DockTitle::DockTitle(QDockWidget* dock)
    : QWidget(dock), m_title(new QLabel), m_note(new QLabel), m_badge(new Badge), m_more(new QToolButton) {
  const Metrics m(this);
  m_title->setFont(strongFont(tableFont(font())));
  m_title->setText(dock->windowTitle());
  m_note->setFont(tableFont(font()));
  m_note->setForegroundRole(kSecondaryRole);
  m_note->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(m.px(10), 0, m.px(4), 0);
  layout->setSpacing(m.px(8));
  layout->addWidget(m_title);
  layout->addWidget(m_badge);
  layout->addWidget(m_note, 1);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(0);
  layout->addLayout(buttons);
  const auto prepare = [&](QToolButton* button, const QString& picture, const QString& name) {
    button->setIcon(icon(picture));
    button->setIconSize({m.px(12), m.px(12)});
    button->setFixedSize(m.px(22), m.px(22));
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    nameControl(button, name);
    buttons->addWidget(button);
  };
  prepare(m_more, QStringLiteral("more"), tr("More for %1").arg(dock->windowTitle()));
  m_more->setPopupMode(QToolButton::InstantPopup);
  m_more->hide();
  auto* floating = new QToolButton;
  prepare(floating, QStringLiteral("float"), tr("Float %1").arg(dock->windowTitle()));
  auto* close = new QToolButton;
  prepare(close, QStringLiteral("close"), tr("Close %1").arg(dock->windowTitle()));
  connect(floating, &QToolButton::clicked, dock, [dock] { dock->setFloating(!dock->isFloating()); });
  connect(close, &QToolButton::clicked, dock, &QDockWidget::close);
  connect(dock, &QWidget::windowTitleChanged, m_title, &QLabel::setText);
  connect(dock, &QDockWidget::windowTitleChanged, m_title, &QLabel::setText);
  dock->setTitleBarWidget(this);
}

void DockTitle::setNote(const QString& note) { m_note->setText(note); }

void DockTitle::setMenu(QMenu* menu) {
  m_more->setMenu(menu);
  m_more->setVisible(menu != nullptr);
}

QSize DockTitle::sizeHint() const { return {QWidget::sizeHint().width(), Metrics(this).dockTitle()}; }
QSize DockTitle::minimumSizeHint() const { return {Metrics(this).px(120), Metrics(this).dockTitle()}; }

void DockTitle::paintEvent(QPaintEvent*) {
  const Tokens& t = tokensFor(this);
  QPainter painter(this);
  painter.fillRect(rect(), t.title);
  painter.fillRect(QRect(0, height() - 1, width(), 1), t.border);
}

}  // namespace oodscope
