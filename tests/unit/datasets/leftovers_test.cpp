// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/datasets/made_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::errorOf;
using testing::frameNames;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::labelValues;
using testing::TemporaryFolder;
using testing::writeImage;
using testing::writeLabel;

void writeBundle(const TemporaryFolder& folder, int count) {
  for (int i = 0; i < count; ++i) {
    writeImage(folder, "images/" + std::to_string(i) + ".png", 2, 1);
    writeLabel(folder, "labels_masks/" + std::to_string(i) + ".png", {0, 1}, 2);
  }
}

TEST(Leftovers, ImagesWithoutMasksAndMasksWithoutImagesAreListedWithCounts) {
  const TemporaryFolder folder;
  writeBundle(folder, 5);
  fs::rename(folder.path() / "labels_masks/1.png", folder.path() / "labels_masks/one.png");
  fs::rename(folder.path() / "labels_masks/4.png", folder.path() / "labels_masks/four.png");
  EXPECT_THAT(openDataSet(folder.path()).warnings,
              ElementsAre("2 images of 5 have no mask: 1, 4; 2 masks of 5 fit no image: four.png, one.png"));
}

TEST(Leftovers, MasksAloneThatFitNoImageAreSaid) {
  const TemporaryFolder folder;
  writeBundle(folder, 2);
  writeLabel(folder, "labels_masks/7.png", {0, 1}, 2);
  EXPECT_THAT(openDataSet(folder.path()).warnings, ElementsAre("1 mask of 3 fits no image: 7.png"));
}

TEST(Leftovers, AffixesAreMatchedInEveryLayout) {
  const TemporaryFolder folder;
  for (const std::string name : {"0", "1", "12"}) {
    writeImage(folder, "images/img_" + name + ".png", 2, 1);
    writeLabel(folder, "labels_masks/" + name + "_L.png", {0, 1}, 2);
  }
  const auto set = openDataSet(folder.path());
  EXPECT_THAT(labelValues(set, 2), ElementsAre(0, 1));
  EXPECT_THAT(set.warnings, IsEmpty());
  EXPECT_THAT(set.remarks, Contains(HasSubstr("3 files matched without what is usual before or after a name")));
}

TEST(Leftovers, WhatAllNamesShareIsNoPartOfThemAndThatIsSaid) {
  const TemporaryFolder folder;
  for (const std::string name : {"10", "11", "12"}) {
    writeImage(folder, "images/cam3_" + name + "_final.png", 2, 1);
    writeLabel(folder, "labels_masks/truth" + name + ".png", {1, 0}, 2);
  }
  const auto set = openDataSet(folder.path());
  EXPECT_THAT(labelValues(set, 1), ElementsAre(1, 0));
  EXPECT_THAT(set.warnings, ElementsAre(HasSubstr("assumed: 3 masks belong to the images whose names are alike")));
}

TEST(Leftovers, WhatFileManagersAndNotebooksLeaveIsNeverAFrame) {
  const TemporaryFolder folder;
  writeBundle(folder, 2);
  for (const std::string part : {"images", "labels_masks"}) {
    for (const std::string left : {".ipynb_checkpoints/0-checkpoint.png", "@eaDir/0.png", "__MACOSX/._0.png", "._0.png",
                                   ".DS_Store", "Thumbs.db", "desktop.ini"}) {
      std::string file = part;
      folder.write(file.append("/").append(left), std::string("\0\5\x16\7", 4));
    }
  }
  folder.write("__MACOSX/images/._0.png", "x");
  const auto set = openDataSet(folder.path());
  EXPECT_THAT(frameNames(set), ElementsAre("0", "1"));
  EXPECT_THAT(set.skipped, IsEmpty());
  EXPECT_THAT(set.warnings, IsEmpty());
}

TEST(Leftovers, BrokenLinksAndDoublesAreSaidAndLinksToFilesAreFollowed) {
  const TemporaryFolder folder;
  writeBundle(folder, 3);
  fs::create_directories(folder.path() / "store");
  fs::rename(folder.path() / "images/0.png", folder.path() / "store/0.png");
  fs::create_symlink(folder.path() / "store/0.png", folder.path() / "images/0.png");
  fs::remove(folder.path() / "labels_masks/1.png");
  fs::create_symlink("../store/gone.png", folder.path() / "labels_masks/1.png");
  writeImage(folder, "images/2.jpg", 2, 1);
  fs::create_directory_symlink("../" + folder.path().filename().string(), folder.path() / "loop");
  const auto set = openDataSet(folder.path());
  EXPECT_THAT(frameNames(set), ElementsAre("0", "1", "2"));
  EXPECT_THAT(labelValues(set, 0), ElementsAre(0, 1));
  EXPECT_THAT(set.warnings, ElementsAre("1 image is not used, another has its name: 2.png (2.jpg is)",
                                        "1 mask is a link that leads nowhere: 1.png"));
  EXPECT_THAT(errorOf([&] { return readLabel(set, set.frames[1]); }),
              HasSubstr("label is a link that leads nowhere: expected a file, found no ../store/gone.png"));
}

TEST(Leftovers, ClassLabelsAsColoursAloneAreSaidToBeMissing) {
  const TemporaryFolder folder;
  writeImage(folder, "leftImg8bit/val/ulm/ulm_000000_000019_leftImg8bit.png", 5, 1);
  writeImage(folder, "gtFine/val/ulm/ulm_000000_000019_gtFine_color.png", 5, 1);
  EXPECT_THAT(openDataSet(folder.path()).warnings,
              ElementsAre(HasSubstr("1 frame of 1 has no class labels: …_gtFine_labelIds.png or")));
}

}  // namespace
}  // namespace oodscope
