// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/samples.h"

#include "analysis/core/error.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/training/tiny_pictures.h"

#include <gmock/gmock.h>
#include <opencv2/imgcodecs.hpp>

namespace oodscope {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryFolder;
namespace fs = std::filesystem;

void writePicture(const fs::path& file, const cv::Mat& picture) {
  fs::create_directories(file.parent_path());
  ASSERT_TRUE(cv::imwrite(file.string(), picture));
}

GeneratedScenes tinyScenes(const fs::path& cache = {}) {
  return {.seed = 3,
          .first = 0,
          .count = 3,
          .options = {.size = {128, 64}, .withAnomalies = true, .quality = 1},
          .cache = cache};
}

TEST(GeneratedSamples, AreWhatTheRendererGives) {
  const auto source = openGenerated(tinyScenes());
  ASSERT_EQ(source->size(), 3U);
  EXPECT_EQ(source->classes(), 19);
  const Sample sample = source->read(1);
  const DemoFrame frame = renderDemoFrame(3, 1, tinyScenes().options);
  EXPECT_EQ(sample.image, frame.image);
  EXPECT_EQ(sample.classes, frame.classes);
  EXPECT_EQ(sample.label, frame.label);
}

TEST(GeneratedSamples, ComeBackFromTheCacheUnchanged) {
  const TemporaryFolder folder;
  const Sample rendered = openGenerated(tinyScenes())->read(2);
  const auto cached = openGenerated(tinyScenes(folder.path()));
  for (int time = 0; time < 2; ++time) {
    const Sample sample = cached->read(2);
    EXPECT_EQ(sample.image, rendered.image);
    EXPECT_EQ(sample.classes, rendered.classes);
    EXPECT_EQ(sample.label, rendered.label);
  }
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) files += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(files, 1U);
}

TEST(GeneratedSamples, OfHeapsLearnNothingFromBonnetAndBorder) {
  GeneratedScenes scenes = tinyScenes();
  scenes.options.withAnomalies = false;
  scenes.options.withVoidObjects = true;
  scenes.count = 12;
  for (const ClutterKind kind : {ClutterKind::Shapes, ClutterKind::Heaps}) {
    scenes.options.clutter = kind;
    const auto source = openGenerated(scenes);
    int unlearned = 0;
    for (std::size_t index = 0; index < source->size(); ++index) {
      const Sample sample = source->read(index);
      const DemoFrame frame = renderDemoFrame(3, static_cast<int>(index), scenes.options);
      for (std::size_t i = 0; i < frame.classes.values().size(); ++i) {
        const std::uint8_t made = frame.classes.values()[i], read = sample.classes.values()[i];
        const bool isLeftOut = kind == ClutterKind::Heaps && made == kVoid && frame.voidObjects.values()[i] == 0;
        ASSERT_EQ(read, isLeftOut ? kUnlearned : made);
        unlearned += isLeftOut ? 1 : 0;
      }
    }
    EXPECT_EQ(unlearned > 0, kind == ClutterKind::Heaps);
  }
}

TEST(GeneratedSamples, OfOtherOptionsDoNotShareACache) {
  const TemporaryFolder folder;
  GeneratedScenes with = tinyScenes(folder.path()), without = with;
  without.options.withAnomalies = false;
  static_cast<void>(openGenerated(with)->read(0));
  EXPECT_EQ(openGenerated(without)->read(0).image, renderDemoFrame(3, 0, without.options).image);
}

TEST(ClassLabelledSamples, OfADemoSetOnDiskHoldClassesAndAnomalies) {
  const TemporaryFolder folder;
  writeDemoSet(folder.path() / "set", 3, 2, {.size = {128, 64}});
  const auto source = openClassLabelled(folder.path() / "set");
  ASSERT_EQ(source->size(), 2U);
  const Sample sample = source->read(0);
  const DemoFrame frame = renderDemoFrame(3, 0, {.size = {128, 64}});
  EXPECT_EQ(sample.classes, frame.classes);
  EXPECT_EQ(sample.label, frame.label);
}

