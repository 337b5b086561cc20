// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/evaluate_set.h"

#include "analysis/core/error.h"
#include "analysis/core/grid.h"
#include "analysis/metrics/frame_ranking.h"
#include "analysis/metrics/negative_tally.h"
#include "analysis/metrics/radix_sort.h"
#include "analysis/metrics/ranking.h"
#include "analysis/metrics/score_histogram.h"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_invoke.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <mutex>
#include <optional>
#include <vector>

namespace oodscope {
namespace {

constexpr std::size_t kEvaluatedTogether = 1 << 17;  // pixels one task takes: about half a millisecond
constexpr std::size_t kFastBufferBytes = 16U << 20;  // per thread
constexpr std::size_t kLowBufferBytes = 2U << 20;

void operator+=(ScoreHygiene& sum, const ScoreHygiene& part) {
  sum.nan += part.nan;
  sum.plusInfinity += part.plusInfinity;
  sum.minusInfinity += part.minusInfinity;
  sum.voidPixels += part.voidPixels;
}

bool isPooled(Protocol protocol) { return protocol.rule().pooling == Pooling::Set; }

/// What is known of a frame after the passes.
struct FrameRecord {
  bool failed = false;
  std::uint64_t positives = 0;
  std::uint64_t negatives = 0;
  FrameBins bins;
  std::optional<LabelIndex> ownIndex;  ///< where the provider gave none
  std::vector<PixelMetrics> own;       ///< ranked within the frame, for each protocol that takes means over frames
};

/// One evaluation: the passes in order, on the threads of the caller's arena.
class Evaluation {
public:
  Evaluation(std::size_t frames, const FrameProvider& provider, std::span<const Protocol> protocols,
             const EvaluateOptions& options, std::stop_token stop)
      : m_provider(provider),
        m_protocols(protocols),
        m_options(options),
        m_stop(std::move(stop)),
        m_records(frames),
        m_kept(options.memory == MemoryUse::Fast ? frames : 0),
        m_frameMetrics(options.perFrame ? frames : 0) {
    const auto asked = [&](auto&& test) { return std::ranges::any_of(protocols, test); };
    m_needsPooled = asked(isPooled);
    m_needsAllPooled = asked([](Protocol p) { return isPooled(p) && !p.skipsFramesWithoutAnomaly(); });
    m_needsBins = asked([](Protocol p) { return p.rule().pooling == Pooling::FrameBins; });
    std::ranges::copy_if(protocols, std::back_inserter(m_ofFrames),
                         [](Protocol p) { return p.rule().pooling == Pooling::FrameMean; });
  }

  SetResult run() {
    gatherPass();
    if (stopped()) return cancelled();
    const PositiveIndex index(m_keys);
    std::vector<std::size_t> with;
    std::vector<std::size_t> without;
    for (std::size_t frame = 0; frame < m_records.size(); ++frame) {
      if (!m_records[frame].failed) (m_records[frame].positives > 0 ? with : without).push_back(frame);
    }
    m_countsWith = countPass(with, index, m_needsPooled);
    m_countsWithout = countPass(without, index, m_needsAllPooled);
    if (m_options.histogramBins > 0 && !stopped()) histogramPass();
    if (stopped()) return cancelled();
    return assemble();
  }

private:
  [[nodiscard]] bool stopped() const { return m_stop.stop_requested(); }

  static SetResult cancelled() {
    SetResult result;
    result.cancelled = true;
    return result;
  }

  ScoredFrame load(std::size_t frame) const {
    // Isolated: a thread that waits inside the provider must not begin another frame, or memory would grow.
    ScoredFrame loaded = tbb::this_task_arena::isolate([&] { return m_provider(frame); });
    require(loaded.scores.size() == loaded.labels.size(), "evaluateSet: scores and labels differ in length");
    return loaded;
  }

