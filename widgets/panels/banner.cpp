// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/banner.h"

#include "widgets/theme/icon.h"
#include "widgets/theme/tokens.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

namespace oodscope {
namespace {

QColor edgeColour(const Tokens& t, Severity severity) {
  return severity == Severity::Info ? t.accent : severity == Severity::Warning ? t.warn : t.err;
}

}  // namespace

QString severityText(Severity severity) {
  switch (severity) {
    case Severity::Info:
      return Banner::tr("Note");
    case Severity::Warning:
      return Banner::tr("Warning");
    case Severity::Error:
      return Banner::tr("Error");
  }
  return {};
}

QString severityIcon(Severity severity) {
  return severity == Severity::Info      ? QStringLiteral("info")
         : severity == Severity::Warning ? QStringLiteral("warning")
                                         : QStringLiteral("error");
}

Banner::Banner(QWidget* parent) : QWidget(parent), m_icon(new QLabel), m_text(new QLabel), m_button(new QPushButton) {
  const Metrics m(this);
  m_text->setTextFormat(Qt::RichText);
  m_text->setFont(tableFont(font()));
  m_text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  m_text->setWordWrap(true);
  m_text->setObjectName(QStringLiteral("sentence"));
  m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* close = new QToolButton;
  close->setIcon(icon(QStringLiteral("close")));
  close->setIconSize({m.px(12), m.px(12)});
  close->setAutoRaise(true);
  nameControl(close, tr("Close message"), tr("Esc"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(m.px(14), m.px(3), m.px(6), m.px(3));
  layout->setSpacing(m.px(10));
  layout->addWidget(m_icon);
  layout->addWidget(m_text, 1);
  layout->addWidget(m_button);
  layout->addWidget(close);
  setMinimumHeight(m.banner());
  QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
  policy.setHeightForWidth(true);  // as many lines as its sentence needs
  setSizePolicy(policy);
  connect(m_button, &QPushButton::clicked, this, &Banner::actionTriggered);
  connect(close, &QToolButton::clicked, this, [this] {
    hide();
    Q_EMIT closed();
  });
  hide();
}

void Banner::setView(const BannerView& view) {
  m_severity = view.severity;
  const QString subject =
      view.subject.isEmpty() ? QString() : QStringLiteral("<b>%1</b> ").arg(view.subject.toHtmlEscaped());
  m_text->setText(subject + view.sentence.toHtmlEscaped());
  m_said = view.subject.isEmpty() ? view.sentence : view.subject + QLatin1Char(' ') + view.sentence;
  m_button->setText(view.buttonText);
  m_button->setVisible(!view.buttonText.isEmpty());
  setAccessibleName(severityText(view.severity) + QStringLiteral(": ") + view.subject + QLatin1Char(' ') +
                    view.sentence);
  showIcon();
  updateGeometry();
  show();
  update();
}

QString Banner::text() const { return m_said; }

QString Banner::buttonText() const { return m_button->isHidden() ? QString() : m_button->text(); }

void Banner::showIcon() {
  const Tokens& t = tokensFor(this);
  m_icon->setPixmap(iconPixmap(severityIcon(m_severity),
                               m_severity == Severity::Info ? t.focus : edgeColour(t, m_severity), Metrics(this).px(14),
                               devicePixelRatioF()));
}

void Banner::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && m_icon) showIcon();
}

bool Banner::event(QEvent* event) {
  // Escape in here closes this before it is anybody's shortcut.
  if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape)
    event->accept();
  return QWidget::event(event);
}

void Banner::keyPressEvent(QKeyEvent* event) {
  if (event->key() != Qt::Key_Escape) return QWidget::keyPressEvent(event);
  hide();
  Q_EMIT closed();
}

void Banner::paintEvent(QPaintEvent*) {
  const Tokens& t = tokensFor(this);
  QPainter painter(this);
  painter.fillRect(rect(), t.panel);
  painter.fillRect(QRect(0, height() - 1, width(), 1), t.border);
  painter.fillRect(QRect(0, 0, 3, height()), edgeColour(t, m_severity));
}

}  // namespace oodscope
