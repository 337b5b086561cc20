// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/live/live_set.h"

#include "analysis/metrics/protocol_rules.h"
#include "analysis/metrics/score_key.h"
#include "analysis/metrics/sorted_scales.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

constexpr std::size_t kHistogramBins = 96;

/// Two configurations that rank alike are one: max-logit knows no temperature.
Configuration rankingOf(Configuration configuration, const ScoreSource& source) {
  if (configuration.method && !configuration.method->usesTemperature(source.inputs()))
    configuration.temperature.reset();
  return configuration;
}

}  // namespace

ThresholdCounts::ThresholdCounts(std::vector<std::size_t> frames, std::vector<SortedScores> sorted)
    : m_frames(std::move(frames)), m_sorted(std::move(sorted)) {
  require(m_frames.size() == m_sorted.size(), "ThresholdCounts: one sorted list a frame");
}

ConfusionCounts ThresholdCounts::set(float threshold, bool skipFramesWithoutAnomaly) const {
  ConfusionCounts sum;
  for (const SortedScores& scores : m_sorted)
    if (!skipFramesWithoutAnomaly || scores.positives() > 0) sum += scores.countsAt(threshold);
  return sum;
}

std::optional<ConfusionCounts> ThresholdCounts::frame(std::size_t frame, float threshold) const {
  const auto found = std::find(m_frames.begin(), m_frames.end(), frame);
  if (found == m_frames.end()) return std::nullopt;
  return m_sorted[static_cast<std::size_t>(found - m_frames.begin())].countsAt(threshold);
}

double ThresholdCounts::rank(float score) const {
  const ConfusionCounts counts = set(score, false);
  const std::uint64_t all = counts.tp + counts.fp + counts.fn + counts.tn;
  return all == 0 ? 0.0 : static_cast<double>(counts.fn + counts.tn) / static_cast<double>(all);
}

LiveSet::LiveSet(std::shared_ptr<const DataSet> set, std::shared_ptr<ScoreSource> source, Resolution resolution,
                 const LiveOptions& options)
    : m_set(std::move(set)),
      m_source(std::move(source)),
      m_resolution(resolution),
      m_options(options),
      m_labels(options.labels ? options.labels : std::make_shared<SetLabels>(m_set)),
      m_run{.set = setIdOf(*m_set), .resolution = resolution, .asSubmitted = options.asSubmitted},
      m_ready(m_set->frames.size(), 0),
      m_failed(m_set->frames.size(), 0),
      m_truths(m_set->frames.size()),
      m_sizes(m_set->frames.size()),
      m_maps(m_set->frames.size(), options.pool ? options.pool : std::make_shared<MapPool>(options.memoryBudget)) {
  require(resolution != Resolution::ByProtocol, "LiveSet: the resolution is decided by then");
}

ObjectTrack LiveSet::objectTrack() const {
  std::call_once(m_trackAsked, [this] { m_track = objectTrackOf(*m_set).track; });
  return m_track;
}

RunSpec LiveSet::run(const Configuration& configuration, Protocol protocol) const {
  RunSpec out = m_run;
  out.score = m_source->terms(rankingOf(configuration, *m_source));
  out.protocol = protocol;
  return out;
}

bool LiveSet::holds(const RunSpec& run) const { return run == this->run(configurationOf(run), run.protocol); }

Configuration LiveSet::configurationOf(const RunSpec& run) const { return m_source->configurationOf(run.score); }

void LiveSet::prepareFrame(std::size_t frame) {
  if (isReady(frame)) return;
  try {
    m_source->prepare(frame);
    readTruth(frame);
  } catch (...) {
    setFailed(frame);
    throw;
  }
}

void LiveSet::setFailed(std::size_t frame) {
  const std::scoped_lock lock(m_mutex);
  m_failed[frame] = 1;
}

void LiveSet::readTruth(std::size_t frame) {
  Size size = m_source->ownSize(frame);
  std::shared_ptr<const FrameTruth> truth;
  if (m_set->frames[frame].label) {
    truth = m_resolution == Resolution::Label ? m_labels->atLabelSize(frame) : m_labels->atSize(frame, size);
    size = truth->map.size();
  }
  const std::scoped_lock lock(m_mutex);
  m_truths[frame] = std::move(truth);
  m_sizes[frame] = size;
  m_ready[frame] = 1;
  m_failed[frame] = 0;
}

