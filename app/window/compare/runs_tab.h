// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/coalescing_job.h"
#include "app/desk/session_model.h"
#include "app/desk/workspace.h"
#include "app/window/compare/run_model.h"
#include "app/window/stage/curve_sets.h"
#include "app/window/tabs/analysis_tab.h"

class QLabel;
class QPushButton;
class QTreeView;

namespace oodscope {

/// The "Runs" tab: every run that was kept, exactly evaluated, with differences to the first of its set.
class RunsTab : public AnalysisTab {
  Q_OBJECT

public:
  RunsTab(Workspace& workspace, SessionModel& session, QWidget* parent = nullptr);
  ~RunsTab() override;

  /// Keeps a run unless it is kept already.
  void keep(const RunChoice& run);
  void refresh();
  [[nodiscard]] const RunModel& model() const { return *m_model; }
  /// The kept runs with numbers of the view's set, protocol and resolution: their curves can be laid over its own.
  [[nodiscard]] std::vector<KeptRun> comparable(const ViewState& view) const;
  /// Their curves beside those of the view's own numbers.
  void addKeptCurves(const SetNumbers& shown, CurveSets& curves) const;

Q_SIGNALS:
  void runsChanged();

private:
  struct Task {
    RunChoice run;
    std::shared_ptr<LiveSet> live;
    Configuration configuration;
  };
  struct Done {
    RunChoice run;
    RunSpec measured;  ///< what the numbers are of: a file that was exchanged meanwhile is another run
    std::shared_ptr<const SetNumbers> numbers;
  };
  [[nodiscard]] ViewState viewOf(const RunChoice& run) const;
  [[nodiscard]] std::optional<RunChoice> chosen() const;
  void remove();
  void makeA();
  void makeB();
  /// Asks for the frames that are missing; whether they are still being made.
  bool enqueue(const std::shared_ptr<LiveSet>& live);
  void showButtons();

  Workspace& m_workspace;
  SessionModel& m_session;
  RunModel* m_model = nullptr;
  QTreeView* m_view = nullptr;
  QPushButton *m_keep = nullptr, *m_remove = nullptr, *m_makeA = nullptr, *m_makeB = nullptr;
  QLabel* m_note = nullptr;
  std::vector<Done> m_known;
  std::vector<RunChoice> m_asked;                  ///< what the job is at
  std::vector<std::weak_ptr<LiveSet>> m_enqueued;  ///< asked of the runner once: a frame that fails stays out
  CoalescingJob<std::vector<Task>, std::vector<Done>> m_job;
};

}  // namespace oodscope
