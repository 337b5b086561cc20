// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/hdf5_file.h"
#include "analysis/formats/npy.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

/// A small set of two frames and a folder of somebody's outputs for it.
class ImportedScoresTest : public ::testing::Test {
protected:
  ImportedScoresTest() {
    writeSmallSet(set, 2);
    fs::create_directories(folder);
  }
  [[nodiscard]] CommandResult evaluate(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all{"evaluate", "--set", set, "--scores", folder, "--format", "json"};
    all.insert(all.end(), more.begin(), more.end());
    return runCli(all);
  }
  void expectKnownNumbers() const {
    const CommandResult result = evaluate({"--protocol", "course,fishyscapes"});
    ASSERT_EQ(result.code, 0) << result.err;
    const json table = json::parse(result.out);
    ASSERT_EQ(table.at("rows").size(), 2U);
    for (const json& row : table.at("rows")) {
      EXPECT_EQ(row.at("method"), "TheirMethod");
      EXPECT_TRUE(row.at("temperature").is_null());
      EXPECT_EQ(row.at("frames"), 2);
      EXPECT_EQ(row.at("positives"), 2 * 96);
      EXPECT_NEAR(row.at("ap").get<double>(), kKnownAp, 1e-12);
      EXPECT_NEAR(row.at("fpr95").get<double>(), 64.0 / (64 * 28 - 96), 1e-12);
    }
  }
  [[nodiscard]] std::string file(int frame, const std::string& extension) const {
    return (folder / (std::to_string(frame) + extension)).string();
  }
  void writeNpy(const std::string& path, const ScoreMap& map) const {
    const std::array<std::size_t, 2> shape{static_cast<std::size_t>(map.height()),
                                           static_cast<std::size_t>(map.width())};
    writeNpyAtomically(path, NpyType::Float32, shape, std::as_bytes(map.values()));
  }
  const TemporaryFolder scratch;
  const fs::path set = scratch.path() / "SmallSet";
  const fs::path folder = scratch.path() / "TheirMethod";
};

cv::Mat asMat(const ScoreMap& map) {
  return cv::Mat(map.height(), map.width(), CV_32FC1, const_cast<float*>(map.values().data())).clone();
}

}  // namespace

TEST_F(ImportedScoresTest, NpyFilesGiveTheKnownNumbers) {
  for (int i = 0; i < 2; ++i) writeNpy(file(i, ".npy"), knownScores());
  expectKnownNumbers();
}

TEST_F(ImportedScoresTest, Hdf5FilesGiveTheKnownNumbers) {
  for (int i = 0; i < 2; ++i) writeHdf5HalfMap(file(i, ".hdf5"), "value", knownScores());
  expectKnownNumbers();
}

TEST_F(ImportedScoresTest, SixteenBitPngFilesGiveTheKnownNumbers) {
  cv::Mat map;
  asMat(knownScores()).convertTo(map, CV_16UC1, 1000.0);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(cv::imwrite(file(i, ".png"), map));
  expectKnownNumbers();
}

TEST_F(ImportedScoresTest, FloatTiffFilesGiveTheKnownNumbers) {
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(cv::imwrite(file(i, ".tiff"), asMat(knownScores())));
  expectKnownNumbers();
}

TEST_F(ImportedScoresTest, NpzFilesGiveTheKnownNumbers) {
  if (std::system("/usr/bin/python3 -c 'import numpy' 2>/dev/null") != 0) GTEST_SKIP() << "python3-numpy is absent";
  writeNpy(scratch / "map.npy", knownScores());
  const std::string command = "/usr/bin/python3 -c \"import numpy as n; m = n.load('" + (scratch / "map.npy") +
                              "'); n.savez('" + file(0, ".npz") + "', m); n.savez_compressed('" + file(1, ".npz") +
                              "', m)\"";
  ASSERT_EQ(std::system(command.c_str()), 0);
  expectKnownNumbers();
}

TEST_F(ImportedScoresTest, LogitsAreScoredLikeAModels) {
  // Two channels: a, 0. MSP = -max softmax falls with |a|, so a small |a| is anomalous.
  const ScoreMap known = knownScores();
  std::vector<float> logits(2 * known.size().area(), 0.0F);
  for (std::size_t i = 0; i < known.size().area(); ++i) logits[i] = 10.0F / known.values()[i];
  const std::array<std::size_t, 3> shape{2, 32, 64};
  for (int i = 0; i < 2; ++i)
    writeNpyAtomically(file(i, ".npy"), NpyType::Float32, shape, std::as_bytes(std::span(logits)));
  const CommandResult result = evaluate({"--method", "msp,max-logit", "--temperature", "1,2"});
  ASSERT_EQ(result.code, 0) << result.err;
  const json table = json::parse(result.out);
  ASSERT_EQ(table.at("rows").size(), 3U) << "max-logit does not depend on temperature";
  for (const json& row : table.at("rows")) {
    EXPECT_NEAR(row.at("ap").get<double>(), kKnownAp, 1e-12) << row;
    EXPECT_EQ(row.at("model"), "TheirMethod");
  }
}

