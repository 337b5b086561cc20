// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/shared_data.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

namespace oodscope::testing {
namespace {

using Json = nlohmann::json;

const Json* rowOf(const Json& table, const std::string& set, const std::string& method,
                  std::optional<double> temperature) {
  for (const Json& row : table.at("rows")) {
    if (row.at("set") != set || row.at("method") != method) continue;
    const bool same = temperature ? row.at("temperature").is_number() &&
                                        std::abs(row.at("temperature").get<double>() - *temperature) < 1e-6
                                  : row.at("temperature").is_null();
    if (same) return &row;
  }
  return nullptr;
}

void expectRow(const Json& table, const std::string& set, const std::string& method, std::optional<double> temperature,
               std::array<double, 2> percent, std::array<double, 2> tolerance) {
  const Json* row = rowOf(table, set, method, temperature);
  ASSERT_NE(row, nullptr) << set << " " << method;
  EXPECT_NEAR(100.0 * row->at("ap").get<double>(), percent[0], tolerance[0]) << set << " " << method << " AP";
  EXPECT_NEAR(100.0 * row->at("fpr95").get<double>(), percent[1], tolerance[1]) << set << " " << method << " FPR95";
  EXPECT_TRUE(row->at("exact").get<bool>());
}

}  // namespace

TEST(Evaluate, TwoModelsOfOneFileNameAreTwoRows) {
  const TemporaryFolder scratch;
  writeSmallSet(scratch / "Set", 2);
  for (const char* run : {"runA", "runB"}) {
    std::filesystem::create_directories(scratch.path() / run);
    writeSmallModel(scratch.path() / run / "weights.pth");
  }
  const CommandResult result = runCli({"evaluate", "--set", scratch / "Set", "--model", scratch / "runA/weights.pth",
                                       "--model", scratch / "runB/weights.pth", "--format", "json", "--no-cache"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json table = Json::parse(result.out);
  ASSERT_EQ(table.at("rows").size(), 2U);
  EXPECT_EQ(table.at("rows")[0].at("model"), "runA/weights.pth");
  EXPECT_EQ(table.at("rows")[1].at("model"), "runB/weights.pth");
  for (const char* key : {"runA/weights.pth model_sha256", "runB/weights.pth model_sha256"})
    EXPECT_TRUE(table.at("provenance").contains(key)) << key;
}

// Three decimals measured with Python over 19 channels; shared data, README.
TEST(Evaluate, RoadAnomaly21EqualsTheReferenceWithinTwoHundredths) {
  OODSCOPE_SHARED_OR_SKIP(set, "data/course_sets/RoadAnomaly21");
  OODSCOPE_SHARED_OR_SKIP(model, "data/weights/erfnet_cityscapes_20.pth");
  const CommandResult result =
      runCli({"evaluate", "--set", set, "--model", model, "--method", "msp,max-logit,max-entropy", "--temperature",
              "1,1.6", "--protocol", "course", "--channels", "19", "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.err, "") << "a pipe is silent";
  const Json table = Json::parse(result.out);
  EXPECT_EQ(table.at("rows").size(), 5U) << "max-logit has one row, the others one for each temperature";
  expectRow(table, "RoadAnomaly21", "msp", 1.0, {28.999, 62.172}, {0.02, 0.02});
  expectRow(table, "RoadAnomaly21", "max-logit", std::nullopt, {38.161, 59.235}, {0.02, 0.02});
  expectRow(table, "RoadAnomaly21", "max-entropy", 1.0, {30.903, 62.255}, {0.02, 0.02});
  expectRow(table, "RoadAnomaly21", "msp", 1.6, {30.281, 63.231}, {0.02, 0.02});
  for (const char* key : {"set", "model", "method", "temperature", "protocol", "frames", "skipped", "positives",
                          "negatives", "ap", "fpr95", "auroc", "best_f1", "best_f1_threshold", "exact", "components"})
    EXPECT_TRUE(table.at("rows").front().contains(key)) << key;
  EXPECT_FALSE(table.at("provenance").empty());
}

TEST(Evaluate, PutsPublishedValuesBesideMeasuredOnes) {
  OODSCOPE_SHARED_OR_SKIP(set, "data/course_sets/RoadAnomaly21");
  OODSCOPE_SHARED_OR_SKIP(model, "data/weights/erfnet_cityscapes_20.pth");
  const std::vector<std::string> command{"evaluate", "--set",      set,      "--model",     model,      "--method",
                                         "msp",      "--protocol", "course", "--published", "--format", "json"};
  const CommandResult result = runCli(command);
  const Json table = Json::parse(result.out);
  const Json& row = table.at("rows").front();
  EXPECT_EQ(row.at("method"), "msp");
  EXPECT_NEAR(row.at("published").at("ap").get<double>(), 0.2909, 1e-9) << "Sferrazza and Vitabile, table 2";
  EXPECT_NEAR(row.at("published").at("fpr95").get<double>(), 0.62587, 1e-9);
  EXPECT_NEAR(row.at("ap").get<double>(), 0.2909, 0.005);
  EXPECT_THAT(row.at("published").at("source").get<std::string>(), ::testing::HasSubstr("Road Scenes"));
  const CommandResult otherwise = runCli({"evaluate", "--set", set, "--model", model, "--protocol", "course",
                                          "--channels", "all", "--published", "--format", "json"});
  const Json other = Json::parse(otherwise.out);
  EXPECT_TRUE(other.at("rows").front().at("published").is_null()) << "nothing is printed of all channels";
}

// Over 20 channels, which the reference used for all sets; shared data, README. L&F: 30 of the 100 frames are here, so
// it has no reference value for its numbers, only for being evaluated.
TEST(Evaluate, TheOtherSetsAreWithinTheReferencesTolerance) {
  OODSCOPE_SHARED_OR_SKIP(sets, "data/course_sets");
  OODSCOPE_SHARED_OR_SKIP(model, "data/weights/erfnet_cityscapes_20.pth");
  const CommandResult result =
      runCli({"evaluate", "--set", sets / "RoadObsticle21", "--set", sets / "fs_static", "--set", sets / "RoadAnomaly",
              "--set", sets / "FS_LostFound_full", "--model", model, "--method", "msp,max-logit,max-entropy",
              "--channels", "20", "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json table = Json::parse(result.out);
  const std::array<double, 2> tolerance{0.2, 0.3};
  expectRow(table, "RoadObsticle21", "msp", 1.0, {2.60, 63.72}, tolerance);
  expectRow(table, "RoadObsticle21", "max-logit", std::nullopt, {4.48, 46.67}, tolerance);
  expectRow(table, "RoadObsticle21", "max-entropy", 1.0, {2.93, 64.20}, tolerance);
  expectRow(table, "fs_static", "msp", 1.0, {7.28, 41.71}, tolerance);
  expectRow(table, "fs_static", "max-logit", std::nullopt, {9.27, 40.09}, tolerance);
  expectRow(table, "fs_static", "max-entropy", 1.0, {8.58, 41.45}, tolerance);
  expectRow(table, "RoadAnomaly", "msp", 1.0, {12.41, 82.52}, tolerance);
  expectRow(table, "RoadAnomaly", "max-logit", std::nullopt, {15.59, 73.11}, tolerance);
  expectRow(table, "RoadAnomaly", "max-entropy", 1.0, {12.66, 82.67}, tolerance);
  const Json* lostAndFound = rowOf(table, "FS_LostFound_full", "msp", 1.0);
  ASSERT_NE(lostAndFound, nullptr);
  EXPECT_EQ(lostAndFound->at("frames"), 29) << "frame 82 has no anomaly: the course protocol skips it";
  EXPECT_EQ(lostAndFound->at("skipped"), 1);
}

TEST(Evaluate, EveryProtocolAndComponentTrackGivesARowThatIsDefined) {
  OODSCOPE_SHARED_OR_SKIP(set, "data/course_sets/RoadAnomaly21");
  OODSCOPE_SHARED_OR_SKIP(model, "data/weights/erfnet_cityscapes_20.pth");
  const CommandResult result = runCli({"evaluate", "--set", set, "--model", model, "--protocol",
                                       "course,fishyscapes,smiyc2023,smiyc2021,densehybrid,streethazards",
                                       "--components", "anomaly", "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json table = Json::parse(result.out);
  ASSERT_EQ(table.at("rows").size(), 6U);
  for (const Json& row : table.at("rows")) {
    EXPECT_TRUE(row.at("ap").is_number()) << row;
    if (row.at("protocol") != "streethazards") {
      EXPECT_TRUE(row.at("components").at("f1_star").is_number()) << row;
    }
  }
}

TEST(Evaluate, TheSecondRunReadsTheStoreAndGivesTheSameBytes) {
  OODSCOPE_SHARED_OR_SKIP(set, "data/course_sets/RoadAnomaly21");
  OODSCOPE_SHARED_OR_SKIP(model, "data/weights/erfnet_cityscapes_20.pth");
  const std::vector<std::string> command{"evaluate", "--set", set, "--model", model, "--format", "csv"};
  const CommandResult first = runCli(command), second = runCli(command);
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(first.out, second.out);
}

/// The values of shared/reference/reference_metrics.json, measured with the published networks' own code.
void expectVoidRows(const char* weights, const std::string& measured) {
  OODSCOPE_SHARED_OR_SKIP(sets, "data/course_sets");
  OODSCOPE_SHARED_OR_SKIP(model, std::string("data/weights/") + weights);
  OODSCOPE_SHARED_OR_SKIP(file, "reference/reference_metrics.json");
  std::ifstream in(file);
  const Json expected = Json::parse(in).at("measured_here").at(measured).at("Void");
  for (const char* threads : {"1", "2"}) {
    const CommandResult result =
        runCli({"evaluate", "--set", sets / "RoadAnomaly21", "--set", sets / "fs_static", "--model", model, "--method",
                "void", "--threads", threads, "--format", "json"});
    ASSERT_EQ(result.code, 0) << result.err;
    for (const char* set : {"RoadAnomaly21", "fs_static"})
      expectRow(Json::parse(result.out), set, "void", 1.0, expected.at(set).get<std::array<double, 2>>(), {0.02, 0.02});
  }
}

TEST(Evaluate, TheVoidErfnetsRowsAreTheReferencesOnOneThreadAndOnTwo) {
  expectVoidRows("erfnet_cityscapes_void_20.pth", "erfnet_void");
}

TEST(Evaluate, TheVoidEnetsRowsAreTheReferencesOnOneThreadAndOnTwo) {
  expectVoidRows("enet_cityscapes_void_20.pth", "yurnero_enet");
}

TEST(Info, SaysWhatFoldersModelsAndFilesAre) {
  OODSCOPE_SHARED_OR_SKIP(data, "data");
  const CommandResult folder = runCli({"info", data / "course_sets/RoadAnomaly21"});
  EXPECT_EQ(folder.code, 0) << folder.err;
  EXPECT_NE(folder.out.find("10"), std::string::npos) << folder.out;
  const CommandResult model = runCli({"info", data / "weights/erfnet_cityscapes_20.pth"});
  EXPECT_EQ(model.code, 0) << model.err;
  EXPECT_NE(model.out.find("ERFNet"), std::string::npos) << model.out;
  const CommandResult scores = runCli({"info", data / "golden/RoadAnomaly21_0_score_msp_f32.npy"});
  EXPECT_EQ(scores.code, 0) << scores.err;
  EXPECT_NE(scores.out.find("1024x512"), std::string::npos) << scores.out;
}

}  // namespace oodscope::testing
