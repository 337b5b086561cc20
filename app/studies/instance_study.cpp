// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/instance_study.h"

#include <tbb/parallel_for.h>

namespace oodscope {

std::optional<InstanceAp> instanceApOf(LiveSet& live, const Configuration& configuration, float threshold,
                                       const std::stop_token& stop) {
  const std::vector<std::size_t> frames = live.labelledFrames();
  std::vector<FrameInstances> instances(frames.size());
  tbb::parallel_for(std::size_t{0}, frames.size(), [&](std::size_t i) {
    if (stop.stop_requested()) return;
    instances[i] = instancesAt(*live.scores(frames[i], configuration), *live.label(frames[i]), threshold);
  });
  if (stop.stop_requested()) return std::nullopt;
  return instanceAp(instances);
}

}  // namespace oodscope
