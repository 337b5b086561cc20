// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/distance_metrics.h"

#include "analysis/core/failure_text.h"
#include "analysis/datasets/layout_kinds.h"
#include "analysis/regions/map_sampling.h"

#include <algorithm>
#include <mutex>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

bool hasDistance(const Frame& frame) { return frame.disparity.has_value() && frame.camera.has_value(); }

/// Labelled pixels of each frame by bin, of one group of bins.
using PixelsOfFrames = std::vector<std::vector<BinnedPixels>>;

struct BinGroup {
  std::size_t first = 0, count = 0;
};

class DistanceStudy {
public:
  DistanceStudy(LiveSet& live, const Configuration& configuration, const DistanceBins& bins,
                const std::stop_token& stop)
      : m_live(live), m_configuration(configuration), m_bins(bins), m_stop(stop) {
    for (const std::size_t frame : live.labelledFrames())
      if (hasDistance(live.dataSet().frames[frame]))
        m_frames.push_back(frame);
      else
        ++report.withoutDistance;
  }

  /// How many bins fit the budget at once.
  [[nodiscard]] std::size_t binsAtOnce(std::uint64_t budget) const {
    std::uint64_t bytes = 1;
    for (const std::size_t frame : m_frames)
      bytes += m_live.evaluationSize(frame).area() * (sizeof(float) + sizeof(std::uint8_t));
    const std::uint64_t passes = (bytes + budget) / std::max<std::uint64_t>(budget, 1);
    return std::max<std::size_t>(m_bins.count() / static_cast<std::size_t>(std::max<std::uint64_t>(passes, 1)), 1);
  }

  void addGroup(const BinGroup& group, std::span<const Protocol> protocols) {
    const PixelsOfFrames pixels = read(group);
    for (std::size_t b = 0; b < group.count && !m_stop.stop_requested(); ++b)
      report.bins.push_back(
          {m_bins.from(group.first + b), m_bins.to(group.first + b), metricsOf(pixels, b, protocols)});
  }

  DistanceReport report;

private:
  [[nodiscard]] PixelsOfFrames read(const BinGroup& group) {
    PixelsOfFrames out(m_frames.size());
    std::mutex mutex;
    tbb::parallel_for(std::size_t{0}, m_frames.size(), [&](std::size_t i) {
      if (m_stop.stop_requested()) return;
      try {
        const Frame& record = m_live.dataSet().frames[m_frames[i]];
        const auto labels = m_live.label(m_frames[i]);
        const auto scores = m_live.scores(m_frames[i], m_configuration);
        const Grid<float> distance =
            sampledNearest(readDistance(record, m_live.dataSet().layout.kind().disparity), labels->size());
        out[i] = pixelsByDistance(scores->values(), *labels, distance, m_bins, group.first, group.count);
      } catch (const std::exception& failure) {
        const std::scoped_lock lock(mutex);
        addFailure({m_frames[i], failureText(failure)});
      }
    });
    return out;
  }

  void addFailure(FrameFailure failure) {
    const bool known =
        std::ranges::any_of(report.failures, [&](const auto& other) { return other.frame == failure.frame; });
    if (!known) report.failures.push_back(std::move(failure));
  }

  [[nodiscard]] std::vector<PixelMetrics> metricsOf(const PixelsOfFrames& pixels, std::size_t bin,
                                                    std::span<const Protocol> protocols) const {
    std::vector<const BinnedPixels*> frames;
    for (const auto& frame : pixels)
      if (!frame.empty() && !frame[bin].scores.empty()) frames.push_back(&frame[bin]);
    const auto provider = [&](std::size_t i) { return ScoredFrame{frames[i]->scores, frames[i]->labels, {}}; };
    EvaluateOptions options;
    options.curves = false;
    return evaluateSet(frames.size(), provider, protocols, options).metrics;
  }

  LiveSet& m_live;
  Configuration m_configuration;
  DistanceBins m_bins;
  std::stop_token m_stop;
  std::vector<std::size_t> m_frames;
};

}  // namespace

bool hasDistances(const DataSet& set) { return std::ranges::any_of(set.frames, hasDistance); }

std::optional<DistanceReport> distanceMetrics(LiveSet& live, const Configuration& configuration,
                                              std::span<const Protocol> protocols, const DistanceBins& bins,
                                              std::uint64_t budget, const std::stop_token& stop) {
  DistanceStudy study(live, configuration, bins, stop);
  const std::size_t atOnce = study.binsAtOnce(budget);
  for (std::size_t first = 0; first < bins.count() && !stop.stop_requested(); first += atOnce)
    study.addGroup({first, std::min(atOnce, bins.count() - first)}, protocols);
  if (stop.stop_requested()) return std::nullopt;
  return std::move(study.report);
}

}  // namespace oodscope
