// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/run_evaluator.h"
#include "app/figures/run_overlays.h"
#include "app/window/compare/run_model.h"
#include "app/window/stage/curve_sets.h"
#include "app/window/tabs/analysis_tab.h"

class QCheckBox;
class QLabel;
class QPushButton;
class QTreeView;

namespace oodscope {

class RunFirst;
class SessionModel;
struct Desk;

/// The "Runs" tab: every run that was kept, exactly evaluated, with differences to the first of its set, and whether it
/// is drawn beside the run in view.
class RunsTab : public AnalysisTab {
  Q_OBJECT

public:
  explicit RunsTab(Desk& desk, QWidget* parent = nullptr);
  ~RunsTab() override;

  /// Keeps a run unless it is kept already.
  void keep(const RunChoice& run);
  void refresh();
  void follow(const ViewState& view, bool dragging) override;
  [[nodiscard]] QTreeView* table() const { return m_view; }
  [[nodiscard]] const RunModel& model() const { return *m_model; }
  /// The kept runs with numbers of the view's set, protocol and resolution: their curves can be laid over its own,
  /// whether or not they are.
  [[nodiscard]] std::vector<KeptRun> comparable(const ViewState& view) const;
  /// Curves and histograms of those that are overlaid, beside the view's own numbers; the view's own curves, the first
  /// ones, are named so that all names differ. While two runs are compared, these keep their names.
  void addKeptCurves(const SetNumbers& shown, CurveSets& curves) const;

Q_SIGNALS:
  void runsChanged();

private:
  [[nodiscard]] ViewState viewOf(const RunChoice& run) const;
  [[nodiscard]] std::optional<RunChoice> chosen() const;
  void remove();
  void makeA();
  void makeB();
  [[nodiscard]] KeptRun keptRun(const RunChoice& run, std::vector<RunEvaluator::Task>& missing);
  [[nodiscard]] QString stateText(const RunEvaluator::Task& task) const;
  /// What needs no frame is evaluated; for the rest the user is asked.
  void evaluate(std::vector<RunEvaluator::Task> missing);
  /// Why a run's curves cannot be laid over the view's own; empty: they can.
  [[nodiscard]] static QString notDrawn(const RunChoice& run, const ViewState& view);
  /// Whether it is the run of a view: its curve is there already.
  [[nodiscard]] static bool isShown(const KeptRun& kept, const ViewState& view, const Configuration& configuration);
  void overlayAll(bool on);
  void showButtons();

  Workspace& m_workspace;
  SessionModel& m_session;
  RunEvaluator& m_evaluator;
  RunModel* m_model = nullptr;
  RunFirst* m_first = nullptr;
  QTreeView* m_view = nullptr;
  QPushButton *m_keep = nullptr, *m_remove = nullptr, *m_makeA = nullptr, *m_makeB = nullptr;
  QCheckBox* m_overlayAll = nullptr;
  QLabel* m_note = nullptr;
  bool m_waits = false;                                   ///< for frames that are to be run first
  ViewState m_shown;                                      ///< what was followed last
  std::vector<std::pair<RunChoice, RunSpec>> m_measured;  ///< what kept runs are, also while their model is closed
};

}  // namespace oodscope
