// SPDX-License-Identifier: GPL-3.0-or-later
// Every preset of `train` for two steps, and what wins over one.
#include "analysis/demo/scene.h"
#include "tests/end_to_end/command.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

std::string contentOf(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// The lines "NAME: VALUE" of the options' text in a checkpoint.
std::set<std::string> optionLines(const std::string& checkpoint) {
  std::istringstream in(checkpoint);
  std::set<std::string> out;
  for (std::string line; std::getline(in, line);)
    if (line.find(": ") != std::string::npos && std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; }))
      out.insert(line);
  return out;
}

/// The names in braces behind --recipe in the help.
std::vector<std::string> offeredRecipes() {
  const std::string help = runCli({"train", "--help"}).out;
  const std::size_t option = help.find("--recipe TEXT"), open = help.find('{', option), close = help.find('}', open);
  std::vector<std::string> names;
  if (option == std::string::npos || close == std::string::npos) return names;
  std::istringstream in(help.substr(open + 1, close - open - 1));
  for (std::string name; std::getline(in, name, ',');) names.push_back(name.substr(name.find_first_not_of(" \n")));
  return names;
}

/// The value that a recipe gives an option is seen in the checkpoint's recipe text.
class TrainRecipes : public ::testing::Test {
protected:
  TrainRecipes() { writeDemoSet(folder.path() / "set", 3, 4, {.size = {128, 64}}); }
  std::vector<std::string> arguments(const std::string& recipe, const std::string& output) const {
    const std::string set = (folder.path() / "set").string();
    // Pictures in twos: a batch norm of one pixel, behind a mean over the picture, has nothing to go by in one alone.
    return {"train",   "--recipe", recipe, "--set",     set,  "--val-set", set,
            "--input", "64",       "32",   "--crop",    "64", "32",        "--epochs",
            "1",       "--batch",  "2",    "--threads", "1",  "--output",  (folder.path() / output).string()};
  }
  TemporaryFolder folder;
};

TEST_F(TrainRecipes, RunForTwoStepsEach) {
  const std::vector<std::string> names = offeredRecipes();
  ASSERT_GE(names.size(), 6U);
  for (const std::string& name : names) {
    std::vector<std::string> run = arguments(name, name);
    // Stages and a head first would be further steps.
    if (name.find("erfnet") != std::string::npos) run.insert(run.end(), {"--encoder-epochs", "0", "--widths", "4,6,8"});
    if (name.find("lp-ft") != std::string::npos) run.insert(run.end(), {"--head-epochs", "1"});
    const CommandResult result = runCli(run);
    ASSERT_EQ(result.code, 0) << name << "\n" << result.err;
    EXPECT_THAT(contentOf(folder.path() / name / "log.csv"), HasSubstr(",network,2,")) << name;
    EXPECT_THAT(contentOf(folder.path() / name / "weights.json"), HasSubstr("recipe " + name + " (")) << name;
  }
}

TEST_F(TrainRecipes, GiveWayToWhatIsGiven) {
  std::vector<std::string> run = arguments("seed001-erfnet-void", "run");
  run.insert(run.end(), {"--widths", "4,6,8", "--learning-rate", "0.0625"});
  ASSERT_EQ(runCli(run).code, 0);
  const std::string checkpoint = contentOf(folder.path() / "run/checkpoint.pth");
  EXPECT_THAT(checkpoint, HasSubstr("optimiser: adam 0.0625 0.9"));
  EXPECT_THAT(checkpoint, HasSubstr("learning rate: by epoch"));
  EXPECT_THAT(checkpoint, HasSubstr("shift: 2"));
  EXPECT_THAT(contentOf(folder.path() / "run/weights.json"), HasSubstr("with "));
  EXPECT_THAT(contentOf(folder.path() / "run/weights.json"), HasSubstr("--learning-rate 0.0625"));
}

TEST_F(TrainRecipes, PutASecondHeadOnTheDemoNetworkAndLearnAllElseAsItDid) {
  const std::string demo = std::string(OODSCOPE_SOURCE_DIR) + "/resources/demo/model/erfnet_slim_demo.pth";
  const auto options = [&](const std::string& recipe) {
    std::vector<std::string> run = arguments(recipe, recipe);
    run.insert(run.end(), {"--start", demo});
    const CommandResult result = runCli(run);
    EXPECT_EQ(result.code, 0) << result.err;
    return optionLines(contentOf(folder.path() / recipe / "checkpoint.pth"));
  };
  const std::set<std::string> plain = options("demo"), headed = options("demo-densehybrid");
  EXPECT_THAT(headed, Contains(StartsWith("outlier exposure: 0.05")));
  std::vector<std::string> differing;
  std::ranges::set_symmetric_difference(plain, headed, std::back_inserter(differing));
  EXPECT_THAT(differing, UnorderedElementsAre("loss: cross-entropy", StartsWith("loss: densehybrid 0.1"),
                                              "head: densehybrid 2", "best by: void", "best by: energy"));
  const std::string sidecar = contentOf(folder.path() / "demo-densehybrid/best.json");
  EXPECT_THAT(sidecar, HasSubstr("\"head\": \"densehybrid\""));
  EXPECT_THAT(sidecar, HasSubstr("\"void_channel\": -1"));
}

