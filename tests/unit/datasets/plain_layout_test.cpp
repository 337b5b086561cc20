// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/layout_kinds.h"
#include "tests/unit/datasets/made_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::errorOf;
using testing::frameNames;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::labelValues;
using ::testing::Not;
using testing::TemporaryFolder;
using testing::writeImage;
using testing::writeLabel;

struct Plain {
  std::string images, masks;  ///< '{}' stands for the frame's number
};
std::string named(const std::string& pattern, int number) {
  const auto at = pattern.find("{}");
  return pattern.substr(0, at) + std::to_string(number) + pattern.substr(at + 2);
}
void write(const TemporaryFolder& folder, const Plain& plain, const std::vector<std::uint8_t>& values = {0, 1, 255}) {
  for (const int number : {0, 1, 12}) {
    writeImage(folder, named(plain.images, number), static_cast<int>(values.size()), 1);
    writeLabel(folder, named(plain.masks, number), values, static_cast<int>(values.size()));
  }
}

TEST(PlainLayout, UsualFolderNamesAndNameEndingsOpenWithoutOptions) {
  for (const Plain& plain :
       {Plain{"images/{}.png", "masks/{}.png"}, Plain{"original/{}.png", "labels/{}.png"},
        Plain{"rgb/img_{}.png", "gt/gt_{}.png"}, Plain{"img/{}.jpg", "annotations/{}_L.png"},
        Plain{"test/images/{}.png", "test/ground_truth/{}_mask.png"}, Plain{"{}.png", "{}_gt.png"},
        Plain{"{}.jpg", "mask_{}.png"}, Plain{"IMAGES/{}.PNG", "Labels_Masks/{}.PNG"},
        Plain{"imgs/{}.JPG", "GT/{}.TIF"}, Plain{"leftImg8bit/{}.jpeg", "annotation/{}.bmp"},
        Plain{"images/day/{}.webp", "masks/day/{}.png"}, Plain{"Original Images/{}.png", "Ground-Truth/{}.tiff"}}) {
    SCOPED_TRACE(plain.images + " with " + plain.masks);
    const TemporaryFolder folder;
    write(folder, plain);
    const auto set = openDataSet(folder.path());
    EXPECT_EQ(set.layout, layouts::kGeneric);
    ASSERT_EQ(set.frames.size(), 3U);
    EXPECT_THAT(frameNames(set).back(), HasSubstr("12"));
    for (std::size_t i = 0; i < 3; ++i) EXPECT_THAT(labelValues(set, i), ElementsAre(0, 1, 255));
    EXPECT_THAT(set.warnings, IsEmpty());
  }
}

TEST(PlainLayout, BlackAndWhiteMasksOpenWithTheirAssumptionSaid) {
  const TemporaryFolder folder;
  write(folder, {"images/{}.png", "masks/{}.png"}, {0, 255, 0});
  const auto set = openDataSet(folder.path());
  EXPECT_THAT(labelValues(set, 0), ElementsAre(0, 1, 0));
  EXPECT_THAT(set.warnings, ElementsAre(HasSubstr("255 is taken as the anomaly")));
}

TEST(PlainLayout, ValuesThatTellNothingAreNamedWithTheOptionsThatMend) {
  const TemporaryFolder folder;
  write(folder, {"img/{}.png", "gt/{}.png"}, {0, 3, 7, 100});
  EXPECT_THAT(errorOf([&] { return openDataSet(folder.path()); }),
              AllOf(HasSubstr("--images 'img/*' --masks 'gt/*' --values"), HasSubstr("its masks hold 0, 3, 7, 100")));
  EXPECT_THAT(findDataSets(folder.path()), IsEmpty());
}

TEST(PlainLayout, ValuesAloneMayBeToldAndGlobsAlone) {
  const TemporaryFolder folder;
  write(folder, {"img/{}.png", "gt/{}.png"}, {0, 3, 7, 100});
  const auto told =
      openDataSet(folder.path(), GenericLayout{.images = "",
                                               .masks = "",
                                               .encoding = {.meaning = {{0, kNormal}, {3, kAnomaly}},
                                                            .otherwise = kVoid,
                                                            .description = "0=normal,3=anomaly,other=void",
                                                            .isOtherwiseMeant = true}});
  EXPECT_THAT(labelValues(told, 0), ElementsAre(0, 1, 255, 255));
  EXPECT_THAT(told.warnings, IsEmpty());
  const TemporaryFolder other;
  write(other, {"a/{}.png", "b/{}.png"}, {0, 255, 0});
  const auto globs = openDataSet(other.path(), GenericLayout{.images = "a/*", .masks = "b/*", .encoding = {}});
  EXPECT_THAT(labelValues(globs, 0), ElementsAre(0, 1, 0));
  EXPECT_THAT(globs.warnings, ElementsAre(HasSubstr("255 is taken as the anomaly")));
}

TEST(PlainLayout, AFolderOfNoKnownKindNamesTheOptions) {
  const TemporaryFolder folder;
  writeImage(folder, "a/0.png");
  EXPECT_THAT(errorOf([&] { return openDataSet(folder.path()); }),
              AllOf(HasSubstr("--images"), HasSubstr("--masks"), HasSubstr("--values")));
}

TEST(PlainLayout, TheOnlySetInAFolderStandsForItAndIsNamedAfterItWhereItsNameIsASplit) {
  const TemporaryFolder folder;
  write(folder, {"mine/test/images/{}.png", "mine/test/masks/{}.png"});
  const auto set = openDataSet(folder.path() / "mine");
  EXPECT_EQ(set.name, "mine_test");
  EXPECT_THAT(set.remarks, Contains("opened test, the only set in the folder"));
}

TEST(PlainLayout, LabelsOnlyAndImagesOnlyAreSaid) {
  const TemporaryFolder labels;
  writeLabel(labels, "labels_masks/0.png", {0, 1}, 2);
  EXPECT_THAT(errorOf([&] { return openDataSet(labels.path()); }), HasSubstr("no known layout fits the folder"));
  const TemporaryFolder empty;
  std::filesystem::create_directories(empty.path() / "images");
  writeLabel(empty, "labels_masks/0.png", {0, 1}, 2);
  EXPECT_THAT(errorOf([&] { return openDataSet(empty.path()); }), HasSubstr("set has no frames"));
  const TemporaryFolder images;
  writeImage(images, "images/0.png");
  EXPECT_THAT(openDataSet(images.path()).remarks, Contains(HasSubstr("no ground truth, which is not \"no anomaly\"")));
}

TEST(PlainLayout, HalfOfTheMasksInAnotherSizeAreRefusedByName) {
  const TemporaryFolder folder;
  write(folder, {"images/{}.png", "masks/{}.png"});
  writeLabel(folder, "masks/1.png", {0, 1, 255, 0}, 4);
  const auto set = openDataSet(folder.path());
  EXPECT_THAT(labelValues(set, 0), ElementsAre(0, 1, 255));
  EXPECT_THAT(errorOf([&] { return readLabel(set, set.frames[1]); }),
              HasSubstr("expected the image's 3x1, found label of 4x1"));
}

}  // namespace
}  // namespace oodscope
