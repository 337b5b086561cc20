// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/data_set.h"
#include "analysis/datasets/layout_kinds.h"
#include "analysis/formats/npy.h"
#include "tests/unit/datasets/made_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <fstream>

namespace oodscope {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::errorOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TemporaryFolder;
using testing::writeImage;
using testing::writeLabel;

std::vector<std::string> namesOf(const DataSet& set) {
  std::vector<std::string> names;
  for (const auto& frame : set.frames) names.push_back(frame.name);
  return names;
}
std::vector<std::string> reasonsOf(const DataSet& set) {
  std::vector<std::string> reasons;
  for (const auto& skipped : set.skipped) reasons.push_back(skipped.file.filename().string() + ": " + skipped.reason);
  return reasons;
}
std::vector<std::uint8_t> labelOf(const DataSet& set, std::size_t frame) {
  const auto label = readLabel(set, set.frames.at(frame));
  return {label.values().begin(), label.values().end()};
}

TEST(CourseBundle, FramesAreInNaturalOrderWithAllTheirCompanions) {
  const TemporaryFolder folder;
  for (const std::string name : {"10", "2", "1"}) {
    writeImage(folder, "demo/images/" + name + ".png");
    writeLabel(folder, "demo/labels_masks/" + name + ".png");
  }
  writeLabel(folder, "demo/class_labels/2.png");
  writeLabel(folder, "demo/disparity/2.png");
  folder.write("demo/camera/2.json", "{}");
  const auto set = openDataSet(folder.path() / "demo/");
  EXPECT_EQ(set.layout, layouts::kCourseBundle);
  EXPECT_EQ(set.name, "demo");
  EXPECT_THAT(namesOf(set), ElementsAre("1", "2", "10"));
  EXPECT_TRUE(set.frames[1].label && set.frames[1].classLabel && set.frames[1].disparity && set.frames[1].camera);
  EXPECT_FALSE(set.frames[0].classLabel || set.frames[0].disparity || set.frames[0].camera);
  EXPECT_THAT(set.skipped, IsEmpty());
}

TEST(CourseBundle, SaysWhatItSkippedAndWhy) {
  const TemporaryFolder folder;
  writeImage(folder, "images/1.png");
  writeImage(folder, "images/1.jpg");
  folder.write("images/notes.txt", "hello");
  writeLabel(folder, "labels_masks/1.png");
  writeLabel(folder, "labels_masks/7.png");
  folder.write("old/readme", "x");
  const auto set = openDataSet(folder.path());
  EXPECT_THAT(namesOf(set), ElementsAre("1"));
  EXPECT_THAT(reasonsOf(set), ::testing::UnorderedElementsAre(
                                  "1.png: another image has the same name: 1.jpg", "notes.txt: not a picture",
                                  "7.png: no image of this name", "old: not a folder of this layout"));
}

TEST(CourseBundle, TwoIsAnomalyInSetsNamedRoadAnomalyAndAnErrorElsewhere) {
  const TemporaryFolder folder;
  for (const std::string name : {"RoadAnomaly21", "fs_static"}) {
    writeImage(folder, name + "/images/0.png", 4, 1);
    writeLabel(folder, name + "/labels_masks/0.png", {0, 1, 2, 255}, 4);
  }
  EXPECT_THAT(labelOf(openDataSet(folder.path() / "RoadAnomaly21"), 0), ElementsAre(0, 1, 1, 255));
  const auto other = openDataSet(folder.path() / "fs_static");
  const auto message = errorOf([&] { return readLabel(other, other.frames[0]); });
  EXPECT_THAT(message, HasSubstr("expected 0 normal, 1 anomaly, 255 void, found 2 in 1 pixels"));
  EXPECT_THAT(message, HasSubstr("labels_masks/0.png"));
}

TEST(CourseBundle, LostAndFoundInTheNameDoesNotRelabel) {
  const TemporaryFolder folder;
  writeImage(folder, "FS_LostFound_full/images/0.png", 3, 1);
  writeLabel(folder, "FS_LostFound_full/labels_masks/0.png", {0, 1, 255}, 3);
  const auto set = openDataSet(folder.path() / "FS_LostFound_full");
  EXPECT_THAT(labelOf(set, 0), ElementsAre(0, 1, 255));
  EXPECT_THAT(set.remarks, Contains(HasSubstr("Lost and Found's own label ids are not used")));
}

TEST(CourseBundle, WithheldLabelsAreNoGroundTruth) {
  const TemporaryFolder folder;
  writeImage(folder, "images/0.png");
  writeImage(folder, "images/1.png");
  writeLabel(folder, "labels_masks/1.png");
  const auto set = openDataSet(folder.path());
  EXPECT_FALSE(set.frames[0].label.has_value());
  EXPECT_TRUE(set.frames[1].label.has_value());
  EXPECT_THAT(set.remarks, Contains(HasSubstr("1 frame of 2 has no label: no ground truth")));
}

TEST(CourseBundle, NamesThatDifferOnlyInCaseKeepTheirOwnLabels) {
  const TemporaryFolder folder;
  writeImage(folder, "images/A.png", 1, 1);
  writeImage(folder, "images/a.png", 1, 1);
  writeImage(folder, "images/B.png", 1, 1);
  writeLabel(folder, "labels_masks/a.png", 1, 1, 1);
  writeLabel(folder, "labels_masks/b.png", 0, 1, 1);
  const auto set = openDataSet(folder.path());
  EXPECT_THAT(namesOf(set), ElementsAre("A", "B", "a"));
  EXPECT_FALSE(set.frames[0].label.has_value()) << "A must not take the label of a";
  EXPECT_TRUE(set.frames[1].label.has_value()) << "b is the only label that can be B's";
  EXPECT_THAT(labelOf(set, 2), ElementsAre(1));
  EXPECT_THAT(set.remarks, Contains(HasSubstr("1 file matched although upper and lower case or the Unicode form")));
}

TEST(CourseBundle, ContentIsSniffedNotTheExtension) {
  const TemporaryFolder folder;
  const auto jpeg = writeImage(folder, "made/0.jpg");
  std::filesystem::create_directories(folder.path() / "set/images");
  std::filesystem::rename(jpeg, folder.path() / "set/images/0.png");
  writeLabel(folder, "set/labels_masks/0.png");
  const auto set = openDataSet(folder.path() / "set");
  EXPECT_THAT(set.remarks, Contains(HasSubstr("1 file named .png holds JPEG data")));
  EXPECT_EQ(readImage(set.frames[0]).size(), (Size{6, 4}));
}

TEST(Smiyc, TrackIsToldByNamesAndLabelsBelongByTheirEnding) {
  const TemporaryFolder folder;
  for (const std::string track : {"dataset_AnomalyTrack", "dataset_ObstacleTrack"}) {
    const std::string ending = track == "dataset_AnomalyTrack" ? ".jpg" : ".webp";
    writeImage(folder, track + "/images/airplane0001" + ending);
    writeImage(folder, track + "/images/validation0000" + ending);
    writeLabel(folder, track + "/labels_masks/validation0000_labels_semantic.png", 1);
    writeImage(folder, track + "/labels_masks/validation0000_labels_semantic_color.png");
  }
  const auto anomaly = openDataSet(folder.path() / "dataset_AnomalyTrack");
  EXPECT_EQ(anomaly.layout, layouts::kSmiycAnomaly);
  EXPECT_FALSE(anomaly.frames[0].label.has_value());
  EXPECT_EQ(labelOf(anomaly, 1)[0], kAnomaly);
  EXPECT_THAT(reasonsOf(anomaly), ElementsAre("validation0000_labels_semantic_color.png: not a _labels_semantic.png"));
  EXPECT_EQ(openDataSet(folder.path() / "dataset_ObstacleTrack").layout, layouts::kSmiycObstacle);
  std::filesystem::rename(folder.path() / "dataset_ObstacleTrack", folder.path() / "renamed");
  EXPECT_EQ(openDataSet(folder.path() / "renamed").layout, layouts::kSmiycObstacle);
}

TEST(FishyscapesLostAndFound, ImagesAreLookedUpByIdBesideTheLabels) {
  const TemporaryFolder folder;
  writeLabel(folder, "fs/0000_04_Maurener_Weg_8_000000_000030_labels.png", {0, 1, 2, 255}, 4);
  writeLabel(folder, "fs/0001_04_Nowhere_000000_000030_labels.png", {0, 1, 2, 255}, 4);
  writeImage(folder, "laf/leftImg8bit/train/04_Maurener_Weg_8/04_Maurener_Weg_8_000000_000030_leftImg8bit.png", 4, 1);
  const auto set = openDataSet(folder.path() / "fs");
  EXPECT_EQ(set.layout, layouts::kFishyscapesLostAndFound);
  EXPECT_THAT(namesOf(set), ElementsAre("0000_04_Maurener_Weg_8_000000_000030"));
  EXPECT_THAT(labelOf(set, 0), ElementsAre(0, 1, 255, 255));
  EXPECT_THAT(reasonsOf(set), ElementsAre(HasSubstr("no image 04_Nowhere_000000_000030_leftImg8bit.png")));
}

TEST(FishyscapesStatic, OverlayIsAddedAndClippedAndTheVersionIsKept) {
  const TemporaryFolder folder;
  writeLabel(folder, "fs_val_v2/0003_frankfurt_000000_000294_labels.png", {0, 1}, 2);
  writeImage(folder, "cityscapes/leftImg8bit/val/frankfurt/frankfurt_000000_000294_leftImg8bit.png", 2, 1);
  // Zip of one deflated member rgb.npy, int16 1x2x3: (-40, 5, 300), (0, 0, 0). The image is RGB (30, 20, 10).
  std::filesystem::copy_file(OODSCOPE_SOURCE_DIR "/tests/unit/datasets/overlay_rgb.npz",
                             folder.path() / "fs_val_v2/0003_frankfurt_000000_000294_rgb.npz");
  const auto set = openDataSet(folder.path() / "fs_val_v2");
  EXPECT_EQ(set.layout, layouts::kFishyscapesStatic);
  EXPECT_EQ(set.version, "v2");
  ASSERT_EQ(set.frames.size(), 1U);
  const auto image = readImage(set.frames[0]);
  EXPECT_EQ(image.at(0, 0), (Rgb{0, 25, 255}));
  EXPECT_EQ(image.at(1, 0), (Rgb{30, 20, 10}));
}

TEST(RoadAnomaly2019, TwoAndAboveIsAnomalyAndTheListDecides) {
  const TemporaryFolder folder;
  folder.write("frame_list.json", R"(["cow.jpg", "gone.jpg"])");
  writeImage(folder, "frames/cow.jpg", 4, 1);
  writeImage(folder, "frames/extra.jpg", 4, 1);
  writeLabel(folder, "frames/cow.labels/labels_semantic.png", {0, 1, 2, 255}, 4);
  const auto set = openDataSet(folder.path());
  EXPECT_EQ(set.layout, layouts::kRoadAnomaly2019);
  EXPECT_THAT(namesOf(set), ElementsAre("cow"));
  EXPECT_THAT(labelOf(set, 0), ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(reasonsOf(set), ::testing::UnorderedElementsAre("extra.jpg: not in frame_list.json",
                                                              "gone.jpg: in frame_list.json but not there"));
}

TEST(LostAndFound, ZeroIsVoidTwoAndAboveIsObstacleAndUnlabelledFramesAreLeftOut) {
  const TemporaryFolder folder;
  const std::string scene = "/test/01_Hanns_Klemm_Str_45/01_Hanns_Klemm_Str_45_000000_000";
  const std::string train = "/train/04_Maurener_Weg_8/04_Maurener_Weg_8_000000_000030";
  for (const std::string id : {"010", "020"}) {
    writeImage(folder, "laf/leftImg8bit" + scene + id + "_leftImg8bit.png", 4, 1);
    folder.write("laf/camera" + scene + id + "_camera.json", "{}");
    writeLabel(folder, "laf/disparity" + scene + id + "_disparity.png", {0, 0, 0, 0}, 4);
  }
  writeImage(folder, "laf/leftImg8bit" + train + "_leftImg8bit.png", 4, 1);
  writeLabel(folder, "laf/gtCoarse" + scene + "010_gtCoarse_labelIds.png", {0, 1, 2, 40}, 4);
  writeLabel(folder, "laf/gtCoarse" + scene + "020_gtCoarse_labelIds.png", {0, 0, 0, 0}, 4);
  const auto set = openDataSet(folder.path() / "laf");
  EXPECT_EQ(set.layout, layouts::kLostAndFound);
  EXPECT_EQ(set.name, "laf");
  EXPECT_THAT(namesOf(set),
              ElementsAre("test/01_Hanns_Klemm_Str_45_000000_000010", "train/04_Maurener_Weg_8_000000_000030"));
  EXPECT_THAT(labelOf(set, 0), ElementsAre(255, 0, 1, 1));
  EXPECT_TRUE(set.frames[0].disparity && set.frames[0].camera);
  EXPECT_THAT(reasonsOf(set), Contains(HasSubstr("zero everywhere: the frame is invalid")));
  EXPECT_THAT(set.remarks, Contains(HasSubstr("all splits are opened (test, train)")));
  EXPECT_THAT(namesOf(openDataSet(folder.path() / "laf/leftImg8bit/train")),
              ElementsAre("04_Maurener_Weg_8_000000_000030"));
}

TEST(StreetHazards, ClassThirteenIsAnomalyAndNothingIsVoid) {
  const TemporaryFolder folder;
  for (const std::string town : {"t5", "t6"}) {
    writeImage(folder, "test/images/test/" + town + "/1.png", 4, 1);
    writeLabel(folder, "test/annotations/test/" + town + "/1.png", {1, 13, 14, 8}, 4);
  }
  const auto set = openDataSet(folder.path());
  EXPECT_EQ(set.layout, layouts::kStreetHazards);
  EXPECT_THAT(namesOf(set), ElementsAre("t5/1", "t6/1"));
  EXPECT_THAT(labelOf(set, 0), ElementsAre(0, 0, 1, 0));
  EXPECT_EQ(openDataSet(folder.path() / "test").layout, layouts::kStreetHazards);
}

TEST(StreetHazards, ThirteenClassesAreReadAndTheAnomalyIsNone) {
  const TemporaryFolder folder;
  writeImage(folder, "test/images/test/t5/1.png", 5, 1);
  writeLabel(folder, "test/annotations/test/t5/1.png", {1, 13, 14, 8, 0}, 5);
  const auto set = openDataSet(folder.path());
  EXPECT_THAT(readClassLabel(set, set.frames.at(0)).values(), ElementsAre(0, 12, 255, 7, 255));
  const std::vector<std::string> names = set.layout.kind().classes->names();
  ASSERT_EQ(names.size(), 13U);
  EXPECT_EQ(names[7], "road");
  EXPECT_EQ(names[12], "sign");
  writeLabel(folder, "test/annotations/test/t5/1.png", {1, 13, 15, 8, 0}, 5);
  EXPECT_THAT(errorOf([&] { return readClassLabel(set, set.frames.at(0)); }),
              HasSubstr("expected StreetHazards values 1 to 13, 255 void, found 15"));
}

/// The values of ISSU's masks, one pixel each: road, sidewalk, bicycle, unknown object, ignored.
const std::vector<std::uint8_t> kIssuValues{0, 1, 18, 254, 255};

void writeIssu(const TemporaryFolder& folder, const std::string& root) {
  for (const std::string name : {"static_0_009599", "static_rain_000002", "temporal_99_520", "temporal_25_000001"}) {
    writeImage(folder, root + "/images/" + name + ".png", 5, 1);
    writeLabel(folder, root + "/labels_masks/" + name + ".png", kIssuValues, 5);
  }
}

TEST(Issu, HasTwoTracksOfOneLabel) {
  const TemporaryFolder folder;
  writeIssu(folder, "dataset_ISSUTrack");
  writeIssu(folder, "renamed");
  const auto anomaly = openDataSet(folder.path() / "dataset_ISSUTrack");
  EXPECT_EQ(anomaly.layout, layouts::kIssu);
  EXPECT_EQ(anomaly.frames.size(), 4U);
  EXPECT_THAT(labelOf(anomaly, 0), ElementsAre(0, 0, 0, 1, 255));
  EXPECT_THAT(readClassLabel(anomaly, anomaly.frames[0]).values(), ElementsAre(0, 1, 18, 255, 255));
  const auto obstacle = openDataSet(folder.path() / "renamed::obstacle");
  EXPECT_EQ(obstacle.layout, layouts::kIssu) << "told by the frames' names";
  EXPECT_THAT(labelOf(obstacle, 0), ElementsAre(0, 255, 255, 1, 255));
  EXPECT_EQ(obstacle.name, "renamed_obstacle");
}

TEST(Issu, PartsAreSplitsAndLight) {
  const TemporaryFolder folder;
  writeIssu(folder, "dataset_ISSUTrack");
  const auto part = [&](const std::string& name) {
    return namesOf(openDataSet((folder.path() / "dataset_ISSUTrack").string() + "::" + name));
  };
  EXPECT_THAT(part("static"), ElementsAre("static_0_009599", "static_rain_000002"));
  EXPECT_THAT(part("static-low-light"), ElementsAre("static_rain_000002"));
  EXPECT_THAT(part("temporal-normal"), ElementsAre("temporal_99_520"));
  EXPECT_THAT(part("obstacle+temporal-low-light"), ElementsAre("temporal_25_000001"));
  EXPECT_THAT(errorOf([&] { return part("bright"); }), HasSubstr("expected obstacle, static, temporal"));
}

TEST(Bravo, SubsetsAreToldByTheirFolders) {
  const TemporaryFolder folder;
  const std::string flare = "bravo_synflare/ulm/ulm_000000_000019";
  writeImage(folder, flare + "_leftImg8bit.png", 4, 1);
  writeLabel(folder, flare + "_gt_invIds.png", {0, 0, 1, 255}, 4);
  writeLabel(folder, flare + "_gt_labelTrainIds.png", {0, 255, 255, 13}, 4);
  writeImage(folder, "bravo_synobjs/cheetah/14.png", 4, 1);
  writeLabel(folder, "bravo_synobjs/cheetah/14_mask.png", {0, 0, 1, 1}, 4);
  writeLabel(folder, "bravo_synobjs/cheetah/14_gt.png", {0, 1, 2, 255}, 4);
  writeImage(folder, "bravo_SMIYC/RoadAnomaly21/images/cow0013.jpg", 4, 1);
  writeLabel(folder, "bravo_SMIYC/RoadAnomaly21/labels_masks/cow0013_labels_semantic.png", {0, 1, 255, 0}, 4);
  const auto flares = openDataSet(folder.path() / "bravo_synflare");
  EXPECT_EQ(flares.layout, layouts::kBravo);
  EXPECT_THAT(namesOf(flares), ElementsAre("ulm/ulm_000000_000019_leftImg8bit"));
  EXPECT_THAT(labelOf(flares, 0), ElementsAre(0, 255, 255, 1)) << "pixels of no class take no part";
  const auto objects = openDataSet(folder.path() / "bravo_synobjs");
  EXPECT_THAT(namesOf(objects), ElementsAre("cheetah/14"));
  EXPECT_THAT(labelOf(objects, 0), ElementsAre(0, 0, 1, 255));
  EXPECT_THAT(objects.skipped, IsEmpty());
  EXPECT_THAT(labelOf(openDataSet(folder.path() / "bravo_SMIYC"), 0), ElementsAre(0, 1, 255, 0));
}

TEST(Oodis, InstancesAreAnomalies) {
  const TemporaryFolder folder;
  cv::Mat instances(1, 5, CV_16UC1);
  const std::vector<int> values{7, 26001, 26002, 0, 33};
  for (int x = 0; x < 5; ++x)
    instances.at<std::uint16_t>(0, x) = static_cast<std::uint16_t>(values[static_cast<std::size_t>(x)]);
  testing::writePicture(folder, "fishyscapes/04_Scene_000008_000140_gtCoarse_instanceIds.png", instances);
  writeImage(folder, "fishyscapes/04_Scene_000008_000140_leftImg8bit.png", 5, 1);
  testing::writePicture(folder, "roadanomaly/labels/cow0001_instanceIds.png", instances);
  writeImage(folder, "roadanomaly/images/cow0001.jpg", 5, 1);
  const auto found = openDataSet(folder.path() / "fishyscapes");
  EXPECT_EQ(found.layout, layouts::kOodis);
  EXPECT_THAT(namesOf(found), ElementsAre("04_Scene_000008_000140"));
  EXPECT_THAT(labelOf(found, 0), ElementsAre(0, 1, 1, 255, 0));
  const auto other = openDataSet(folder.path() / "roadanomaly");
  EXPECT_EQ(other.layout, layouts::kOodis);
  EXPECT_THAT(labelOf(other, 0), ElementsAre(0, 1, 1, 255, 0));
}

TEST(Cityscapes, LabelIdsBecomeTrainIds) {
  const TemporaryFolder folder;
  writeImage(folder, "leftImg8bit/val/ulm/ulm_000000_000019_leftImg8bit.png", 5, 1);
  writeLabel(folder, "gtFine/val/ulm/ulm_000000_000019_gtFine_labelIds.png", {7, 8, 33, 4, 0}, 5);
  const auto set = openDataSet(folder.path());
  EXPECT_EQ(set.layout, layouts::kCityscapes);
  const auto classes = readClassLabel(set, set.frames.at(0));
  EXPECT_THAT(classes.values(), ElementsAre(0, 1, 18, 255, 255));
  EXPECT_EQ(set.layout.kind().disparity, DisparityConvention::Cityscapes);
}

TEST(GenericLayout, MasksMatchByStemAndTheUsersTableDecides) {
  const TemporaryFolder folder;
  writeImage(folder, "pics/a/1.png", 3, 1);
  writeImage(folder, "pics/b/1.png", 3, 1);
  writeLabel(folder, "truth/a/1_mask.png", {10, 20, 30}, 3);
  const GenericLayout generic{.images = "pics/*/*.png",
                              .masks = "truth/*/*",
                              .encoding = {.meaning = {{10, kNormal}, {20, kAnomaly}}, .otherwise = kVoid}};
  EXPECT_THAT(errorOf([&] { return openDataSet(folder.path()); }), HasSubstr("no known layout fits the folder"));
  const auto set = openDataSet(folder.path(), generic);
  EXPECT_EQ(set.layout, layouts::kGeneric);
  EXPECT_THAT(namesOf(set), ElementsAre("a/1", "b/1"));
  EXPECT_THAT(labelOf(set, 0), ElementsAre(0, 1, 255));
  EXPECT_FALSE(set.frames[1].label.has_value());
}

TEST(FindDataSets, ListsTheSetsBelowAFolderAndOpeningTheFolderNamesThem) {
  const TemporaryFolder folder;
  for (const std::string name : {"s10", "s2"}) {
    writeImage(folder, "all/" + name + "/images/0.png");
    writeLabel(folder, "all/" + name + "/labels_masks/0.png");
  }
  EXPECT_THAT(findDataSets(folder.path()), ElementsAre(folder.path() / "all/s2", folder.path() / "all/s10"));
  EXPECT_THAT(findDataSets(folder.path() / "all/s2"), ElementsAre(folder.path() / "all/s2"));
  EXPECT_THAT(errorOf([&] { return openDataSet(folder.path() / "all"); }), HasSubstr("found 2 sets in it: s2, s10"));
}

TEST(Layouts, DeclareAllThatMessagesAndPagesShow) {
  for (const Layout layout : allLayouts()) {
    const LayoutKind& kind = layout.kind();
    EXPECT_FALSE(kind.name.empty() || kind.hint.empty()) << kind.name;
    EXPECT_TRUE(kind.fits != nullptr && kind.read != nullptr) << kind.name;
  }
  EXPECT_EQ(Layout(), layouts::kGeneric);
}

TEST(Layouts, EachHintIsSaidOnceOfAFolderThatNoneFits) {
  const std::string hints = layoutHints();
  EXPECT_THAT(hints, HasSubstr("images/ with labels_masks/ (SegmentMeIfYouCan, course)"));
  EXPECT_THAT(hints, HasSubstr("leftImg8bit/ (Cityscapes, Lost and Found)"));
  EXPECT_EQ(hints.find("leftImg8bit"), hints.rfind("leftImg8bit"));
  const TemporaryFolder folder;
  folder.write("notes.txt", "hello");
  EXPECT_THAT(errorOf([&] { (void)openDataSet(folder.path()); }), HasSubstr(hints));
}

}  // namespace
}  // namespace oodscope
