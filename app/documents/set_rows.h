// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/frame_stamps.h"
#include "analysis/datasets/published.h"
#include "app/documents/evaluate.h"
#include "app/live/live_set.h"

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace oodscope {

/// What a request is worked on with, and where what comes of it goes.
struct EvaluationWork {
  const EvaluationRequest& request;
  const ProgressSink& progress;
  const std::stop_token& stop;
  EvaluationReport& report;
};

/// The rows of one set: every source's runs, exactly evaluated on live sets that share the labels, added to the report
/// as they come. Requires: a set with ground truth, a request with methods, temperatures and protocols.
class SetRows {
public:
  SetRows(const EvaluationWork& work, std::shared_ptr<const DataSet> set);
  /// One network pass a frame, then the source's rows. Throws where that is not possible.
  void add(const std::shared_ptr<ScoreSource>& source);
  /// Says what the labels held and which files changed meanwhile: rows that may be of two states of a file are no
  /// result.
  void finish();

private:
  using Configurations = std::vector<Configuration>;
  /// What is asked for of the source, each ranking once.
  [[nodiscard]] Configurations configurationsOf(const ScoreSource& source) const;
  /// The frames that the source can score.
  [[nodiscard]] std::vector<std::size_t> prepared(ScoreSource& source);
  void addAt(Resolution resolution, const std::shared_ptr<ScoreSource>& source, const Configurations& configurations,
             const std::vector<std::size_t>& frames);
  /// Reads the ground truth of `frames`; whether any can be used.
  bool makeReady(LiveSet& live, const std::vector<std::size_t>& frames);
  void addRows(LiveSet& live, const Configuration& configuration, const std::vector<Protocol>& protocols);
  using ByThreshold = std::vector<std::pair<float, ComponentColumns>>;  // protocols often share their best threshold
  [[nodiscard]] std::optional<ComponentColumns> components(LiveSet& live, const ExactRun& run, ByThreshold& known);
  /// The threshold that was asked for, or the run's best F1's; decision: score > threshold.
  [[nodiscard]] std::optional<float> componentThreshold(const LiveSet& live, const ExactRun& run) const;
  [[nodiscard]] std::optional<InstanceColumns> instances(LiveSet& live, const ExactRun& run);
  /// The set's track, with its rule among the facts; empty where no components are asked for.
  [[nodiscard]] std::optional<ComponentTrack> track();
  /// Of each protocol, in order; empty where no bins are asked for.
  [[nodiscard]] std::vector<std::vector<DistanceColumns>> distances(LiveSet& live, const Configuration& configuration,
                                                                    const std::vector<Protocol>& protocols);
  /// Of each protocol, in order; empty where no sizes are asked for.
  [[nodiscard]] std::vector<std::vector<SizeColumns>> sizes(LiveSet& live, const Configuration& configuration,
                                                            const std::vector<Protocol>& protocols);
  /// What was printed of a row; empty where that was not asked for.
  [[nodiscard]] std::optional<PublishedColumns> published(const LiveSet& live, const ExactRun& run);
  [[nodiscard]] std::optional<OpenSetColumns> openSet(LiveSet& live, const Configuration& configuration);
  void warnOf(const LiveSet& live, const ExactRun& run);
  /// Once a score of a set: its other temperatures and protocols have the same sign.
  void hintAtPolarity(const ResultRow& row);
  void addProvenance(const ScoreSource& source);
  void fail(std::size_t frame, const std::string& message);
  [[nodiscard]] std::vector<Protocol> protocolsAt(Resolution resolution) const;

  EvaluationWork m_work;
  std::shared_ptr<const DataSet> m_set;
  std::shared_ptr<SetLabels> m_labels;
  std::vector<FrameStamp> m_stamps;  ///< of the files before the first of them was read
  std::size_t m_firstRow;
  std::optional<ComponentTrack> m_track;
  std::optional<PublishedValues> m_published;
  std::set<std::array<std::string, 2>> m_hinted;  ///< model and method whose sign was doubted
};

}  // namespace oodscope
