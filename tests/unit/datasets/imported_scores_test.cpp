// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/imported_scores.h"
#include "analysis/datasets/layout_kinds.h"
#include "analysis/formats/npy.h"
#include "tests/unit/datasets/made_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <array>

namespace oodscope {
namespace {

using ::testing::ElementsAre;
using testing::errorOf;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

DataSet setOf(const std::vector<std::string>& names, Layout layout = layouts::kCourseBundle) {
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
  EXPECT_THAT(scores.warnings, ElementsAre("1 frame of 3 has no score file: 3", "1 score file fits no frame: 9.npy"));
  EXPECT_EQ(scores.skipped.size(), 2U);
}

TEST(ImportedScores, FishyscapesNumbersAndSmiycFoldersAreKnown) {
  const TemporaryFolder folder;
  writeNpy(folder, "fs/0003_anomaly.npy", {2, 3});
  writeNpy(folder, "fs/0003_segmentation.npy", {2, 3});
  const auto fs =
      openImportedScores(folder.path() / "fs", setOf({"0003_frankfurt_000000_000294"}, layouts::kFishyscapesStatic));
  ASSERT_TRUE(fs.files[0].has_value());
  EXPECT_TRUE(fs.skipped.empty());
  ASSERT_TRUE(fs.files[0]->classes.has_value());
  EXPECT_EQ(fs.files[0]->classes->file.filename(), "0003_segmentation.npy");
  folder.write("anomaly_p/m/ObstacleTrack-all/snowstorm1_00_03.hdf5", "x");
  const auto smiyc =
      openImportedScores(folder.path() / "anomaly_p/m", setOf({"snowstorm1_00_03"}, layouts::kSmiycObstacle));
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

TEST(ImportedScores, AffixesAndCaseDoNotHideAFrame) {
  const TemporaryFolder folder;
  for (const char* name : {"anomaly_scene-1.npy", "scene-2_Max_Logit_map.npy", "SCENE-3.npy", "scene-4.npy"})
    writeNpy(folder, std::string("m/") + name, {2, 3});
  const auto scores = openImportedScores(folder.path() / "m", setOf({"scene-1", "scene-2", "scene-3", "scene-4"}));
  for (const auto& file : scores.files) EXPECT_TRUE(file.has_value());
  EXPECT_THAT(scores.warnings, ElementsAre(HasSubstr("1 score file was matched although case")));
}

TEST(ImportedScores, NamesInAnotherUnicodeFormMatchAndAreSaid) {
  const TemporaryFolder folder;
  writeNpy(folder,
           "m/br\xC3\xBC"
           "cke_score.npy",
           {2, 3});  // composed, as Linux writes it
  const auto scores = openImportedScores(folder.path() / "m", setOf({"bru\xCC\x88"
                                                                     "cke"}));  // decomposed, as macOS does
  EXPECT_TRUE(scores.files[0].has_value());
  EXPECT_THAT(scores.warnings, ElementsAre(HasSubstr("1 score file was matched although case or Unicode form")));
}

TEST(ImportedScores, AFrameWhoseNameLooksLikeAnAffixKeepsIt) {
  const TemporaryFolder folder;
  writeNpy(folder, "m/a_map.npy", {2, 3});
  writeNpy(folder, "m/a.npy", {2, 3});
  const auto scores = openImportedScores(folder.path() / "m", setOf({"a", "a_map"}));
  EXPECT_EQ(scores.files[0]->file.filename(), "a.npy");
  EXPECT_EQ(scores.files[1]->file.filename(), "a_map.npy");
}

TEST(ImportedScores, FilesThatCountFromAnotherNumberAreRefused) {
  const TemporaryFolder folder;
  for (int i = 0; i < 5; ++i) {
    writeNpy(folder, "zero/" + std::to_string(i) + ".npy", {2, 3});
    writeNpy(folder, "padded/score_00000" + std::to_string(i) + ".npy", {2, 3});
  }
  const auto set = setOf({"1", "2", "3", "4", "5"});
  const auto refused = HasSubstr("found files 0 to 4: rename them, or each frame would get the scores of another");
  EXPECT_THAT(errorOf([&] { return openImportedScores(folder.path() / "zero", set); }), refused);
  EXPECT_THAT(errorOf([&] { return openImportedScores(folder.path() / "padded", set); }), refused);
  const auto longer = setOf({"1", "2", "3", "4", "5", "6", "7"});
  EXPECT_THAT(errorOf([&] { return openImportedScores(folder.path() / "zero", longer); }), refused);
  EXPECT_THAT(errorOf([&] {
                return openImportedScores(folder.path() / "zero", setOf({"0", "1", "2"}));
              }),
              "no error")
      << "a part of a larger folder";
}

TEST(ImportedScores, APictureBesideAMapIsNoSecondMap) {
  const TemporaryFolder folder;
  writeNpy(folder, "m/1.npy", {2, 3});
  writeImage(folder, "m/1.png");
  writeNpy(folder, "m/2.npy", {2, 3});
  writeImage(folder, "m/2_overlay.png");
  const auto scores = openImportedScores(folder.path() / "m", setOf({"1", "2"}));
  EXPECT_EQ(scores.files[0]->file.filename(), "1.npy");
  EXPECT_EQ(scores.files[1]->file.filename(), "2.npy");
  EXPECT_TRUE(scores.warnings.empty());
}

TEST(ImportedScores, OneArrayForAllFramesSaysWhatToWrite) {
  const TemporaryFolder folder;
  writeNpy(folder, "one/scores.npy", {3, 4, 6});
  EXPECT_THAT(errorOf([&] {
                return openImportedScores(folder.path() / "one", setOf({"1", "2", "3"}));
              }),
              HasSubstr("one array for all frames: write one file a frame, as numpy.save('1.npy', scores[0])"));
}

TEST(ImportedScores, TypesAreToldByHeaders) {
  const TemporaryFolder folder;
  const std::vector<double> values(6, 0.5);
  std::filesystem::create_directories(folder.path() / "m");
  writeNpyAtomically(folder.path() / "m/1.npy", NpyType::Float64, std::vector<std::size_t>{2, 3},
                     std::as_bytes(std::span(values)));
  EXPECT_EQ(openImportedScores(folder.path() / "m", setOf({"1"})).files[0]->type, NpyType::Float64);
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