  /// The frame as an earlier pass kept it, or asked for again.
  [[nodiscard]] ScoredFrame again(std::size_t frame) const {
    return m_options.memory == MemoryUse::Fast ? m_kept[frame] : load(frame);
  }

  [[nodiscard]] const LabelIndex& indexOf(std::size_t frame, const ScoredFrame& loaded) const {
    return loaded.index != nullptr ? *loaded.index : m_records[frame].ownIndex.value();
  }

  /// Calls body(first, count) for blocks of a frame's pixels in parallel.
  template <class Body>
  void forBlocks(std::size_t pixels, const Body& body) const {
    const std::size_t blocks = (pixels + kEvaluatedTogether - 1) / kEvaluatedTogether;
    const auto one = [&](std::size_t block) {
      if (!stopped())
        body(block * kEvaluatedTogether, std::min(kEvaluatedTogether, pixels - block * kEvaluatedTogether));
    };
    if (blocks == 1) return one(0);
    tbb::this_task_arena::isolate([&] { tbb::parallel_for(std::size_t{0}, blocks, one); });
  }

  template <class Body>
  void forFrames(std::span<const std::size_t> frames, const Body& body) const {
    tbb::parallel_for(
        tbb::blocked_range<std::size_t>(0, frames.size(), 1),
        [&](const tbb::blocked_range<std::size_t>& range) {
          for (std::size_t i = range.begin(); i != range.end(); ++i) {
            if (!stopped()) body(frames[i]);
          }
        },
        tbb::simple_partitioner());
  }

  /// First pass: the keys of all positives, frames that fail.
  void gatherPass() {
    struct Local {
      std::vector<std::int32_t> keys;
      ScoreHygiene hygiene;
    };
    tbb::enumerable_thread_specific<Local> locals;
    std::vector<std::size_t> all(m_records.size());
    for (std::size_t frame = 0; frame < all.size(); ++frame) all[frame] = frame;
    forFrames(all, [&](std::size_t frame) {
      ScoredFrame loaded;
      try {
        loaded = load(frame);
      } catch (const Error& error) {
        const std::scoped_lock lock(m_mutex);
        m_records[frame].failed = true;
        m_failures.push_back({frame, error.what()});
        return;
      }
      FrameRecord& record = m_records[frame];
      if (loaded.index == nullptr) record.ownIndex.emplace(loaded.labels);
      const LabelIndex& index = indexOf(frame, loaded);
      require(index.size() == loaded.labels.size(), "evaluateSet: an index of other labels");
      Local& local = locals.local();
      const std::size_t before = local.keys.size();
      gatherPositives(loaded.scores, index.positives(), local.keys, local.hygiene);
      record.positives = local.keys.size() - before;
      local.hygiene.voidPixels += index.voidCount();
      if (m_options.memory == MemoryUse::Fast) m_kept[frame] = std::move(loaded);
    });
    std::size_t total = 0;
    for (const Local& local : locals) total += local.keys.size();
    m_keys.reserve(total);
    for (Local& local : locals) {
      m_keys.insert(m_keys.end(), local.keys.begin(), local.keys.end());
      local.keys = {};
      m_hygiene += local.hygiene;
    }
    m_positives = total;
    std::vector<std::int32_t> scratch;
    parallelRadixSort(m_keys, scratch);
    m_atKey = collapseEqualKeys(m_keys);
  }