TEST_F(ImportedScoresTest, NaNAndInfiniteScoresAreCountedSaidAndLeftOut) {
  ScoreMap map = knownScores();
  for (int x = 0; x < kSmallSize.width; ++x) map.at(x, 25) = x % 2 == 0 ? NAN : std::numeric_limits<float>::infinity();
  for (int i = 0; i < 2; ++i) writeNpy(file(i, ".npy"), map);
  const CommandResult result = evaluate();
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("128 scores are NaN or infinite"));
  EXPECT_EQ(json::parse(result.out).at("rows").at(0).at("ap"), 1.0) << "the row above the anomalies was all of it";
}

TEST_F(ImportedScoresTest, AnAbsurdHeaderIsListedAndTheRestGoesOn) {
  writeNpy(file(0, ".npy"), knownScores());
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 16), }";
  header.resize(118, ' ');
  std::ofstream(file(1, ".npy"), std::ios::binary) << "\x93NUMPY\x01" << '\0' << '\x76' << '\0' << header;
  const CommandResult result = evaluate();
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("frame 1"), HasSubstr("1.npy")));
  EXPECT_EQ(json::parse(result.out).at("rows").at(0).at("frames"), 1);
}

TEST_F(ImportedScoresTest, ACutFileAndAMissingOneAreListed) {
  writeNpy(file(0, ".npy"), knownScores());
  fs::resize_file(file(0, ".npy"), 500);
  const CommandResult none = evaluate();
  EXPECT_EQ(none.code, 3) << none.err;
  EXPECT_THAT(none.err, AllOf(HasSubstr("0.npy"), HasSubstr("frame 1"), HasSubstr("no file for the frame")));
}

TEST_F(ImportedScoresTest, MapsOfAnotherSizeAreResizedToTheLabel) {
  ScoreMap half(Size{32, 16}, 1.0F);
  for (int y = 6; y < 10; ++y) {
    for (int x = 10; x < 16; ++x) half.at(x, y) = 5.0F;
  }
  for (int i = 0; i < 2; ++i) writeNpy(file(i, ".npy"), half);
  const CommandResult result = evaluate({"--resolution", "label"});
  ASSERT_EQ(result.code, 0) << result.err;
  const json row = json::parse(result.out).at("rows").at(0);
  EXPECT_EQ(row.at("positives"), 2 * 96);
  EXPECT_GT(row.at("ap").get<double>(), 0.9);
}

TEST_F(ImportedScoresTest, ComponentsOfThePerfectMapArePerfect) {
  ScoreMap map(kSmallSize, 0.0F);
  const ScoreMap known = knownScores();
  for (std::size_t i = 0; i < map.values().size(); ++i) map.values()[i] = known.values()[i] == 2.0F ? 1.0F : 0.0F;
  for (int i = 0; i < 2; ++i) writeNpy(file(i, ".npy"), map);
  const CommandResult result =
      evaluate({"--components", "obstacle", "--component-threshold", "0.5", "--protocol", "fishyscapes"});
  ASSERT_EQ(result.code, 0) << result.err;
  const json components = json::parse(result.out).at("rows").at(0).at("components");
  EXPECT_EQ(components.at("threshold"), 0.5);
  EXPECT_EQ(components.at("siou"), 1.0);
  EXPECT_EQ(components.at("ppv"), 1.0);
  EXPECT_EQ(components.at("f1_star"), 1.0);
}

// The maps of half of the frames gave a row that called itself exact.
TEST_F(ImportedScoresTest, MapsOfAPartOfTheFramesAreNotTheSetsNumber) {
  writeNpy(file(1, ".npy"), knownScores());
  const CommandResult result = evaluate();
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr("warning: SmallSet, TheirMethod: the numbers are of 1 of 2 frames; 1 failed"));
  const json table = json::parse(result.out);
  EXPECT_EQ(table.at("complete"), false);
  EXPECT_THAT(table.at("warnings").dump(), HasSubstr("1 of 2 frames"));
  const json row = table.at("rows").at(0);
  EXPECT_EQ(row.at("complete"), false);
  EXPECT_EQ(row.at("exact"), false);
  EXPECT_EQ(row.at("frames"), 1);
  EXPECT_EQ(row.at("frames_total"), 2);
  EXPECT_EQ(row.at("failed"), 1);
  EXPECT_EQ(row.at("without_anomaly"), 0);
  EXPECT_EQ(row.at("skipped"), 1);
}

