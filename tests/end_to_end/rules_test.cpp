// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/npy.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>

#include <cmath>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

/// A small set of three frames, the last without an anomaly, and score maps for it.
class RulesTest : public ::testing::Test {
protected:
  RulesTest() {
    writeSmallSet(set, 3);
    fillLabel(set, 2, 0);
    fs::create_directories(scores);
  }
  /// Writes maps of every frame: a value for anomaly pixels (also where the third frame would have them), one for all
  /// others.
  void writeMaps(float anomaly, float normal) const {
    ScoreMap map(kSmallSize, normal);
    const ScoreMap known = knownScores();
    for (std::size_t i = 0; i < map.values().size(); ++i)
      if (known.values()[i] == 2.0F) map.values()[i] = anomaly;
    const std::array<std::size_t, 2> shape{static_cast<std::size_t>(map.height()),
                                           static_cast<std::size_t>(map.width())};
    for (int i = 0; i < 3; ++i)
      writeNpyAtomically(scores / (std::to_string(i) + ".npy"), NpyType::Float32, shape, std::as_bytes(map.values()));
  }
  /// Logits of four classes that lean to the true class of `classLabel` (0 or 1) and are flat where an anomaly is.
  void writeLogits() const {
    const ScoreMap known = knownScores();
    const std::size_t area = known.size().area();
    for (int frame = 0; frame < 3; ++frame) {
      std::vector<float> logits(4 * area, 0.0F);
      std::uint32_t noise = 77U + static_cast<std::uint32_t>(frame);
      for (std::size_t i = 0; i < area; ++i) {
        noise = noise * 1664525U + 1013904223U;
        const bool wrong = (noise >> 24) < 60;
        const std::size_t best = (classOf(i) + (wrong ? 1U : 0U)) % 4U;
        logits[best * area + i] =
            known.values()[i] == 2.0F && frame != 2 ? 0.7F : 4.0F + 0.01F * static_cast<float>(i % 97);
      }
      const std::array<std::size_t, 3> shape{4, static_cast<std::size_t>(kSmallSize.height),
                                             static_cast<std::size_t>(kSmallSize.width)};
      writeNpyAtomically(scores / (std::to_string(frame) + ".npy"), NpyType::Float32, shape,
                         std::as_bytes(std::span(logits)));
    }
  }
  static std::size_t classOf(std::size_t pixel) { return pixel / 5 % 2; }
  void writeClassLabels() const {
    fs::create_directories(set / "class_labels");
    cv::Mat classes(kSmallSize.height, kSmallSize.width, CV_8UC1);
    for (std::size_t i = 0; i < kSmallSize.area(); ++i) classes.data[i] = static_cast<std::uint8_t>(classOf(i));
    for (int i = 0; i < 3; ++i) cv::imwrite((set / "class_labels" / (std::to_string(i) + ".png")).string(), classes);
  }
  [[nodiscard]] CommandResult run(const std::string& command, const std::vector<std::string>& more) const {
    std::vector<std::string> all{command, "--set", set, "--scores", scores, "--format", "json"};
    all.insert(all.end(), more.begin(), more.end());
    return runCli(all);
  }
  [[nodiscard]] json table(const std::string& command, const std::vector<std::string>& more) const {
    const CommandResult result = run(command, more);
    EXPECT_EQ(result.code, 0) << result.err;
    return json::parse(result.out);
  }
  const TemporaryFolder scratch;
  const fs::path set = scratch.path() / "SmallSet";
  const fs::path scores = scratch.path() / "TheirMethod";
};

}  // namespace

TEST_F(RulesTest, APerfectMapOfZerosAndOnesHasPerfectComponents) {
  writeMaps(1.0F, 0.0F);
  fillLabel(set, 2, 255);  // no false alarm of the third frame here
  const json rows =
      table("evaluate", {"--components", "obstacle", "--protocol", "course,fishyscapes,smiyc2023,densehybrid"})
          .at("rows");
  ASSERT_EQ(rows.size(), 4U);
  for (const json& row : rows) {
    EXPECT_EQ(row.at("components").at("f1_star"), 1.0) << row;
    EXPECT_EQ(row.at("components").at("siou"), 1.0) << row;
    const double handed = row.at("components").at("threshold").get<double>();
    EXPECT_LT(handed, row.at("best_f1_threshold").get<double>()) << "decided by >";
    const json again = table("evaluate", {"--components", "obstacle", "--component-threshold", json(handed).dump(),
                                          "--protocol", row.at("protocol").get<std::string>()});
    EXPECT_EQ(again.at("rows").at(0).at("components"), row.at("components")) << "the field makes itself again";
  }
}

TEST_F(RulesTest, AComponentThresholdOfTheUsersDecidesByGreater) {
  writeMaps(1.0F, 0.0F);
  const auto f1 = [&](const char* threshold) {
    return table("evaluate", {"--components", "obstacle", "--component-threshold", threshold})
        .at("rows")
        .at(0)
        .at("components")
        .at("f1_star")
        .get<double>();
  };
  EXPECT_EQ(f1("1"), 0.0);
  EXPECT_GT(f1("0.999"), 0.5);
}

