// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/live/live_set.h"

#include "analysis/regions/decision.h"

#include <algorithm>

#include <tbb/parallel_for.h>

namespace oodscope {

ComponentTally LiveSet::frameComponents(std::size_t frame, const Configuration& configuration, float threshold,
                                        const ComponentTrack& track) {
  const auto known = truth(frame);
  require(known != nullptr, "LiveSet: the frame has no ground truth");
  const auto map = scores(frame, configuration);
  return ComponentTally(
      evaluateComponents(scoredImage(*map, known->map), static_cast<double>(strictlyBelow(threshold)), track));
}

std::optional<ComponentMetrics> LiveSet::components(const Configuration& configuration, float threshold,
                                                    const ComponentTrack& track, const std::stop_token& stop) {
  const std::vector<std::size_t> frames = labelledFrames();
  std::vector<ComponentTally> tallies(frames.size());
  tbb::parallel_for(std::size_t{0}, frames.size(), [&](std::size_t i) {
    if (!stop.stop_requested()) tallies[i] = frameComponents(frames[i], configuration, threshold, track);
  });
  if (stop.stop_requested()) return std::nullopt;
  ComponentTally all;
  for (const ComponentTally& tally : tallies) all += tally;
  return summary(all, static_cast<double>(threshold));
}

std::optional<ComponentCurve> LiveSet::componentCurve(const Configuration& configuration,
                                                      std::span<const double> thresholds, const ComponentTrack& track,
                                                      std::optional<std::size_t> first, const std::stop_token& stop,
                                                      const ComponentSink& sink) {
  std::vector<std::size_t> frames = labelledFrames();
  std::vector<double> below;
  below.reserve(thresholds.size());
  for (const double threshold : thresholds)
    below.push_back(static_cast<double>(strictlyBelow(floatAtLeast(threshold))));
  ComponentCurve curve{{thresholds.begin(), thresholds.end()}, std::vector<ComponentTally>(thresholds.size())};
  std::mutex adding;  // integer sums: the order in which frames end changes nothing
  const auto one = [&](std::size_t frame) {
    if (stop.stop_requested()) return;
    const auto map = scores(frame, configuration);
    const auto known = truth(frame);
    const std::vector<ComponentTally> tallies = componentTallies(scoredImage(*map, known->map), below, track);
    const std::scoped_lock lock(adding);
    for (std::size_t t = 0; t < tallies.size(); ++t) curve.tallies[t] += tallies[t];
    if (sink) sink(frame, tallies);
  };
  if (first && std::erase(frames, *first) > 0) one(*first);
  tbb::parallel_for(std::size_t{0}, frames.size(), [&](std::size_t i) { one(frames[i]); });
  if (stop.stop_requested()) return std::nullopt;
  return curve;
}

}  // namespace oodscope