  /// Second pass: negatives into the slots, and all that needs a frame by itself.
  SlotCounts countPass(std::span<const std::size_t> frames, const PositiveIndex& index, bool intoSlots) {
    struct Local {
      std::optional<NegativeBuffers> buffers;
      ScoreHygiene hygiene;
      ScoreRange range;
    };
    const std::size_t bufferBytes = m_options.memory == MemoryUse::Fast ? kFastBufferBytes : kLowBufferBytes;
    tbb::enumerable_thread_specific<Local> locals;
    std::optional<NegativeTally> tally;
    if (intoSlots && !frames.empty()) tally.emplace(index);
    forFrames(frames, [&](std::size_t frame) {
      const ScoredFrame loaded = again(frame);
      const std::span<const PixelRun> runs = indexOf(frame, loaded).negatives();
      std::atomic<std::uint64_t> negatives = 0;
      forBlocks(loaded.labels.size(), [&](std::size_t first, std::size_t count) {
        Local& local = locals.local();
        if (m_options.histogramBins > 0)
          local.range.add(loaded.scores.subspan(first, count), loaded.labels.subspan(first, count));
        if (!tally) {
          negatives += countFinite(loaded.scores, runs, first, count, local.hygiene);
          return;
        }
        if (!local.buffers) local.buffers.emplace(index, bufferBytes);
        negatives += tally->add(loaded.scores, runs, first, count, *local.buffers, local.hygiene);
      });
      FrameRecord& record = m_records[frame];
      record.negatives = negatives;
      if (m_needsBins) record.bins = frameBins(loaded.scores, loaded.labels, m_options.asFloat16);
      for (const Protocol protocol : m_ofFrames)
        record.own.push_back(rankFrame(loaded.scores, loaded.labels, protocol));
      if (m_options.perFrame) m_frameMetrics[frame] = frameMetrics(frame, loaded.scores, loaded.labels);
    });
    for (Local& local : locals) {
      if (tally && local.buffers) tally->flush(*local.buffers);
      m_hygiene += local.hygiene;
      m_range.merge(local.range);
    }
    return tally ? tally->finish() : SlotCounts();
  }

  /// Third pass, only for histograms: their bins span the range the second pass found.
  void histogramPass() {
    if (m_range.empty()) return;
    const ScoreHistogram none = m_range.histogram(m_options.histogramBins);
    tbb::enumerable_thread_specific<ScoreHistogram> locals(none);
    std::vector<std::size_t> frames;
    for (std::size_t frame = 0; frame < m_records.size(); ++frame) {
      if (!m_records[frame].failed) frames.push_back(frame);
    }
    forFrames(frames, [&](std::size_t frame) {
      const ScoredFrame loaded = again(frame);
      forBlocks(loaded.labels.size(), [&](std::size_t first, std::size_t count) {
        addToHistogram(locals.local(), loaded.scores.subspan(first, count), loaded.labels.subspan(first, count));
      });
    });
    m_histogram = none;
    for (const ScoreHistogram& local : locals) mergeHistogram(m_histogram, local);
  }

  void countFrames(PixelMetrics& metrics) const {
    for (const FrameRecord& record : m_records) {
      if (record.failed) continue;
      const bool skipped = metrics.protocol.skipsFramesWithoutAnomaly() && record.positives == 0;
      ++(skipped ? metrics.framesSkipped : metrics.framesUsed);
      if (skipped) continue;
      metrics.positives += record.positives;
      metrics.negatives += record.negatives;
    }
  }

  [[nodiscard]] PixelMetrics meanOfFrames(Protocol protocol) const {
    PixelMetrics mean;
    mean.protocol = protocol;
    const auto which = static_cast<std::size_t>(std::ranges::find(m_ofFrames, protocol) - m_ofFrames.begin());
    double ap = 0;
    double fpr95 = 0;
    double auroc = 0;
    for (const FrameRecord& record : m_records) {
      if (record.failed) continue;
      const PixelMetrics* own = which < record.own.size() ? &record.own[which] : nullptr;
      if (own == nullptr || !own->ap) {
        ++mean.framesSkipped;
        continue;
      }
      ++mean.framesUsed;
      mean.positives += record.positives;
      mean.negatives += record.negatives;
      ap += *own->ap;
      fpr95 += *own->fpr95;
      auroc += *own->auroc;
    }
    if (mean.framesUsed == 0) return mean;
    const auto used = static_cast<double>(mean.framesUsed);
    mean.ap = ap / used;
    mean.fpr95 = fpr95 / used;
    mean.auroc = auroc / used;
    return mean;
  }

