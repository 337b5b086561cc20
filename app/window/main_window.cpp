// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/main_window.h"

#include "app/desk/background_priority.h"
#include "app/desk/inference_runner.h"
#include "app/window/choice_bar.h"
#include "app/window/compare/runs_tab.h"
#include "app/window/docks/controls_dock.h"
#include "app/window/docks/dock_column.h"
#include "app/window/docks/frame_rows.h"
#include "app/window/docks/window_room.h"
#include "app/window/export/export_flow.h"
#include "app/window/failures/failure_desk.h"
#include "app/window/find_things.h"
#include "app/window/frame_tools.h"
#include "app/window/help_windows.h"
#include "app/window/item_menus.h"
#include "app/window/knob_actions.h"
#include "app/window/latency_overlay.h"
#include "app/window/model_tab.h"
#include "app/window/notice_sources.h"
#include "app/window/notices.h"
#include "app/window/pass_question.h"
#include "app/window/preferences_dialog.h"
#include "app/window/saving/missing_flow.h"
#include "app/window/scene3d/scene_tab.h"
#include "app/window/settings.h"
#include "app/window/stage/stage_stack.h"
#include "app/window/status_strip.h"
#include "app/window/sweep_tab.h"
#include "app/window/tabs/tab_stack.h"
#include "app/window/theme_actions.h"
#include "app/window/window_actions.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/labelled_combo.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/dock_title.h"
#include "widgets/panels/messages_panel.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/panels/model_panel.h"
#include "widgets/panels/region_panel.h"
#include "widgets/panels/start_page.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/plots/scatter_plot.h"
#include "widgets/theme/theme.h"
#include "widgets/views/picture_cache.h"
#include "widgets/views/view_grid.h"

#include <QClipboard>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMimeData>
#include <QStackedWidget>
#include <QStatusBar>
#include <QVBoxLayout>

#include <tuple>

