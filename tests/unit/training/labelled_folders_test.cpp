// SPDX-License-Identifier: GPL-3.0-or-later
// Sets of class labels as their publishers lay them out, made small.
#include "inference/training/labelled_folders.h"

#include "analysis/core/error.h"
#include "analysis/datasets/cityscapes.h"
#include "inference/training/samples.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <opencv2/imgcodecs.hpp>

#include <algorithm>
#include <cctype>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

/// A picture and its mask of one row.
void writePair(const fs::path& image, const fs::path& mask, const std::vector<unsigned char>& values) {
  for (const fs::path& file : {image, mask}) fs::create_directories(file.parent_path());
  const int width = static_cast<int>(values.size());
  ASSERT_TRUE(cv::imwrite(image.string(), cv::Mat(1, width, CV_8UC3, cv::Scalar(1, 2, 3))));
  cv::Mat row(1, width, CV_8UC1);
  for (int x = 0; x < width; ++x) row.at<unsigned char>(0, x) = values[static_cast<std::size_t>(x)];
  ASSERT_TRUE(cv::imwrite(mask.string(), row));
}

std::vector<int> classesIn(const SampleSource& source, std::size_t index = 0) {
  const Sample sample = source.read(index);
  return {sample.classes.values().begin(), sample.classes.values().end()};
}

TEST(LabelledFolders, OfStreetHazardsHaveThirteenClassesAndTwoParts) {
  const TemporaryFolder folder;
  const fs::path root = folder.path() / "StreetHazards";
  writePair(root / "train/images/training/t1/0.png", root / "train/annotations/training/t1/0.png", {1, 2, 13, 0});
  writePair(root / "train/images/training/t2/0.png", root / "train/annotations/training/t2/0.png", {8, 8, 8, 8});
  writePair(root / "train/images/validation/t4/9.png", root / "train/annotations/validation/t4/9.png", {4, 5, 6, 7});
  const auto training = openClassLabelled(root);
  EXPECT_EQ(training->identity(), "StreetHazards training, 2 pictures");
  EXPECT_EQ(training->classes(), 13);
  EXPECT_EQ(training->classNames().back(), "sign");
  EXPECT_THAT(classesIn(*training), ElementsAre(0, 1, 12, 255));
  EXPECT_THAT(classesIn(*openClassLabelled(root.string() + "::validation")), ElementsAre(3, 4, 5, 6));
  const auto city = openClassLabelled(root, {.kind = ClassChoice::Kind::Cityscapes, .file = {}});
  EXPECT_EQ(city->classNames(), cityscapesNames());
  EXPECT_THAT(classesIn(*city), ElementsAre(kUnlearned, 2, 7, 255));
  try {
    static_cast<void>(openClassLabelled(root.string() + "::night"));
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("expected training, validation, found night"));
  }
}

TEST(LabelledFolders, OfVistasAreReadThroughTheirTableUnlessTheirOwnClassesAreAskedFor) {
  const TemporaryFolder folder;
  const fs::path root = folder.path() / "vistas";
  // Road, general lane marking, pedestrian area, car, ego vehicle, unlabeled.
  writePair(root / "training/images/a.jpg", root / "training/v1.2/labels/a.png", {13, 24, 11, 55, 64, 65});
  const auto usual = openClassLabelled(root);
  EXPECT_EQ(usual->classNames(), cityscapesNames());
  EXPECT_THAT(classesIn(*usual), ElementsAre(0, 0, 255, 13, kUnlearned, 255));
  const auto own = openClassLabelled(root, {.kind = ClassChoice::Kind::Own, .file = {}});
  EXPECT_EQ(own->classes(), 65);
  EXPECT_THAT(classesIn(*own), ElementsAre(13, 24, 11, 55, 64, 255));
  folder.write("map.csv", "Road,0\nCar,1\n");
  const auto given = openClassLabelled(root, {.kind = ClassChoice::Kind::File, .file = folder.path() / "map.csv"});
  EXPECT_THAT(classesIn(*given), ElementsAre(0, kUnlearned, kUnlearned, 1, kUnlearned, 255));
}

TEST(LabelledFolders, OfWildDashAreToldByTheirPanopticFile) {
  const TemporaryFolder folder;
  const fs::path root = folder.path() / "wd_public_02";
  writePair(root / "images/a.jpg", root / "labels/a.png", {7, 38, 35, 1, 33});
  EXPECT_THROW(static_cast<void>(openClassLabelled(root)), Error);
  folder.write("wd_public_02/panoptic.json", "{}");
  EXPECT_THAT(classesIn(*openClassLabelled(root)), ElementsAre(0, 0, 13, kUnlearned, 18));
}

TEST(LabelledFolders, OfAdeHaveTheirOwnClassesAndNoTable) {
  const TemporaryFolder folder;
  const fs::path root = folder.path() / "ADEChallengeData2016";
  writePair(root / "images/training/a.jpg", root / "annotations/training/a.png", {0, 1, 150});
  writePair(root / "images/training/b.jpg", root / "annotations/training/b.png", {0, 1, 151});
  const auto source = openClassLabelled(root);
  EXPECT_EQ(source->classes(), 150);
  EXPECT_THAT(classesIn(*source), ElementsAre(255, 0, 149));
  EXPECT_THROW(static_cast<void>(source->read(1)), Error) << "151 is no class";
  EXPECT_THROW(static_cast<void>(openClassLabelled(root, {.kind = ClassChoice::Kind::Cityscapes, .file = {}})), Error);
}

TEST(LabelledFolders, HaveTablesThatAreAsLongAsTheirClasses) {
  for (const LabelledFolder& kind : labelledFolders()) {
    if (!kind.classNames.empty()) {
      EXPECT_EQ(kind.classNames.size(), static_cast<std::size_t>(kind.classes)) << kind.name;
    }
    if (kind.toCityscapes.empty()) continue;
    ASSERT_EQ(kind.toCityscapes.size(), static_cast<std::size_t>(kind.classes)) << kind.name;
    // A class of a name that Cityscapes has, too, is that class.
    const std::vector<std::string> city = cityscapesNames();
    for (std::size_t i = 0; i < kind.classNames.size(); ++i) {
      std::string name(kind.classNames[i]);
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      const auto found = std::find(city.begin(), city.end(), name);
      if (found == city.end()) continue;
      EXPECT_EQ(kind.toCityscapes[i], found - city.begin()) << kind.name << ": " << name;
    }
  }
}

}  // namespace
}  // namespace oodscope
