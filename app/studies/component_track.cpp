// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/component_track.h"

namespace oodscope {

ComponentTrack componentTrack(ObjectTrack track) {
  if (track == ObjectTrack::Issu) return kIssuTrack;
  return track == ObjectTrack::Obstacle ? kObstacleTrack : kAnomalyTrack;
}

std::string_view componentTrackName(const ComponentTrack& track) {
  for (const ObjectTrack each : {ObjectTrack::Anomaly, ObjectTrack::Obstacle, ObjectTrack::Issu})
    if (track == componentTrack(each)) return objectTrackName(each);
  return {};
}

std::string componentRule(const ComponentTrack& track, const std::string& reason) {
  const std::string_view name = componentTrackName(track);
  return std::string(name.empty() ? "own sizes" : name).append(name.empty() ? "" : " track") + " (" + reason +
         "): predicted components of " + std::to_string(track.minPredicted) + " pixels or more, true ones of " +
         std::to_string(track.minTruth) +
         " or more, 8-connected, score > threshold; all frames with ground truth, those without an anomaly too, "
         "whatever the pixel protocol skips";
}

}  // namespace oodscope