namespace oodscope {
namespace {

/// What the choices of the window follow.
auto choicesOf(const ViewState& view) {
  return std::tuple(view.set, view.model, view.score.method, view.score.imported, view.protocol, view.resolution,
                    view.allChannels, view.other ? std::optional(view.other->score.method) : std::nullopt,
                    view.score.filters);
}

}  // namespace

MainWindow::MainWindow(Theme& theme, WorkOptions options, QWidget* parent)
    : QMainWindow(parent), m_theme(theme), m_desk(std::move(options)) {
  lowerWorkerPriorities();
  setObjectName(QStringLiteral("main-window"));
  setWindowTitle(tr("Oodscope"));
  setAcceptDrops(true);
  setDockNestingEnabled(true);
  setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
  setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
  beginSession();
  m_actions = std::make_unique<WindowActions>(*this, m_desk.session.undoStack());
  m_choices = new ChoiceBar(m_desk.workspace, *m_actions, this);
  addToolBar(m_choices);
  m_docks = new DockColumn(*this, *m_actions->panelsMenu());
  m_controls = new ControlsDock(m_desk, m_docks->controls(), this);
  m_knobs = new KnobActions(m_desk, *m_actions, this);
  m_frames = new FrameRows(m_desk, m_docks->frames(), *m_actions, this);
  auto* views = new ViewGrid;
  buildCentre(views);
  buildAnalyses(*views);
  buildModel();
  m_status = new StatusStrip(m_desk, *new StatusLine, this);
  statusBar()->addWidget(&m_status->line(), 1);
  statusBar()->setSizeGripEnabled(false);
  addFrameTools(m_desk, m_docks->frames(), *views, *m_actions, *m_status, *m_notices, *this);
  connectSession();
  connectStage();
  connectTabs();
  connectFailures();
  connectStatus();
  connectActions();
  new WindowRoom(*this, *m_docks, *m_tabs, *m_actions);
  findChild<StartPage*>()->focusDemo();
  m_stages->begin();
  showView(m_desk.session.view(), m_desk.session.view(), false);
}

MainWindow::~MainWindow() = default;

void MainWindow::beginSession() {
  const SessionDefaults defaults = readDefaults();
  Session session;
  session.view.score.method = defaults.method;
  session.view.protocol = defaults.protocol;
  session.view.colourMap = defaults.colourMap;
  m_desk.session.load(std::move(session));
}

void MainWindow::buildCentre(ViewGrid* views) {
  auto* start = new StartPage;
  auto* pages = new QStackedWidget;
  pages->addWidget(start);
  pages->addWidget(views);
  auto* banner = new Banner;
  auto* centre = new QWidget;
  auto* column = new QVBoxLayout(centre);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(banner);
  new PassQuestion(m_desk, *column, this);
  column->addWidget(pages, 1);
  setCentralWidget(centre);
  auto* overlay = new LatencyOverlay(
      [this] {
        return LatencyFigures{m_desk.run.pictureLatencyMs(), m_desk.run.estimateLatencyMs()};
      },
      views);
  connect(m_actions->latency, &QAction::triggered, overlay, &QWidget::setVisible);
  // A new frame's levels and outlines are made where it is decoded: showing it is drawing alone.
  m_desk.run.setPreparation(
      [cache = views->cache()](const DecodedFrame& frame) { cache->prepare(frame.image, frame.label); });
  m_notices = new Notices(*banner, m_docks->messages(), this);
  m_opening = new OpenFlow(m_desk, *m_notices, *start, *m_actions, *this);
  column->insertWidget(0, m_opening->questions());
  connect(m_opening, &OpenFlow::openChanged, pages, [this, pages, start] {
    const bool hadFocus = start->isAncestorOf(focusWidget());
    pages->setCurrentIndex(m_desk.workspace.sets().empty() ? 0 : 1);
    if (hadFocus && pages->currentWidget() != start) pages->currentWidget()->setFocus();
  });
}

void MainWindow::buildAnalyses(ViewGrid& views) {
  auto* curves = new CurvesPanel;
  auto* scatter = new ScatterPlot;
  m_failures = new FailureDesk(m_desk, views, m_docks->frames(), *curves, this);
  m_tabs = new TabStack({m_desk, *m_failures, *curves, *scatter});
  m_docks->addAnalysis(m_tabs);
  m_docks->addRegion(m_failures->regionPanel());
  m_stages = std::make_unique<StageStack>(StageParts{m_desk, m_theme, *m_docks, views, *curves, *scatter}, *m_actions,
                                          nullptr);
  const auto partInView = [this](const GridRecipe::Row& row) { return m_stages->partInView(row.set, row.frame); };
  new ExportFlow(m_desk, *m_notices, *m_actions, partInView, *this);
}

void MainWindow::buildModel() {
  ModelPanel& panel = m_docks->model();
  m_model = new ModelTab(m_desk.workspace, panel);
  auto* menus = new ItemMenus(m_desk.workspace, this);
  menus->attach(&m_docks->frames());
  m_opening->missing().attach(m_docks->frames());
  menus->attachSets(m_choices->sets());
  menus->attachModels(m_choices->models());
  menus->attachModels(panel.choice());
  connect(menus, &ItemMenus::closeSetRequested, &m_desk.workspace, &Workspace::closeSet);
  connect(menus, &ItemMenus::closeModelRequested, &m_desk.workspace, &Workspace::closeModel);
  connect(menus, &ItemMenus::closeEnsembleRequested, &m_desk.workspace, &Workspace::closeEnsemble);
  connect(&panel, &ModelPanel::locateRequested, &m_opening->missing(), &MissingFlow::locateModel);
  connect(&panel, &ModelPanel::openRequested, m_actions->openModel, &QAction::trigger);
  connect(&panel, &ModelPanel::currentEdited, this,
          [this](const QString& name) { m_desk.session.edit(edits::setModelAtHand(name.toStdString())); });
  const auto failed = [this](const QString& text, const QString& file) {
    m_notices->tell(Severity::Error, text, file);
  };
  connect(m_model, &ModelTab::failed, this, failed);
  connect(menus, &ItemMenus::failed, this, failed);
}

void MainWindow::connectSession() {
  const auto again = [this] { showView(m_desk.session.view(), m_desk.session.view(), false); };
  connect(&m_desk.session, &SessionModel::viewChanged, this, &MainWindow::showView);
  connect(m_opening, &OpenFlow::openChanged, this, again);
  connect(m_choices, &ChoiceBar::edited, &m_desk.session, qOverload<const Edit&>(&SessionModel::edit));
}

void MainWindow::connectStage() {
  StageStack& stages = *m_stages;
  connect(&stages, &StageStack::framesDue, m_frames, &FrameRows::show);
  connect(&stages, &StageStack::statusDue, m_status, &StatusStrip::show);
  connect(&stages, &StageStack::zoomChanged, m_choices, &ChoiceBar::showZoom);
  connect(&stages.single(), &SingleStage::stateChanged, &m_status->line(), &StatusLine::setState);
  connect(&stages.single(), &SingleStage::waitingChanged, m_failures, &FailureDesk::setWaiting);
  stages.single().addMoreCurves([this](const SetNumbers&, CurveSets& curves) { m_failures->addPartCurves(curves); });
  m_frames->addFill([this](std::size_t frame, FrameRow& row) {
    row.brushed = m_desk.failures.brushedPixels(frame);
    m_stages->compare().fillRow(frame, row);
  });
  connect(m_frames, &FrameRows::previewsChanged, this, [this] { m_stages->showSoon(StageStack::kFrames); });
}

void MainWindow::connectTabs() {
  connect(m_tabs, &TabStack::failed, m_notices, &Notices::error);
  connect(m_tabs, &TabStack::warned, m_notices,
          [this](const QString& text) { m_notices->tell(Severity::Warning, text); });
  SweepTab* sweeps = sweep();
  connect(sweeps, &SweepTab::progressed, m_status, &StatusStrip::showSweep);
  connect(sweeps, &SweepTab::bestFound, m_controls, &ControlsDock::setBestTemperature);
  connect(m_status, &StatusStrip::sweepStopRequested, sweeps, &SweepTab::cancel);
  connect(scene(), &SceneTab::pixelPicked, this, [this](QPointF at) { m_stages->setCursor(at); });
  RunsTab* kept = runs();
  const auto more = [kept](const SetNumbers& shown, CurveSets& curves) { kept->addKeptCurves(shown, curves); };
  m_stages->single().addMoreCurves(more);
  m_stages->compare().addMoreCurves(more);
  connect(kept, &RunsTab::runsChanged, this, [this] {
    m_stages->single().redrawCurves();
    m_stages->showSoon(StageStack::kNumbers);
  });
}

void MainWindow::connectFailures() {
  connect(m_actions->nextFailure, &QAction::triggered, this, [this] { m_failures->step(1); });
  connect(m_actions->previousFailure, &QAction::triggered, this, [this] { m_failures->step(-1); });
  connect(m_failures, &FailureDesk::framesChanged, this, [this] { m_stages->showSoon(StageStack::kFrames); });
  connect(m_failures, &FailureDesk::curvesChanged, this, [this] {
    m_stages->single().redrawCurves();
    m_stages->showSoon(StageStack::kNumbers);
  });
  connect(m_failures, &FailureDesk::idleChanged, this, [this] { m_stages->showSoon(StageStack::kStatus); });
  connect(m_failures, &FailureDesk::failed, m_notices, &Notices::error);
  connect(m_failures, &FailureDesk::exported, m_notices, [this](const QString& file) {
    m_notices->succeed(Concern::Export, tr("Both failure lists are exported."), file);
  });
  connect(m_failures, &FailureDesk::regionTitleChanged, m_docks, &DockColumn::setRegionNote);
  connect(m_failures, &FailureDesk::regionRaised, m_docks, &DockColumn::raiseRegion);
}

void MainWindow::connectStatus() {
  const InferenceRunner& runner = m_desk.workspace.runner();
  connect(&m_theme, &Theme::changed, this,
          [this] { m_stages->showSoon(StageStack::kPicture); });  // legends name colours
  const auto numbersDue = [this] { m_stages->showSoon(StageStack::kNumbers | StageStack::kStatus); };
  connect(&m_desk.workspace, &Workspace::openingFinished, this, numbersDue);
  connect(&runner, &InferenceRunner::finished, this, numbersDue);
  connectNotices(*m_notices, m_desk);
  connect(m_status, &StatusStrip::warned, m_notices,
          [this](const QString& text) { m_notices->tell(Severity::Warning, text); });
  connect(m_status, &StatusStrip::pausedChanged, m_actions->pauseInference, &QAction::setChecked);
  StatusLine& line = m_status->line();
  connect(m_opening, &OpenFlow::saved, &line,
          [&line](const QString& file) { line.setSentence(tr("Saved %1").arg(QFileInfo(file).fileName())); });
  connect(&line, &StatusLine::messagesRequested, m_actions->messages, &QAction::trigger);
  connect(&m_docks->messages(), &MessagesPanel::countChanged, &line, &StatusLine::setMessageCount);
  connect(m_notices, &Notices::messagesRequested, m_docks, &DockColumn::showMessages);
}

void MainWindow::connectActions() {
  const auto on = [this](QAction* action, auto function) { connect(action, &QAction::triggered, this, function); };
  auto* help = new HelpWindows(*this, *m_actions);
  help->setThings([this] { return findThings({m_desk, *m_tabs, m_docks->frames(), *m_failures}); });
  on(m_actions->palette, [help] { help->showPalette(); });
  on(m_actions->cheatSheet, [help] { help->showCheatSheet(); });
  on(m_actions->about, [help] { help->showAbout(); });
  on(m_actions->quit, [this] { close(); });
  on(m_actions->preferences, [this] { showPreferences(); });
  on(m_actions->sweep, [this] {
    m_tabs->setCurrentWidget(sweep());
    sweep()->isBusy() ? sweep()->cancel() : sweep()->start();
  });
  on(m_actions->copyMetrics, [this] { QGuiApplication::clipboard()->setText(metrics()->asText()); });
  QDockWidget* messages = &m_docks->messagesDock();
  connect(m_actions->messages, &QAction::triggered, m_docks,
          [this, messages](bool shown) { shown ? m_docks->showMessages() : messages->hide(); });
  connect(messages, &QDockWidget::visibilityChanged, m_actions->messages, &QAction::setChecked);
  new ThemeActions(m_theme, *m_actions, this);
}

void MainWindow::open(const WindowRequest& request) {
  m_opening->open(request);
  if (!request.tab.isEmpty()) openTab(request.tab);
}

void MainWindow::offerLeftWork() { m_opening->offerLeftWork(); }

void MainWindow::openPaths(const QStringList& paths) { m_opening->openPaths(paths); }

void MainWindow::openTab(const QString& title) {
  const QStringList titles = m_tabs->open(title);
  if (!titles.isEmpty())
    m_notices->tell(Severity::Warning,
                    tr("No tab is called “%1”: there are %2.").arg(title, titles.join(QStringLiteral(", "))));
}

void MainWindow::showView(const ViewState& before, const ViewState& after, bool dragging) {
  m_stages->prepare(before, after);
  m_desk.run.show(after, dragging);
  m_failures->follow(after, dragging);
  m_controls->show(after);
  m_knobs->show(after);
  const bool isWhole = before == after;
  if (isWhole || choicesOf(before) != choicesOf(after)) showChoices(after);
  const bool isSameSet = before.set == after.set && !m_docks->frames().model()->sets().empty();
  if (isWhole || !isSameSet)
    m_frames->show();
  else if (before.frame != after.frame)
    m_frames->showCurrent();
  m_desk.comparison.show(after, dragging);
  m_stages->showView(before, after);
  m_tabs->follow(after, dragging);
}

void MainWindow::showChoices(const ViewState& view) {
  m_choices->showChoices(view);
  m_knobs->showChoices(view);
  m_model->show(view.model, view.set);
  m_controls->showChoices(view);
}

void MainWindow::showPreferences() {
  auto* dialog = findChild<PreferencesDialog*>();
  if (dialog == nullptr) {
    dialog = new PreferencesDialog({m_desk.workspace.options(), m_theme.choice(), readDefaults()}, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    CacheMeter& cache = m_status->cache();
    connect(dialog, &PreferencesDialog::clearCacheRequested, &cache, &CacheMeter::clear);
    connect(&cache, &CacheMeter::changed, dialog, &PreferencesDialog::setCacheBytes);
    connect(dialog, &PreferencesDialog::accepted, this, &MainWindow::usePreferences);
    dialog->setCacheBytes(cache.bytes());
  }
  dialog->show();
  dialog->raise();
}

void MainWindow::usePreferences(const Preferences& chosen) {
  writeThemeChoice(chosen.theme);
  m_theme.setChoice(chosen.theme);
  writeDefaults(chosen.defaults);
  if (chosen.work == m_desk.workspace.options()) return;
  writeWorkOptions(chosen.work);
  m_desk.workspace.setOptions(chosen.work);
}

bool MainWindow::isIdle() const { return m_desk.isIdle() && m_stages->isShown(); }

void MainWindow::showEvent(QShowEvent* event) {
  QMainWindow::showEvent(event);
  m_docks->arrangeOnce();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (!m_desk.file.mayGo()) {
    event->ignore();
    return;
  }
  m_desk.file.finish();
  m_desk.workspace.runner().cancel();
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

ViewGrid* MainWindow::views() const { return &m_stages->views(); }
CurvesPanel* MainWindow::curves() const { return m_tabs->find<CurvesPanel>(); }
ControlsPanel* MainWindow::controls() const { return &m_docks->controls(); }
MetricsPanel* MainWindow::metrics() const { return &m_docks->metrics(); }
Badge* MainWindow::metricsBadge() const { return m_docks->metricsTitle().badge(); }
FrameListView* MainWindow::frames() const { return &m_docks->frames(); }
MessagesPanel* MainWindow::messages() const { return &m_docks->messages(); }
StatusLine* MainWindow::status() const { return &m_status->line(); }
TabStack* MainWindow::analysis() const { return m_tabs; }
SceneTab* MainWindow::scene() const { return m_tabs->find<SceneTab>(); }
SweepTab* MainWindow::sweep() const { return m_tabs->find<SweepTab>(); }
RunsTab* MainWindow::runs() const { return m_tabs->find<RunsTab>(); }
CompareStage& MainWindow::compare() { return m_stages->compare(); }

}  // namespace oodscope