TEST(ClassLabelledSamples, RefuseASetWithoutClassLabels) {
  const TemporaryFolder folder;
  writePicture(folder.path() / "set/images/0.png", cv::Mat(8, 8, CV_8UC3, cv::Scalar(1, 2, 3)));
  writePicture(folder.path() / "set/labels_masks/0.png", cv::Mat(8, 8, CV_8UC1, cv::Scalar(0)));
  EXPECT_THROW(static_cast<void>(openClassLabelled(folder.path() / "set")), Error);
}

class CamVid : public ::testing::Test {
protected:
  CamVid() {
    const cv::Mat picture(4, 6, CV_8UC3, cv::Scalar(30, 20, 10));
    writePicture(folder.path() / "train/0001.png", picture);
    writePicture(folder.path() / "train/0002.png", picture);
    writePicture(folder.path() / "train/0003.png", picture);  // has no mask
    cv::Mat indices(4, 6, CV_8UC1, cv::Scalar(1));
    indices.at<unsigned char>(0, 0) = 11;
    indices.at<unsigned char>(3, 5) = 4;
    writePicture(folder.path() / "trainannot/0001.png", indices);
    writePicture(folder.path() / "trainannot/0002.png", indices);
    cv::Mat colours(4, 6, CV_8UC3, cv::Scalar(128, 64, 128));  // road
    colours.at<cv::Vec3b>(0, 0) = {0, 0, 0};                   // void
    colours.at<cv::Vec3b>(3, 5) = {128, 128, 128};             // sky
    writePicture(folder.path() / "colours/0001_L.png", colours);
    folder.write("label_colors.txt", "128 128 128\tSky\n128 64 128\tRoad\n0 0 0\tVoid\n64 0 128\tCar\n");
  }
  TemporaryFolder folder;
};

TEST_F(CamVid, IndexMasksGiveTheirIndicesAndVoid) {
  const auto source = openCamVid(
      {.images = folder.path() / "train", .masks = folder.path() / "trainannot", .colourTable = {}, .voidIndex = 11});
  ASSERT_EQ(source->size(), 2U);
  EXPECT_EQ(source->classes(), 5);
  const Sample sample = source->read(0);
  EXPECT_EQ(sample.image.at(2, 2), (Rgb{10, 20, 30}));
  EXPECT_EQ(sample.classes.at(0, 0), kVoid);
  EXPECT_EQ(sample.classes.at(1, 0), 1);
  EXPECT_EQ(sample.classes.at(5, 3), 4);
  EXPECT_TRUE(sample.label.empty());
}

TEST_F(CamVid, ColourMasksFollowTheTable) {
  const auto source = openCamVid({.images = folder.path() / "train",
                                  .masks = folder.path() / "colours",
                                  .colourTable = folder.path() / "label_colors.txt"});
  ASSERT_EQ(source->size(), 1U);
  EXPECT_EQ(source->classes(), 3);
  const Sample sample = source->read(0);
  EXPECT_EQ(sample.classes.at(0, 0), kVoid);
  EXPECT_EQ(sample.classes.at(1, 0), 1);
  EXPECT_EQ(sample.classes.at(5, 3), 0);
}

TEST_F(CamVid, ATableWithAByteOrderMarkKeepsItsFirstClass) {
  std::ifstream plain(folder.path() / "label_colors.txt");
  std::string table((std::istreambuf_iterator<char>(plain)), std::istreambuf_iterator<char>());
  for (std::size_t at = 0; (at = table.find('\n', at)) != std::string::npos; at += 2) table.insert(at, 1, '\r');
  folder.write("windows.txt", "\xEF\xBB\xBF" + table);
  const auto source = openCamVid({.images = folder.path() / "train",
                                  .masks = folder.path() / "colours",
                                  .colourTable = folder.path() / "windows.txt"});
  EXPECT_EQ(source->classes(), 3);
  const Sample sample = source->read(0);
  EXPECT_EQ(sample.classes.at(0, 0), kVoid);
  EXPECT_EQ(sample.classes.at(1, 0), 1);
  EXPECT_EQ(sample.classes.at(5, 3), 0);
}