TEST_F(RulesTest, FramesWithoutAnAnomalyCountAmongComponentsAndSaySo) {
  writeMaps(1.0F, 0.0F);  // frame 2 has the same patch, where nothing is
  const json made = table("evaluate", {"--components", "obstacle"});
  const json& row = made.at("rows").at(0);
  EXPECT_EQ(row.at("frames"), 2);
  EXPECT_EQ(row.at("components").at("frames"), 3);
  EXPECT_NEAR(row.at("components").at("ppv").get<double>(), 2.0 / 3.0, 1e-12)
      << "a false alarm among three predicted components";
  EXPECT_NEAR(row.at("components").at("f1_star").get<double>(), 4.0 / 5.0, 1e-12) << "2 TP, 1 FP";
  EXPECT_THAT(made.at("provenance").at("components SmallSet").get<std::string>(),
              HasSubstr("those without an anomaly too"));
}

TEST_F(RulesTest, TheSetsOwnTrackIsTheSameWhateverItsFolderIsCalled) {
  writeMaps(1.0F, 0.0F);
  json first;
  for (const char* name : {"SmallSet", "FS_LostFound_full", "RoadObsticle21", "x"}) {
    const fs::path renamed = scratch.path() / name;
    if (renamed != set) fs::create_directory_symlink(set, renamed);
    const CommandResult result =
        runCli({"evaluate", "--set", renamed, "--scores", scores, "--format", "json", "--components", "auto"});
    ASSERT_EQ(result.code, 0) << result.err;
    const json components = json::parse(result.out).at("rows").at(0).at("components");
    EXPECT_EQ(components.at("track"), "anomaly") << "small PNG images are of no obstacle set";
    if (first.is_null()) first = components;
    EXPECT_EQ(components, first) << name;
  }
}

TEST_F(RulesTest, ThresholdsAndTemperaturesThatAreNoNumbersAreUsageErrors) {
  writeLogits();
  for (const char* value : {"nan", "inf", "-inf", "1e60", "x"})
    EXPECT_EQ(run("evaluate", {"--components", "anomaly", "--component-threshold", value}).code, 2) << value;
  for (const char* value : {"nan", "inf", "0", "-1", "1e60", "1e-60"}) {
    EXPECT_EQ(run("evaluate", {"--temperature", value}).code, 2) << value;
    EXPECT_EQ(run("sweep", {"--from", value, "--steps", "2"}).code, 2) << value;
    EXPECT_EQ(run("sweep", {"--to", value, "--steps", "2"}).code, 2) << value;
  }
}

TEST_F(RulesTest, TemperaturesPrintAsTheyWereGiven) {
  writeLogits();
  for (const char* format : {"json", "csv", "markdown"}) {
    const CommandResult result =
        runCli({"evaluate", "--set", set, "--scores", scores, "--temperature", "1.6", "--format", format});
    ASSERT_EQ(result.code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("1.6"));
    EXPECT_THAT(result.out, Not(HasSubstr("1.6000"))) << format;
  }
  const json rows = table("sweep", {"--from", "1.6", "--to", "1.7", "--steps", "2"}).at("rows");
  EXPECT_EQ(rows.at(0).at("temperature").dump(), "1.6");
  EXPECT_EQ(rows.back().at("temperature").dump(), "1.7");
}

TEST_F(RulesTest, SweepRowsCountAsEvaluationDoes) {
  writeLogits();
  const json evaluated = table("evaluate", {"--method", "msp", "--temperature", "1"}).at("rows").at(0);
  const json made = table("sweep", {"--steps", "3", "--refine", "0"});
  bool found = false;
  for (const json& row : made.at("rows")) {
    EXPECT_EQ(row.at("frames"), 2);
    EXPECT_EQ(row.at("skipped"), 1);
    EXPECT_EQ(row.at("without_anomaly"), 1);
    EXPECT_EQ(row.at("frames_total"), 3);
    EXPECT_EQ(row.at("positives"), evaluated.at("positives"));
    EXPECT_EQ(row.at("negatives"), evaluated.at("negatives"));
    EXPECT_EQ(row.at("complete"), true);
    if (row.at("temperature") != 1.0) continue;
    found = true;
    for (const char* key : {"ap", "fpr95", "auroc", "best_f1", "best_f1_threshold"})
      EXPECT_EQ(row.at(key), evaluated.at(key)) << key;
  }
  EXPECT_TRUE(found);
  EXPECT_EQ(made.at("provenance").at("best temperature, TheirMethod, msp, rule"),
            "highest mean over the sets of AP minus FPR95");
}

TEST_F(RulesTest, SweepSaysWhereItsBestLiesAtTheEndOfTheRange) {
  writeLogits();
  const CommandResult result = run("sweep", {"--from", "2", "--to", "2.1", "--steps", "2", "--rule", "ap"});
  ASSERT_EQ(result.code, 0) << result.err;
  const json made = json::parse(result.out);
  EXPECT_EQ(made.at("provenance").at("best temperature, TheirMethod, msp, at end of range"), true);
  EXPECT_THAT(result.err, HasSubstr("warning: TheirMethod, msp: the best temperature"));
  EXPECT_THAT(made.at("warnings").dump(), HasSubstr("end of the range"));
}

