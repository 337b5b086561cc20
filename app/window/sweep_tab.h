// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/coalescing_job.h"
#include "app/desk/workspace.h"
#include "app/studies/sweep.h"
#include "app/window/tabs/analysis_tab.h"

class QLabel;
class QPushButton;

namespace oodscope {

class RunFirst;
class SweepPlot;

/// The "T sweep" tab: AP and FPR95 against temperature for every open set, appearing as they come. A best temperature
/// is named once all points of all frames are in.
class SweepTab : public AnalysisTab {
  Q_OBJECT

public:
  explicit SweepTab(Workspace& workspace, QWidget* parent = nullptr);
  ~SweepTab() override;

  /// The next sweep is of that view. A result of other scores is taken away.
  void follow(const ViewState& view, bool dragging) override;
  /// Sweeps the view's method or ensemble under its protocol over all open sets. What is not scored yet must be run
  /// first: how much that is is said, and the sweep follows once its user has started it. What cannot be swept is said.
  void start();
  void cancel();
  [[nodiscard]] const SweepResult& result() const { return m_result; }
  /// A sweep runs, or frames for it do.
  [[nodiscard]] bool isBusy() const;
  [[nodiscard]] QPushButton* button() const { return m_button; }
  [[nodiscard]] QString note() const;

Q_SIGNALS:
  void bestFound(std::optional<double> temperature, const QString& what);
  /// total 0: nothing runs any more.
  void progressed(int done, int total);

private:
  struct Request {
    std::vector<std::shared_ptr<LiveSet>> sets;
    std::vector<FrameAccount> accounts;  ///< of the sets, when the sweep began
    std::vector<std::string> missing;    ///< open sets that it leaves out
    FilteredMethod method = {};
    Workspace::Retempering retempered = {};  ///< of an ensemble; else the method is swept
    Configuration configuration = {};        ///< of the ensemble: weights and filters
    Protocol protocol = {};
    RunChoice view;
    std::optional<EnsembleEntry> ensemble = {};
  };
  /// What is swept, from the working thread.
  [[nodiscard]] static SweepResult sweepOf(const Request& request, const SweepSink& sink, const std::stop_token& stop);
  /// The view's ensemble; nullptr: it shows a method's scores, or maps.
  [[nodiscard]] const EnsembleEntry* shownEnsemble() const;
  /// Why the view's scores cannot be swept; empty where they can.
  [[nodiscard]] QString whyNot() const;
  [[nodiscard]] bool isOfShown() const;
  void begin();
  /// The view's temperature from now on, or its ensemble's.
  void setTemperature(double temperature, bool dragging);
  void addPoint(std::size_t set, const SweepPoint& point);
  void publish(const Outcome<SweepResult>& outcome);
  void show();
  [[nodiscard]] QString framesNote() const;
  void showButton();

  Workspace& m_workspace;
  SweepPlot* m_plot = nullptr;
  QPushButton* m_button = nullptr;
  QLabel* m_note = nullptr;
  ViewState m_view;
  Request m_request;  ///< of the result
  SweepResult m_result;
  RunFirst* m_first = nullptr;
  bool m_waiting = false;  ///< for frames to become ready
  bool m_running = false;
  bool m_isStopped = false;  ///< by the user: nothing is concluded any more
  int m_done = 0, m_total = 0;
  CoalescingJob<Request, SweepResult> m_job;
};

}  // namespace oodscope
