// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

namespace oodscope::testing {
namespace {

using Json = nlohmann::json;

const std::string kDemo = std::string(OODSCOPE_SOURCE_DIR) + "/resources/demo/session.json";

const Json* figureOf(const Json& report, const std::string& beginning) {
  for (const Json& figure : report.at("figures"))
    if (figure.at("figure").get<std::string>().starts_with(beginning)) return &figure;
  return nullptr;
}

constexpr const char* kTablePython = "/usr/bin/python3";
const std::string kDemoModel = std::string(OODSCOPE_SOURCE_DIR) + "/resources/demo/model/erfnet_slim_demo.pth";

/// Two small scenes, and what tests/bench/scores/methods_table.py prints of networks on them.
class MethodsTable : public ::testing::Test {
protected:
  void SetUp() override {
    if (!std::filesystem::exists(kTablePython)) GTEST_SKIP() << kTablePython << " is absent";
    const CommandResult made =
        runCli({"demo", "generate", "--seed", "3", "--frames", "2", "--size", "256", "128", "--output", set});
    ASSERT_EQ(made.code, 0) << made.err;
  }
  [[nodiscard]] CommandResult table(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{std::string(OODSCOPE_SOURCE_DIR) + "/tests/bench/scores/methods_table.py",
                                       OODSCOPE_CLI,
                                       "--set",
                                       set,
                                       "--scenes",
                                       "1",
                                       "--bank",
                                       "100",
                                       "--runs",
                                       "3"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return runCli(arguments, {.program = kTablePython});
  }
  /// The cells of a printed table by their row's first.
  [[nodiscard]] static std::map<std::string, std::vector<std::string>> cellsOf(const std::string& printed) {
    std::map<std::string, std::vector<std::string>> out;
    std::istringstream lines(printed);
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("| ")) continue;
      std::istringstream in(line.substr(1));
      std::vector<std::string> cells;
      for (std::string cell; std::getline(in, cell, '|');) {
        const std::size_t first = cell.find_first_not_of(' '), last = cell.find_last_not_of(' ');
        cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
      }
      out[cells.front()] = {cells.begin() + 1, cells.end()};
    }
    return out;
  }
  /// AP in percent of one method at T = 1, by the command line.
  [[nodiscard]] double ap(const std::string& model, const std::string& method) const {
    const CommandResult result =
        runCli({"evaluate", "--set", set, "--model", model, "--method", method, "--format", "json"});
    EXPECT_EQ(result.code, 0) << result.err;
    return 100.0 * Json::parse(result.out).at("rows").at(0).at("ap").get<double>();
  }
  TemporaryFolder folder;
  const std::string set = folder / "set";
};

}  // namespace

