// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/main_window.h"

#include "analysis/formats/file_kind.h"
#include "app/window/compare/compare_mode.h"
#include "app/window/failures/failure_desk.h"
#include "app/window/generic_folder_dialog.h"
#include "app/window/help_windows.h"
#include "app/window/inference_runner.h"
#include "app/window/latency_overlay.h"
#include "app/window/method_views.h"
#include "app/window/model_tab.h"
#include "app/window/preferences_dialog.h"
#include "app/window/scene3d/scene_tab.h"
#include "app/window/settings.h"
#include "app/window/sweep_tab.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/labelled_combo.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/banner.h"
#include "widgets/panels/cursor_panel.h"
#include "widgets/panels/dock_title.h"
#include "widgets/panels/find_button.h"
#include "widgets/panels/messages_panel.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/panels/region_panel.h"
#include "widgets/panels/start_page.h"
#include "widgets/panels/status_widgets.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/theme.h"
#include "widgets/views/view_grid.h"

#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabWidget>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace oodscope {

MainWindow::MainWindow(Theme& theme, WorkOptions options, QWidget* parent)
    : QMainWindow(parent),
      m_theme(theme),
      m_workspace(std::move(options)),
      m_controller(m_workspace),
      m_thumbnails(thumbnailFolder()),
      m_cache(m_workspace.sharedStore()) {
  m_sinceStart.start();
  m_sinceShown.start();
  m_showTimer.setSingleShot(true);
  m_showTimer.setTimerType(Qt::PreciseTimer);
  connect(&m_showTimer, &QTimer::timeout, this, &MainWindow::showDue);
  setObjectName(QStringLiteral("main-window"));
  setWindowTitle(tr("Oodscope"));
  setAcceptDrops(true);
  setDockNestingEnabled(true);
  setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
  setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
  const SessionDefaults defaults = readDefaults();
  Session begin;
  begin.view.score.method = defaults.method;
  begin.view.protocol = defaults.protocol;
  begin.view.colourMap = defaults.colourMap;
  m_session.load(std::move(begin));
  m_actions = std::make_unique<WindowActions>(*this, m_session.undoStack());
  m_help = new HelpWindows(*this, *m_actions);
  buildToolBar();
  buildDocks();
  connectActions();
  connectCompare();
  connectFailures();
  connectControls();
  connectViews();
  connectResults();
  connectWorkspace();
  connectDocuments();
  connectScene();
  resize(1680, 1050);
  restoreLayout();
  m_views->setFocus();  // not the first button of the toolbar
  showView(m_session.view(), m_session.view(), false);
  showOpenChoices();
  showRecent();
  showTheme();
  showStatus();
  m_autosave.setInterval(2000);
  m_autosave.setSingleShot(true);
  connect(&m_autosave, &QTimer::timeout, this, &MainWindow::autosave);
}

MainWindow::~MainWindow() = default;

QDockWidget* MainWindow::addDock(const QString& title, const QString& name, QWidget* content, Qt::DockWidgetArea area,
                                 DockTitle** titleBar) {
  auto* dock = new QDockWidget(title, this);
  dock->setObjectName(name);
  dock->setWidget(content);
  auto* bar = new DockTitle(dock);
  if (titleBar != nullptr) *titleBar = bar;
  addDockWidget(area, dock);
  m_actions->panelsMenu()->addAction(dock->toggleViewAction());
  return dock;
}

