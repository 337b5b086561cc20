// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/saving/recovery_flow.h"

#include "app/desk/desk.h"
#include "app/window/notices.h"
#include "widgets/panels/choice_banner.h"
#include "widgets/theme/number_text.h"

#include <QDateTime>
#include <QLocale>

namespace oodscope {
namespace {

const QString kRestoreName = QStringLiteral("restore");
const QString kDiscardName = QStringLiteral("discard-left");

QString momentText(std::chrono::system_clock::time_point when) {
  const QDateTime at = QDateTime::fromSecsSinceEpoch(std::chrono::system_clock::to_time_t(when));
  const QDate today = QDate::currentDate();
  const QString clock = at.toString(QStringLiteral("HH:mm"));
  return at.date() == today ? RecoveryFlow::tr("today at %1").arg(clock)
                            : RecoveryFlow::tr("on %1 at %2").arg(at.toString(QStringLiteral("yyyy-MM-dd")), clock);
}

}  // namespace

QString leftWorkText(const LeftWork& left) {
  QStringList parts;
  const auto add = [&](std::size_t count, const QString& one, const QString& many) {
    if (count > 0) parts << countedText(static_cast<qint64>(count), one, many);
  };
  const Session& session = left.session;
  add(session.sets.size(), RecoveryFlow::tr("set"), RecoveryFlow::tr("sets"));
  add(session.models.size(), RecoveryFlow::tr("model"), RecoveryFlow::tr("models"));
  add(session.scores.size(), RecoveryFlow::tr("folder of scores"), RecoveryFlow::tr("folders of scores"));
  add(session.notes.size(), RecoveryFlow::tr("tagged or noted place"), RecoveryFlow::tr("tagged or noted places"));
  add(session.runs.size(), RecoveryFlow::tr("kept run"), RecoveryFlow::tr("kept runs"));
  const QString name =
      left.file ? QString::fromStdString(left.file->filename().string()) : RecoveryFlow::tr("a session in no file");
  return parts.isEmpty() ? name : RecoveryFlow::tr("%1 with %2").arg(name, parts.join(QStringLiteral(", ")));
}

RecoveryFlow::RecoveryFlow(Desk& desk, Notices& notices, ChoiceBanner& banner)
    : QObject(&banner), m_desk(desk), m_notices(notices), m_banner(banner) {
  banner.setObjectName(QStringLiteral("recovery"));
  connect(&banner, &ChoiceBanner::chosen, this, &RecoveryFlow::answer);
  connect(&desk.file, &SessionFile::restored, this, [this] {
    m_notices.tell(Severity::Warning, tr("What the window left is restored. It is in no file until you save it."));
  });
}

void RecoveryFlow::offer() {
  Autosave& autosaves = m_desk.file.autosaves();
  const std::optional<LeftWork>& left = autosaves.left();
  if (!left) {
    m_banner.hide();
    return;
  }
  QString text = tr("A window ended without being closed, %1: %2.").arg(momentText(left->when), leftWorkText(*left));
  if (const std::size_t more = autosaves.moreLeft(); more > 0)
    text += QLatin1Char(' ') +
            tr("%1 more left besides.").arg(countedText(static_cast<qint64>(more), tr("window"), tr("windows")));
  m_banner.ask(Severity::Warning, text,
               {{.name = kRestoreName, .text = tr("Restore"), .isPrimary = true},
                {.name = kDiscardName, .text = tr("Discard")}});
}

void RecoveryFlow::answer(const QString& name) {
  Autosave& autosaves = m_desk.file.autosaves();
  if (name == kRestoreName) {
    m_desk.file.restoreLeft();
  } else {
    autosaves.dropLeft();
    m_notices.note(tr("What the window left is discarded."));
  }
  offer();
}

}  // namespace oodscope
