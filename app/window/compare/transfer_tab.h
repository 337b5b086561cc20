// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/statistics/transfer.h"
#include "app/desk/coalescing_job.h"
#include "app/desk/workspace.h"
#include "app/window/tabs/analysis_tab.h"
#include "widgets/plots/transfer_matrix_plot.h"

#include <optional>

class QComboBox;
class QLabel;
class QPushButton;

namespace oodscope {

class NumberField;
class RunFirst;

/// What the matrix says: F1 of each threshold on each set, the gap to that set's best; the rest in the tool tip.
[[nodiscard]] std::vector<ShownTransfer> shownTransfers(const TransferMatrix& matrix);
[[nodiscard]] QString ruleText(const ThresholdRule& rule);

/// The "Transfer" tab: thresholds of the present method chosen on each open set by a rule, applied to all others. What
/// is not scored yet is run when its user says so.
class TransferTab : public AnalysisTab {
  Q_OBJECT

public:
  explicit TransferTab(Workspace& workspace, QWidget* parent = nullptr);
  ~TransferTab() override;

  /// Follows the view while there is a matrix, or while the tab is open.
  void follow(const ViewState& view, bool dragging) override;
  void start();
  [[nodiscard]] ThresholdRule rule() const;
  void setRule(const ThresholdRule& rule);
  [[nodiscard]] const std::optional<TransferMatrix>& matrix() const { return m_matrix; }
  [[nodiscard]] TransferMatrixPlot* plot() const { return m_plot; }

protected:
  void showEvent(QShowEvent* event) override;

private:
  struct Request {
    std::vector<std::shared_ptr<LiveSet>> sets;
    Configuration configuration;
    ThresholdRule rule;
    RunChoice view;  ///< what it was asked for
  };
  struct Result {
    std::vector<QString> names;
    std::vector<QString> titles;  ///< the names, with how many frames they are of where some are missing
    bool isComplete = true;
    TransferMatrix matrix;
  };
  /// Touched by the job's thread alone.
  struct CountsCache {
    Configuration configuration;
    std::vector<std::pair<std::shared_ptr<LiveSet>, std::shared_ptr<const ThresholdCounts>>> counts;
  };
  [[nodiscard]] Result work(const Request& request, const std::stop_token& stop);
  void take(const Request& request, const Outcome<Result>& outcome);
  void showRule();

  Workspace& m_workspace;
  ViewState m_view;
  bool m_wanted = false;  ///< a matrix was asked for
  QComboBox* m_rule = nullptr;
  NumberField* m_value = nullptr;
  QPushButton* m_button = nullptr;
  QLabel* m_note = nullptr;
  TransferMatrixPlot* m_plot = nullptr;
  std::optional<TransferMatrix> m_matrix;
  std::vector<QString> m_names;
  RunFirst* m_first = nullptr;
  CountsCache m_cache;
  CoalescingJob<Request, Result> m_job;
};

}  // namespace oodscope
