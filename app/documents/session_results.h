// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/statistics/rank_table.h"
#include "app/documents/open_live_sets.h"
#include "app/live/set_numbers.h"
#include "app/session/session.h"
#include "app/sources/progress.h"
#include "app/studies/sweep.h"

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace oodscope {

/// Exact numbers of a run with what documents show besides.
struct RunResults {
  std::shared_ptr<const SetNumbers> numbers;
  std::shared_ptr<const RunDetails> details;
  std::shared_ptr<const RankTable> ranks;
  std::optional<float> threshold;                                       ///< the view's, or what its pin gives here
  std::optional<ConfusionCounts> decision;                              ///< of the set at that threshold
  std::vector<std::pair<std::size_t, ConfusionCounts>> frameDecisions;  ///< of each labelled frame, by DataSet index
};

/// The rule's name of a threshold that was set by hand.
inline constexpr const char* kRuleByHand = "by hand";
/// A threshold by a rule and what it does, exactly counted.
struct ThresholdEffect {
  std::string rule;
  std::optional<float> threshold;
  ConfusionCounts counts;
};

/// A session's exact results without a window, made when asked for and kept: what figures, tables and reports are
/// drawn from. Sets and sources are called by their labels, or by what they were called when the session was saved;
/// results are kept by run. Thread-safe; one computation at a time. Members throw Error for a name or run that is not
/// open and where work was stopped.
class SessionResults {
public:
  SessionResults(Session session, OpenLiveSets open, std::stop_token stop = {});

  [[nodiscard]] const Session& session() const { return m_session; }
  [[nodiscard]] std::stop_token stopToken() const { return m_stop; }
  [[nodiscard]] const std::vector<std::string>& problems() const { return m_open.problems; }

  /// In the session's order, as far as they could be opened.
  [[nodiscard]] std::vector<std::string> sets() const;
  [[nodiscard]] std::vector<std::string> sources() const;
  /// The view's, or the first ones where it names none that is open.
  [[nodiscard]] std::string viewSet() const;
  [[nodiscard]] std::string viewSource() const;
  [[nodiscard]] Configuration viewConfiguration() const;
  /// What a choice of score means for an open source. Throws Error where the source cannot give it.
  [[nodiscard]] Configuration configuration(const ScoreChoice& score, const std::string& source) const;
  [[nodiscard]] RunSpec viewRun() const { return run(viewSet(), viewSource(), viewConfiguration()); }
  /// Under the view's protocol.
  [[nodiscard]] RunSpec run(const std::string& set, const std::string& source,
                            const Configuration& configuration) const;
  /// The same of another set.
  [[nodiscard]] RunSpec onSet(const RunSpec& run, const std::string& set) const;
  [[nodiscard]] std::shared_ptr<LiveSet> liveSet(const std::string& set, const std::string& source) const;
  [[nodiscard]] std::shared_ptr<LiveSet> liveSet(const RunSpec& run) const;
  /// What people call the run's parts.
  [[nodiscard]] std::string setName(const RunSpec& run) const { return liveSet(run)->dataSet().name; }
  [[nodiscard]] std::string sourceName(const RunSpec& run) const { return liveSet(run)->source().name(); }
  [[nodiscard]] Configuration configuration(const RunSpec& run) const { return liveSet(run)->configurationOf(run); }
  [[nodiscard]] bool isOpen(const std::string& set, const std::string& source) const;
  /// The methods that the session asks for and the source can give (all that it can give where the session names
  /// none).
  [[nodiscard]] std::vector<FilteredMethod> methods(const std::string& source) const;
  /// Those methods at `temperatures`, each ranking once.
  [[nodiscard]] std::vector<Configuration> configurations(const std::string& source,
                                                          const std::vector<float>& temperatures) const;

  [[nodiscard]] std::shared_ptr<const SetNumbers> numbers(const RunSpec& run);
  [[nodiscard]] std::shared_ptr<const RunResults> results(const RunSpec& run);
  [[nodiscard]] std::vector<ThresholdEffect> thresholds(const RunSpec& run);
  /// The same from counts(run).
  [[nodiscard]] std::vector<ThresholdEffect> thresholds(const RunSpec& run,
                                                        const std::shared_ptr<const ThresholdCounts>& counts);
  /// Exact counts at any threshold, not kept: 4 bytes a labelled pixel. Cost: the run's scores, sorted.
  [[nodiscard]] std::shared_ptr<const ThresholdCounts> counts(const RunSpec& run);
  /// Of the view's method and protocol over all sets of a source; empty where temperature has no effect.
  [[nodiscard]] std::shared_ptr<const SweepResult> sweepOf(const std::string& source);
  [[nodiscard]] ComponentMetrics components(const RunSpec& run, float threshold);
  /// Index of a frame by name. Throws Error where there is none or it is not ready.
  [[nodiscard]] std::size_t frameOf(const std::string& set, const std::string& frame) const;

private:
  [[nodiscard]] const OpenSource* find(const std::string& source) const;
  [[nodiscard]] const OpenSource& openSource(const std::string& source) const;
  /// Requires the lock.
  [[nodiscard]] std::shared_ptr<const SetNumbers> numbersOf(const RunSpec& run);
  /// The view's threshold for a run; its own, or what its pin gives on the run's set or the one that it names.
  [[nodiscard]] std::optional<float> thresholdOn(LiveSet& live, const Configuration& configuration,
                                                 const SetNumbers& numbers, const ThresholdCounts& counts) const;

  Session m_session;
  OpenLiveSets m_open;
  std::stop_token m_stop;
  std::mutex m_mutex;  // held by every member that computes, for as long as it does
  std::map<RunSpec, std::shared_ptr<const SetNumbers>> m_numbers;
  std::map<RunSpec, std::shared_ptr<const RunResults>> m_results;
  std::deque<RunSpec> m_kept;  ///< in the order in which m_results came
  std::map<SourceId, std::shared_ptr<const SweepResult>> m_sweeps;
};

/// How a session is opened without a window.
struct OpeningOptions {
  LogitsStore::Options store;
  Device device = Device::Cpu;
  int threads = 0;
};

/// Opens the session's sets, models and scores and makes all frames ready. Throws Error where nothing opens.
[[nodiscard]] std::unique_ptr<SessionResults> openSessionResults(const Session& session, const OpeningOptions& options,
                                                                 const ProgressSink& progress,
                                                                 const std::stop_token& stop);

}  // namespace oodscope
