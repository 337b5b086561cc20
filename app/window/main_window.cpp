// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/main_window.h"

#include "app/desk/background_priority.h"
#include "app/window/compare/compare_mode.h"
#include "app/window/failures/failure_desk.h"
#include "app/window/generic_folder_dialog.h"
#include "app/window/help_windows.h"
#include "app/window/inference_runner.h"
#include "app/window/item_menus.h"
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
#include "widgets/panels/model_panel.h"
#include "widgets/panels/region_panel.h"
#include "widgets/panels/start_page.h"
#include "widgets/panels/status_widgets.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/theme.h"
#include "widgets/views/picture_cache.h"
#include "widgets/views/view_grid.h"

#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabBar>
#include <QTabWidget>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace oodscope {
namespace {

constexpr int kFrameMs = 16;    // what changes within one screen frame is shown together
constexpr int kReadingMs = 33;  // nobody reads numbers faster

}  // namespace

MainWindow::MainWindow(Theme& theme, WorkOptions options, QWidget* parent)
    : QMainWindow(parent),
      m_theme(theme),
      m_workspace(m_session, std::move(options)),
      m_file(m_session, m_workspace),
      m_controller(m_workspace),
      m_thumbnails(thumbnailFolder()),
      m_cache(m_workspace.sharedStore()),
      m_seen(this, kFrameMs, [this](unsigned due) { showSeen(due); }),
      m_told(this, kReadingMs, [this](unsigned due) { showTold(due); }) {
  lowerWorkerPriorities();
  m_sinceStart.start();
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
  // A new frame's levels and outlines are made where it is decoded: showing it is drawing alone.
  m_controller.setPreparation(
      [cache = m_views->cache()](const DecodedFrame& frame) { cache->prepare(frame.image, frame.label); });
  buildMenus();
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
  connectFile();
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
  m_centre = new QStackedWidget;
  m_start = new StartPage;
  auto* centre = new QWidget;
  auto* column = new QVBoxLayout(centre);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  m_banner = new Banner;
  m_banner->hide();
  m_views = new ViewGrid;
  column->addWidget(m_banner);
  column->addWidget(m_centre, 1);
  m_methods = new MethodViews(m_workspace, *m_views);
  m_latency = new LatencyOverlay(
      [this] {
        return LatencyFigures{m_controller.pictureLatencyMs(), m_controller.estimateLatencyMs()};
      },
      m_views);
  m_centre->addWidget(m_start);
  m_centre->addWidget(m_views);
  setCentralWidget(centre);

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
  m_analysis->setAccessibleName(tr("Analysis"));
  m_analysis->tabBar()->setAccessibleName(tr("Analyses"));
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

  // Once the window has its size: shares of a size that it does not have come out otherwise.
  m_arrangeDocks = [this, frames, controls, metrics, cursor, analysis] {
    resizeDocks({frames, controls}, {236, 322}, Qt::Horizontal);
    resizeDocks({controls, metrics, cursor}, {350, 400, 210}, Qt::Vertical);
    resizeDocks({analysis}, {318}, Qt::Vertical);
  };

  m_status = new StatusLine;
  statusBar()->addWidget(m_status, 1);
  statusBar()->setSizeGripEnabled(false);
}

void MainWindow::buildMenus() {
  auto* menus = new ItemMenus(m_workspace, this);
  menus->attach(m_frames);
  menus->attachSets(m_setCombo);
  menus->attachModels(m_modelCombo);
  menus->attachModels(m_modelPanel->choice());
  connect(menus, &ItemMenus::closeSetRequested, &m_workspace, &Workspace::closeSet);
  connect(menus, &ItemMenus::closeModelRequested, &m_workspace, &Workspace::closeModel);
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
    (*out)->setSizeAdjustPolicy(QComboBox::AdjustToContents);
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
  m_methodComboB->setAccessibleName(tr("Method of run B"));
  m_methodComboB->setToolTip(tr("Method of run B"));
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
  if (!layout.state.isEmpty() && restoreState(layout.state)) m_arrangeDocks = {};
}

void MainWindow::showEvent(QShowEvent* event) {
  QMainWindow::showEvent(event);
  if (const auto arrange = std::exchange(m_arrangeDocks, {})) arrange();
}

bool MainWindow::isSettled() const {
  return m_controller.isSettled() && m_compare->isSettled() && !areTabsBusy() && !m_workspace.isOpening() &&
         !m_thumbnails.isBusy() && !m_failures->isBusy() && !m_methods->isBusy() && !m_seen.isDue() && !m_told.isDue();
}
void MainWindow::closeEvent(QCloseEvent* event) {
  if (!m_file.mayGo()) {
    event->ignore();
    return;
  }
  writeWindowLayout({saveGeometry(), saveState()});
  m_file.finish();
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
