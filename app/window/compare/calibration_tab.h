// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/coalescing_job.h"
#include "app/desk/workspace.h"
#include "app/studies/calibration_report.h"
#include "app/window/tabs/analysis_tab.h"
#include "widgets/panels/value_grid.h"
#include "widgets/plots/reliability_plot.h"

class QLabel;
class QPushButton;

namespace oodscope {

[[nodiscard]] std::vector<ReliabilityBin> reliabilityBins(const ReliabilityTally& tally);
/// The set as a whole, then a row a frame that has findings; the first `frames` without any are left out.
[[nodiscard]] std::vector<GridRow> hygieneRows(const CalibrationReport& report, const DataSet& set);
/// "ECE 4.21 · NLL 0.812 at T 1.00; least NLL 0.790 at T 1.43, ECE 1.02".
[[nodiscard]] QString closedSetText(const ClosedSetCalibration& closed, bool complete = true);

class RunFirst;

/// The "Calibration" tab: what predictions and scores are worth as probabilities, and the state of the scores.
class CalibrationTab : public AnalysisTab {
  Q_OBJECT

public:
  explicit CalibrationTab(Workspace& workspace, QWidget* parent = nullptr);
  ~CalibrationTab() override;

  /// Follows the view while the tab is open.
  void follow(const ViewState& view, bool dragging) override;
  void start();
  [[nodiscard]] const std::optional<CalibrationReport>& report() const { return m_report; }

protected:
  void showEvent(QShowEvent* event) override;

private:
  struct Request {
    std::shared_ptr<LiveSet> live;
    Configuration configuration;
    double temperature = 1.0;
    RunChoice view;  ///< what it was asked for
  };
  void show(const Request& request);
  void clear();

  Workspace& m_workspace;
  ViewState m_view;
  ReliabilityPlot *m_closed = nullptr, *m_anomaly = nullptr;
  QLabel *m_closedText = nullptr, *m_anomalyText = nullptr;
  QLabel* m_title = nullptr;
  RunFirst* m_first = nullptr;
  QPushButton* m_use = nullptr;
  ValueGrid* m_hygiene = nullptr;
  std::optional<CalibrationReport> m_report;
  std::optional<double> m_best;
  CoalescingJob<Request, std::optional<CalibrationReport>> m_job;
};

}  // namespace oodscope
