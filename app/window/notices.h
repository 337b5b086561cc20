// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/panels/banner.h"

#include <QObject>
#include <QString>

namespace oodscope {

class MessagesPanel;

/// What a message is about. What failed goes from the banner once something of its kind has succeeded.
enum class Concern { Other, Opening, Saving, Autosave, Export, Report, Run };

/// What the window tells its user: every message in the panel, the latest that matters in the banner. Good news does
/// not replace a warning there, unless what warned is of its kind. An error that a dialog caused appears above it.
class Notices : public QObject {
  Q_OBJECT

public:
  Notices(Banner& banner, MessagesPanel& messages, QObject* parent);

  void tell(Severity severity, const QString& text, const QString& file = {}, Concern concern = Concern::Other);
  void error(const QString& text) { tell(Severity::Error, text); }
  /// Something was done: the banner says so, with a button that shows `file` where there is one, in place of what
  /// failed of that kind; a message keeps it.
  void succeed(Concern concern, const QString& text, const QString& file = {});
  /// What failed of that kind is no more.
  void resolve(Concern concern);
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
  void show(const BannerView& view, const QString& file);
  void act();
  void showFile(const QString& file);

  Banner& m_banner;
  MessagesPanel& m_messages;
  bool m_isWarned = false;
  Concern m_concern = Concern::Other;  ///< of what warns
  QString m_file;                      ///< what the banner's button shows
};

}  // namespace oodscope