bool LiveSet::isReady(std::size_t frame) const {
  const std::scoped_lock lock(m_mutex);
  return m_ready[frame] != 0;
}

std::vector<std::size_t> LiveSet::readyFrames() const {
  const std::scoped_lock lock(m_mutex);
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < m_ready.size(); ++i)
    if (m_ready[i] != 0) out.push_back(i);
  return out;
}

std::size_t LiveSet::unpreparedFrames() const {
  const std::scoped_lock lock(m_mutex);
  std::size_t out = 0;
  for (std::size_t i = 0; i < m_ready.size(); ++i)
    if (m_ready[i] == 0 && m_failed[i] == 0) ++out;
  return out;
}

std::vector<std::size_t> LiveSet::labelledFrames() const {
  const std::scoped_lock lock(m_mutex);
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < m_ready.size(); ++i)
    if (m_ready[i] != 0 && m_truths[i]) out.push_back(i);
  return out;
}

FrameAccount LiveSet::account() const {
  const std::scoped_lock lock(m_mutex);
  FrameAccount out{.total = m_ready.size()};
  for (std::size_t i = 0; i < m_ready.size(); ++i) {
    if (!m_set->frames[i].label)
      ++out.unlabelled;
    else if (m_failed[i] != 0)
      ++out.failed;
    else if (m_ready[i] == 0)
      ++out.unread;
  }
  return out;
}

std::shared_ptr<const FrameTruth> LiveSet::truth(std::size_t frame) const {
  const std::scoped_lock lock(m_mutex);
  return m_truths[frame];
}

std::shared_ptr<const LabelMap> LiveSet::label(std::size_t frame) const {
  const auto held = truth(frame);
  return held ? std::shared_ptr<const LabelMap>(held, &held->map) : nullptr;
}

Size LiveSet::evaluationSize(std::size_t frame) const {
  const std::scoped_lock lock(m_mutex);
  require(m_ready[frame] != 0, "LiveSet: the frame is not ready");
  return m_sizes[frame];
}

std::shared_ptr<const ScoreMap> LiveSet::scores(std::size_t frame, const Configuration& asked) {
  const Configuration configuration = rankingOf(asked, *m_source);
  if (auto held = m_maps.find(configuration, frame)) return held;
  ScoreMap scored = m_source->scoreAt(frame, configuration, evaluationSize(frame), m_resolution);
  if (m_options.asSubmitted) roundToFloat16(scored.values());
  auto made = std::make_shared<const ScoreMap>(std::move(scored));
  m_maps.insert(configuration, frame, made);
  return made;
}

FrameProvider LiveSet::provider(const Configuration& configuration, const std::vector<std::size_t>& frames) {
  return [this, configuration, frames](std::size_t i) {
    struct Both {
      std::shared_ptr<const ScoreMap> map;
      std::shared_ptr<const FrameTruth> truth;
    };
    const auto both = std::make_shared<const Both>(Both{scores(frames[i], configuration), truth(frames[i])});
    return ScoredFrame{both->map->values(), both->truth->map.values(), both, &both->truth->index};
  };
}

bool LiveSet::fits(const std::vector<std::size_t>& frames) const {
  const std::scoped_lock lock(m_mutex);
  std::uint64_t bytes = 0;
  for (const std::size_t frame : frames) bytes += m_sizes[frame].area() * sizeof(float);
  return bytes <= m_maps.budget();
}

void LiveSet::throwFirst(const std::vector<FrameFailure>& failures, const std::vector<std::size_t>& frames) const {
  if (failures.empty()) return;
  const FrameFailure& first = failures.front();
  throw Error(m_set->name + ", frame " + m_set->frames[frames[first.frame]].name + ": " + first.message, {});
}

