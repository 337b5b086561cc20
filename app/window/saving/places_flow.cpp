// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/saving/places_flow.h"

#include "app/desk/desk.h"
#include "app/window/notices.h"
#include "app/window/settings.h"
#include "widgets/panels/choice_banner.h"

#include <QDir>
#include <QFileDialog>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

const QString kChooseName = QStringLiteral("choose-place");
const QString kLaterName = QStringLiteral("without-place");

}  // namespace

QString whyNoPlace(const fs::path& folder) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem) return QString::fromStdString(problem.message());
  if (!fs::is_directory(folder, problem)) return QString::fromLocal8Bit(std::strerror(ENOTDIR));
  // A read-only file system lets access() say yes to nobody but asks a real file of root.
  std::string name = (folder / "writable-XXXXXX").string();
  const int descriptor = mkstemp(name.data());
  if (descriptor < 0) return QString::fromLocal8Bit(std::strerror(errno));
  close(descriptor);
  unlink(name.c_str());
  return {};
}

PlacesFlow::PlacesFlow(Desk& desk, Notices& notices, ChoiceBanner& banner, QWidget& window)
    : QObject(&banner), m_desk(desk), m_notices(notices), m_banner(banner), m_window(window) {
  banner.setObjectName(QStringLiteral("places"));
  connect(&banner, &ChoiceBanner::chosen, this, &PlacesFlow::answer);
  connect(&desk.file, &SessionFile::autosaveFailed, this,
          [this](const QString& why) { add(Kept::Autosaves, tr("A crash would lose what is open: %1.").arg(why)); });
}

void PlacesFlow::check() {
  m_desk.file.setAutosaveFolder(autosaveFolder());
  m_desk.file.autosave();
  const fs::path chosen = m_desk.workspace.options().store.folder;
  const fs::path logits = chosen.empty() ? LogitsStore::defaultFolder() : chosen;
  if (!m_desk.workspace.options().store.temporary)
    if (const QString why = whyNoPlace(logits); !why.isEmpty())
      add(Kept::Logits, tr("Logits cannot be kept between runs, so that networks run anew each time: %1 cannot be "
                           "written (%2).")
                            .arg(QString::fromStdString(logits.string()), why));
  if (const QString file = unwritableSettings(); !file.isEmpty())
    m_notices.tell(Severity::Warning,
                   tr("Preferences, recent files and the window's layout are forgotten at the end: they cannot be "
                      "written. XDG_CONFIG_HOME names another folder for them."),
                   file);
}

void PlacesFlow::add(Kept kept, const QString& text) {
  m_notices.tell(Severity::Warning, text);
  const auto known = std::ranges::find(m_problems, kept, &Problem::kept);
  if (known == m_problems.end())
    m_problems.push_back({kept, text});
  else
    known->text = text;
  askNext();
}

void PlacesFlow::askNext() {
  if (m_problems.empty()) {
    m_banner.hide();
    return;
  }
  m_banner.ask(Severity::Warning, m_problems.front().text,
               {{.name = kChooseName, .text = tr("Choose a folder…"), .isPrimary = true},
                {.name = kLaterName, .text = tr("Go on without")}});
}

void PlacesFlow::answer(const QString& name) {
  const Problem problem = m_problems.front();
  if (name == kChooseName) {
    const QString folder =
        QFileDialog::getExistingDirectory(&m_window, tr("Another folder"), QDir::tempPath(), QFileDialog::ShowDirsOnly);
    if (folder.isEmpty()) return askNext();
    m_problems.erase(m_problems.begin());
    useFolder(problem.kept, folder);
  } else {
    m_problems.erase(m_problems.begin());
  }
  askNext();
}

void PlacesFlow::useFolder(Kept kept, const QString& folder) {
  const fs::path place = folder.toStdString();
  if (kept == Kept::Autosaves) {
    writeAutosaveFolder(place);
    m_desk.file.setAutosaveFolder(place);
    m_desk.file.autosave();
  } else {
    WorkOptions work = m_desk.workspace.options();
    work.store.folder = place;
    writeWorkOptions(work);
    m_desk.workspace.setOptions(work);
    if (const QString why = whyNoPlace(place); !why.isEmpty())
      return add(kept, tr("Logits cannot be kept in %1 either: %2.").arg(folder, why));
  }
  m_notices.note(unwritableSettings().isEmpty()
                     ? tr("%1 is used from now on.").arg(folder)
                     : tr("%1 is used until the window is closed: preferences cannot be written.").arg(folder));
}

}  // namespace oodscope
