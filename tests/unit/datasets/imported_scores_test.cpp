// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/imported_scores.h"
#include "analysis/formats/npy.h"
#include "tests/unit/datasets/made_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <array>

namespace oodscope {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::errorOf;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

DataSet setOf(const std::vector<std::string>& names, Layout layout = Layout::CourseBundle) {
  DataSet set{.name = "set", .layout = layout};
  for (const auto& name : names) set.frames.push_back({.name = name, .image = "images/" + name + ".png"});
  return set;
}

void writeNpy(const TemporaryFolder& folder, const std::string& below, const std::vector<std::size_t>& shape) {
  const auto file = folder.path() / below;
  std::filesystem::create_directories(file.parent_path());
  std::size_t count = 1;
  for (const auto dimension : shape) count *= dimension;
  const std::vector<float> values(count, 0.5F);
  writeNpyAtomically(file, NpyType::Float32, shape, std::as_bytes(std::span(values)));
}

TEST(ImportedScores, MatchByNameAndSayWhatIsMissing) {
  const TemporaryFolder folder;
  writeNpy(folder, "mine/1.npy", {2, 3});
  writeNpy(folder, "mine/2_logits.npy", {4, 2, 3});
  writeNpy(folder, "mine/9.npy", {2, 3});
  folder.write("mine/readme.txt", "x");
  const auto scores = openImportedScores(folder.path() / "mine", setOf({"1", "2", "3"}));
  EXPECT_EQ(scores.method, "mine");
  ASSERT_TRUE(scores.files[0] && scores.files[1]);
  EXPECT_EQ(scores.files[0]->content, ImportedFile::Content::Scores);
  EXPECT_EQ(scores.files[1]->content, ImportedFile::Content::Logits);
  EXPECT_THAT(scores.missing, ElementsAre("3"));
  EXPECT_THAT(scores.remarks, Contains("1 frame of 3 without scores, the first: 3"));
  EXPECT_EQ(scores.skipped.size(), 2U);
}

TEST(ImportedScores, FishyscapesNumbersAndSmiycFoldersAreKnown) {
  const TemporaryFolder folder;
  writeNpy(folder, "fs/0003_anomaly.npy", {2, 3});
  writeNpy(folder, "fs/0003_segmentation.npy", {2, 3});
  const auto fs =
      openImportedScores(folder.path() / "fs", setOf({"0003_frankfurt_000000_000294"}, Layout::FishyscapesStatic));
  EXPECT_TRUE(fs.files[0].has_value());
  EXPECT_EQ(fs.skipped.at(0).reason, "a class map, not scores");
  folder.write("anomaly_p/m/ObstacleTrack-all/snowstorm1_00_03.hdf5", "x");
  const auto smiyc =
      openImportedScores(folder.path() / "anomaly_p/m", setOf({"snowstorm1_00_03"}, Layout::SmiycObstacle));
  EXPECT_EQ(smiyc.method, "m");
  EXPECT_TRUE(smiyc.files[0].has_value());
}

TEST(ImportedScores, TownsKeepFramesOfOneNameApart) {
  const TemporaryFolder folder;
  writeNpy(folder, "m/t5/1.npy", {2, 3});
  writeNpy(folder, "m/t6/1.npy", {2, 3});
  const auto scores = openImportedScores(folder.path() / "m", setOf({"t5/1", "t6/1"}));
  EXPECT_EQ(scores.files[1]->file, folder.path() / "m/t6/1.npy");
}

TEST(ImportedScores, SeveralMethodsOrNoMatchAreRefused) {
  const TemporaryFolder folder;
  writeNpy(folder, "all/a/1.npy", {2, 3});
  writeNpy(folder, "all/b/1.npy", {2, 3});
  EXPECT_THAT(errorOf([&] { return openImportedScores(folder.path() / "all", setOf({"1"})); }),
              HasSubstr("several score files fit one frame: expected one file for 1: open the folder of one method, "
                        "found a/1.npy and b/1.npy"));
  EXPECT_THAT(errorOf([&] { return openImportedScores(folder.path() / "all/a", setOf({"7"})); }),
              HasSubstr("no score file fits a frame of set: expected files named as its frames: 7.npy"));
  EXPECT_THAT(errorOf([&] { return openImportedScores(folder.path() / "none", setOf({"7"})); }),
              HasSubstr("expected a folder, found nothing of that name"));
}

}  // namespace
}  // namespace oodscope
