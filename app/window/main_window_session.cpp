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
#include <QFileInfo>
#include <QMessageBox>
#include <QTabWidget>

namespace oodscope {

void MainWindow::open(const WindowRequest& request) {
  for (const QString& remark : request.remarks) tell(Severity::Warning, remark, QString());
  if (request.session) m_file.open(*request.session);
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
          m_file.open(path);
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

void MainWindow::restore(Session session) {
  m_file.restore(std::move(session));
  tell(Severity::Warning, tr("The last run did not end cleanly: what was open has been restored."), QString());
}

std::optional<std::filesystem::path> MainWindow::askWhereToSave() {
  const QString file = QFileDialog::getSaveFileName(
      this, tr("Save session"), lastFolder() + QStringLiteral("/session.oodscope"), tr("Sessions (*.oodscope *.json)"));
  if (file.isEmpty()) return std::nullopt;
  rememberFolder(file);
  return file.toStdString();
}

SessionFile::Answer MainWindow::askAboutUnsaved() {
  const auto answer = QMessageBox::question(this, tr("Unsaved work"),
                                            tr("Notes, tags, kept runs or the grid are not saved in a session file."),
                                            QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel);
  return answer == QMessageBox::Save      ? SessionFile::Answer::Save
         : answer == QMessageBox::Discard ? SessionFile::Answer::Discard
                                          : SessionFile::Answer::Cancel;
}

void MainWindow::connectFile() {
  m_file.setPlace([this] { return askWhereToSave(); });
  m_file.setQuestion([this] { return askAboutUnsaved(); });
  connect(&m_file, &SessionFile::opened, this, [this](const QString& file) {
    remember(file, QStringLiteral("session"));
    setWindowTitle(tr("%1 – Oodscope").arg(QFileInfo(file).completeBaseName()));
  });
  connect(&m_file, &SessionFile::saved, this, [this](const QString& file) {
    remember(file, QStringLiteral("session"));
    m_status->setSentence(tr("Saved %1").arg(QFileInfo(file).fileName()));
  });
  connect(&m_file, &SessionFile::failed, this,
          [this](const QString& text, const QString& file) { tell(Severity::Error, text, file); });
  connect(&m_file, &SessionFile::autosaveFailed, this, [this](const QString& text) {
    tell(Severity::Warning, tr("The session could not be saved automatically: %1").arg(text), QString());
  });
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
