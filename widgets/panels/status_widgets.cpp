// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/status_widgets.h"

#include "widgets/theme/elided_label.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/rule.h"
#include "widgets/theme/tokens.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QTimer>
#include <QToolButton>

namespace oodscope {
namespace {

constexpr int kQuietMs = 300;  // what ends sooner is not worth a flicker

QToolButton* smallButton(const QString& picture, const QString& name, const Metrics& m) {
  auto* button = new QToolButton;
  button->setIcon(icon(picture));
  button->setIconSize({m.px(12), m.px(12)});
  button->setAutoRaise(true);
  nameControl(button, name);
  return button;
}

}  // namespace

ProgressItem::ProgressItem(QWidget* parent)
    : QWidget(parent), m_delay(new QTimer(this)), m_what(new QLabel), m_bar(new QProgressBar), m_left(new QLabel) {
  const Metrics m(this);
  m_pause = smallButton(QStringLiteral("pause"), tr("Pause"), m);
  m_stop = smallButton(QStringLiteral("stop"), tr("Stop"), m);
  for (QLabel* label : {m_what, m_left}) label->setFont(numberFont(tableFont(font())));
  m_bar->setTextVisible(false);
  m_bar->setFixedSize(m.px(110), m.px(16));
  m_bar->setAccessibleName(tr("Progress"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(m.px(6));
  for (QWidget* part : {static_cast<QWidget*>(m_what), static_cast<QWidget*>(m_bar), static_cast<QWidget*>(m_left),
                        static_cast<QWidget*>(m_pause), static_cast<QWidget*>(m_stop)})
    layout->addWidget(part);
  m_delay->setSingleShot(true);
  m_delay->setInterval(kQuietMs);
  connect(m_delay, &QTimer::timeout, this, [this] { setVisible(m_running); });
  connect(m_pause, &QToolButton::clicked, this, [this] { Q_EMIT pauseRequested(!m_paused); });
  connect(m_stop, &QToolButton::clicked, this, &ProgressItem::stopRequested);
  hide();
}

void ProgressItem::setView(const ProgressView& view) {
  m_paused = view.isPaused;
  const QString count = view.total > 0 ? tr(" %1 of %2").arg(view.done).arg(view.total) : QString();
  m_what->setText(view.what + count);
  m_bar->setRange(0, std::max(0, view.total));
  m_bar->setValue(view.done);
  QStringList left;
  if (!view.rate.isEmpty()) left << view.rate;
  if (view.isPaused)
    left << tr("paused");
  else if (view.secondsLeft)
    left << tr("%1 left").arg(durationText(*view.secondsLeft));
  m_left->setText(left.join(QStringLiteral(" · ")));
  m_pause->setVisible(view.canPause);
  m_pause->setIcon(icon(view.isPaused ? QStringLiteral("play") : QStringLiteral("pause")));
  nameControl(m_pause, view.isPaused ? tr("Continue %1").arg(view.what) : tr("Pause %1").arg(view.what));
  nameControl(m_stop, tr("Stop %1").arg(view.what));
  setAccessibleName(m_what->text());
  if (!m_running) m_delay->start();
  m_running = true;
}

void ProgressItem::finish() {
  m_running = false;
  m_delay->stop();
  hide();
}

StatusLine::StatusLine(QWidget* parent)
    : QWidget(parent),
      m_data(new ElidedLabel(tr("No set open"))),
      m_state(new ElidedLabel),
      m_cache(new ElidedLabel),
      m_timing(new ElidedLabel),
      m_sentence(new ElidedLabel(tr("Ready"))),
      m_progress(new ProgressItem),
      m_messages(new QToolButton) {
  const Metrics m(this);
  setFixedHeight(m.status());
  for (QLabel* label : {m_data, m_state, m_cache, m_timing, m_sentence}) label->setFont(numberFont(tableFont(font())));
  for (QLabel* label : {m_cache, m_timing, m_sentence}) label->setForegroundRole(kSecondaryRole);
  m_messages->setIcon(icon(QStringLiteral("messages")));
  m_messages->setIconSize({m.px(14), m.px(14)});
  m_messages->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_messages->setFont(tableFont(font()));
  m_messages->setAutoRaise(true);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(m.px(10), 0, m.px(6), 0);
  layout->setSpacing(m.px(10));
  for (QLabel* label : {m_data, m_state, m_cache, m_timing}) layout->addWidget(label);
  layout->insertWidget(2, m_progress);
  layout->addStretch(1);
  layout->addWidget(m_sentence);
  layout->addWidget(m_messages);
  connect(m_messages, &QToolButton::clicked, this, &StatusLine::messagesRequested);
  setMessageCount(0);
  setState({});
  setCache({});
  setTiming({});
}

void StatusLine::setData(const QString& text) { m_data->setText(text); }
void StatusLine::setState(const QString& text) {
  m_state->setText(text);
  m_state->setVisible(!text.isEmpty());
}
QString StatusLine::state() const { return m_state->text(); }
QString StatusLine::data() const { return m_data->text(); }
void StatusLine::setCache(const QString& text) {
  m_cache->setText(text);
  m_cache->setVisible(!text.isEmpty());
}
void StatusLine::setTiming(const QString& text) {
  m_timing->setText(text);
  m_timing->setVisible(!text.isEmpty());
}
void StatusLine::setSentence(const QString& text) { m_sentence->setText(text); }
void StatusLine::setMessageCount(int count) {
  m_messages->setText(count > 0 ? tr("Messages  %1").arg(count) : tr("Messages"));
  nameControl(m_messages, count > 0 ? tr("Messages, %1").arg(count) : tr("Messages"));
}

void StatusLine::paintEvent(QPaintEvent*) {
  const Tokens& t = tokensFor(this);
  QPainter painter(this);
  painter.fillRect(QRect(0, 0, width(), 1), t.border);
  for (const QWidget* part : {static_cast<QWidget*>(m_state), static_cast<QWidget*>(m_progress),
                              static_cast<QWidget*>(m_cache), static_cast<QWidget*>(m_timing)})
    if (part->isVisible()) painter.fillRect(QRect(part->x() - 6, 5, 1, height() - 10), t.edge);
}

}  // namespace oodscope
