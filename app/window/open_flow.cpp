// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/open_flow.h"

#include "analysis/core/failure_text.h"
#include "analysis/datasets/part_of_set.h"
#include "analysis/formats/file_kind.h"
#include "app/desk/desk.h"
#include "app/window/generic_folder_dialog.h"
#include "app/window/notices.h"
#include "app/window/settings.h"
#include "app/window/window_actions.h"
#include "widgets/panels/start_page.h"
#include "widgets/theme/number_text.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>

#include <algorithm>

namespace oodscope {
namespace {

/// "opened as course: 24 frames, 2 files left out": which frames take part in a number is said beside the number.
QString openedText(const DataSet& set) {
  const std::string_view layout = set.layout.name();
  return OpenFlow::tr("opened as %1: %2, %3")
      .arg(QString::fromUtf8(layout.data(), static_cast<int>(layout.size())),
           countedText(static_cast<qint64>(set.frames.size()), OpenFlow::tr("frame"), OpenFlow::tr("frames")),
           set.skipped.empty() ? OpenFlow::tr("no file left out")
                               : OpenFlow::tr("%1 left out")
                                     .arg(countedText(static_cast<qint64>(set.skipped.size()), OpenFlow::tr("file"),
                                                      OpenFlow::tr("files"))));
}

/// What a session is called in the window's title: the demo by its name, others by their file's.
QString titleOf(const QString& session) {
  const auto demo = demoSession();
  const bool isDemo = demo && session == QString::fromStdString(demo->string());
  return isDemo ? OpenFlow::tr("Demo") : QFileInfo(session).completeBaseName();
}

SessionFile::Answer askAboutUnsaved(QWidget& window) {
  const auto answer =
      QMessageBox::question(&window, OpenFlow::tr("Unsaved work"),
                            OpenFlow::tr("Notes, tags, kept runs or the grid are not saved in a session file."),
                            QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel);
  return answer == QMessageBox::Save      ? SessionFile::Answer::Save
         : answer == QMessageBox::Discard ? SessionFile::Answer::Discard
                                          : SessionFile::Answer::Cancel;
}

/// A set and a frame of it. A session that is still opening its sets must not lose the one it names.
void chooseFrame(ViewState& view, const Workspace& workspace) {
  if (workspace.sets().empty() && !workspace.isOpening()) {
    view.set.clear();
    view.frame.clear();
  }
  const bool isNamed = !view.set.empty() && workspace.isOpening();
  if (workspace.findSet(QString::fromStdString(view.set)) == nullptr && !workspace.sets().empty() && !isNamed)
    view.set = workspace.sets().front().set->name;
  const OpenSet* open = workspace.findSet(QString::fromStdString(view.set));
  if (open == nullptr || open->set->frames.empty()) return;
  if (!open->set->find(view.frame)) view.frame = open->set->frames.front().name;
}

void chooseModel(ViewState& view, const Workspace& workspace) {
  const auto& models = workspace.models();
  if (models.empty() && !workspace.isOpening()) view.model.clear();
  const bool isUnknown = workspace.findModel(QString::fromStdString(view.model)) == nullptr;
  if (!models.empty() && (view.model.empty() || (isUnknown && !workspace.isOpening())))
    view.model = models.front().name().toStdString();
  if (models.empty() && !view.score.imported && !workspace.scores().empty())
    view.score.imported = workspace.scores().front().label;
}

}  // namespace

OpenFlow::OpenFlow(Desk& desk, Notices& notices, StartPage& start, WindowActions& actions, QWidget& window)
    : QObject(&window),
      m_desk(desk),
      m_notices(notices),
      m_start(start),
      m_recent(*actions.recentMenu()),
      m_window(window) {
  connectActions(actions);
  connectStart(start, actions);
  connectWorkspace();
  connectFile();
  showRecent();
}

void OpenFlow::connectActions(WindowActions& actions) {
  const auto on = [this](QAction* action, auto function) { connect(action, &QAction::triggered, this, function); };
  on(actions.openFolder, [this] { openDialog(Kind::Folder); });
  on(actions.openModel, [this] { openDialog(Kind::Model); });
  on(actions.openScores, [this] { openDialog(Kind::Scores); });
  on(actions.openSession, [this] { openDialog(Kind::Session); });
  on(actions.openDemo, [this] { openDemo(); });
  on(actions.save, [this] { m_desk.file.save(); });
  on(actions.saveAs, [this] { m_desk.file.saveAs(); });
  on(actions.closeSet, [this] { m_desk.workspace.closeSet(QString::fromStdString(m_desk.session.view().set)); });
  on(actions.closeModel, [this] { m_desk.workspace.closeModel(QString::fromStdString(m_desk.session.view().model)); });
}

void OpenFlow::connectStart(StartPage& start, WindowActions& actions) {
  connect(&start, &StartPage::openFolderRequested, actions.openFolder, &QAction::trigger);
  connect(&start, &StartPage::openModelRequested, actions.openModel, &QAction::trigger);
  connect(&start, &StartPage::openSessionRequested, actions.openSession, &QAction::trigger);
  connect(&start, &StartPage::openDemoRequested, actions.openDemo, &QAction::trigger);
  connect(&start, &StartPage::recentActivated, this, [this](const QString& path) { openPaths({path}); });
  connect(&start, &StartPage::dropped, this, &OpenFlow::openPaths);
}

void OpenFlow::connectWorkspace() {
  Workspace& workspace = m_desk.workspace;
  connect(&workspace, &Workspace::setOpened, this, &OpenFlow::setOpened);
  connect(&workspace, &Workspace::modelOpened, this, [this](const QString& name) {
    remember(QString::fromStdString(m_desk.workspace.findModel(name)->entry.path.string()), QStringLiteral("model"));
    chooseDefaults();
  });
  connect(&workspace, &Workspace::scoresOpened, this, &OpenFlow::chooseDefaults);
  connect(&workspace, &Workspace::setRenamed, this, [this](const QString& from, const QString& to) {
    m_desk.session.renameSet(from.toStdString(), to.toStdString());
  });
  connect(&workspace, &Workspace::sourceRenamed, this, [this](const QString& from, const QString& to) {
    m_desk.session.renameSource(from.toStdString(), to.toStdString());
  });
  connect(&workspace, &Workspace::setClosed, this, &OpenFlow::chooseDefaults);
  connect(&workspace, &Workspace::modelClosed, this, &OpenFlow::chooseDefaults);
  connect(&workspace, &Workspace::message, &m_notices, &Notices::tell);
  connect(&workspace, &Workspace::folderUnknown, this, &OpenFlow::askAboutFolder);
}

void OpenFlow::connectFile() {
  SessionFile& file = m_desk.file;
  file.setPlace([this] { return askWhereToSave(); });
  file.setQuestion([this] { return askAboutUnsaved(m_window); });
  connect(&file, &SessionFile::opened, this, [this](const QString& path) {
    remember(path, QStringLiteral("session"));
    m_window.setWindowTitle(tr("%1 – Oodscope").arg(titleOf(path)));
  });
  connect(&file, &SessionFile::saved, this, [this](const QString& path) {
    remember(path, QStringLiteral("session"));
    Q_EMIT saved(path);
  });
  connect(&file, &SessionFile::failed, this,
          [this](const QString& text, const QString& path) { m_notices.tell(Severity::Error, text, path); });
  connect(&file, &SessionFile::autosaveFailed, this, [this](const QString& text) {
    m_notices.tell(Severity::Warning, tr("The session could not be saved automatically: %1").arg(text));
  });
}

void OpenFlow::open(const WindowRequest& request) {
  for (const QString& remark : request.remarks) m_notices.tell(Severity::Warning, remark);
  if (request.session) m_desk.file.open(*request.session);
  for (const SetEntry& set : request.sets) m_desk.workspace.openSet(set);
  for (const ModelEntry& model : request.models) m_desk.workspace.openModel(model);
  for (const auto& scores : request.scores) m_desk.workspace.openScores(scores);
  ViewState view = m_desk.session.view();
  if (request.score) view.score = *request.score;
  if (!request.scores.empty() && request.models.empty() && !request.session)
    view.score.imported = request.scores.front().filename().string();
  if (request.protocol) view.protocol = *request.protocol;
  if (!request.frame.empty()) view.frame = request.frame;
  if (request.threshold) edits::setThreshold(static_cast<double>(*request.threshold)).change(view);
  if (request.compare) view.other = ComparedRun{.model = view.model, .score = *request.compare};
  m_desk.session.follow(view);
}

void OpenFlow::restore(Session session) {
  m_desk.file.restore(std::move(session));
  m_notices.tell(Severity::Warning, tr("The last run did not end cleanly: what was open has been restored."));
}

void OpenFlow::openPaths(const QStringList& paths) {
  m_notices.forgive();
  for (const QString& text : paths) openPath(text);
}

void OpenFlow::openPath(const QString& text) {
  const std::filesystem::path path(text.toStdString());
  try {
    if (std::filesystem::is_directory(splitSetPath(path).folder)) {
      m_desk.workspace.openSet({path, std::nullopt});
      return;
    }
    switch (sniffFile(path)) {
      case FileKind::TorchZip:
      case FileKind::TorchLegacy:
        m_desk.workspace.openModel({.path = path, .preprocessing = {}, .outputs = {}, .sha256 = {}});
        break;
      case FileKind::Json:
        m_desk.file.open(path);
        break;
      default:
        m_notices.tell(Severity::Error, tr("This file is neither a set's folder, a model nor a session."), text);
    }
  } catch (const std::exception& failure) {
    m_notices.tell(Severity::Error, QString::fromStdString(failureText(failure)), text);
  }
}

void OpenFlow::openDialog(Kind kind) {
  const QString start = lastFolder();
  QStringList chosen;
  if (kind == Kind::Folder || kind == Kind::Scores) {
    const QString folder = QFileDialog::getExistingDirectory(&m_window, tr("Open a folder"), start);
    if (!folder.isEmpty()) chosen << folder;
  } else {
    const QString filter = kind == Kind::Model ? tr("Models (*.pth *.pt *.ts);;All files (*)")
                                               : tr("Sessions (*.oodscope *.json);;All files (*)");
    chosen = QFileDialog::getOpenFileNames(&m_window, tr("Open"), start, filter);
  }
  if (chosen.isEmpty()) return;
  rememberFolder(chosen.front());
  if (kind == Kind::Scores)
    m_desk.workspace.openScores(chosen.front().toStdString());
  else
    openPaths(chosen);
}

void OpenFlow::openDemo() {
  if (const auto demo = demoSession())
    m_desk.file.open(*demo);
  else
    m_notices.error(tr("The demo is not installed beside the program."));
}

void OpenFlow::askAboutFolder(const std::filesystem::path& folder, const QString& why, bool scores) {
  if (scores && !m_desk.workspace.sets().empty()) {
    m_notices.tell(Severity::Info, tr("Opened as score maps of the open sets."),
                   QString::fromStdString(folder.string()));
    m_desk.workspace.openScores(folder);
    return;
  }
  auto* dialog = new GenericFolderDialog(folder, why, &m_window);
  connect(dialog, &GenericFolderDialog::layoutChosen, this, [this, folder](const GenericLayout& layout) {
    m_desk.workspace.openSet({folder, layout});
  });
  connect(dialog, &GenericFolderDialog::scoresChosen, this, [this, folder] { m_desk.workspace.openScores(folder); });
  dialog->show();
}

std::optional<std::filesystem::path> OpenFlow::askWhereToSave() {
  const QString file =
      QFileDialog::getSaveFileName(&m_window, tr("Save session"), lastFolder() + QStringLiteral("/session.oodscope"),
                                   tr("Sessions (*.oodscope *.json)"));
  if (file.isEmpty()) return std::nullopt;
  rememberFolder(file);
  return file.toStdString();
}

void OpenFlow::setOpened(const QString& name) {
  const OpenSet* open = m_desk.workspace.findSet(name);
  remember(QString::fromStdString(open->entry.path.string()), QStringLiteral("set"));
  m_notices.announce(name, openedText(*open->set));
  chooseDefaults();
}

void OpenFlow::chooseDefaults() {
  ViewState view = m_desk.workspace.named(m_desk.session.view());
  chooseFrame(view, m_desk.workspace);
  chooseModel(view, m_desk.workspace);
  if (view.score.imported && m_desk.workspace.findSet(QString::fromStdString(view.set)) != nullptr)
    view.score.importedLogits = m_desk.workspace.holdsLogits(view, *view.score.imported);
  m_desk.session.follow(view);
  Q_EMIT openChanged();
}

void OpenFlow::remember(const QString& path, const QString& kind) {
  addRecent(path, kind);
  showRecent();
}

void OpenFlow::showRecent() {
  const std::vector<RecentEntry> entries = readRecent();
  m_start.setRecent(entries);
  m_recent.clear();
  m_recent.setEnabled(!entries.empty());
  for (const RecentEntry& entry : entries) {
    QString text = entry.path;
    text.replace(QLatin1Char('&'), QLatin1String("&&"));
    QAction* action = m_recent.addAction(text, this, [this, path = entry.path] { openPaths({path}); });
    action->setEnabled(!entry.isMissing);
  }
}

}  // namespace oodscope
