// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/open_flow.h"

#include "analysis/core/failure_text.h"
#include "analysis/datasets/part_of_set.h"
#include "analysis/formats/file_kind.h"
#include "app/desk/desk.h"
#include "app/session/labels.h"
#include "app/window/generic_folder_dialog.h"
#include "app/window/newcomers.h"
#include "app/window/notices.h"
#include "app/window/polarity_choice.h"
#include "app/window/saving/missing_flow.h"
#include "app/window/saving/places_flow.h"
#include "app/window/saving/recovery_flow.h"
#include "app/window/saving/save_flow.h"
#include "app/window/settings.h"
#include "app/window/window_actions.h"
#include "widgets/panels/choice_banner.h"
#include "widgets/panels/missing_panel.h"
#include "widgets/panels/start_page.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QVBoxLayout>

#include <algorithm>

namespace oodscope {
namespace {

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
      m_window(window),
      m_newcomers(new Newcomers(desk, notices, this)) {
  connectActions(actions);
  connectStart(start, actions);
  connectWorkspace();
  addBanners(window);
  auto* saving = new SaveFlow(desk, notices, actions, window);
  connect(saving, &SaveFlow::fileUsed, this,
          [this](const QString& path) { remember(path, QStringLiteral("session")); });
  connect(saving, &SaveFlow::saved, this, &OpenFlow::saved);
  connect(&m_recent, &QMenu::aboutToShow, this, &OpenFlow::showRecent);  // what has gone since says so
  showRecent();
}

void OpenFlow::connectActions(WindowActions& actions) {
  const auto on = [this](QAction* action, auto function) { connect(action, &QAction::triggered, this, function); };
  on(actions.openFolder, [this] { openDialog(Kind::Folder); });
  on(actions.openModel, [this] { openDialog(Kind::Model); });
  on(actions.openScores, [this] { openDialog(Kind::Scores); });
  on(actions.openSession, [this] { openDialog(Kind::Session); });
  on(actions.openDemo, [this] { openDemo(); });
  on(actions.closeSet, [this] { m_desk.workspace.closeSet(QString::fromStdString(m_desk.session.view().set)); });
  on(actions.closeModel, [this] { m_desk.workspace.closeModel(QString::fromStdString(m_desk.session.view().model)); });
}

void OpenFlow::connectStart(StartPage& start, WindowActions& actions) {
  connect(&start, &StartPage::openFolderRequested, actions.openFolder, &QAction::trigger);
  connect(&start, &StartPage::openModelRequested, actions.openModel, &QAction::trigger);
  connect(&start, &StartPage::openSessionRequested, actions.openSession, &QAction::trigger);
  connect(&start, &StartPage::openDemoRequested, actions.openDemo, &QAction::trigger);
  connect(&start, &StartPage::recentActivated, this, &OpenFlow::openRecent);
  connect(&start, &StartPage::dropped, this, &OpenFlow::openPaths);
}

void OpenFlow::connectWorkspace() {
  Workspace& workspace = m_desk.workspace;
  connect(&workspace, &Workspace::setOpened, this, &OpenFlow::setOpened);
  connect(&workspace, &Workspace::modelOpened, this, [this](const QString& name) {
    remember(QString::fromStdString(m_desk.workspace.findModel(name)->entry.path.string()), QStringLiteral("model"));
    chooseDefaults();
    m_newcomers->modelArrived(name);
  });
  connect(&workspace, &Workspace::scoresOpened, this, [this](const QString& name) {
    remember(QString::fromStdString(m_desk.workspace.findScores(name)->path.string()), QStringLiteral("scores"));
    chooseDefaults();
    m_newcomers->scoresArrived(name);
  });
  connect(&workspace, &Workspace::ensemblePut, this, &OpenFlow::chooseDefaults);
  connect(&workspace, &Workspace::ensembleClosed, this, [this](const QString& name) {
    m_desk.session.follow(edits::leaveEnsemble(name.toStdString()));
    chooseDefaults();
  });
  connect(&workspace, &Workspace::openingFinished, this, &OpenFlow::chooseDefaults);  // what is missing is known now
  connect(&workspace, &Workspace::setRenamed, this, [this](const QString& from, const QString& to) {
    m_desk.session.renameSet(from.toStdString(), to.toStdString());
  });
  connect(&workspace, &Workspace::sourceRenamed, this, [this](const QString& from, const QString& to) {
    m_desk.session.renameSource(from.toStdString(), to.toStdString());
  });
  connect(&workspace, &Workspace::setClosed, this, &OpenFlow::chooseDefaults);
  connect(&workspace, &Workspace::modelClosed, this, &OpenFlow::chooseDefaults);
  connect(&workspace, &Workspace::message, &m_notices,
          [this](Severity severity, const QString& text, const QString& of) {
            m_notices.tell(severity, text, of, Concern::Opening);
          });
  connect(&workspace, &Workspace::folderUnknown, this, &OpenFlow::askAboutFolder);
}

void OpenFlow::addBanners(QWidget& window) {
  auto* recovery = new ChoiceBanner;
  auto* places = new ChoiceBanner;
  auto* missing = new MissingPanel;
  m_recovery = new RecoveryFlow(m_desk, m_notices, *recovery);
  m_places = new PlacesFlow(m_desk, m_notices, *places, window);
  m_missing = new MissingFlow(m_desk, m_notices, *this, *missing, window);
  m_questions = new QWidget;
  m_questions->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
  auto* column = new QVBoxLayout(m_questions);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  for (QWidget* banner : std::initializer_list<QWidget*>{recovery, places, missing}) column->addWidget(banner);
}

void OpenFlow::offerLeftWork() {
  m_places->check();  // first: it says where windows leave what they leave
  m_recovery->offer();
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
    view.score.imported = namedItem(request.scores.front()).name;
  if (request.protocol) view.protocol = *request.protocol;
  if (!request.frame.empty()) view.frame = request.frame;
  if (request.threshold) edits::setThreshold(static_cast<double>(*request.threshold)).change(view);
  if (request.compare) view.other = ComparedRun{.model = view.model, .score = *request.compare};
  m_desk.session.follow(view);
}

void OpenFlow::openPaths(const QStringList& paths) {
  m_notices.forgive();
  for (const QString& text : paths) openPath(text);
}

void OpenFlow::openRecent(const QString& path) {
  const auto entries = readRecent();
  const auto known = std::ranges::find(entries, path, &RecentEntry::path);
  if (known == entries.end() || known->kind != QLatin1String("scores")) return openPaths({path});
  m_notices.forgive();
  m_desk.workspace.openScores(path.toStdString());
}

void OpenFlow::openPath(const QString& text) {
  const std::filesystem::path path(text.toStdString());
  try {
    if (std::filesystem::is_directory(splitSetPath(path).folder)) {
      m_newcomers->expect(path);
      m_desk.workspace.openSet({path, std::nullopt});
      return;
    }
    switch (sniffFile(path)) {
      case FileKind::TorchZip:
      case FileKind::TorchLegacy:
        m_newcomers->expect(path);
        m_desk.workspace.openModel({.path = path, .preprocessing = {}, .outputs = {}, .sha256 = {}});
        break;
      case FileKind::Json:
        m_newcomers->forget();
        m_desk.file.open(path);
        break;
      default:
        m_notices.tell(Severity::Error, tr("This file is neither a set's folder, a model nor a session."), text,
                       Concern::Opening);
    }
  } catch (const std::exception& failure) {
    m_notices.tell(Severity::Error, QString::fromStdString(failureText(failure)), text, Concern::Opening);
  }
}

void OpenFlow::openScoresDialog() {
  auto* dialog = new ScoresFolderDialog(&m_window, lastFolder());
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QFileDialog::fileSelected, this, [this, dialog](const QString& folder) {
    rememberFolder(folder);
    openScores(folder.toStdString(), dialog->polarity());
  });
  dialog->open();
}

void OpenFlow::openDialog(Kind kind) {
  if (kind == Kind::Scores) return openScoresDialog();
  const QString start = lastFolder();
  QStringList chosen;
  if (kind == Kind::Folder) {
    const QString folder = QFileDialog::getExistingDirectory(&m_window, tr("Open a folder"), start);
    if (!folder.isEmpty()) chosen << folder;
  } else {
    const QString filter = kind == Kind::Model ? tr("Models (*.pth *.pt *.ts);;All files (*)")
                                               : tr("Sessions (*.oodscope *.json);;All files (*)");
    chosen = QFileDialog::getOpenFileNames(&m_window, tr("Open"), start, filter);
  }
  if (chosen.isEmpty()) return;
  rememberFolder(chosen.front());
  openPaths(chosen);
}

void OpenFlow::openScores(const std::filesystem::path& folder, std::optional<Polarity> polarity) {
  m_notices.forgive();
  m_newcomers->expect(folder);
  const auto& scores = m_desk.workspace.scores();
  const auto known = std::ranges::find(scores, folder, &OpenScores::path);
  if (polarity && known != scores.end()) return m_desk.workspace.setPolarity(known->name(), polarity);
  if (polarity) m_desk.session.setPolarity(folder, polarity);
  m_desk.workspace.openScores(folder);
}

void OpenFlow::openDemo() {
  m_notices.forgive();
  m_newcomers->forget();
  if (const auto demo = demoSession())
    m_desk.file.open(*demo);
  else
    m_notices.error(tr("The demo is not installed beside the program."));
}

void OpenFlow::askAboutFolder(const std::filesystem::path& folder, const QString& why, bool scores) {
  if (scores && !m_desk.workspace.sets().empty()) {
    m_notices.tell(Severity::Info, tr("Opened as score maps of the open sets."),
                   QString::fromStdString(folder.string()));
    openScores(folder);
    return;
  }
  auto* dialog = new GenericFolderDialog(folder, why, &m_window);
  connect(dialog, &GenericFolderDialog::layoutChosen, this, [this, folder](const GenericLayout& layout) {
    m_newcomers->expect(folder);
    m_desk.workspace.openSet({folder, layout});
  });
  connect(dialog, &GenericFolderDialog::scoresChosen, this,
          [this, folder](std::optional<Polarity> polarity) { openScores(folder, polarity); });
  dialog->show();
}

void OpenFlow::setOpened(const QString& name) {
  const OpenSet* open = m_desk.workspace.findSet(name);
  remember(QString::fromStdString(open->entry.path.string()), QStringLiteral("set"));
  chooseDefaults();
  m_newcomers->setArrived(name);
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
    QString text = entry.isMissing ? tr("%1 · missing").arg(entry.path) : entry.path;
    text.replace(QLatin1Char('&'), QLatin1String("&&"));
    QAction* action = m_recent.addAction(text, this, [this, path = entry.path] { openRecent(path); });
    action->setEnabled(!entry.isMissing);
  }
  if (std::ranges::none_of(entries, &RecentEntry::isMissing)) return;
  m_recent.addSeparator();
  QAction* forget = m_recent.addAction(tr("Take the missing ones off the list"), this, [this] {
    forgetMissingRecent();
    showRecent();
  });
  forget->setObjectName(QStringLiteral("forget-missing-recent"));
}

}  // namespace oodscope
