// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/notices.h"

#include "widgets/panels/messages_panel.h"

#include <QDateTime>

namespace oodscope {

Notices::Notices(Banner& banner, MessagesPanel& messages, QObject* parent)
    : QObject(parent), m_banner(banner), m_messages(messages) {
  m_banner.hide();
  connect(&m_banner, &Banner::closed, this, [this] {
    forgive();
    m_banner.hide();
  });
  connect(&m_banner, &Banner::actionTriggered, this, &Notices::messagesRequested);
}

void Notices::tell(Severity severity, const QString& text, const QString& file) {
  m_messages.add({QDateTime::currentDateTime(), severity, text, file});
  if (severity == Severity::Info) return;
  m_isWarned = true;
  m_banner.setView({severity, QString(), text, tr("Messages")});
  m_banner.show();
}

void Notices::announce(const QString& about, const QString& text) {
  if (!m_isWarned) m_banner.setView({Severity::Info, about, text, about.isEmpty() ? tr("Messages") : tr("Details")});
  m_banner.show();
}

void Notices::note(const QString& text) {
  tell(Severity::Info, text);
  if (!m_isWarned) announce(QString(), text);
}

}  // namespace oodscope
