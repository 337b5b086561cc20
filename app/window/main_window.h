// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/cache_meter.h"
#include "app/window/live_controller.h"
#include "app/window/presenters.h"
#include "app/window/published_reference.h"
#include "app/window/session_file.h"
#include "app/window/session_model.h"
#include "app/window/show_pace.h"
#include "app/window/thumbnail_loader.h"
#include "app/window/window_actions.h"
#include "app/window/workspace.h"
#include "widgets/panels/status_widgets.h"

#include <QMainWindow>
#include <QPointer>

#include <functional>
#include <map>
#include <memory>
#include <optional>

class QDockWidget;
class QLabel;
class QStackedWidget;
class QTabWidget;

namespace oodscope {

class Badge;
class Banner;
class CalibrationTab;
class CompareMode;
class ComparePanel;
class ControlsPanel;
class CursorPanel;
class CurvesPanel;
class DockTitle;
class FailureDesk;
class FrameListView;
class HelpWindows;
class LabelledCombo;
class LatencyOverlay;
class MessagesPanel;
class MethodViews;
class ModelPanel;
class ModelTab;
class MetricsPanel;
class PreferencesDialog;
class RunsTab;
class ScatterPlot;
class StartPage;
class StatusLine;
class SceneTab;
class SweepTab;
class Theme;
class TransferTab;
class ViewGrid;

/// Numbers that the user pinned to compare others with, and whose they are.
struct PinnedNumbers {
  std::shared_ptr<const SetNumbers> numbers;
  std::string set, source;
  Resolution resolution = Resolution::Network;
};

/// What the command line asked for, on top of the session.
struct WindowRequest {
  std::optional<std::filesystem::path> session;
  std::vector<SetEntry> sets;
  std::vector<ModelEntry> models;
  std::vector<std::filesystem::path> scores;
  std::optional<ScoreChoice> score;
  std::optional<float> threshold;
  std::optional<Protocol> protocol;
  std::string frame;
  std::optional<ScoreChoice> compare;  ///< run B; its model is A's
  QString tab;                         ///< the analysis tab to open, by its title
  QStringList remarks = {};            ///< what the user must see: preferences that could not be used
};

/// The window: owns what is open, the knobs and the jobs, and wires them to widgets that know nothing of each other.
class MainWindow : public QMainWindow {
  Q_OBJECT

public:
  MainWindow(Theme& theme, WorkOptions options, QWidget* parent = nullptr);
  ~MainWindow() override;

  void open(const WindowRequest& request);
  /// Opens a session that is in no file: what a crash left.
  void restore(Session session);
  /// Opens whatever the paths are: set folders, models, sessions, folders of score maps.
  void openPaths(const QStringList& paths);
  /// Everything asked for is open, scored, exact and drawn.
  [[nodiscard]] bool isSettled() const;

