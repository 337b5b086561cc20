// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/component_track.h"

#include "analysis/core/error.h"
#include "analysis/datasets/layout_kinds.h"
#include "analysis/datasets/natural_order.h"

#include <algorithm>
#include <cctype>

namespace oodscope {
namespace {

constexpr Size kObstacleTrackSize{1920, 1080};  // every frame of RoadObstacle21
constexpr Size kLostAndFoundSize{2048, 1024};

std::optional<Size> sizeOf(const Frame& frame) {
  try {
    return readPictureSize(frame.image);
  } catch (const Error&) {  // the frame is listed as failed where it is used
    return std::nullopt;
  }
}

/// Whether the first and the last image have this size.
bool hasSize(const DataSet& set, Size size) {
  return sizeOf(set.frames.front()) == size && sizeOf(set.frames.back()) == size;
}

bool isNamedAs(const Frame& frame, std::string_view ending) {
  return lowered(frame.image.extension().string()) == ending;
}

/// "curvy-street_12", "validation_3", "snowstorm1_00_03", but not "validation0003".
bool isSceneAndNumber(const std::string& name) {
  const std::size_t at = name.rfind('_');
  if (at == std::string::npos || at == 0 || at + 1 == name.size()) return false;
  return std::all_of(name.begin() + static_cast<std::ptrdiff_t>(at) + 1, name.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0; });
}

TrackOfSet byContent(const DataSet& set) {
  if (set.frames.empty()) return {ObjectTrack::Anomaly, "no image says otherwise"};
  const auto all = [&](auto&& test) { return std::all_of(set.frames.begin(), set.frames.end(), test); };
  if (std::any_of(set.frames.begin(), set.frames.end(), [](const Frame& f) { return isNamedAs(f, ".webp"); }))
    return {ObjectTrack::Obstacle, "WebP images, as the obstacle track's"};
  if (hasSize(set, kObstacleTrackSize))
    return {ObjectTrack::Obstacle, "images of 1920x1080 pixels, as the obstacle track's"};
  const bool areNamesTelling = set.layout.kind().track == TrackRule::ByImagesAndNames;
  if (areNamesTelling && all([](const Frame& f) { return isSceneAndNumber(f.name); }))
    return {ObjectTrack::Obstacle, "frames named by scene and number, as the obstacle track's"};
  if (!areNamesTelling && all([](const Frame& f) { return isNamedAs(f, ".png"); }) && hasSize(set, kLostAndFoundSize))
    return {ObjectTrack::Obstacle, "PNG images of 2048x1024 pixels, as Fishyscapes Lost and Found's"};
  return {ObjectTrack::Anomaly, "nothing in it is of an obstacle set"};
}

}  // namespace

std::string_view objectTrackName(ObjectTrack track) {
  if (track == ObjectTrack::Issu) return "issu";
  return track == ObjectTrack::Obstacle ? "obstacle" : "anomaly";
}

TrackOfSet objectTrackOf(const DataSet& set) {
  const TrackRule rule = set.layout.kind().track;
  if (rule == TrackRule::ByImages || rule == TrackRule::ByImagesAndNames) return byContent(set);
  const ObjectTrack track = rule == TrackRule::Issu       ? ObjectTrack::Issu
                            : rule == TrackRule::Obstacle ? ObjectTrack::Obstacle
                                                          : ObjectTrack::Anomaly;
  return {track, std::string(set.layout.name()) + " layout"};
}

}  // namespace oodscope
