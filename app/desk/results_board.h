// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/delayed_call.h"
#include "app/desk/run_evaluator.h"
#include "app/desk/session_model.h"
#include "app/studies/results_matrix.h"

#include <QObject>

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace oodscope {

/// What "Evaluate all" would do now.
struct ResultsOutlook {
  std::size_t runs = 0;                           ///< that are not known
  std::size_t frames = 0;                         ///< of sets that are not ready yet
  std::optional<std::size_t> networkFrames = {};  ///< of these, those that a network must run for; empty: being counted
  std::optional<double> seconds = {};             ///< empty: not all of it was timed before
};

/// How far it has come.
struct ResultsProgress {
  std::size_t runsDone = 0, runsTotal = 0;
  std::size_t framesDone = 0, framesTotal = 0;  ///< made ready for it
  std::optional<double> secondsLeft = {};
};

/// Every open set by every open model and folder of scores, with the session's methods and temperatures, under the
/// view's protocol, resolution and channels: what is known of them, and their evaluation in the background. Results lie
/// with the RunEvaluator: a matrix that is shown again costs nothing.
class ResultsBoard : public QObject {
  Q_OBJECT

public:
  ResultsBoard(Workspace& workspace, SessionModel& session, RunEvaluator& evaluator, QObject* parent = nullptr);
  ~ResultsBoard() override;

  /// Follows what is open and the session from now on: live sets are made and logits are counted for it.
  void open();
  [[nodiscard]] bool isOpen() const { return m_isOpen; }
  [[nodiscard]] const ResultsMatrix& matrix() const { return m_matrix; }
  [[nodiscard]] ResultsOutlook outlook() const;
  [[nodiscard]] ResultsProgress progress() const;
  [[nodiscard]] bool isEvaluating() const { return m_runsTotal > 0; }
  /// Evaluates what is not known, the view's set and source first; failed ones again.
  void evaluateAll();
  void cancel();
  /// The run of a cell, in today's labels.
  [[nodiscard]] RunChoice choiceOf(std::size_t row, std::size_t set) const;
  /// The cell of the run that the view shows; empty where it has none.
  [[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> cellOf(const ViewState& view) const;
  /// Temperatures of the rows: the session's, or 1 alone.
  [[nodiscard]] std::vector<double> temperatures() const;
  /// Methods of the rows: the session's, or all.
  [[nodiscard]] std::vector<FilteredMethod> methods() const;

Q_SIGNALS:
  void changed();
  /// An evaluation ended, by itself or not.
  void finished();

private:
  using Place = std::pair<std::size_t, std::size_t>;  ///< source, set
  struct Source {
    std::string label;
    bool isFolder = false;
    std::vector<std::shared_ptr<LiveSet>> live = {};  ///< a set each; null where it is impossible
    std::vector<std::string> reasons = {};
  };
  struct CountRequest {
    struct Part {
      std::shared_ptr<LiveSet> live;
      std::shared_ptr<Model> model;
      std::vector<std::size_t> frames;
    };
    std::vector<Part> parts;
    std::shared_ptr<LogitsStore> store;
  };
  using Counts = std::vector<std::pair<std::shared_ptr<LiveSet>, std::size_t>>;

  void rebuild();
  void addSources();
  void addRows(std::size_t source);
  [[nodiscard]] MatrixCell cellAt(std::size_t row, std::size_t set) const;
  [[nodiscard]] std::optional<RunEvaluator::Task> taskOf(std::size_t row, std::size_t set) const;
  [[nodiscard]] std::vector<RunEvaluator::Task> missing() const;
  void addMissing(std::vector<RunEvaluator::Task>& out, std::size_t source, std::size_t column) const;
  [[nodiscard]] ViewState viewOf(const Source& source) const;
  [[nodiscard]] WorkAhead ahead(const std::vector<RunEvaluator::Task>& tasks, bool& isCounted) const;
  void count();
  void noteProgress();

  Workspace& m_workspace;
  SessionModel& m_session;
  RunEvaluator& m_evaluator;
  bool m_isOpen = false;
  std::vector<Source> m_sources;
  std::vector<std::size_t> m_sourceOfRow;
  ResultsMatrix m_matrix;
  RunChoice m_measured;                            ///< what the matrix has of the view: protocol, resolution, channels
  std::size_t m_runsTotal = 0, m_framesTotal = 0;  ///< of the evaluation under way; no runs: none is
  std::map<std::shared_ptr<LiveSet>, std::size_t> m_withoutLogits;
  DelayedCall m_rebuild;
  CoalescingJob<CountRequest, Counts> m_countJob;  // last: its thread uses what is above
};

}  // namespace oodscope