TEST_F(RulesTest, SweepNamesNoBestWhereAFrameIsMissing) {
  writeLogits();
  fs::remove(scores / "1.npy");
  const CommandResult result = run("sweep", {"--steps", "3", "--refine", "0"});
  ASSERT_EQ(result.code, 1) << result.err;
  const json made = json::parse(result.out);
  for (const auto& [key, value] : made.at("provenance").items()) EXPECT_THAT(key, Not(HasSubstr("best temperature")));
  EXPECT_THAT(result.err, HasSubstr("no best temperature is named, because 1 frame is missing"));
  EXPECT_EQ(made.at("rows").at(0).at("failed"), 1);
  EXPECT_EQ(made.at("rows").at(0).at("complete"), false);
}

TEST_F(RulesTest, SweepByNllTakesTheLeastOfTheTrueClassesLikelihood) {
  writeLogits();
  EXPECT_EQ(run("sweep", {"--rule", "nll", "--steps", "3"}).code, 3) << "no class labels yet";
  EXPECT_THAT(run("sweep", {"--rule", "nll", "--steps", "3"}).err, HasSubstr("class labels"));
  writeClassLabels();
  const json made = table("sweep", {"--rule", "nll", "--steps", "5"});
  double best = 0.0, least = 1e9;
  for (const json& row : made.at("rows")) {
    if (row.at("nll").get<double>() >= least) continue;
    least = row.at("nll").get<double>();
    best = row.at("temperature").get<double>();
  }
  EXPECT_EQ(made.at("provenance").at("best temperature, TheirMethod, msp"), best);
  EXPECT_EQ(made.at("provenance").at("best temperature, TheirMethod, msp, rule"),
            "lowest mean over the sets of the NLL of the true class");
  EXPECT_EQ(run("sweep", {"--rule", "best"}).code, 2);
}

TEST_F(RulesTest, AsSubmittedScoresAreRoundedToFloat16First) {
  writeMaps(1.0001F, 1.0F);  // one float16 step above 1 is 1.00098
  fillLabel(set, 2, 255);
  const json exact = table("evaluate", {"--protocol", "course,smiyc2023"}).at("rows");
  const json made = table("evaluate", {"--protocol", "course,smiyc2023", "--as-submitted"});
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(exact.at(i).at("ap"), 1.0);
    EXPECT_NEAR(made.at("rows").at(i).at("ap").get<double>(), 96.0 / (64 * 28), 1e-9) << "all scores are equal";
    EXPECT_EQ(made.at("rows").at(i).at("precision"), "float16");
  }
  EXPECT_THAT(made.at("provenance").at("scores").get<std::string>(), HasSubstr("as submitted (float16)"));
}

TEST_F(RulesTest, LatexIsADocumentAndItsFragmentATable) {
  writeLogits();
  for (const char* command : {"evaluate", "sweep"}) {
    const auto text = [&](const char* format) {
      const CommandResult result = runCli({command, "--set", set, "--scores", scores, "--format", format});
      EXPECT_EQ(result.code, 0) << result.err;
      return result.out;
    };
    const std::string document = text("latex"), fragment = text("latex-fragment");
    EXPECT_THAT(document, HasSubstr("\\documentclass"));
    for (const char* absent :
         {"\\documentclass", "\\begin{document}", "\\end{document}", "\\resizebox", "\n\\usepackage"})
      EXPECT_THAT(fragment, Not(HasSubstr(absent))) << command;
    for (const char* present : {"\\begin{table}", "\\toprule", "\\end{tabular}", "\\end{table}"})
      EXPECT_THAT(fragment, HasSubstr(present)) << command;
  }
}

TEST_F(RulesTest, AScoreOfTheWrongSignDrawsAHint) {
  writeMaps(0.0F, 1.0F);
  const CommandResult result = run("evaluate", {});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("AUROC 0.00: is the polarity inverted?"));
  EXPECT_THAT(json::parse(result.out).at("warnings").dump(), HasSubstr("is the polarity inverted?"));
  writeMaps(1.0F, 0.0F);
  EXPECT_THAT(run("evaluate", {}).err, Not(HasSubstr("polarity")));
}

TEST_F(RulesTest, MiouSaysItsRuleAboutAbsentClassesInJsonToo) {
  writeClassLabels();
  writeSmallModel(scratch.path() / "small.pth");
  const CommandResult result =
      runCli({"miou", "--set", set, "--model", scratch.path() / "small.pth", "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const json made = json::parse(result.out);
  EXPECT_THAT(made.at("miou_rule").get<std::string>(), HasSubstr("absent"));
  EXPECT_EQ(made.at("classes_in_mean"), 2) << "of 19";
}

}  // namespace oodscope::testing
