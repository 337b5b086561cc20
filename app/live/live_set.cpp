// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/live/live_set.h"

#include "analysis/imaging/resize.h"
#include "analysis/metrics/protocol_rules.h"
#include "analysis/metrics/score_key.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

constexpr std::size_t kQuantileSteps = 256;
constexpr std::size_t kHistogramBins = 96;
constexpr std::size_t kPoolKeys = std::size_t{1} << 18U;  // sampled keys that quantiles are read from

/// Every stride-th key of each frame, sorted: a sample whose quantiles are exact to stride / keys.
template <class KeysOf>
std::vector<std::int32_t> pooledKeys(const ThresholdCounts& counts, const KeysOf& keysOf) {
  std::size_t all = 0;
  for (const SortedScores& scores : counts.sorted()) all += keysOf(scores).size();
  const std::size_t stride = std::max<std::size_t>(1, all / kPoolKeys);
  std::vector<std::int32_t> pool;
  pool.reserve(all / stride + 2 * counts.sorted().size());
  std::size_t phase = 0;  // runs on from frame to frame, so that small frames keep their weight
  std::int32_t highest = std::numeric_limits<std::int32_t>::min(), lowest = std::numeric_limits<std::int32_t>::max();
  for (const SortedScores& scores : counts.sorted()) {
    const std::span<const std::int32_t> keys = keysOf(scores);
    if (keys.empty()) continue;
    lowest = std::min(lowest, keys.front());
    highest = std::max(highest, keys.back());
    std::size_t i = phase;
    for (; i < keys.size(); i += stride) pool.push_back(keys[i]);
    phase = i - keys.size();
  }
  if (all == 0) return pool;
  pool.push_back(lowest);
  pool.push_back(highest);
  std::sort(pool.begin(), pool.end());
  return pool;
}

std::int32_t quantile(const std::vector<std::int32_t>& pool, double share) {
  return pool[static_cast<std::size_t>(std::lround(share * static_cast<double>(pool.size() - 1)))];
}

void fillQuantiles(const ThresholdCounts& counts, RunDetails& details) {
  const std::vector<std::int32_t> positives =
      pooledKeys(counts, [](const SortedScores& s) { return s.positiveKeys(); });
  const std::vector<std::int32_t> negatives =
      pooledKeys(counts, [](const SortedScores& s) { return s.negativeKeys(); });
  // Of all labelled pixels: the negatives' sample thinned or the positives' repeated to their true weights would do;
  // the union of both at one stride is simpler and has the right weights by construction.
  std::size_t total = 0;
  for (const SortedScores& s : counts.sorted()) total += s.positiveKeys().size() + s.negativeKeys().size();
  const std::size_t stride = std::max<std::size_t>(1, total / kPoolKeys);
  std::vector<std::int32_t> all;
  for (const SortedScores& s : counts.sorted())
    for (const std::span<const std::int32_t> keys : {s.positiveKeys(), s.negativeKeys()})
      for (std::size_t i = stride / 2; i < keys.size(); i += stride) all.push_back(keys[i]);
  for (const auto* pool : {&positives, &negatives})
    if (!pool->empty()) {
      all.push_back(pool->front());
      all.push_back(pool->back());
    }
  if (all.empty()) return;
  std::sort(all.begin(), all.end());
  details.quantiles.resize(kQuantileSteps + 1);
  for (std::size_t q = 0; q <= kQuantileSteps; ++q)
    details.quantiles[q] = scoreOfKey(quantile(all, static_cast<double>(q) / kQuantileSteps));
  details.trimmedHigh = scoreOfKey(quantile(all, 0.999));

  // Half the weight to each class: the slider's steps are the quantiles of the two samples brought to one size.
  std::vector<std::int32_t> balanced;
  constexpr std::size_t kEach = 8192;
  for (const auto* pool : {&positives, &negatives})
    for (std::size_t i = 0; i <= kEach && !pool->empty(); ++i)
      balanced.push_back(quantile(*pool, static_cast<double>(i) / kEach));
  std::sort(balanced.begin(), balanced.end());
  details.sliderScale.resize(kQuantileSteps + 1);
  for (std::size_t q = 0; q <= kQuantileSteps; ++q)
    details.sliderScale[q] = scoreOfKey(quantile(balanced, static_cast<double>(q) / kQuantileSteps));
  details.anomalyShare.resize(kQuantileSteps);
  ConfusionCounts above = counts.set(details.sliderScale.front(), false);
  for (std::size_t q = 0; q < kQuantileSteps; ++q) {
    const ConfusionCounts next =
        q + 1 == kQuantileSteps ? ConfusionCounts{} : counts.set(details.sliderScale[q + 1], false);
    const auto tp = static_cast<double>(above.tp - next.tp), fp = static_cast<double>(above.fp - next.fp);
    details.anomalyShare[q] = tp + fp > 0.0 ? tp / (tp + fp) : 0.0;
    above = next;
  }
}

/// Two configurations that rank alike are one: max-logit knows no temperature.
Configuration rankingOf(Configuration configuration) {
  if (configuration.method && !configuration.method->usesTemperature()) configuration.temperature.reset();
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
      m_ready(m_set->frames.size(), 0),
      m_failed(m_set->frames.size(), 0),
      m_truths(m_set->frames.size()),
      m_sizes(m_set->frames.size()),
      m_maps(m_set->frames.size(), options.pool ? options.pool : std::make_shared<MapPool>(options.memoryBudget)) {
  require(resolution != Resolution::ByProtocol, "LiveSet: the resolution is decided by then");
}

void LiveSet::prepareFrame(std::size_t frame) {
  if (isReady(frame)) return;
  try {
    makeReady(frame);
  } catch (...) {
    const std::scoped_lock lock(m_mutex);
    m_failed[frame] = 1;
    throw;
  }
}

void LiveSet::makeReady(std::size_t frame) {
  const Frame& record = m_set->frames[frame];
  m_source->prepare(frame);
  Size size = m_source->ownSize(frame);
  std::shared_ptr<Truth> truth;
  if (record.label) {
    LabelMap decoded = readLabel(*m_set, record);
    if (m_resolution == Resolution::Label) size = decoded.size();
    truth = std::make_shared<Truth>();
    truth->map = decoded.size() == size ? std::move(decoded) : resizePilNearest(decoded, size);
    truth->index = LabelIndex(truth->map.values());
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

std::shared_ptr<const LiveSet::Truth> LiveSet::truth(std::size_t frame) const {
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
  const Configuration configuration = rankingOf(asked);
  if (auto held = m_maps.find(configuration, frame)) return held;
  ScoreMap scored = m_source->score(frame, configuration, evaluationSize(frame));
  if (m_options.asSubmitted) roundToFloat16(scored.values());
  auto made = std::make_shared<const ScoreMap>(std::move(scored));
  m_maps.insert(configuration, frame, made);
  return made;
}

FrameProvider LiveSet::provider(const Configuration& configuration, const std::vector<std::size_t>& frames) {
  return [this, configuration, frames](std::size_t i) {
    struct Both {
      std::shared_ptr<const ScoreMap> map;
      std::shared_ptr<const Truth> truth;
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
  fillQuantiles(thresholds, *details);
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
