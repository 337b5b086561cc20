// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/panels/banner.h"

#include <QObject>
#include <QString>

namespace oodscope {

class MessagesPanel;

/// What the window tells its user: every message in the panel, the latest that matters in the banner. Good news does
/// not replace a warning there.
class Notices : public QObject {
  Q_OBJECT

public:
  Notices(Banner& banner, MessagesPanel& messages, QObject* parent);

  void tell(Severity severity, const QString& text, const QString& file = {});
  void error(const QString& text) { tell(Severity::Error, text); }
  /// In the banner alone, where nothing warns; `about` comes first.
  void announce(const QString& about, const QString& text);
  /// The same, and kept as a message.
  void note(const QString& text);
  /// The user goes on: what warned until now warns no more.
  void forgive() { m_isWarned = false; }
  [[nodiscard]] MessagesPanel& messages() const { return m_messages; }

Q_SIGNALS:
  void messagesRequested();

private:
  Banner& m_banner;
  MessagesPanel& m_messages;
  bool m_isWarned = false;
};

}  // namespace oodscope
