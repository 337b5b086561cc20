// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/component_track.h"
#include "analysis/datasets/data_set.h"
#include "analysis/metrics/evaluate_set.h"
#include "analysis/metrics/sorted_scores.h"
#include "analysis/regions/component_curve.h"
#include "app/live/frame_account.h"
#include "app/live/live_sample.h"
#include "app/live/map_cache.h"
#include "app/live/set_labels.h"
#include "app/live/set_numbers.h"
#include "app/session/run_spec.h"
#include "app/sources/score_source.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace oodscope {

/// Exact numbers of the frames that were ready, under one protocol.
struct ExactRun {
  Configuration configuration;
  Protocol protocol = {};
  std::vector<std::size_t> frames;  ///< DataSet indices that took part, before the protocol's own skipping
  FrameAccount account;             ///< of the set's frames at that time
  PixelMetrics metrics;
  SetCurves curves;
  ScoreHygiene hygiene;
};

/// What is known per frame and as histogram for the same configuration.
struct RunDetails {
  Configuration configuration;
  std::vector<FrameMetrics> frames;  ///< FrameMetrics::frame is a DataSet index
  ScoreHistogram histogram;
  std::vector<float> quantiles;    ///< of all labelled scores at 257 equal steps, exact to 2^-18 of the pixels
  float trimmedHigh = 0.0F;        ///< the 99.9 % quantile
  std::vector<float> sliderScale;  ///< 257 steps, half the weight to each class, so that rare high scores are reachable
  std::vector<double> anomalyShare;  ///< of the pixels between neighbouring steps of the slider, 256 values
};

/// Exact counts at any threshold, of the set and of each frame.
class ThresholdCounts {
public:
  ThresholdCounts(std::vector<std::size_t> frames, std::vector<SortedScores> sorted);
  /// The set's counts under a protocol's rule about frames without an anomaly. Cost: O(frames log pixels).
  [[nodiscard]] ConfusionCounts set(float threshold, bool skipFramesWithoutAnomaly) const;
  [[nodiscard]] std::optional<ConfusionCounts> frame(std::size_t frame, float threshold) const;
  /// Share of all labelled pixels whose score is below `score`, in [0, 1].
  [[nodiscard]] double rank(float score) const;
  [[nodiscard]] std::span<const SortedScores> sorted() const { return m_sorted; }
  [[nodiscard]] std::span<const std::size_t> frames() const { return m_frames; }

private:
  std::vector<std::size_t> m_frames;
  std::vector<SortedScores> m_sorted;
};

struct LiveOptions {
  /// Bytes for score maps, of the configurations used last. A set that does not fit is scored again in each pass, the
  /// frames that do fit apart.
  std::uint64_t memoryBudget = std::uint64_t{256} << 20;
  SampleOptions sample = {};  ///< what estimates are read from
  bool asSubmitted = false;   ///< round score maps to float16 first; estimates are not rounded
  /// Shared with other sets: what they hold together stays within its budget, and `memoryBudget` says nothing.
  std::shared_ptr<MapPool> pool = {};
  /// Shared with other live sets of the same set: each label is decoded once.
  std::shared_ptr<SetLabels> labels = {};
};

/// Exact numbers under several protocols from one pass.
struct ExactRows {
  std::vector<ExactRun> runs;          ///< one a protocol, without curves
  std::vector<FrameFailure> failures;  ///< by DataSet index: could not be scored, and take no part
};

/// One set scored by one source at one resolution, following the knobs while frames still come in. Thread-safe, except
/// that prepareFrame() is called from one thread at a time. Every query works on the frames that are ready and says
/// which.
class LiveSet {
public:
  /// Requires: source was made for *set.
  LiveSet(std::shared_ptr<const DataSet> set, std::shared_ptr<ScoreSource> source, Resolution resolution,
          const LiveOptions& options = {});

  [[nodiscard]] const DataSet& dataSet() const { return *m_set; }
  [[nodiscard]] const ScoreSource& source() const { return *m_source; }
  [[nodiscard]] Resolution resolution() const { return m_resolution; }
  /// Sizes of components that count on the set: objectTrackOf() it, asked once, because it may read pictures.
  [[nodiscard]] ObjectTrack objectTrack() const;
  /// The name of the run that a configuration and a protocol are of this set. Configurations that rank alike are one.
  [[nodiscard]] RunSpec run(const Configuration& configuration, Protocol protocol) const;
  /// Whether `run` is one of this set, source and resolution.
  [[nodiscard]] bool holds(const RunSpec& run) const;
  /// The configuration that a run is scored with. Requires: holds(run).
  [[nodiscard]] Configuration configurationOf(const RunSpec& run) const;

  /// Runs the network where nothing is stored, reads the label: the frame is ready afterwards. Throws Error; the frame
  /// counts as failed then, until it is prepared again.
  void prepareFrame(std::size_t frame);
  /// The second half of it, for a source that has prepared the frame already: thread-safe.
  void readTruth(std::size_t frame);
  /// The frame cannot be used: it counts as failed.
  void setFailed(std::size_t frame);
  [[nodiscard]] bool isReady(std::size_t frame) const;
  [[nodiscard]] std::vector<std::size_t> readyFrames() const;
  /// How many frames are neither ready nor failed: a network, or a file, is still to be asked.
  [[nodiscard]] std::size_t unpreparedFrames() const;
  /// Frames that are ready and have ground truth.
  [[nodiscard]] std::vector<std::size_t> labelledFrames() const;
  /// What became of the set's frames so far; what takes part are labelledFrames().
  [[nodiscard]] FrameAccount account() const;

