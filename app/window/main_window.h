// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/desk.h"
#include "app/window/open_flow.h"
#include "app/window/tabs/tab_stack.h"
#include "app/window/window_actions.h"

#include <QMainWindow>

#include <memory>

namespace oodscope {

class Badge;
class ChoiceBar;
class CompareStage;
class ControlsDock;
class ControlsPanel;
class CurvesPanel;
class DockColumn;
class FailureDesk;
class FrameListView;
class FrameRows;
class HelpWindows;
class KnobActions;
class MessagesPanel;
class MetricsPanel;
class ModelTab;
class Notices;
class RunsTab;
class SceneTab;
class StageStack;
class StatusLine;
class StatusStrip;
class SweepTab;
class Theme;
class ViewGrid;
struct Preferences;

/// The window: a frame around its parts. It makes them, tells them what the session's view is now, and lets none know
/// of another more than it needs.
class MainWindow : public QMainWindow {
  Q_OBJECT

public:
  MainWindow(Theme& theme, WorkOptions options, QWidget* parent = nullptr);
  ~MainWindow() override;

  void open(const WindowRequest& request);
  /// Asks about what earlier windows left, and about places that nothing can be kept in.
  void offerLeftWork();
  /// Opens whatever the paths are: set folders, models, sessions, folders of score maps.
  void openPaths(const QStringList& paths);
  /// Everything asked for is open, scored, exact and drawn.
  [[nodiscard]] bool isIdle() const;

  [[nodiscard]] SessionModel& session() { return m_desk.session; }
  [[nodiscard]] Workspace& workspace() { return m_desk.workspace; }
  [[nodiscard]] SessionFile& file() { return m_desk.file; }
  [[nodiscard]] SingleRun& run() { return m_desk.run; }
  [[nodiscard]] WindowActions& actions() { return *m_actions; }
  [[nodiscard]] FailureDesk* failures() const { return m_failures; }
  [[nodiscard]] ViewGrid* views() const;
  [[nodiscard]] CurvesPanel* curves() const;
  [[nodiscard]] ControlsPanel* controls() const;
  [[nodiscard]] MetricsPanel* metrics() const;
  [[nodiscard]] Badge* metricsBadge() const;
  [[nodiscard]] FrameListView* frames() const;
  [[nodiscard]] MessagesPanel* messages() const;
  [[nodiscard]] StatusLine* status() const;
  [[nodiscard]] TabStack* analysis() const;
  [[nodiscard]] SceneTab* scene() const;
  [[nodiscard]] SweepTab* sweep() const;
  [[nodiscard]] RunsTab* runs() const;
  [[nodiscard]] CompareStage& compare();

protected:
  void closeEvent(QCloseEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

private:
  void beginSession();
  void buildCentre(ViewGrid* views);
  void buildAnalyses(ViewGrid& views);
  void buildModel();
  void connectSession();
  void connectStage();
  void connectTabs();
  void connectFailures();
  void connectStatus();
  void connectActions();
  void openTab(const QString& title);
  void showView(const ViewState& before, const ViewState& after, bool dragging);
  void showChoices(const ViewState& view);
  void showPreferences();
  void usePreferences(const Preferences& chosen);

  Theme& m_theme;
  Desk m_desk;
  std::unique_ptr<WindowActions> m_actions;
  DockColumn* m_docks = nullptr;
  Notices* m_notices = nullptr;
  ChoiceBar* m_choices = nullptr;
  OpenFlow* m_opening = nullptr;
  FrameRows* m_frames = nullptr;
  ControlsDock* m_controls = nullptr;
  KnobActions* m_knobs = nullptr;
  StatusStrip* m_status = nullptr;
  FailureDesk* m_failures = nullptr;
  TabStack* m_tabs = nullptr;
  std::unique_ptr<StageStack> m_stages;
  ModelTab* m_model = nullptr;
};

}  // namespace oodscope
