// SPDX-License-Identifier: GPL-3.0-or-later
// Score maps that come with class maps, in the forms that benchmarks and scripts give them.
#include "analysis/datasets/imported_scores.h"
#include "analysis/formats/array_file.h"
#include "analysis/formats/score_map_file.h"
#include "tests/support/torch_files.h"
#include "tests/unit/datasets/made_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using testing::bytesOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;
using testing::writeArray;
using testing::writePicture;

constexpr int kWide = 3, kHigh = 2;
const std::vector<float> kMap{0.0F, 0.25F, 0.5F, 0.75F, 1.0F, 0.125F};
const std::vector<std::uint8_t> kTaken{0, 1, 2, 18, 13, 255};

DataSet twoFrames() {
  DataSet set{.name = "set"};
  for (const char* name : {"a1", "b2"}) set.frames.push_back({.name = name, .image = std::string(name) + ".png"});
  return set;
}

/// A .npz of stored members.
void writeArchive(const TemporaryFolder& folder, const std::string& below,
                  const std::vector<std::pair<std::string, std::string>>& members) {
  ZipWriter zip;
  for (const auto& [name, npy] : members) zip.add(name + ".npy", std::as_bytes(std::span(npy)));
  const auto bytes = zip.finish();
  folder.write(below, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string scoresAsNpy() {
  const std::vector<std::size_t> shape{kHigh, kWide};
  return npyHeaderText(NpyType::Float32, shape) + bytesOf(kMap);
}
std::string classesAsNpy() {
  const std::vector<std::size_t> shape{kHigh, kWide};
  return npyHeaderText(NpyType::UInt8, shape) + bytesOf(kTaken);
}

std::vector<std::uint8_t> classesOf(const ImportedScores& scores, std::size_t frame) {
  const ClassMap map = readImportedClasses(scores.files.at(frame).value().classes.value());
  EXPECT_EQ(map.size(), (Size{kWide, kHigh}));
  return {map.values().begin(), map.values().end()};
}

TEST(ImportedPairs, IssuArchivesHoldBoth) {
  const TemporaryFolder folder;
  for (const char* name : {"m/a1.npz", "m/b2.npz"})
    writeArchive(folder, name, {{"anomaly_scores", scoresAsNpy()}, {"pred_id_labels", classesAsNpy()}});
  const auto scores = openImportedScores(folder.path() / "m", twoFrames());
  EXPECT_EQ(scores.polarity, Polarity::AnomalyHigh);
  EXPECT_EQ(classesOf(scores, 0), kTaken);
  EXPECT_EQ(classesOf(scores, 1), kTaken) << "what the first file told holds for the others";
  EXPECT_EQ(readScoreMap(scores.files[1]->file).values()[3], 0.75F);
}

TEST(ImportedPairs, ScriptsCallThemScoreAndPrediction) {
  const TemporaryFolder folder;
  // Written in single precision as scripts do: two maps of floats, told apart by their names.
  const std::vector<std::size_t> shape{kHigh, kWide};
  const std::string classes =
      npyHeaderText(NpyType::Float32, shape) + bytesOf(std::vector<float>(kTaken.begin(), kTaken.end()));
  writeArchive(folder, "m/a1.npz", {{"prediction", classes}, {"score", scoresAsNpy()}});
  const auto scores = openImportedScores(folder.path() / "m", twoFrames());
  EXPECT_EQ(classesOf(scores, 0), kTaken);
  EXPECT_EQ(readScoreMap(scores.files[0]->file).values()[4], 1.0F);
}

TEST(ImportedPairs, TwoArraysOfUnknownNamesAreListedWithHowToChoose) {
  const TemporaryFolder folder;
  writeArchive(folder, "m/a1.npz", {{"first", scoresAsNpy()}, {"second", scoresAsNpy()}});
  EXPECT_THAT(testing::errorOf([&] { return openImportedScores(folder.path() / "m", twoFrames()); }),
              HasSubstr("file holds several arrays: expected one floating array of height x width, or one chosen with "
                        "--score-name NAME, found first (float32 2x3), second (float32 2x3)"));
  EXPECT_TRUE(openImportedScores(folder.path() / "m", twoFrames(), "second").files[0].has_value());
}

TEST(ImportedPairs, FishyscapesNamesTheTwoFiles) {
  const TemporaryFolder folder;
  writeArray(folder, "m/a1_anomaly.npy", "<f4", "2, 3", kMap);
  writeArray(folder, "m/a1_segmentation.npy", "|u1", "2, 3", kTaken);
  const auto scores = openImportedScores(folder.path() / "m", twoFrames());
  EXPECT_EQ(scores.files[0]->file.filename(), "a1_anomaly.npy");
  EXPECT_EQ(classesOf(scores, 0), kTaken);
  EXPECT_FALSE(scores.files[1].has_value());
}

TEST(ImportedPairs, BravosConfidencesAreTurnedRound) {
  const TemporaryFolder folder;
  // min(floor(c * 65536), 65535) of c = 0, 1/65536, 0.25, 0.5, 1 - 1/65536, 1
  const std::vector<std::uint16_t> stored{0, 1, 16384, 32768, 65535, 65535};
  cv::Mat confidence(kHigh, kWide, CV_16UC1, const_cast<std::uint16_t*>(stored.data()));
  cv::Mat taken(kHigh, kWide, CV_8UC1, const_cast<std::uint8_t*>(kTaken.data()));
  writePicture(folder, "m/a1_conf.png", confidence);
  writePicture(folder, "m/a1_pred.png", taken);
  const auto scores = openImportedScores(folder.path() / "m", twoFrames());
  EXPECT_EQ(scores.polarity, Polarity::NormalHigh);
  EXPECT_FALSE(scores.isPolarityChosen);
  EXPECT_EQ(classesOf(scores, 0), kTaken);
  EXPECT_TRUE(scores.skipped.empty());
  const ImportedFile& file = scores.files[0].value();
  const ScoreMap map = readScoreMap(file.file);
  EXPECT_EQ(map.values()[0], 0.0F) << "as any other picture where nobody says what it means";
  const StoredMap turned = readStoredMap(file.file, {}, {.isNormalHigh = true, .areBins = file.isBravo});
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const double expected = 1.0 - (static_cast<double>(stored[i]) + 0.5) / 65536.0;
    EXPECT_EQ(static_cast<double>(turned.asFloat().values()[i]), expected);
    EXPECT_EQ(turned.asDouble().values()[i], expected);
  }
}

TEST(ImportedPairs, TorchFilesHoldOneOrAreTwo) {
  const TemporaryFolder folder;
  const testing::MadeTensor score{"FloatStorage", 4, bytesOf(kMap), {kHigh, kWide}, {kWide, 1}};
  const testing::MadeTensor taken{"ByteStorage", 1, bytesOf(kTaken), {kHigh, kWide}, {kWide, 1}};
  folder.write("one/a1.pt", testing::torchFile({{"score", score}, {"prediction", taken}}));
  folder.write("two/a1_anomaly.pt", testing::torchFile({{"", score}}));
  folder.write("two/a1_segmentation.pt", testing::torchFile({{"", taken}}));
  folder.write("two/weights.pth", "no score file");
  for (const char* form : {"one", "two"}) {
    const auto scores = openImportedScores(folder.path() / form, twoFrames());
    EXPECT_EQ(classesOf(scores, 0), kTaken) << form;
    EXPECT_EQ(readScoreMap(scores.files[0]->file).values()[3], 0.75F) << form;
    EXPECT_THAT(scores.warnings, ElementsAre(HasSubstr("1 frame of 2 has no score file: b2"))) << form;
  }
}

TEST(ImportedPairs, APredictionAloneIsAMap) {
  const TemporaryFolder folder;
  writeArray(folder, "m/a1_pred.npy", "<f4", "2, 3", kMap);
  const auto scores = openImportedScores(folder.path() / "m", twoFrames());
  EXPECT_EQ(scores.files[0]->file.filename(), "a1_pred.npy");
  EXPECT_FALSE(scores.files[0]->classes.has_value());
}

TEST(ImportedPairs, PolaritiesAreNotMixedAndCanBeChosen) {
  const TemporaryFolder folder;
  cv::Mat confidence(kHigh, kWide, CV_16UC1, cv::Scalar(7));
  writePicture(folder, "mixed/a1_conf.png", confidence);
  writeArray(folder, "mixed/b2.npy", "<f4", "2, 3", kMap);
  EXPECT_THAT(testing::errorOf([&] { return openImportedScores(folder.path() / "mixed", twoFrames()); }),
              HasSubstr("expected files of one polarity, or --polarity anomaly-high|normal-high, found 1 of 2, and "
                        "b2.npy"));
  const auto chosen = openImportedScores(folder.path() / "mixed", twoFrames(), {}, Polarity::NormalHigh);
  EXPECT_EQ(chosen.polarity, Polarity::NormalHigh);
  EXPECT_TRUE(chosen.isPolarityChosen);
  writeArray(folder, "named/a1_confidence.npy", "<f4", "2, 3", kMap);
  const auto named = openImportedScores(folder.path() / "named", twoFrames());
  EXPECT_EQ(named.polarity, Polarity::AnomalyHigh);
  EXPECT_THAT(named.warnings, ::testing::Contains(HasSubstr("say --polarity normal-high")));
}

TEST(ImportedPairs, ClassesThatAreNoneAreRefused) {
  const TemporaryFolder folder;
  const auto wide = writeArray(folder, "a.npy", "<i4", "1, 3", std::vector<std::int32_t>{0, 300, 1});
  EXPECT_THAT(testing::errorOf([&] { return readImportedClasses({.file = wide}); }),
              HasSubstr("class map has a value that is no class: expected whole numbers of 0 to 255, found 300"));
  const auto colour = testing::writeImage(folder, "c.png");
  EXPECT_NE(testing::errorOf([&] { return readImportedClasses({.file = colour}); }), "no error");
}

}  // namespace
}  // namespace oodscope
