// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/pinned.h"
#include "analysis/datasets/class_scheme.h"
#include "analysis/datasets/data_set.h"

#include <optional>
#include <string>

namespace oodscope {

/// Lost and Found's test split without the scenes whose obstacles are known classes.
inline constexpr std::string_view kNoKnown = "NoKnown";

/// What tells the track of a layout's sets, by whose sizes components count.
enum class TrackRule {
  Anomaly,           ///< large anomalies anywhere
  Obstacle,          ///< small obstacles on the road
  Issu,              ///< ISSU's own sizes
  ByImages,          ///< as the images are: the layout holds sets of both
  ByImagesAndNames,  ///< the same, and frames named SCENE_NUMBER are the obstacle track's
};

/// A layout declared: how to tell it, how to list its frames and what holds for its sets. A further layout is a file
/// layout_NAME.cpp with one of these and its line in layout_kinds.cpp; what is said of unknown folders and the guide's
/// page are made from it.
struct LayoutKind {
  std::string_view name;   ///< "Fishyscapes Static"
  std::string_view hint;   ///< what a folder of it holds: "<number>_<id>_labels.png"
  std::string_view brief;  ///< who lays sets out so, for messages: "Fishyscapes"; empty where the hint says it
  /// Whether the folder is laid out so. Cost: a few folder listings, for plain folders a few masks.
  bool (*fits)(const std::filesystem::path& root) = nullptr;
  /// Lists the frames; leaves their order and the remarks about file kinds to openDataSet. Requires: fits(root).
  DataSet (*read)(const std::filesystem::path& root, Layout layout) = nullptr;
  TrackRule track = TrackRule::Anomaly;
  DisparityConvention disparity = DisparityConvention::LostAndFound;
  /// A further name that score files may give a frame, beside its own; null: none.
  std::optional<std::string> (*scoreName)(const Frame& frame) = nullptr;
  std::string_view part = {};  ///< what may follow "FOLDER::" beside splits and lists; empty: nothing
  /// Narrows a set to a part of the layout's own; false: it has none of that name. null: it has none at all.
  bool (*takePart)(DataSet& set, const std::string& part) = nullptr;
  const ClassScheme* classes = &schemes::kCityscapes;  ///< of its class labels
  std::string_view smiycName = {};  ///< the set's folder in SegmentMeIfYouCan's submissions; empty: its own name
  std::string_view oodisName = {};  ///< and in OoDIS'; empty: none but its own name
  bool isVoidByClass = false;       ///< pixels of no class are void for the anomaly labels, too
  bool hasAnomalyLabels = true;     ///< else its frames carry class labels alone
  bool mayLabelsDiffer = false;     ///< its encoding gives way to what the masks' values say
  Pinned pinned = {};
};

namespace declared {
extern const LayoutKind kCourseBundle, kSmiycAnomaly, kSmiycObstacle, kFishyscapesLostAndFound, kFishyscapesStatic,
    kRoadAnomaly2019, kLostAndFound, kStreetHazardsFolder, kCityscapes, kImagesAndMasks, kIssu, kBravo, kOodis;
}  // namespace declared

/// The layouts that readers and tests name. Code that asks which of them it holds belongs into a declaration.
namespace layouts {
inline constexpr Layout kCourseBundle{declared::kCourseBundle};
inline constexpr Layout kSmiycAnomaly{declared::kSmiycAnomaly};
inline constexpr Layout kSmiycObstacle{declared::kSmiycObstacle};
inline constexpr Layout kFishyscapesLostAndFound{declared::kFishyscapesLostAndFound};
inline constexpr Layout kFishyscapesStatic{declared::kFishyscapesStatic};
inline constexpr Layout kRoadAnomaly2019{declared::kRoadAnomaly2019};
inline constexpr Layout kLostAndFound{declared::kLostAndFound};
inline constexpr Layout kStreetHazards{declared::kStreetHazardsFolder};
inline constexpr Layout kCityscapes{declared::kCityscapes};
inline constexpr Layout kIssu{declared::kIssu};
inline constexpr Layout kBravo{declared::kBravo};
inline constexpr Layout kOodis{declared::kOodis};
inline constexpr Layout kGeneric{declared::kImagesAndMasks};
}  // namespace layouts

/// What a folder of each layout holds, for whoever opened one that none fits: "frame_list.json with frames/ (Road
/// Anomaly), …".
[[nodiscard]] std::string layoutHints();

}  // namespace oodscope
