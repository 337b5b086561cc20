// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/component_track.h"
#include "analysis/datasets/layout_kinds.h"

#include "tests/unit/datasets/made_sets.h"

#include <gtest/gtest.h>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;

/// The track of a set of one frame in the course's layout, in a folder of this name.
ObjectTrack trackOf(const std::string& folder, const std::string& image, Size size) {
  const TemporaryFolder scratch;
  writeImage(scratch, folder + "/images/" + image, size.width, size.height);
  writeLabel(scratch, folder + "/labels_masks/" + fs::path(image).stem().string() + ".png", 0, size.width, size.height);
  return objectTrackOf(openDataSet(scratch.path() / folder)).track;
}

constexpr Size kTiny{6, 4}, kLostAndFound{2048, 1024}, kAnomaly21{1280, 720}, kObstacle21{1920, 1080};

TEST(ObjectTrack, DoesNotDependOnTheFoldersName) {
  for (const char* name : {"RoadObsticle21", "RoadObstacle21", "FS_LostFound_full", "RoadAnomaly21", "x", "abstract"}) {
    EXPECT_EQ(trackOf(name, "0.webp", kTiny), ObjectTrack::Obstacle) << name;
    EXPECT_EQ(trackOf(name, "0.png", kObstacle21), ObjectTrack::Obstacle) << name << ": converted";
    EXPECT_EQ(trackOf(name, "0.png", kLostAndFound), ObjectTrack::Obstacle) << name << ": Lost and Found's frames";
    EXPECT_EQ(trackOf(name, "0.jpg", kLostAndFound), ObjectTrack::Anomaly) << name << ": Fishyscapes Static's";
    EXPECT_EQ(trackOf(name, "0.png", kAnomaly21), ObjectTrack::Anomaly) << name;
    EXPECT_EQ(trackOf(name, "0.png", kTiny), ObjectTrack::Anomaly) << name;
  }
}

TEST(ObjectTrack, OfSegmentMeIfYouCansLayoutFollowsItsFrames) {
  const TemporaryFolder scratch;
  for (const std::string name : {"dataset_AnomalyTrack", "obstacles", "renamed"}) {
    writeImage(scratch, name + "/images/validation0003.jpg");
    writeLabel(scratch, name + "/labels_masks/validation0003_labels_semantic.png");
    EXPECT_EQ(objectTrackOf(openDataSet(scratch.path() / name)).track, ObjectTrack::Anomaly) << name;
  }
  for (const std::string name : {"dataset_ObstacleTrack", "anomalies", "b"}) {
    writeImage(scratch, name + "/images/validation_3.png");
    writeLabel(scratch, name + "/labels_masks/validation_3_labels_semantic.png");
    EXPECT_EQ(objectTrackOf(openDataSet(scratch.path() / name)).track, ObjectTrack::Obstacle) << name;
  }
}

TEST(ObjectTrack, IsTheLayoutsWhereThatDeclaresIt) {
  for (const auto& [layout, track] :
       {std::pair(layouts::kLostAndFound, ObjectTrack::Obstacle),
        std::pair(layouts::kFishyscapesLostAndFound, ObjectTrack::Obstacle),
        std::pair(layouts::kFishyscapesStatic, ObjectTrack::Anomaly),
        std::pair(layouts::kRoadAnomaly2019, ObjectTrack::Anomaly),
        std::pair(layouts::kStreetHazards, ObjectTrack::Anomaly), std::pair(layouts::kIssu, ObjectTrack::Issu),
        std::pair(layouts::kCityscapes, ObjectTrack::Anomaly)}) {
    DataSet set;
    set.name = "bst";
    set.layout = layout;
    set.frames.push_back(Frame{.name = "0", .image = "nowhere/0.webp"});
    EXPECT_EQ(objectTrackOf(set).track, track) << layout.name();
    EXPECT_FALSE(objectTrackOf(set).reason.empty());
  }
  EXPECT_EQ(objectTrackOf({}).track, ObjectTrack::Anomaly) << "no frame";
}

TEST(ObjectTrack, OfImagesThatCannotBeReadIsAnomaly) {
  DataSet set;
  set.frames.push_back(Frame{.name = "0", .image = "nowhere/0.png"});
  EXPECT_EQ(objectTrackOf(set).track, ObjectTrack::Anomaly);
}

}  // namespace
}  // namespace oodscope::testing