void MainWindow::buildDocks() {
  m_centre = new QStackedWidget(this);
  m_start = new StartPage;
  auto* work = new QWidget;
  auto* column = new QVBoxLayout(work);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  m_banner = new Banner;
  m_banner->hide();
  m_views = new ViewGrid;
  column->addWidget(m_banner);
  column->addWidget(m_views, 1);
  m_methods = new MethodViews(m_workspace, *m_views);
  m_latency = new LatencyOverlay(
      [this] {
        return LatencyFigures{m_controller.pictureLatencyMs(), m_controller.estimateLatencyMs()};
      },
      m_views);
  m_centre->addWidget(m_start);
  m_centre->addWidget(work);
  setCentralWidget(m_centre);

  m_frames = new FrameListView;
  QDockWidget* frames = addDock(tr("Frames"), "dock-frames", m_frames, Qt::LeftDockWidgetArea, &m_framesTitle);
  m_controls = new ControlsPanel;
  m_controlsStack = new QStackedWidget;
  m_controlsStack->addWidget(m_controls);
  QDockWidget* controls =
      addDock(tr("Controls"), "dock-controls", m_controlsStack, Qt::RightDockWidgetArea, &m_controlsTitle);
  m_metrics = new MetricsPanel;
  QDockWidget* metrics = addDock(tr("Metrics"), "dock-metrics", m_metrics, Qt::RightDockWidgetArea, &m_metricsTitle);
  m_cursorPanel = new CursorPanel;
  QDockWidget* cursor = addDock(tr("Cursor"), "dock-cursor", m_cursorPanel, Qt::RightDockWidgetArea, &m_cursorTitle);

  m_analysis = new QTabWidget;
  m_analysis->setDocumentMode(true);
  m_curves = new CurvesPanel;
  m_sweep = new SweepTab(m_workspace);
  m_analysis->addTab(m_curves, tr("Curves"));
  m_analysis->addTab(m_sweep, tr("T sweep"));
  m_failures =
      new FailureDesk({m_session, m_workspace, m_controller, *m_views, *m_frames, *m_curves, *m_analysis}, this);
  m_scene = new SceneTab;
  m_analysis->addTab(m_scene, tr("3D"));
  auto* corner = new QWidget;
  auto* cornerRow = new QHBoxLayout(corner);
  cornerRow->setContentsMargins(0, 0, 0, 0);
  cornerRow->addWidget(m_failures->brushChip());
  cornerRow->addWidget(m_curves->toggleBar());
  m_analysis->setCornerWidget(corner, Qt::TopRightCorner);
  m_curves->toggleBar()->show();
  connect(m_analysis, &QTabWidget::currentChanged, this,
          [this] { m_curves->toggleBar()->setVisible(m_analysis->currentWidget() == m_curves); });
  auto* analysis = new QDockWidget(tr("Analysis"), this);
  analysis->setObjectName(QStringLiteral("dock-analysis"));
  analysis->setWidget(m_analysis);
  analysis->setTitleBarWidget(new QWidget(analysis));  // the tab bar is its title
  addDockWidget(Qt::BottomDockWidgetArea, analysis);
  m_actions->panelsMenu()->addAction(analysis->toggleViewAction());

  buildCompare(controls);
  m_regionDock =
      addDock(tr("Region"), "dock-region", m_failures->regionPanel(), Qt::RightDockWidgetArea, &m_regionTitle);
  tabifyDockWidget(cursor, m_regionDock);
  cursor->raise();

  m_modelPanel = new ModelPanel;
  m_modelTab = new ModelTab(m_workspace, *m_modelPanel);
  QDockWidget* model = addDock(tr("Model"), "dock-model", m_modelPanel, Qt::RightDockWidgetArea, nullptr);
  tabifyDockWidget(metrics, model);
  model->hide();

  m_messages = new MessagesPanel;
  m_messagesDock = addDock(tr("Messages"), "dock-messages", m_messages, Qt::BottomDockWidgetArea, nullptr);
  m_messagesDock->hide();

  resizeDocks({frames, controls}, {236, 322}, Qt::Horizontal);
  resizeDocks({controls, metrics, cursor}, {350, 370, 250}, Qt::Vertical);
  resizeDocks({analysis}, {318}, Qt::Vertical);

  m_status = new StatusLine;
  statusBar()->addWidget(m_status, 1);
  statusBar()->setSizeGripEnabled(false);
}