TEST_F(ImportedScoresTest, FramesWithoutAnomalyAreNoFailures) {
  for (int i = 0; i < 2; ++i) writeNpy(file(i, ".npy"), knownScores());
  fillLabel(set, 0, 0);
  const CommandResult result = evaluate({"--protocol", "course,fishyscapes"});
  EXPECT_EQ(result.code, 0) << result.err;
  const json table = json::parse(result.out);
  EXPECT_EQ(table.at("complete"), true);
  const json& course = table.at("rows").at(0);
  EXPECT_EQ(course.at("frames"), 1);
  EXPECT_EQ(course.at("without_anomaly"), 1);
  EXPECT_EQ(course.at("failed"), 0);
  EXPECT_EQ(course.at("skipped"), 1);
  EXPECT_EQ(course.at("exact"), true);
  const json fishyscapes = table.at("rows").size() > 1 ? table.at("rows").at(1) : course;
  EXPECT_EQ(fishyscapes.at("frames"), 2);
  EXPECT_EQ(fishyscapes.at("without_anomaly"), 0);
}

/// The values with each pixel made by `make`, channels last or alone.
template <class T, class Make>
std::vector<T> pixels(std::size_t channels, const Make& make) {
  std::vector<T> out;
  const ScoreMap known = knownScores();
  for (const float value : known.values())
    for (std::size_t c = 0; c < channels; ++c) out.push_back(static_cast<T>(make(static_cast<double>(value), c)));
  return out;
}

std::vector<std::string> warningsOf(const CommandResult& result) {
  return json::parse(result.out).at("warnings").get<std::vector<std::string>>();
}

TEST_F(ImportedScoresTest, Float64ScoresAreRankedAsDoubles) {
  // All within half a float32 of -1: rounded, they would be one value.
  const auto values = pixels<double>(1, [](double score, std::size_t) { return -1.0 + score * 0x1p-45; });
  const std::array<std::size_t, 2> shape{32, 64};
  for (int i = 0; i < 2; ++i)
    writeNpyAtomically(file(i, ".npy"), NpyType::Float64, shape, std::as_bytes(std::span(values)));
  const CommandResult result =
      evaluate({"--protocol", "course,fishyscapes", "--resolution", "label", "--components", "obstacle"});
  ASSERT_EQ(result.code, 0) << result.err;
  const json ofParts = json::parse(result.out);
  for (const json& row : ofParts.at("rows")) {
    EXPECT_NEAR(row.at("ap").get<double>(), kKnownAp, 1e-12);
    EXPECT_EQ(row.at("best_f1_threshold").get<double>(), -1.0 + 2 * 0x1p-45);
    EXPECT_NEAR(row.at("components").at("threshold").get<double>(), -1.0 + 2 * 0x1p-45, 1e-15);
  }
}

TEST_F(ImportedScoresTest, Float64ScoresAreResizedInDouble) {
  const auto coarse = [](int x, int y) { return x >= 10 && x < 16 && y >= 6 && y < 10 ? 5 : 1; };
  std::vector<double> values;
  ScoreMap same(Size{32, 16});
  for (int y = 0; y < 16; ++y)
    for (int x = 0; x < 32; ++x) {
      values.push_back(-1.0 + coarse(x, y) * 0x1p-45);
      same.at(x, y) = static_cast<float>(coarse(x, y));
    }
  const std::array<std::size_t, 2> shape{16, 32};
  for (int i = 0; i < 2; ++i) writeNpy(file(i, ".npy"), same);
  const json floats = json::parse(evaluate({"--resolution", "label"}).out).at("rows").at(0);
  for (int i = 0; i < 2; ++i)
    writeNpyAtomically(file(i, ".npy"), NpyType::Float64, shape, std::as_bytes(std::span(values)));
  const json doubles = json::parse(evaluate({"--resolution", "label"}).out).at("rows").at(0);
  for (const char* key : {"ap", "fpr95", "auroc", "best_f1"}) EXPECT_EQ(floats.at(key), doubles.at(key)) << key;
}

TEST_F(ImportedScoresTest, TransposedMapsAreRefusedAndNamed) {
  for (int i = 0; i < 2; ++i) writeNpy(file(i, ".npy"), ScoreMap(Size{32, 64}, 0.5F));
  const CommandResult result = evaluate();
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, AllOf(HasSubstr("score map is transposed"), HasSubstr("32 high, 64 wide"),
                                HasSubstr("64 high, 32 wide: exchange the two axes")));
}