  /// At the evaluation size; nullptr: ground truth is withheld. Requires isReady(frame).
  [[nodiscard]] std::shared_ptr<const LabelMap> label(std::size_t frame) const;
  [[nodiscard]] Size evaluationSize(std::size_t frame) const;
  /// Taken from the maps held, and held from then on where it fits: a pass that was stopped, a picture that was shown
  /// leave less to do. Requires isReady(frame). Throws Error.
  [[nodiscard]] std::shared_ptr<const ScoreMap> scores(std::size_t frame, const Configuration& configuration);

  /// Numbers, curves and bands estimated from a sample of the labelled frames that are ready, while a parameter moves.
  /// The sample is drawn again where frames came in and kept otherwise; its scores are kept for the latest
  /// configuration, so that a protocol switch scores nothing. metrics.positives and negatives are the set's true
  /// counts; hygiene stays empty. Smiyc protocols are estimated as if pooled (SetNumbers::asIfPooled), StreetHazards
  /// not at all: its metrics are empty. Empty where stopped. Throws Error. Cost: C exps and a sort for each of some
  /// 120,000 pixels; the whole maps of a filtered score and of finished maps.
  [[nodiscard]] std::shared_ptr<const SetNumbers> estimate(const Configuration& configuration, Protocol protocol,
                                                           const std::stop_token& stop);

  /// Whether estimate() is quick enough to follow a moving knob: not where a filter makes a pixel's score depend on its
  /// neighbours' logits, or weighted sums, because whole maps are scored then. Numbers wait for rest there.
  [[nodiscard]] bool estimatesQuickly(const Configuration& configuration) const {
    if (const WeightedTerms* terms = m_source->weightedTerms()) return terms->sumFilters(configuration).empty();
    return configuration.filters.empty() || !m_source->takesMethods();
  }

  /// Exact numbers. Scores what is not held; a protocol switch scores nothing. `first`: the frame scored first. Empty
  /// where stopped. Throws Error. The same for any number of threads.
  [[nodiscard]] std::shared_ptr<const ExactRun> exact(const Configuration& configuration, Protocol protocol,
                                                      std::optional<std::size_t> first, const std::stop_token& stop);
  /// The same under several protocols for little more than one, without curves; frames that cannot be scored are left
  /// out and listed. Empty where stopped. Throws Error.
  [[nodiscard]] std::optional<ExactRows> exactRows(const Configuration& configuration,
                                                   std::span<const Protocol> protocols, const std::stop_token& stop);
  /// Drops the score maps that are held.
  void forgetScores() { m_maps.clear(); }
  [[nodiscard]] std::shared_ptr<const RunDetails> details(const Configuration& configuration,
                                                          const ThresholdCounts& counts, const std::stop_token& stop);
  [[nodiscard]] std::shared_ptr<const ThresholdCounts> counts(const Configuration& configuration,
                                                              const std::stop_token& stop);

  /// One frame's components at a threshold (decision: score >= threshold, as everywhere here; the source's own > is
  /// met through strictlyBelow()). Requires: ready, with ground truth. Throws Error.
  [[nodiscard]] ComponentTally frameComponents(std::size_t frame, const Configuration& configuration, float threshold,
                                               const ComponentTrack& track);
  /// Component metrics of the set at a threshold; frames without ground truth take no part. Empty where stopped.
  [[nodiscard]] std::optional<ComponentMetrics> components(const Configuration& configuration, float threshold,
                                                           const ComponentTrack& track, const std::stop_token& stop);
  /// The same at many thresholds for little more than one, the frame `first` before all others; `sink`, where given, is
  /// handed each frame's tallies as they come, one call at a time, from a working thread. Empty where stopped. Requires
  /// and costs: componentTallies().
  using ComponentSink = std::function<void(std::size_t frame, const std::vector<ComponentTally>& tallies)>;
  [[nodiscard]] std::optional<ComponentCurve> componentCurve(
      const Configuration& configuration, std::span<const double> thresholds, const ComponentTrack& track,
      std::optional<std::size_t> first, const std::stop_token& stop, const ComponentSink& sink = {});
  /// Labels, score maps and the sample; logits are the source's.
  [[nodiscard]] std::uint64_t bytesHeld() const;

private:
  [[nodiscard]] std::shared_ptr<const FrameTruth> truth(std::size_t frame) const;
  [[nodiscard]] FrameProvider provider(const Configuration& configuration, const std::vector<std::size_t>& frames);
  [[nodiscard]] bool fits(const std::vector<std::size_t>& frames) const;
  void throwFirst(const std::vector<FrameFailure>& failures, const std::vector<std::size_t>& frames) const;

  std::shared_ptr<const DataSet> m_set;
  std::shared_ptr<ScoreSource> m_source;
  Resolution m_resolution;
  LiveOptions m_options;
  std::shared_ptr<SetLabels> m_labels;
  RunSpec m_run;  ///< what all its runs have in common

  mutable std::once_flag m_trackAsked;
  mutable ObjectTrack m_track{};

  mutable std::mutex m_mutex;
  std::vector<char> m_ready;
  std::vector<char> m_failed;
  std::vector<std::shared_ptr<const FrameTruth>> m_truths;
  std::vector<Size> m_sizes;
  MapCache m_maps;

  struct SampleScores {
    std::shared_ptr<const LiveSample> sample;
    Configuration configuration;
    std::vector<float> scores;
  };
  [[nodiscard]] std::shared_ptr<const SampleScores> sampleScores(const Configuration& configuration,
                                                                 const std::stop_token& stop);
  mutable std::mutex m_sampleMutex;  // held while a sample is drawn and scored; never together with m_mutex's work
  std::shared_ptr<const LiveSample> m_sample;
  std::shared_ptr<const SampleScores> m_sampleScores;
};

}  // namespace oodscope