void MainWindow::buildToolBar() {
  QToolBar* bar = addToolBar(tr("Main"));
  bar->setObjectName(QStringLiteral("toolbar"));
  bar->setMovable(false);
  bar->setIconSize({16, 16});
  bar->addAction(m_actions->openFolder);
  bar->addAction(m_actions->exportTable);
  bar->addSeparator();
  const auto combo = [&](const QString& caption, LabelledCombo** out, int width) {
    *out = new LabelledCombo(caption);
    (*out)->setMinimumWidth(width);
    (*out)->setAccessibleName(caption);
    bar->addWidget(*out);
  };
  combo(tr("Set"), &m_setCombo, 130);
  combo(tr("Model"), &m_modelCombo, 120);
  combo(tr("Method"), &m_methodCombo, 120);
  auto* swap = new QToolButton;
  swap->setDefaultAction(m_actions->swapRuns);
  m_swapInBar = bar->addWidget(swap);
  m_methodComboB = new LabelledCombo(QStringLiteral("B"));
  m_methodComboB->setMinimumWidth(110);
  m_methodComboB->setAccent(LabelledCombo::Accent::B);
  m_methodBInBar = bar->addWidget(m_methodComboB);
  combo(tr("Protocol"), &m_protocolCombo, 120);
  m_setCombo->setEmptyText(tr("none"));
  m_modelCombo->setEmptyText(tr("none"));
  bar->addSeparator();
  bar->addAction(m_actions->fit);
  bar->addAction(m_actions->oneToOne);
  m_zoom = new QLabel(QStringLiteral("–"));
  m_zoom->setAlignment(Qt::AlignCenter);
  m_zoom->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral(" 6400 % ")));
  m_zoom->setAccessibleName(tr("Zoom"));
  m_zoom->setToolTip(tr("Screen pixels per picture pixel"));
  bar->addWidget(m_zoom);
  bar->addSeparator();
  for (QAction* action : {m_actions->link, m_actions->crosshair, m_actions->contour}) bar->addAction(action);
  bar->addSeparator();
  for (QAction* action : {m_actions->layoutOne, m_actions->layoutOneByTwo, m_actions->layoutTwoByTwo,
                          m_actions->layoutMethods, m_actions->wipe})
    bar->addAction(action);
  auto* space = new QWidget;
  space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  bar->addWidget(space);
  auto* find = new FindButton(tr("Find action"), m_actions->palette->shortcut().toString(QKeySequence::NativeText));
  connect(find, &QPushButton::clicked, m_actions->palette, &QAction::trigger);
  bar->addWidget(find);
  bar->addAction(m_actions->themeToggle);
}

void MainWindow::restoreLayout() {
  const WindowLayout layout = readWindowLayout();
  if (!layout.geometry.isEmpty()) restoreGeometry(layout.geometry);
  if (!layout.state.isEmpty()) restoreState(layout.state);
}

bool MainWindow::isSettled() const {
  return m_controller.isSettled() && m_compare->isSettled() && !areTabsBusy() && !m_workspace.isOpening() &&
         !m_thumbnails.isBusy() && !m_failures->isBusy() && !m_methods->isBusy() && m_due == 0;
}

void MainWindow::open(const WindowRequest& request) {
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
  if (request.threshold) {
    view.threshold = request.threshold;
    view.pin = PinRule::None;
  }
  if (request.compare) view.other = OtherRun{.model = view.model, .score = *request.compare};
  m_session.follow(view);
  for (int i = 0; i < m_analysis->count(); ++i)
    if (m_analysis->tabText(i).startsWith(request.tab, Qt::CaseInsensitive) && !request.tab.isEmpty())
      m_analysis->setCurrentIndex(i);
}

void MainWindow::openPaths(const QStringList& paths) {
  for (const QString& text : paths) {
    const std::filesystem::path path(text.toStdString());
    try {
      if (std::filesystem::is_directory(path)) {
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
    } catch (const std::exception& error) {
      tell(Severity::Error, QString::fromUtf8(error.what()), text);
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
  } catch (const Error& error) {
    tell(Severity::Error, QString::fromUtf8(error.what()), QString::fromStdString(file.string()));
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
  } catch (const Error& error) {
    tell(Severity::Error, QString::fromUtf8(error.what()), QString::fromStdString(file.string()));
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
  } catch (const Error& error) {
    tell(Severity::Warning, tr("The session could not be saved automatically: %1").arg(QString::fromUtf8(error.what())),
         QString());
  }
}

void MainWindow::closeEvent(QCloseEvent* event) {
  writeWindowLayout({saveGeometry(), saveState()});
  autosave();
  markCleanExit();
  m_workspace.runner().cancel();
  event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  QStringList paths;
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile()) paths << url.toLocalFile();
  openPaths(paths);
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

std::shared_ptr<const DataSet> MainWindow::currentSet() const {
  const OpenSet* open = m_workspace.findSet(QString::fromStdString(m_session.view().set));
  return open == nullptr ? nullptr : open->set;
}

std::optional<std::size_t> MainWindow::currentFrame() const {
  const auto set = currentSet();
  if (!set) return std::nullopt;
  for (std::size_t i = 0; i < set->frames.size(); ++i)
    if (set->frames[i].name == m_session.view().frame) return i;
  return std::nullopt;
}

}  // namespace oodscope
