// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/evaluate_set.h"
#include "analysis/tables/result_table.h"
#include "app/desk/coalescing_job.h"
#include "app/desk/workspace.h"
#include "app/live/set_numbers.h"
#include "app/studies/results_matrix.h"

#include <QObject>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace oodscope {

/// What somebody needs of a run besides its metrics.
struct RunNeeds {
  bool curves = false, components = false, histogram = false;
  [[nodiscard]] bool cover(const RunNeeds& other) const {
    return (curves || !other.curves) && (components || !other.components) && (histogram || !other.histogram);
  }
  [[nodiscard]] RunNeeds with(const RunNeeds& other) const {
    return {curves || other.curves, components || other.components, histogram || other.histogram};
  }
};

/// Exact numbers of a run, as far as they were asked for.
struct FinishedRun {
  RunNeeds has;
  FrameAccount seen;                               ///< of the set's frames when it was evaluated
  std::shared_ptr<const ResultRow> row = {};       ///< as `oodscope-cli evaluate` gives it
  std::shared_ptr<const SetNumbers> numbers = {};  ///< with curves
  std::shared_ptr<const ScoreHistogram> histogram = {};
};

/// Evaluates runs in the background, one after the other, and keeps what came of them by RunSpec for as long as their
/// set is open: the Runs tab and the results matrix ask the same one. Frames that are missing are scored first. What
/// was asked for by one does not wait for what another asked for and is stopped alone.
class RunEvaluator : public QObject {
  Q_OBJECT

public:
  /// Who asks, the more urgent first.
  enum class Asker { KeptRuns, Matrix };
  struct Task {
    std::shared_ptr<LiveSet> live;
    Configuration configuration;
    Protocol protocol = {};
    RunNeeds needs = {};
    [[nodiscard]] RunSpec run() const { return live->run(configuration, protocol); }
  };

  explicit RunEvaluator(Workspace& workspace, QObject* parent = nullptr);
  ~RunEvaluator() override;

  /// What is known of a run; nullptr: nothing. Newer frames may have come since.
  [[nodiscard]] std::shared_ptr<const FinishedRun> find(const RunSpec& run) const;
  /// Whether it is known as it is needed, of all frames that there are.
  [[nodiscard]] bool isKnown(const Task& task) const;
  [[nodiscard]] RunState state(const Task& task) const;
  /// Why a run failed; empty where it did not.
  [[nodiscard]] std::string failure(const RunSpec& run) const;

  /// Asks for what is not known. What failed is tried again where `again` says so, or where frames have come in since.
  void request(Asker asker, const std::vector<Task>& tasks, bool again = false);
  /// Drops what waits for an asker, and stops what runs for it alone. Frames that only this needed wait no more.
  void cancel(Asker asker);
  /// Of the asker's, in the order in which they come.
  [[nodiscard]] std::vector<Task> waiting(Asker asker) const;
  [[nodiscard]] bool isBusy(Asker asker) const { return !waiting(asker).empty(); }
  /// Seconds that a run took for each frame, the mean of the latest; empty: none was timed yet.
  [[nodiscard]] std::optional<double> secondsPerRunFrame() const;

Q_SIGNALS:
  /// A run became known, failed, waits or waits no more.
  void changed();
  /// What was asked for was stopped from elsewhere: the frames that it waited for are not made.
  void framesStopped();

private:
  struct Queued {
    Task task;
    RunSpec run;
    std::vector<Asker> askers;
    std::uint64_t ticket = 0;  ///< of the job that it runs in; 0: it waits
    [[nodiscard]] bool runs() const { return ticket != 0; }
  };
  struct Work {
    Task task;
    std::uint64_t ticket = 0;
  };
  struct Failed {
    std::string reason;
    FrameAccount seen;
  };
  struct Made {
    std::shared_ptr<const FinishedRun> run;
    double seconds = 0.0;
  };

  [[nodiscard]] static Made evaluate(const Work& work, const std::stop_token& stop);
  void publish(const Work& work, const Outcome<Made>& outcome);
  [[nodiscard]] Queued* queued(const RunSpec& run) const;
  /// Takes out of the queue what `isDropped` says; whether that was running.
  template <class IsDropped>
  bool drop(const IsDropped& isDropped);
  void askForFrames();
  void next();
  void onRunnerChanged();
  /// Drops what is of sets and sources that are open no more.
  void dropClosed();

  Workspace& m_workspace;
  std::unordered_map<RunSpec, std::shared_ptr<const FinishedRun>> m_known;
  std::unordered_map<RunSpec, Failed> m_failed;
  std::deque<std::shared_ptr<Queued>> m_queue;                    ///< what runs comes first
  std::unordered_map<RunSpec, std::shared_ptr<Queued>> m_queued;  ///< the same by run
  std::vector<std::shared_ptr<LiveSet>> m_enqueued;               ///< whose frames were asked for
  std::deque<double> m_recent;                                    ///< seconds a frame of the latest runs
  std::uint64_t m_tickets = 0;
  CoalescingJob<Work, Made> m_job;  // last: its thread uses what is above
};

}  // namespace oodscope