std::shared_ptr<const ExactRun> LiveSet::exact(const Configuration& configuration, Protocol protocol,
                                               std::optional<std::size_t> first, const std::stop_token& stop) {
  const std::vector<std::size_t> frames = labelledFrames();
  const FrameAccount account = this->account().with(frames.size());  // one may have come in between
  if (stop.stop_requested()) return nullptr;
  if (first && isReady(*first)) static_cast<void>(scores(*first, configuration));
  EvaluateOptions options;
  options.memory = fits(frames) ? MemoryUse::Fast : MemoryUse::Low;
  options.asFloat16 = m_options.asSubmitted;
  SetResult result =
      evaluateSet(frames.size(), provider(configuration, frames), std::span(&protocol, 1), options, stop);
  if (result.cancelled) return nullptr;
  throwFirst(result.failures, frames);
  auto run = std::make_shared<ExactRun>();
  run->configuration = configuration;
  run->protocol = protocol;
  run->frames = frames;
  run->account = account;
  run->metrics = result.metrics.front();
  run->curves = std::move(result.curves.front());
  run->hygiene = result.hygiene;
  return run;
}

std::optional<ExactRows> LiveSet::exactRows(const Configuration& configuration, std::span<const Protocol> protocols,
                                            const std::stop_token& stop) {
  const std::vector<std::size_t> frames = labelledFrames();
  EvaluateOptions options;
  options.memory = fits(frames) ? MemoryUse::Fast : MemoryUse::Low;
  options.curves = false;
  options.asFloat16 = m_options.asSubmitted;
  SetResult result = evaluateSet(frames.size(), provider(configuration, frames), protocols, options, stop);
  if (result.cancelled) return std::nullopt;
  ExactRows out{{}, std::move(result.failures)};
  FrameAccount account = this->account();
  account.failed += out.failures.size();
  for (FrameFailure& failure : out.failures) failure.frame = frames[failure.frame];
  for (const PixelMetrics& metrics : result.metrics) {
    ExactRun& run = out.runs.emplace_back();
    run.configuration = configuration;
    run.protocol = metrics.protocol;
    run.frames = frames;
    run.account = account;
    run.metrics = metrics;
    run.hygiene = result.hygiene;
  }
  return out;
}

std::shared_ptr<const ThresholdCounts> LiveSet::counts(const Configuration& configuration,
                                                       const std::stop_token& stop) {
  const std::vector<std::size_t> frames = labelledFrames();
  const FrameProvider provide = provider(configuration, frames);
  std::vector<SortedScores> sorted(frames.size());
  tbb::parallel_for(std::size_t{0}, frames.size(), [&](std::size_t i) {
    if (stop.stop_requested()) return;
    const ScoredFrame frame = provide(i);
    sorted[i] = SortedScores(frame.scores, frame.labels);
  });
  if (stop.stop_requested()) return nullptr;
  return std::make_shared<const ThresholdCounts>(frames, std::move(sorted));
}

std::shared_ptr<const RunDetails> LiveSet::details(const Configuration& configuration,
                                                   const ThresholdCounts& thresholds, const std::stop_token& stop) {
  const std::vector<std::size_t> frames = labelledFrames();
  if (stop.stop_requested()) return nullptr;
  EvaluateOptions options;
  options.memory = fits(frames) ? MemoryUse::Fast : MemoryUse::Low;
  options.curves = false;
  options.perFrame = true;
  options.histogramBins = kHistogramBins;
  const Protocol pooled = protocols::kFishyscapes;
  SetResult result = evaluateSet(frames.size(), provider(configuration, frames), std::span(&pooled, 1), options, stop);
  if (result.cancelled) return nullptr;
  throwFirst(result.failures, frames);
  auto details = std::make_shared<RunDetails>();
  details->configuration = configuration;
  details->frames = std::move(result.frames);
  for (FrameMetrics& frame : details->frames) frame.frame = frames[frame.frame];
  details->histogram = std::move(result.histogram);
  CurveScales scales = scalesOf(thresholds.sorted());
  details->quantiles = std::move(scales.quantiles);
  details->trimmedHigh = scales.trimmedHigh;
  details->sliderScale = std::move(scales.balanced);
  details->anomalyShare = std::move(scales.anomalyShare);
  return details;
}

std::uint64_t LiveSet::bytesHeld() const {
  std::uint64_t bytes = m_maps.bytes();
  {
    const std::scoped_lock lock(m_mutex);
    for (const auto& truth : m_truths)
      if (truth) bytes += truth->map.values().size_bytes() + truth->index.bytes();
  }
  const std::scoped_lock lock(m_sampleMutex);
  if (m_sample) bytes += m_sample->bytes();
  return bytes;
}

}  // namespace oodscope
