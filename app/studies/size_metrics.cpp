// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/size_metrics.h"

#include <algorithm>
#include <atomic>
#include <memory>

namespace oodscope {
namespace {

SizeMetrics metricsOfGroup(LiveSet& live, const Configuration& configuration, std::span<const Protocol> protocols,
                           const SizeGroup& group, std::vector<FrameFailure>& failures) {
  struct Both {
    std::shared_ptr<const ScoreMap> scores;
    GroupLabels truth;
  };
  const std::vector<std::size_t> frames = live.labelledFrames();
  std::atomic<std::uint64_t> objects = 0;
  const auto provider = [&](std::size_t i) {
    auto both = std::make_shared<Both>(
        Both{live.scores(frames[i], configuration), labelsOfGroup(*live.label(frames[i]), group)});
    objects += both->truth.objects;
    return ScoredFrame{both->scores->values(), both->truth.labels.values(), both};
  };
  EvaluateOptions options;
  options.curves = false;
  SetResult found = evaluateSet(frames.size(), provider, protocols, options);
  for (FrameFailure& failure : found.failures) {
    failure.frame = frames[failure.frame];
    const auto same = [&](const FrameFailure& other) { return other.frame == failure.frame; };
    if (std::ranges::none_of(failures, same)) failures.push_back(std::move(failure));
  }
  return {group, objects.load(), std::move(found.metrics)};
}

}  // namespace

std::optional<SizeReport> sizeMetrics(LiveSet& live, const Configuration& configuration,
                                      std::span<const Protocol> protocols, std::span<const SizeGroup> groups,
                                      const std::stop_token& stop) {
  SizeReport out;
  for (const SizeGroup& group : groups) {
    if (stop.stop_requested()) return std::nullopt;
    out.groups.push_back(metricsOfGroup(live, configuration, protocols, group, out.failures));
  }
  return out;
}

}  // namespace oodscope
