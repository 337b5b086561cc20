// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/part_of_set.h"

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
using testing::TemporaryFolder;
using testing::writeImage;
using testing::writeLabel;

void writeScene(const TemporaryFolder& folder, const std::string& split, const std::string& scene,
                const std::string& frame) {
  const std::string below = "/" + split + "/" + scene + "/" + scene + "_" + frame;
  writeImage(folder, "laf/leftImg8bit" + below + "_leftImg8bit.png", 3, 1);
  writeLabel(folder, "laf/gtCoarse" + below + "_gtCoarse_labelIds.png", {0, 1, 2}, 3);
}
/// Two frames of unknown obstacles, one with children, one with a bicycle, one of the training split.
void writeLostAndFound(const TemporaryFolder& folder) {
  writeScene(folder, "test", "01_Hanns_Klemm_Str_45", "000001_000010");
  writeScene(folder, "test", "01_Hanns_Klemm_Str_45", "000006_000010");
  writeScene(folder, "test", "15_Rechbergstr_Deckenpfronn", "000001_000020");
  writeScene(folder, "test", "10_Schlossberg_9", "000001_000020");
  writeScene(folder, "train", "04_Maurener_Weg_8", "000000_000030");
}
std::filesystem::path part(const TemporaryFolder& folder, const std::string& name) { return folder / ("laf::" + name); }

TEST(PartOfSet, LostAndFoundOpensAllSplitsAndSaysWhichAFrameIsOf) {
  const TemporaryFolder folder;
  writeLostAndFound(folder);
  const auto set = openDataSet(folder.path() / "laf");
  EXPECT_THAT(frameNames(set),
              ElementsAre("test/01_Hanns_Klemm_Str_45_000001_000010", "test/01_Hanns_Klemm_Str_45_000006_000010",
                          "test/10_Schlossberg_9_000001_000020", "test/15_Rechbergstr_Deckenpfronn_000001_000020",
                          "train/04_Maurener_Weg_8_000000_000030"));
}

TEST(PartOfSet, NoKnownLeavesOutChildrenAndBicyclesAndIsNamedAsTablesNameIt) {
  const TemporaryFolder folder;
  writeLostAndFound(folder);
  const auto set = openDataSet(part(folder, "NoKnown"));
  EXPECT_EQ(set.name, "LostAndFound-testNoKnown");
  EXPECT_THAT(frameNames(set), ElementsAre("01_Hanns_Klemm_Str_45_000001_000010", "10_Schlossberg_9_000001_000020"));
  EXPECT_THAT(set.warnings, Contains("NoKnown has 2 frames here, 1043 where the published values were measured"));
}

TEST(PartOfSet, ASplitOfACityTreeIsOpenedByItsName) {
  const TemporaryFolder folder;
  writeLostAndFound(folder);
  const auto set = openDataSet(part(folder, "train"));
  EXPECT_EQ(set.name, "laf_train");
  EXPECT_THAT(frameNames(set), ElementsAre("04_Maurener_Weg_8_000000_000030"));
}

TEST(PartOfSet, AListOfFramesIsReadAsTextAndAsJson) {
  const TemporaryFolder folder;
  for (const std::string name : {"a", "b", "c"}) {
    writeImage(folder, "s/images/" + name + ".png", 2, 1);
    writeLabel(folder, "s/labels_masks/" + name + ".png", {0, 1}, 2);
  }
  folder.write("s/mine.txt", "\xEF\xBB\xBF# the good ones\r\nc\r\nimages/a.png\r\n\r\n");
  const auto set = openDataSet(folder / "s::mine.txt");
  EXPECT_EQ(set.name, "s_mine");
  EXPECT_THAT(frameNames(set), ElementsAre("a", "c"));
  EXPECT_THAT(set.remarks, Contains("only the frames that mine.txt lists"));
  const auto file = folder.write("other.json", R"(["b.png"])");
  EXPECT_THAT(frameNames(openDataSet(folder / ("s::" + file.string()))), ElementsAre("b"));
  folder.write("s/wrong.txt", "a\nz\n");
  EXPECT_THAT(errorOf([&] { return openDataSet(folder / "s::wrong.txt"); }),
              HasSubstr("list names frames that the set does not have"));
}

TEST(PartOfSet, UnknownPartsNameThoseThereAre) {
  const TemporaryFolder folder;
  writeLostAndFound(folder);
  EXPECT_THAT(errorOf([&] { return openDataSet(part(folder, "vaal")); }),
              AllOf(HasSubstr("expected NoKnown, a split (test, train), or a file with a list of frame names"),
                    HasSubstr("found \"vaal\"")));
  writeImage(folder, "s/images/0.png");
  EXPECT_THAT(errorOf([&] { return openDataSet(folder / "s::NoKnown"); }), HasSubstr("Lost and Found for NoKnown"));
}

TEST(PartOfSet, AFolderThatReallyHasColonsInItsNameStaysOne) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "a::b");
  EXPECT_EQ(splitSetPath(folder.path() / "a::b").part, "");
  EXPECT_EQ(splitSetPath(folder.path() / "a::c").part, "c");
  EXPECT_EQ(splitSetPath(folder.path() / "a::c").folder, folder.path() / "a");
}

}  // namespace
}  // namespace oodscope
