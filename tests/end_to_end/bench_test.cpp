// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/end_to_end/command.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <set>

namespace oodscope::testing {
namespace {

using Json = nlohmann::json;

const std::string kDemo = std::string(OODSCOPE_SOURCE_DIR) + "/resources/demo/session.json";

const Json* figureOf(const Json& report, const std::string& beginning) {
  for (const Json& figure : report.at("figures"))
    if (figure.at("figure").get<std::string>().starts_with(beginning)) return &figure;
  return nullptr;
}

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

}  // namespace oodscope::testing