TEST_F(ImportedScoresTest, AnotherShapeIsSaid) {
  ScoreMap map(Size{50, 41}, 0.5F);
  for (std::size_t i = 0; i < map.values().size(); ++i) map.values()[i] = static_cast<float>(i) / 7.0F;
  for (int i = 0; i < 2; ++i) writeNpy(file(i, ".npy"), map);
  const CommandResult result = evaluate();
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("warning: SmallSet: 2 frames have scores of another shape than the image"));
  EXPECT_THAT(warningsOf(result), Contains(HasSubstr("50x41 for 64x32")));
}

TEST_F(ImportedScoresTest, LogitsWithTheirChannelsLastAreReadAsSuch) {
  const auto logits = pixels<float>(3, [](double score, std::size_t c) { return c == 0 ? 10.0 / score : 0.0; });
  const std::array<std::size_t, 3> shape{32, 64, 3};
  for (int i = 0; i < 2; ++i)
    writeNpyAtomically(file(i, ".npy"), NpyType::Float32, shape, std::as_bytes(std::span(logits)));
  const CommandResult result = evaluate({"--method", "max-logit"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_NEAR(json::parse(result.out).at("rows").at(0).at("ap").get<double>(), kKnownAp, 1e-12);
  EXPECT_THAT(warningsOf(result), Contains(HasSubstr("logits of height x width x channels, read as such")));
}

TEST_F(ImportedScoresTest, WhatIsNoScoreOrLogitIsSaid) {
  const auto said = [&](const std::vector<float>& values, const std::vector<std::size_t>& shape) {
    for (int i = 0; i < 2; ++i)
      writeNpyAtomically(file(i, ".npy"), NpyType::Float32, shape, std::as_bytes(std::span(values)));
    const CommandResult result = evaluate();
    EXPECT_EQ(result.code, 0) << result.err;
    return warningsOf(result);
  };
  EXPECT_THAT(said(std::vector<float>(64 * 32, 0.25F), {32, 64}), Contains(HasSubstr("of one value alone")));
  EXPECT_THAT(said(pixels<float>(1, [](double score, std::size_t) { return score == 2.0 ? 1.0 : 0.0; }), {32, 64}),
              Contains(HasSubstr("of two values alone")));
  EXPECT_THAT(said(pixels<float>(1, [](double score, std::size_t) { return 4 * score; }), {32, 64}),
              Contains(HasSubstr("class ids (an argmax)")));
  std::vector<float> probabilities(2 * 64 * 32, 0.25F);
  for (std::size_t i = 0; i < 64 * 32; ++i) probabilities[i] = 0.75F;
  EXPECT_THAT(said(probabilities, {2, 32, 64}), Contains(HasSubstr("files of probabilities")));
}

TEST_F(ImportedScoresTest, OneArrayOfSeveralIsChosenByName) {
  for (int i = 0; i < 2; ++i)
    fs::copy_file(std::string(OODSCOPE_SOURCE_DIR) + "/tests/unit/formats/files/several.h5", file(i, ".h5"));
  const CommandResult unclear = evaluate();
  EXPECT_EQ(unclear.code, 3);
  EXPECT_THAT(unclear.err, AllOf(HasSubstr("--score-name NAME"), HasSubstr("first (float32 20x30)")));
  const CommandResult chosen = evaluate({"--score-name", "first"});
  EXPECT_EQ(chosen.code, 0) << chosen.err;
  EXPECT_EQ(json::parse(chosen.out).at("provenance").at("TheirMethod scores_array"), "first");
}

TEST_F(ImportedScoresTest, RowsHaveExactlyThePromisedKeys) {
  for (int i = 0; i < 2; ++i) writeNpy(file(i, ".npy"), knownScores());
  const json table = json::parse(evaluate({"--components", "anomaly"}).out);
  std::vector<std::string> keys, components;
  for (const auto& [key, value] : table.at("rows").at(0).items()) keys.push_back(key);
  for (const auto& [key, value] : table.at("rows").at(0).at("components").items()) components.push_back(key);
  EXPECT_THAT(keys, ::testing::UnorderedElementsAre("set", "model", "method", "temperature", "protocol", "frames",
                                                    "skipped", "positives", "negatives", "ap", "fpr95", "auroc",
                                                    "best_f1", "best_f1_threshold", "exact", "components",
                                                    "frames_total", "without_anomaly", "failed", "unread", "unlabelled",
                                                    "complete", "precision", "polarity"));
  EXPECT_THAT(components, ::testing::UnorderedElementsAre("threshold", "siou", "ppv", "f1_star", "track", "frames"));
  for (const char* key : {"program", "libtorch", "simd", "threads", "data SmallSet", "TheirMethod scores_sha256"})
    EXPECT_TRUE(table.at("provenance").contains(key)) << key << table.at("provenance");
}

}  // namespace oodscope::testing
