// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/coalescing_job.h"
#include "app/desk/workspace.h"
#include "app/studies/ensemble_study.h"
#include "app/window/tabs/analysis_tab.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSlider;
class QTableWidget;

namespace oodscope {

class WeightHeatPlot;

/// The "Ensemble" tab: a weighted sum of scores of what is open is made here, its weights are moved on sliders,
/// searched for and left out in turn. The ensemble is a source of the session like a folder of score maps.
class EnsembleTab : public AnalysisTab {
  Q_OBJECT

public:
  explicit EnsembleTab(Workspace& workspace, QWidget* parent = nullptr);
  ~EnsembleTab() override;

  void follow(const ViewState& view, bool dragging) override;
  [[nodiscard]] bool needsWholeSet() const override { return true; }

private:
  enum class Task { Search, Ablation };
  struct Request {
    Task task = Task::Search;
    std::shared_ptr<LiveSet> live;
    WeightQuestion question;
    Configuration shown;  ///< whose filters the sum goes through
    TermWeights weights;
    RunChoice view;  ///< what it was asked for
  };
  struct Result {
    std::optional<WeightSearch> search;
    std::vector<Ablation> ablation;
  };
  void addMaking(QWidget& parent);
  void addActions(QWidget& parent);
  /// Adds what is chosen to the text of the new ensemble.
  void addScore();
  void make();
  void changeNormalisation();
  void fillScores();
  void showEnsemble(const EnsembleEntry& entry, const TermWeights& weights);
  void makeSliders(const EnsembleExpression& expression);
  void weightMoved(std::size_t term);
  void start(Task task);
  [[nodiscard]] static Result work(const Request& request, const std::stop_token& stop);
  void take(const Request& request, const Outcome<Result>& outcome);
  void showSearch(const Request& request, const WeightSearch& search);
  void showAblation(const Request& request, const std::vector<Ablation>& rows);
  void showHeat(const Request& request, const WeightSearch& search);
  void useRow(int row);

  Workspace& m_workspace;
  ViewState m_view;
  std::optional<EnsembleEntry> m_shown;  ///< the view's
  std::vector<std::string> m_terms;      ///< of it, in words
  TermWeights m_weights;                 ///< as they are shown
  std::vector<TermWeights> m_rows;       ///< of the table
  QLineEdit* m_name = nullptr;
  QLineEdit* m_text = nullptr;
  QComboBox* m_scores = nullptr;
  QPushButton* m_add = nullptr;
  QPushButton* m_make = nullptr;
  QComboBox* m_normalisation = nullptr;
  QComboBox* m_criterion = nullptr;
  QPushButton* m_search = nullptr;
  QPushButton* m_ablate = nullptr;
  QLabel* m_note = nullptr;
  QGridLayout* m_sliderGrid = nullptr;
  std::vector<QSlider*> m_sliders;
  std::vector<QLabel*> m_values;
  QTableWidget* m_table = nullptr;
  WeightHeatPlot* m_heat = nullptr;
  CoalescingJob<Request, Result> m_job;
};

}  // namespace oodscope