TEST_F(CamVid, TablesOfEveryCommonKindAreReadAlike) {
  for (const std::string table : {"\xef\xbb\xbf"
                                  "128 128 128\tSky\r\n128 64 128\tRoad\r\n0 0 0\tVoid\r\n",
                                  "name,r,g,b\nSky,128,128,128\nRoad,128,64,128\nVoid,0,0,0\n",
                                  "# r g b name\n128;128;128;Sky\n\n128;64;128;Road\n0;0;0;unlabeled\n"}) {
    folder.write("table.txt", table);
    const auto source = openCamVid({.images = folder.path() / "train",
                                    .masks = folder.path() / "colours",
                                    .colourTable = folder.path() / "table.txt"});
    EXPECT_EQ(source->classes(), 2) << table;
    const Sample sample = source->read(0);
    EXPECT_EQ(sample.classes.at(0, 0), kVoid) << table;
    EXPECT_EQ(sample.classes.at(1, 0), 1) << table;
    EXPECT_EQ(sample.classes.at(5, 3), 0) << table;
  }
}

TEST_F(CamVid, LinesOfTheTableThatAreNoneAreRefused) {
  for (const std::string table :
       {"128 128 128 Sky\n128 64 road\n", "128 128 128 Sky\n128 128 128 Road\n", "128 128 300 Sky\n", "nothing\n"}) {
    folder.write("table.txt", table);
    EXPECT_THROW(static_cast<void>(openCamVid({.images = folder.path() / "train",
                                               .masks = folder.path() / "colours",
                                               .colourTable = folder.path() / "table.txt"})),
                 Error)
        << table;
  }
}

TEST_F(CamVid, WhatHasNoPartnerAndIndicesThatNoMaskHoldsAreSaid) {
  const auto source = openCamVid(
      {.images = folder.path() / "train", .masks = folder.path() / "trainannot", .colourTable = {}, .voidIndex = 11});
  EXPECT_THAT(source->warnings(), ::testing::ElementsAre(HasSubstr("1 pictures have no mask: 0003.png"),
                                                         HasSubstr("3 class indices below 5 are in no mask")));
}

TEST_F(CamVid, GreyLevelsBeyondEveryClassCountAreRefused) {
  writePicture(folder.path() / "grey/0001.png", cv::Mat(4, 6, CV_8UC1, cv::Scalar(254)));
  EXPECT_THROW(static_cast<void>(openCamVid({.images = folder.path() / "train", .masks = folder.path() / "grey"})),
               Error);
}

TEST_F(CamVid, AColourThatIsNotInTheTableIsNamed) {
  folder.write("short.txt", "128 64 128 Road\n0 0 0 Void\n");
  const auto source = openCamVid({.images = folder.path() / "train",
                                  .masks = folder.path() / "colours",
                                  .colourTable = folder.path() / "short.txt"});
  try {
    static_cast<void>(source->read(0));
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("128 128 128"));
  }
}

TEST_F(CamVid, ColouredMasksWithoutATableAreRefused) {
  EXPECT_THROW(static_cast<void>(openCamVid({.images = folder.path() / "train", .masks = folder.path() / "colours"})),
               Error);
}

TEST_F(CamVid, FoldersWithoutPairsAreRefused) {
  fs::create_directories(folder.path() / "empty");
  EXPECT_THROW(static_cast<void>(openCamVid({.images = folder.path() / "train", .masks = folder.path() / "empty"})),
               Error);
  EXPECT_THROW(static_cast<void>(openCamVid({.images = folder.path() / "train", .masks = folder.path() / "none"})),
               Error);
}

TEST(KeptSamples, AreResizedOnceAndStayTheSame) {
  const auto kept = keptInMemory(std::make_unique<testing::TinyPictures>(2, Size{64, 32}), {32, 16});
  const Sample once = kept->read(1), again = kept->read(1);
  EXPECT_EQ(once.image.size(), (Size{32, 16}));
  EXPECT_EQ(once.classes.size(), (Size{32, 16}));
  EXPECT_EQ(once.image, again.image);
  EXPECT_EQ(once.classes, again.classes);
}

}  // namespace
}  // namespace oodscope
