// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/failure_text.h"
#include "analysis/datasets/part_of_set.h"
#include "analysis/formats/file_kind.h"
#include "app/window/generic_folder_dialog.h"
#include "app/window/inference_runner.h"
#include "app/window/main_window.h"
#include "app/window/preferences_dialog.h"
#include "app/window/settings.h"
#include "widgets/panels/messages_panel.h"
#include "widgets/panels/status_widgets.h"
#include "widgets/theme/theme.h"

#include <QFileDialog>
#include <QTabWidget>

namespace oodscope {

void MainWindow::open(const WindowRequest& request) {
  for (const QString& remark : request.remarks) tell(Severity::Warning, remark, QString());
  if (request.session) openSessionFile(*request.session);
  for (const SetEntry& set : request.sets) m_workspace.openSet(set);
  for (const ModelEntry& model : request.models) m_workspace.openModel(model);
  for (const auto& scores : request.scores) m_workspace.openScores(scores);
  ViewState view = m_session.view();
  if (request.score) view.score = *request.score;
  if (!request.scores.empty() && request.models.empty() && !request.session)
    view.score.imported = request.scores.front().filename().string();
  if (request.protocol) view.protocol = *request.protocol;
  if (!request.frame.empty()) view.frame = request.frame;
  if (request.threshold) edits::setThreshold(static_cast<double>(*request.threshold)).change(view);
  if (request.compare) view.other = OtherRun{.model = view.model, .score = *request.compare};
  m_session.follow(view);
  if (!request.tab.isEmpty()) openTab(request.tab);
}

void MainWindow::openTab(const QString& title) {
  QStringList titles;
  for (int i = 0; i < m_analysis->count(); ++i) {
    if (m_analysis->tabText(i).startsWith(title, Qt::CaseInsensitive)) {
      m_analysis->setCurrentIndex(i);
      return;
    }
    if (m_analysis->isTabVisible(i)) titles << m_analysis->tabText(i);
  }
  tell(Severity::Warning, tr("No tab is called “%1”: there are %2.").arg(title, titles.join(QStringLiteral(", "))),
       QString());
}

void MainWindow::openPaths(const QStringList& paths) {
  m_isWarned = false;
  for (const QString& text : paths) {
    const std::filesystem::path path(text.toStdString());
    try {
      if (std::filesystem::is_directory(splitSetPath(path).folder)) {
        m_workspace.openSet({path, std::nullopt});
        continue;
      }
      switch (sniffFile(path)) {
        case FileKind::TorchZip:
        case FileKind::TorchLegacy:
          m_workspace.openModel({.path = path, .preprocessing = {}, .outputs = {}, .sha256 = {}});
          break;
        case FileKind::Json:
          openSessionFile(path);
          break;
        default:
          tell(Severity::Error, tr("This file is neither a set's folder, a model nor a session."), text);
      }
    } catch (const std::exception& failure) {
      tell(Severity::Error, QString::fromStdString(failureText(failure)), text);
    }
  }
}

void MainWindow::openDialog(const QString& kind) {
  const QString start = lastFolder();
  QStringList chosen;
  if (kind == QLatin1String("folder") || kind == QLatin1String("scores")) {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Open a folder"), start);
    if (!folder.isEmpty()) chosen << folder;
  } else {
    const QString filter = kind == QLatin1String("model") ? tr("Models (*.pth *.pt *.ts);;All files (*)")
                                                          : tr("Sessions (*.oodscope *.json);;All files (*)");
    chosen = QFileDialog::getOpenFileNames(this, tr("Open"), start, filter);
  }
  if (chosen.isEmpty()) return;
  rememberFolder(chosen.front());
  if (kind == QLatin1String("scores"))
    m_workspace.openScores(chosen.front().toStdString());
  else
    openPaths(chosen);
}

void MainWindow::openSessionFile(const std::filesystem::path& file) {
  Session session;
  try {
    session = readSession(file);
  } catch (const std::exception& failure) {
    tell(Severity::Error, QString::fromStdString(failureText(failure)), QString::fromStdString(file.string()));
    return;
  }
  m_sessionFile = file;
  openSession(std::move(session));
  remember(QString::fromStdString(file.string()), QStringLiteral("session"));
  setWindowTitle(tr("%1 – Oodscope").arg(QString::fromStdString(file.stem().string())));
}

void MainWindow::restore(Session session) {
  openSession(std::move(session));
  tell(Severity::Warning, tr("The last run did not end cleanly: what was open has been restored."), QString());
}

void MainWindow::openSession(Session session) {
  m_workspace.closeAll();
  const std::vector<SetEntry> sets = session.sets;
  const std::vector<ModelEntry> models = session.models;
  const std::vector<std::filesystem::path> scores = session.scores;
  m_session.load(std::move(session));
  for (const SetEntry& set : sets) m_workspace.openSet(set);
  for (const ModelEntry& model : models) m_workspace.openModel(model);
  for (const auto& folder : scores) m_workspace.openScores(folder);
}

void MainWindow::saveSession(const std::filesystem::path& file) {
  syncSession();
  try {
    writeSession(m_session.session(), file);
    m_sessionFile = file;
    m_session.markSaved();
    remember(QString::fromStdString(file.string()), QStringLiteral("session"));
    m_status->setSentence(tr("Saved %1").arg(QString::fromStdString(file.filename().string())));
  } catch (const std::exception& failure) {
    tell(Severity::Error, QString::fromStdString(failureText(failure)), QString::fromStdString(file.string()));
  }
}

void MainWindow::saveSessionAs() {
  const QString file = QFileDialog::getSaveFileName(
      this, tr("Save session"), lastFolder() + QStringLiteral("/session.oodscope"), tr("Sessions (*.oodscope *.json)"));
  if (file.isEmpty()) return;
  rememberFolder(file);
  saveSession(file.toStdString());
}

void MainWindow::syncSession() {
  std::vector<SetEntry> sets;
  for (const OpenSet& set : m_workspace.sets()) sets.push_back(set.entry);
  std::vector<ModelEntry> models;
  for (const OpenModel& model : m_workspace.models()) models.push_back(model.entry);
  m_session.setOpen(std::move(sets), std::move(models), m_workspace.scoreFolders());
}

void MainWindow::autosave() {
  if (m_workspace.isOpening()) {  // what is only half open must not replace what was whole
    m_autosave.start();
    return;
  }
  std::vector<SetEntry> sets;
  for (const OpenSet& set : m_workspace.sets()) sets.push_back(set.entry);
  std::vector<ModelEntry> models;
  for (const OpenModel& model : m_workspace.models()) models.push_back(model.entry);
  Session snapshot = m_session.session();
  snapshot.sets = std::move(sets);
  snapshot.models = std::move(models);
  snapshot.scores = m_workspace.scoreFolders();
  try {
    writeAutosave(snapshot);
  } catch (const std::exception& failure) {
    tell(Severity::Warning,
         tr("The session could not be saved automatically: %1").arg(QString::fromStdString(failureText(failure))),
         QString());
  }
}

void MainWindow::showPreferences() {
  if (!m_preferences) {
    m_preferences = new PreferencesDialog({m_workspace.options(), m_theme.choice(), readDefaults()}, this);
    m_preferences->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_preferences, &PreferencesDialog::clearCacheRequested, &m_cache, &CacheMeter::clear);
    connect(&m_cache, &CacheMeter::changed, m_preferences, &PreferencesDialog::setCacheBytes);
    connect(m_preferences, &PreferencesDialog::accepted, this, [this](const Preferences& chosen) {
      m_theme.setChoice(chosen.theme);
      writeThemeChoice(chosen.theme);
      showTheme();
      writeDefaults(chosen.defaults);
      if (chosen.work == m_workspace.options()) return;
      writeWorkOptions(chosen.work);
      m_workspace.setOptions(chosen.work);
      m_cache.setStore(m_workspace.sharedStore());
    });
    m_preferences->setCacheBytes(m_cache.bytes());
  }
  m_preferences->show();
  m_preferences->raise();
}

void MainWindow::askAboutFolder(const std::filesystem::path& folder, const QString& why, bool scores) {
  if (scores && !m_workspace.sets().empty()) {
    tell(Severity::Info, tr("Opened as score maps of the open sets."), QString::fromStdString(folder.string()));
    m_workspace.openScores(folder);
    return;
  }
  auto* dialog = new GenericFolderDialog(folder, why, this);
  connect(dialog, &GenericFolderDialog::layoutChosen, this, [this, folder](const GenericLayout& layout) {
    m_workspace.openSet({folder, layout});
  });
  connect(dialog, &GenericFolderDialog::scoresChosen, this, [this, folder] { m_workspace.openScores(folder); });
  dialog->show();
}

}  // namespace oodscope