  [[nodiscard]] BinnedSet binned(Protocol protocol) const {
    std::vector<QuantileBin> bins;
    for (const FrameRecord& record : m_records) {
      const auto& own = record.bins.of(protocol.rule().edges);
      bins.insert(bins.end(), own.begin(), own.end());
    }
    return evaluateBins(bins, protocol);
  }

  void evaluate(Protocol protocol, PixelMetrics& metrics, SetCurves& curves) const {
    if (protocol.rule().pooling == Pooling::FrameMean) {
      metrics = meanOfFrames(protocol);
      curves.protocol = protocol;
      return;
    }
    PixelMetrics counted;
    counted.protocol = protocol;
    countFrames(counted);
    if (isPooled(protocol)) {
      const bool withoutToo = !protocol.skipsFramesWithoutAnomaly() && m_countsWithout.size() > 0;
      const RankedPixels pixels{m_keys,      m_atKey,          &m_countsWith, withoutToo ? &m_countsWithout : nullptr,
                                m_positives, counted.negatives};
      tbb::parallel_invoke([&] { metrics = rankingMetrics(pixels, protocol); },
                           [&] {
                             if (m_options.curves) curves = rankingCurves(pixels, protocol);
                           });
    } else {
      BinnedSet set = binned(protocol);
      metrics = set.metrics;
      if (m_options.curves) curves = std::move(set.curves);
    }
    metrics.framesUsed = counted.framesUsed;
    metrics.framesSkipped = counted.framesSkipped;
  }

  SetResult assemble() {
    SetResult result;
    for (const Protocol protocol : m_protocols) {
      SetCurves curves;
      evaluate(protocol, result.metrics.emplace_back(), curves);
      if (m_options.curves) result.curves.push_back(std::move(curves));
    }
    for (std::size_t frame = 0; frame < m_frameMetrics.size(); ++frame) {
      if (!m_records[frame].failed) result.frames.push_back(m_frameMetrics[frame]);
    }
    result.histogram = std::move(m_histogram);
    result.hygiene = m_hygiene;
    std::ranges::sort(m_failures, {}, &FrameFailure::frame);
    result.failures = std::move(m_failures);
    return result;
  }

  const FrameProvider& m_provider;
  std::span<const Protocol> m_protocols;
  EvaluateOptions m_options;
  std::stop_token m_stop;
  bool m_needsPooled = false;
  bool m_needsAllPooled = false;
  bool m_needsBins = false;
  std::vector<Protocol> m_ofFrames;  ///< those that take means over frames

  std::vector<FrameRecord> m_records;
  std::vector<ScoredFrame> m_kept;
  std::vector<FrameMetrics> m_frameMetrics;
  std::mutex m_mutex;  // guards m_failures
  std::vector<FrameFailure> m_failures;
  std::vector<std::int32_t> m_keys;
  std::vector<std::uint32_t> m_atKey;
  std::uint64_t m_positives = 0;
  SlotCounts m_countsWith;
  SlotCounts m_countsWithout;
  ScoreHygiene m_hygiene;
  ScoreRange m_range;
  ScoreHistogram m_histogram;
};

}  // namespace

const PixelMetrics* SetResult::find(Protocol protocol) const {
  const auto found = std::ranges::find(metrics, protocol, &PixelMetrics::protocol);
  return found == metrics.end() ? nullptr : &*found;
}

SetResult evaluateSet(std::size_t frames, const FrameProvider& provider, std::span<const Protocol> protocols,
                      const EvaluateOptions& options, std::stop_token stop) {
  Evaluation evaluation(frames, provider, protocols, options, std::move(stop));
  if (options.threads <= 0) return evaluation.run();
  tbb::task_arena arena(options.threads);
  return arena.execute([&] { return evaluation.run(); });
}

}  // namespace oodscope
