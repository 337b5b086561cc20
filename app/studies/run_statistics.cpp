// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/run_statistics.h"

#include <algorithm>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

/// What the resampling draws from: frames in the same order for both runs of a comparison.
struct Drawn {
  std::vector<std::size_t> frames;  // DataSet indices, of those the protocol uses
  std::vector<const SortedScores*> sorted;
  std::vector<std::size_t> all;  // with those that it skips, which component metrics count
};

Drawn drawnFrames(const MeasuredRun& run, const MeasuredRun* other) {
  Drawn out;
  const bool skip = run.protocol.skipsFramesWithoutAnomaly();
  for (std::size_t i = 0; i < run.counts->frames().size(); ++i) {
    const std::size_t frame = run.counts->frames()[i];
    const SortedScores& sorted = run.counts->sorted()[i];
    std::uint64_t fewest = sorted.positives();
    if (other != nullptr) {
      const auto known = other->counts->frames();
      const auto at = std::find(known.begin(), known.end(), frame);
      if (at == known.end()) continue;
      // Anomalies whose scores are NaN in one run: the frame takes no part in either, or the two would differ.
      fewest = std::min(fewest, other->counts->sorted()[static_cast<std::size_t>(at - known.begin())].positives());
    }
    out.all.push_back(frame);
    if (skip && fewest == 0) continue;
    out.frames.push_back(frame);
    out.sorted.push_back(&sorted);
  }
  return out;
}

RankingValues exactValues(const MeasuredRun& run) {
  if (!run.protocol.poolsPixels()) return {};
  return {run.metrics.ap, run.metrics.fpr95, run.metrics.auroc, run.metrics.bestF1};
}

std::vector<ComponentTally> tallies(const MeasuredRun& run, const std::vector<std::size_t>& frames,
                                    const std::stop_token& stop) {
  std::vector<ComponentTally> out(frames.size());
  const ComponentTrack track = componentTrack(run.live->objectTrack());
  tbb::parallel_for(std::size_t{0}, frames.size(), [&](std::size_t i) {
    if (!stop.stop_requested()) out[i] = run.live->frameComponents(frames[i], run.configuration, *run.threshold, track);
  });
  return out;
}

RunStatistics emptyStatistics(const MeasuredRun& run, const Drawn& drawn, const BootstrapOptions& options) {
  RunStatistics out;
  out.configuration = run.configuration;
  out.protocol = run.protocol;
  out.frames = drawn.frames.size();
  out.componentFrames = drawn.all.size();
  out.resamples = options.resamples;
  return out;
}

}  // namespace

std::optional<RunStatistics> runStatistics(const MeasuredRun& run, const BootstrapOptions& options,
                                           const std::stop_token& stop) {
  require(run.counts != nullptr, "runStatistics: the counts are missing");
  const Drawn drawn = drawnFrames(run, nullptr);
  if (drawn.frames.empty()) return std::nullopt;
  RunStatistics out = emptyStatistics(run, drawn, options);
  const FrameHistograms histograms(drawn.sorted, quantileEdges(drawn.sorted));
  if (stop.stop_requested()) return std::nullopt;
  out.ranking = bootstrapRanking(histograms, options, exactValues(run));
  if (run.threshold) {
    const std::vector<ComponentTally> found = tallies(run, drawn.all, stop);
    if (!stop.stop_requested()) out.components = bootstrapComponents(found, options);
  }
  if (stop.stop_requested()) return std::nullopt;
  return out;
}

std::optional<PairedStatistics> pairedStatistics(const MeasuredRun& a, const MeasuredRun& b,
                                                 const BootstrapOptions& options, const std::stop_token& stop) {
  require(a.counts != nullptr && b.counts != nullptr, "pairedStatistics: the counts are missing");
  Drawn ofA = drawnFrames(a, &b);
  const Drawn ofB = drawnFrames(b, &a);
  require(ofA.frames == ofB.frames, "pairedStatistics: the runs have different frames");
  if (ofA.frames.empty()) return std::nullopt;
  PairedStatistics out{emptyStatistics(a, ofA, options), emptyStatistics(b, ofB, options), {}, {}};
  const FrameHistograms histogramsA(ofA.sorted, quantileEdges(ofA.sorted));
  const FrameHistograms histogramsB(ofB.sorted, quantileEdges(ofB.sorted));
  if (stop.stop_requested()) return std::nullopt;
  out.a.ranking = bootstrapRanking(histogramsA, options, exactValues(a));
  if (stop.stop_requested()) return std::nullopt;
  out.b.ranking = bootstrapRanking(histogramsB, options, exactValues(b));
  if (stop.stop_requested()) return std::nullopt;
  out.ranking = comparePaired(histogramsB, histogramsA, options, exactValues(b), exactValues(a));
  if (a.threshold && b.threshold && !stop.stop_requested()) {
    const std::vector<ComponentTally> foundA = tallies(a, ofA.all, stop), foundB = tallies(b, ofA.all, stop);
    if (!stop.stop_requested()) {
      out.a.components = bootstrapComponents(foundA, options);
      out.b.components = bootstrapComponents(foundB, options);
      out.components = comparePaired(foundB, foundA, options);
    }
  }
  if (stop.stop_requested()) return std::nullopt;
  return out;
}

}  // namespace oodscope
