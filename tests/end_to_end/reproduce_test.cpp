// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/weights.inl.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/shared_data.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <nlohmann/json.hpp>

namespace oodscope::testing {
namespace {

using ReproducedJson = nlohmann::json;
using ::testing::HasSubstr;

CommandResult reproduced(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "reproduce");
  arguments.insert(arguments.end(), {"--format", "json"});
  return runCli(arguments);
}

ReproducedJson reproducedCell(const CommandResult& result, const std::string& row, const std::string& set) {
  const ReproducedJson table = ReproducedJson::parse(result.out);
  for (const ReproducedJson& cell : table.at("rows"))
    if (cell.at("row") == row && cell.at("set") == set) return cell;
  return {};
}

/// AP of the one row that `evaluate` gives.
double evaluatedAp(const std::vector<std::string>& arguments) {
  std::vector<std::string> all{"evaluate", "--format", "json", "--protocol", "course", "--precision", "single"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const CommandResult result = runCli(all);
  EXPECT_EQ(result.code, 0) << result.err;
  return result.code == 0 ? ReproducedJson::parse(result.out).at("rows").at(0).at("ap").get<double>() : -1.0;
}

}  // namespace

TEST(Reproduce, ATableOfOneSmallSetSaysWhatItMeasuredAndWhyNotTheRest) {
  const TemporaryFolder scratch;
  writeSmallSet(scratch.path() / "sets/RoadAnomaly21", 10);
  writeSmallSet(scratch.path() / "sets/fs_static", 2);
  writeSmallModel(scratch.path() / "weights/erfnet_pretrained.pth");
  writeSmallModel(scratch.path() / "weights/z_erfnet.pth", 6);
  const CommandResult result = reproduced({"tables", "--table", "baselines", "--sets", scratch / "sets", "--weights",
                                           scratch / "weights", "--precision", "single", "--no-cache"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto whole = reproducedCell(result, "MSP", "RoadAnomaly21"), part = reproducedCell(result, "MSP", "fs_static"),
             none = reproducedCell(result, "MaxLogit", "RoadAnomaly");
  const double ap = evaluatedAp(
      {"--set", scratch / "sets/RoadAnomaly21", "--model", scratch / "weights/erfnet_pretrained.pth", "--no-cache"});
  EXPECT_EQ(whole.at("ap"), ap);
  EXPECT_NEAR(whole.at("ap_published").get<double>(), 0.2909, 1e-12);
  EXPECT_NEAR(whole.at("ap_difference").get<double>(), ap - 0.2909, 1e-12);
  EXPECT_EQ(whole.at("weights"), "erfnet_pretrained.pth") << "the first of two in natural order";
  EXPECT_EQ(whole.at("miou_why"), "no Cityscapes folder is given");
  EXPECT_TRUE(part.at("ap").is_number());
  EXPECT_TRUE(part.at("ap_difference").is_null());
  EXPECT_EQ(part.at("why"), "2 of the 30 frames");
  EXPECT_TRUE(none.at("ap").is_null());
  EXPECT_NEAR(none.at("ap_published").get<double>(), 0.15555, 1e-12);
  EXPECT_THAT(none.at("why").get<std::string>(), HasSubstr("set not found"));
}

TEST(Reproduce, NothingThereIsSaidOfEveryRow) {
  const TemporaryFolder scratch;
  const std::vector<std::string> folders{"--sets", scratch.path().string(), "--weights", scratch.path().string()};
  std::vector<std::string> tables{"tables"};
  tables.insert(tables.end(), folders.begin(), folders.end());
  const CommandResult result = reproduced(tables);
  EXPECT_EQ(result.code, 3) << result.err;
  EXPECT_THAT(reproducedCell(result, "MSP, LN + FL", "fs_static").at("why").get<std::string>(),
              HasSubstr("logit_norm, logitnorm or ln"));
  std::vector<std::string> recipes{"course2025", "--compare-recipes"};
  recipes.insert(recipes.end(), folders.begin(), folders.end());
  const CommandResult compared = reproduced(recipes);
  EXPECT_EQ(compared.code, 3);
  EXPECT_EQ(ReproducedJson::parse(compared.out).at("recipes").size(), 4U);
  EXPECT_EQ(reproduced({"course2025", "--sets", "x", "--weights", "x"}).code, 2) << "which recipe?";
  EXPECT_EQ(reproduced({"tables", "--table", "nine", "--sets", "x", "--weights", "x"}).code, 2);
}

TEST(Reproduce, RecipesScoreOneFileOfEomtAsTheySay) {
  const TemporaryFolder scratch;
  writeSmallSet(scratch.path() / "sets/RoadAnomaly21", 2);
  torch::manual_seed(9);
  const auto network = makeNetwork("EoMT", {.classes = 19, .widths = {1, 2, 3, 6, 64}, .options = {}});
  {
    const torch::NoGradGuard noGradient;
    for (auto& [key, tensor] : stateDictOf(*network))
      if (key.ends_with("weight")) at::Tensor(tensor).uniform_(-0.3, 0.3);
  }
  std::filesystem::create_directories(scratch.path() / "weights");
  const std::string file = scratch / "weights/eomt.pth", set = scratch / "sets/RoadAnomaly21";
  writeStateDict(file, stateDictOf(*network));
  const auto byRecipe = [&](const std::string& recipe) {
    return reproduced({"course2025", "--recipe", recipe, "--sets", scratch / "sets", "--weights", scratch / "weights",
                       "--precision", "single", "--no-cache"});
  };
  const CommandResult a = byRecipe("a"), b = byRecipe("b");
  ASSERT_EQ(a.code, 0) << a.err;
  ASSERT_EQ(b.code, 0) << b.err;
  const std::string wanted = "RoadAnomaly21";
  EXPECT_TRUE(reproducedCell(a, "EoMT, RbA (T = 1)", wanted).at("ap").is_null());
  EXPECT_THAT(reproducedCell(a, "EoMT, RbA (T = 1)", wanted).at("why").get<std::string>(), HasSubstr("no memberships"));
  scratch.write("weights/eomt.json", R"({"windows": "raw-product", "input_size": [1024, 512]})");
  EXPECT_EQ(reproducedCell(a, "EoMT, MaxLogit", wanted).at("ap"),
            evaluatedAp({"--set", set, "--model", file, "--method", "max-logit", "--channels", "all", "--no-cache"}));
  scratch.write("weights/eomt.json", R"({"windows": "whole-image", "input_size": [1024, 512]})");
  EXPECT_EQ(
      reproducedCell(b, "EoMT, RbA (T = 0.5)", wanted).at("ap"),
      evaluatedAp({"--set", set, "--model", file, "--method", "membership-sum", "--temperature", "0.5", "--no-cache"}));
}

// Values: Python over the full sets, shared data, README.
TEST(Reproduce, TablesOfTheRealNetworksOnRoadAnomaly21) {
  OODSCOPE_SHARED_OR_SKIP(set, "data/course_sets/RoadAnomaly21");
  OODSCOPE_SHARED_OR_SKIP(weights, "data/weights");
  const CommandResult result =
      reproduced({"tables", "--table", "baselines", "--table", "void", "--sets", set, "--weights", weights});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto msp = reproducedCell(result, "MSP", "RoadAnomaly21");
  EXPECT_EQ(msp.at("weights"), "erfnet_cityscapes_20.pth");
  EXPECT_NEAR(100.0 * msp.at("ap").get<double>(), 28.999, 0.02);
  EXPECT_NEAR(100.0 * msp.at("fpr95").get<double>(), 62.172, 0.02);
  EXPECT_NEAR(100.0 * msp.at("ap_difference").get<double>(), 28.999 - 29.09, 0.02);
  const auto voidClass = reproducedCell(result, "ERF-Net", "RoadAnomaly21");
  EXPECT_EQ(voidClass.at("weights"), "erfnet_cityscapes_void_20.pth");
  EXPECT_NEAR(100.0 * voidClass.at("ap").get<double>(), 19.17, 0.1);
  EXPECT_NEAR(100.0 * voidClass.at("fpr95").get<double>(), 78.05, 0.1);
  EXPECT_EQ(reproducedCell(result, "ENet", "RoadAnomaly21").at("weights"), "enet_cityscapes_void_20.pth");
  EXPECT_THAT(reproducedCell(result, "BiSeNet", "RoadAnomaly21").at("why").get<std::string>(),
              HasSubstr("no weights found: looked for BiSeNetV1 of 20 classes"));
}

}  // namespace oodscope::testing