  [[nodiscard]] SessionModel& session() { return m_session; }
  [[nodiscard]] Workspace& workspace() { return m_workspace; }
  [[nodiscard]] SessionFile& file() { return m_file; }
  [[nodiscard]] LiveController& controller() { return m_controller; }
  [[nodiscard]] ViewGrid* views() const { return m_views; }
  [[nodiscard]] CurvesPanel* curves() const { return m_curves; }
  [[nodiscard]] ControlsPanel* controls() const { return m_controls; }
  [[nodiscard]] MetricsPanel* metrics() const { return m_metrics; }
  [[nodiscard]] FrameListView* frames() const { return m_frames; }
  [[nodiscard]] FailureDesk* failures() const { return m_failures; }
  [[nodiscard]] QTabWidget* analysis() const { return m_analysis; }
  [[nodiscard]] SceneTab* scene() const { return m_scene; }
  [[nodiscard]] SweepTab* sweep() const { return m_sweep; }
  [[nodiscard]] RunsTab* runs() const { return m_runs; }
  [[nodiscard]] StatusLine* status() const { return m_status; }
  [[nodiscard]] MessagesPanel* messages() const { return m_messages; }
  [[nodiscard]] Badge* metricsBadge() const;
  [[nodiscard]] WindowActions& actions() { return *m_actions; }
  [[nodiscard]] CompareMode& compare() { return *m_compare; }

protected:
  void closeEvent(QCloseEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

private:
  // main_window.cpp: what there is
  void buildDocks();
  void buildToolBar();
  void buildMenus();
  QDockWidget* addDock(const QString& title, const QString& name, QWidget* content, Qt::DockWidgetArea area,
                       DockTitle** titleBar);
  void buildCompare(QDockWidget* controls);
  void restoreLayout();
  // main_window_wiring.cpp: who tells whom
  void connectControls();
  void connectViews();
  void connectResults();
  void connectWorkspace();
  void connectFailures();
  void connectCompare();
  // main_window_actions.cpp: what the menus and keys do
  void connectActions();
  // main_window_show.cpp, main_window_numbers.cpp and main_window_choices.cpp: results, choices and frames to widgets
  void showView(const ViewState& before, const ViewState& after, bool dragging);
  /// What is looked at is shown once a screen frame, numbers and lists half as often.
  enum Part : unsigned {
    kPicture = 1U,
    kScale = 2U,
    kThreshold = 4U,
    kNumbers = 8U,
    kDetails = 16U,
    kFrames = 32U,
    kCursor = 64U,
    kStatus = 128U,
    kMethods = 256U
  };
  void showChoices(const ViewState& view);
  void showLooks(const ViewState& view);
  void showSoon(unsigned parts);
  void showSeen(unsigned due);
  void showTold(unsigned due);
  void showPicture();
  void showCurves();
  void showZoom();
  void showTheme();
  void showNumbers();
  void showThreshold();
  void showDetails();
  void showThresholdScale();
  void openTab(const QString& title);
  void showCursor();
  void showStatus();
  void showFrames();
  void showOpenChoices();
  void showScale();
  void showCompareToggled();
  void addKeptCurves(std::vector<CurveData>& precisionRecall, std::vector<CurveData>& roc) const;
  [[nodiscard]] bool areTabsBusy() const;
  void showTabs(const ViewState& view, bool dragging);
  void rebuildPanes();

  // main_window_export.cpp: documents and the third dimension
  void connectDocuments();
  void connectScene();
  void showScene(bool dragging);
  void exportDocuments(int page);
  /// What of the frame the views are zoomed to; empty: all of it, or another frame.
  [[nodiscard]] std::optional<FrameRectangle> partInView(const std::string& set, const std::string& frame) const;
  void makeReportIn(const QString& folder);

  void chooseDefaults();
  void stepFrame(int steps);
  void tell(Severity severity, const QString& text, const QString& file);
  void openDialog(const QString& kind);
  void connectFile();
  [[nodiscard]] std::optional<std::filesystem::path> askWhereToSave();
  [[nodiscard]] SessionFile::Answer askAboutUnsaved();
  void remember(const QString& path, const QString& kind);
  void showRecent();
  void showPreferences();
  void askAboutFolder(const std::filesystem::path& folder, const QString& why, bool scores);
  [[nodiscard]] std::shared_ptr<const DataSet> currentSet() const;
  [[nodiscard]] std::optional<std::size_t> currentFrame() const;
  [[nodiscard]] std::optional<ReferenceNumbers> referenceNumbers();
  /// The pinned numbers where they are of the view's set, protocol and resolution, so that they can be drawn with it.
  [[nodiscard]] std::shared_ptr<const SetNumbers> comparableReference() const;
  [[nodiscard]] std::optional<PinnedNumbers> presentNumbers() const;
  /// What a panel without numbers says: what it needs, what it waits for, or why nothing is to come.
  [[nodiscard]] std::pair<QString, QString> waitingText() const;
  void showWaiting();
  void showMarker(float threshold);
  void showDecision();

  Theme& m_theme;
  SessionModel m_session;
  Workspace m_workspace;
  SessionFile m_file;
  LiveController m_controller;
  ThumbnailLoader m_thumbnails;
  std::unique_ptr<WindowActions> m_actions;
  std::optional<PinnedNumbers> m_reference;
  std::optional<QPointF> m_cursor;
  PublishedReference m_published{publishedValuesFile()};
  CacheMeter m_cache;
  ShowPace m_seen, m_told;
  std::optional<ProgressView> m_sweepProgress;                         ///< while a sweep runs
  std::shared_ptr<const SetNumbers> m_shownNumbers, m_shownReference;  ///< those that the curves show
  std::map<QString, std::map<std::size_t, FramePreview>> m_previews;
  QElapsedTimer m_sinceStart;
  std::function<void()> m_arrangeDocks;  ///< at the first show, where no layout was kept

  QStackedWidget* m_centre = nullptr;
  StartPage* m_start = nullptr;
  Banner* m_banner = nullptr;
  bool m_isWarned = false;  ///< the banner warns: good news does not replace it
  ViewGrid* m_views = nullptr;
  FrameListView* m_frames = nullptr;
  ControlsPanel* m_controls = nullptr;
  MetricsPanel* m_metrics = nullptr;
  CursorPanel* m_cursorPanel = nullptr;
  MessagesPanel* m_messages = nullptr;
  QTabWidget* m_analysis = nullptr;
  CurvesPanel* m_curves = nullptr;
  SweepTab* m_sweep = nullptr;
  FailureDesk* m_failures = nullptr;
  SceneTab* m_scene = nullptr;
  StatusLine* m_status = nullptr;
  MethodViews* m_methods = nullptr;
  HelpWindows* m_help = nullptr;
  ModelPanel* m_modelPanel = nullptr;
  ModelTab* m_modelTab = nullptr;
  QPointer<PreferencesDialog> m_preferences;
  LatencyOverlay* m_latency = nullptr;
  QLabel* m_zoom = nullptr;
  DockTitle *m_framesTitle = nullptr, *m_controlsTitle = nullptr, *m_metricsTitle = nullptr, *m_cursorTitle = nullptr;
  DockTitle* m_regionTitle = nullptr;
  QDockWidget *m_regionDock = nullptr, *m_messagesDock = nullptr;
  LabelledCombo *m_setCombo = nullptr, *m_modelCombo = nullptr, *m_methodCombo = nullptr, *m_protocolCombo = nullptr,
                *m_methodComboB = nullptr;
  QAction *m_swapInBar = nullptr, *m_methodBInBar = nullptr;
  QDockWidget* m_controlsDock = nullptr;
  QStackedWidget* m_controlsStack = nullptr;
  ComparePanel* m_comparePanel = nullptr;
  ScatterPlot* m_scatter = nullptr;
  RunsTab* m_runs = nullptr;
  TransferTab* m_transfer = nullptr;
  CalibrationTab* m_calibration = nullptr;
  std::unique_ptr<CompareMode> m_compare;  // last: its jobs use what is above
};

}  // namespace oodscope