TEST_F(TrainRecipes, AndOptionsThatMeanNothingTogetherAreRefused) {
  const auto refusal = [&](std::vector<std::string> more) {
    std::vector<std::string> run{"train", "--set", (folder.path() / "set").string(), "--output",
                                 (folder.path() / "no").string()};
    run.insert(run.end(), more.begin(), more.end());
    const CommandResult result = runCli(run);
    EXPECT_EQ(result.code, 2) << result.err;
    return result.err;
  };
  EXPECT_THAT(refusal({"--recipe", "seed999"}), HasSubstr("--recipe"));
  EXPECT_THAT(refusal({"--freeze", "probe", "--backbone-learning-rate", "1e-5"}), HasSubstr("the backbone is frozen"));
  EXPECT_THAT(refusal({"--class-map", "nowhere.csv"}), HasSubstr("neither usual, own, cityscapes nor a file"));
  EXPECT_THAT(refusal({"--best", "loss"}), HasSubstr("needs pictures to validate on"));
  EXPECT_THAT(refusal({"--scales", "0.5", "2"}), HasSubstr("needs --crop"));
  EXPECT_THAT(refusal({"--schedule", "stairs"}), HasSubstr("--schedule"));
  EXPECT_THAT(refusal({"--widths", "8,32"}), HasSubstr("'8,32' is not 3 numbers as 16,64,128"));
  EXPECT_THAT(refusal({"--widths", "8,8,32"}), HasSubstr("each width must exceed the one before it"));
  EXPECT_THAT(refusal({"--widths", "8,x,32"}), HasSubstr("is not 3 numbers"));
  EXPECT_THAT(refusal({"--network", "DINOv2", "--widths", "0,3,2,9,64"}), HasSubstr("no more layers to read"));
  EXPECT_THAT(refusal({"--network", "BiSeNetV2", "--widths", "8,16"}), HasSubstr("has none that can be chosen"));
}

/// A width of 0 and widths that fall: registers, layers, blocks, patches and width.
TEST_F(TrainRecipes, AndASlimVisionTransformerIsTrained) {
  const CommandResult result = runCli(
      {"train", "--network", "DINOv2", "--widths", "0,1,2,4,64", "--set", (folder.path() / "set").string(), "--input",
       "64", "32", "--batch", "2", "--epochs", "1", "--threads", "1", "--output", (folder.path() / "slim").string()});
  ASSERT_EQ(result.code, 0) << result.err;
  const CommandResult info = runCli({"info", (folder.path() / "slim/weights.pth").string()});
  EXPECT_THAT(info.out, HasSubstr("DINOv2"));
}

TEST_F(TrainRecipes, MixSetsAndTakeThemInTurn) {
  const std::string set = (folder.path() / "set").string();
  writeDemoSet(folder.path() / "other", 4, 3, {.size = {128, 64}});
  std::vector<std::string> run{"train",   "--set",   set,        "--set",    (folder.path() / "other").string(),
                               "--input", "64",      "32",       "--widths", "4,6,8",
                               "--batch", "1",       "--epochs", "2",        "--threads",
                               "1",       "--output"};
  std::vector<std::string> mixed = run, turns = run;
  mixed.push_back((folder.path() / "mixed").string());
  turns.insert(turns.end(), {(folder.path() / "turns").string(), "--in-turn"});
  ASSERT_EQ(runCli(mixed).code, 0);
  ASSERT_EQ(runCli(turns).code, 0);
  EXPECT_THAT(contentOf(folder.path() / "mixed/log.csv"), HasSubstr("\n2,network,7,"));
  const std::string log = contentOf(folder.path() / "turns/log.csv");
  EXPECT_THAT(log, HasSubstr("\n1,network,4,"));
  EXPECT_THAT(log, HasSubstr("\n2,network,3,"));
}

}  // namespace
}  // namespace oodscope::testing