TEST(Bench, ListsEveryFigureOfTheDemoSetWithTheMachineItWasMeasuredOn) {
  const CommandResult result = runCli({"bench", "--session", kDemo, "--runs", "3", "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json report = Json::parse(result.out);
  for (const char* key : {"processor", "cores", "simd", "threads", "reads", "exponentials", "scores"})
    EXPECT_TRUE(report.at("machine").contains(key)) << key;
  std::set<std::string> names;
  for (const Json& figure : report.at("figures")) {
    const auto name = figure.at("figure").get<std::string>();
    names.insert(name);
    if (figure.contains("not_measured")) {
      EXPECT_FALSE(figure.at("not_measured").get<std::string>().empty()) << name;
      EXPECT_FALSE(figure.contains("median")) << name << " has no figure to show";
      continue;
    }
    EXPECT_GT(figure.at("median").get<double>(), 0.0) << name;
    EXPECT_GE(figure.at("p95").get<double>(), figure.at("median").get<double>()) << name;
    EXPECT_GE(figure.at("runs").get<int>(), 1) << name;
    EXPECT_FALSE(figure.at("on").get<std::string>().empty()) << name;
    if (figure.at("bound").is_number()) {
      EXPECT_EQ(figure.at("met").get<bool>(), figure.at("p95").get<double>() <= figure.at("bound").get<double>())
          << name;
    }
    if (figure.at("floor").is_number()) {
      EXPECT_NEAR(figure.at("of_floor").get<double>(),
                  figure.at("floor").get<double>() / figure.at("median").get<double>(), 1e-12)
          << name;
      EXPECT_TRUE(figure.at("floor_is") == "read" || figure.at("floor_is") == "exponentials") << name;
    }
  }
  EXPECT_EQ(names.size(), 10U);
  const Json* repaint = figureOf(report, "threshold tick: visible frame repainted");
  ASSERT_NE(repaint, nullptr);
  EXPECT_TRUE(repaint->contains("not_measured")) << "the command line draws nothing";
  const Json* all = figureOf(report, "all open sets");
  ASSERT_NE(all, nullptr);
  EXPECT_TRUE(all->contains("not_measured")) << "one set is open";
  const Json* curve = figureOf(report, "F1* against 200 thresholds");
  ASSERT_NE(curve, nullptr);
  EXPECT_GT(curve->at("times_as_fast").get<double>(), 0.0);
}

TEST(Bench, TakesTheDemoSessionWhereNothingIsNamedAndTheFiguresAskedFor) {
  const CommandResult result = runCli({"bench", "--only", "threshold tick", "--runs", "3"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.out.find("| figure | on | unit | median | p95 | bound | met |"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("| threshold tick: set counts read | Demo"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("| not measured |"), std::string::npos) << result.out;
  EXPECT_EQ(result.out.find("temperature tick"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("- processor: "), std::string::npos) << result.out;
}

TEST(Bench, SaysWhyMaxLogitHasNoTemperatureToMove) {
  const CommandResult result = runCli({"bench", "--session", kDemo, "--method", "max-logit", "--only",
                                       "temperature tick", "--runs", "3", "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json report = Json::parse(result.out);
  ASSERT_EQ(report.at("figures").size(), 2U);
  for (const Json& figure : report.at("figures"))
    EXPECT_NE(figure.at("not_measured").get<std::string>().find("max-logit"), std::string::npos) << figure;
}

TEST(Bench, WrongUsageExitsWithTwo) {
  EXPECT_EQ(runCli({"bench", "--runs", "0"}).code, 2);
  EXPECT_EQ(runCli({"bench", "--format", "csv"}).code, 2);
  EXPECT_EQ(runCli({"bench", "--model", "somewhere.pth"}).code, 2) << "a model without a set";
  EXPECT_EQ(runCli({"bench", "--session", kDemo, "--only", "no such figure"}).code, 2);
}

TEST_F(MethodsTable, HasARowWithATimeForEachMethodThatTheNetworkServesAndReasonsForTheOthers) {
  const CommandResult result = table({});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto cells = cellsOf(result.out);
  for (const std::string method : {"msp", "max-logit", "energy", "void", "sml", "odin", "react", "mc-dropout",
                                   "mutual-information", "mahalanobis", "knn"}) {
    ASSERT_TRUE(cells.contains(method)) << method << "\n" << result.out;
    ASSERT_EQ(cells.at(method).size(), 4U) << method;
    EXPECT_GT(std::stod(cells.at(method)[0]), 0.0) << method;
    EXPECT_NO_THROW(static_cast<void>(std::stod(cells.at(method)[2]))) << method;
  }
  for (const std::string method : {"msp", "void", "odin"})
    EXPECT_NEAR(std::stod(cells.at(method)[0]), ap(kDemoModel, method), 0.006) << method;
  EXPECT_TRUE(cells.at("msp")[3].empty()) << "what costs no further pass has no time of both";
  EXPECT_GT(std::stod(cells.at("odin")[3]), 0.0);
  EXPECT_FALSE(cells.contains("densehybrid"));
  EXPECT_THAT(result.out, ::testing::HasSubstr("Not served by A: densehybrid, densehybrid-discriminative (the source "
                                               "has no outlier head"));
  EXPECT_THAT(result.out, ::testing::HasSubstr("rba"));
  EXPECT_EQ(result.out.find("second head gains"), std::string::npos);
}

TEST_F(MethodsTable, SaysWhatASecondHeadGains) {
  const auto trained = [&](const std::string& recipe) {
    const CommandResult result =
        runCli({"train", "--recipe", recipe, "--start", kDemoModel, "--generated", "5", "2", "--val-set", set,
                "--input", "64", "32", "--epochs", "1", "--threads", "1", "--output", folder / recipe});
    EXPECT_EQ(result.code, 0) << result.err;
    return folder / (recipe + "/weights.pth");
  };
  const std::string second = trained("demo-densehybrid");
  const CommandResult result = table({"--network", trained("demo"), "--second-head", second});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto cells = cellsOf(result.out);
  ASSERT_TRUE(cells.contains("densehybrid")) << result.out;
  const std::vector<std::string>& hybrid = cells.at("densehybrid");
  ASSERT_EQ(hybrid.size(), 8U);
  EXPECT_EQ(hybrid[0], "–");
  EXPECT_NEAR(std::stod(hybrid[4]), ap(second, "densehybrid"), 0.006);
  EXPECT_EQ(cells.at("void")[4], "–") << "the void channel is not trained";
  const std::size_t line = result.out.find("What the second head gains: densehybrid has AP / FPR95 " + hybrid[4]);
  ASSERT_NE(line, std::string::npos) << result.out;
  const std::string part = "its part densehybrid-discriminative (" + cells.at("densehybrid-discriminative")[4] + " / ";
  const std::size_t told = result.out.find(part, line);
  ASSERT_NE(told, std::string::npos) << result.out;
  EXPECT_NEAR(std::stod(result.out.substr(result.out.find("): ", told) + 3)),
              std::stod(hybrid[4]) - std::stod(cells.at("densehybrid-discriminative")[4]), 0.011);
}

TEST_F(MethodsTable, RefusesWhatItCannotMeasure) {
  const CommandResult absent = table({"--second-head", folder / "absent.pth"});
  EXPECT_NE(absent.code, 0);
  EXPECT_THAT(absent.err, ::testing::HasSubstr("no such network: " + (folder / "absent.pth")));
  const CommandResult hasty = table({"--runs", "1"});
  EXPECT_NE(hasty.code, 0);
  EXPECT_THAT(hasty.err, ::testing::HasSubstr("expected 3 at least, found 1"));
  const std::string normal = folder / "normal";
  writeSmallSet(normal, 1);
  fillLabel(normal, 0, 0, kSmallSize);
  const CommandResult undefined = table({"--set", normal});
  EXPECT_NE(undefined.code, 0);
  EXPECT_THAT(undefined.err, ::testing::HasSubstr(normal + ": expected frames with an anomaly"));
}

}  // namespace oodscope::testing
