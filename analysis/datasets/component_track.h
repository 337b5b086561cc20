// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"

#include <string>
#include <string_view>

namespace oodscope {

/// The tracks by whose sizes components count: SegmentMeIfYouCan's large anomalies anywhere and small obstacles on the
/// road, and ISSU's, whose two tracks have one size.
enum class ObjectTrack { Anomaly, Obstacle, Issu };
/// "anomaly", "obstacle", "issu".
[[nodiscard]] std::string_view objectTrackName(ObjectTrack track);

/// The track that a set belongs to, and what says so: "WebP images, as the obstacle track's".
struct TrackOfSet {
  ObjectTrack track = ObjectTrack::Anomaly;
  std::string reason;
};

/// By what the set declares and holds, never by its folder's name, so that renaming a folder changes no number. Lost
/// and Found and Fishyscapes Lost and Found are obstacle sets by their layout. Folders of images and masks are told
/// apart by their images: WebP, or 1920x1080 pixels, are the obstacle track's (RoadObstacle21); PNG of 2048x1024 are
/// Fishyscapes Lost and Found's; SegmentMeIfYouCan's own layout also by frames named SCENE_NUMBER. All else, and all
/// other layouts: anomaly. Cost: the headers of two pictures. Source: SegmentMeIfYouCan's and Fishyscapes' downloads.
[[nodiscard]] TrackOfSet objectTrackOf(const DataSet& set);

}  // namespace oodscope
