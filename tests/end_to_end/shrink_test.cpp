// SPDX-License-Identifier: GPL-3.0-or-later
// shrink: what it refuses, what it writes, and the table of a network, its pruned and its quantised form.
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/weights.inl.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class ShrinkCommand : public ::testing::Test {
protected:
  ShrinkCommand() {
    writeSmallSet(set(), 2);
    writeSmallModel(model());
  }
  [[nodiscard]] fs::path set() const { return folder.path() / "set"; }
  [[nodiscard]] fs::path model() const { return folder.path() / "net.pth"; }
  [[nodiscard]] std::string at(const char* name) const { return (folder.path() / name).string(); }
  [[nodiscard]] CommandResult shrink(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "shrink");
    return runCli(arguments);
  }
  TemporaryFolder folder;
};

TEST_F(ShrinkCommand, RefusesWhatMeansNothing) {
  const std::string net = model().string(), out = at("out.pth");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--model", net, "--output", out},
        {"--prune", "magnitude", "--output", out},
        {"--model", net, "--prune", "magnitude"},
        {"--model", net, "--prune", "magnitude", "--fraction", "1", "--output", out},
        {"--model", net, "--prune", "magnitude", "--every-layer", "--output", out},
        {"--model", net, "--quantise", "static", "--output", out},
        {"--model", net, "--quantise", "dynamic", "--calibrate", set().string(), "--output", out},
        {"--model", net, "--quantise", "halved", "--output", out},
        {"--model", net, "--prune", "magnitude", "--calibrate", set().string(), "--output", out},
        {"table", "--model", net},
        {"table", "--set", set().string()}})
    EXPECT_EQ(shrink(arguments).code, 2) << ::testing::PrintToString(arguments);
  EXPECT_FALSE(fs::exists(out));
  const CommandResult missing = shrink({"--model", at("none.pth"), "--prune", "magnitude", "--output", out});
  EXPECT_EQ(missing.code, 3);
  const CommandResult convolutions = shrink({"--model", net, "--quantise", "dynamic", "--output", out});
  EXPECT_EQ(convolutions.code, 3);
  EXPECT_THAT(convolutions.err, HasSubstr("a network of convolutions"));
  const CommandResult there = shrink({"--model", net, "--prune", "magnitude", "--output", net});
  EXPECT_EQ(there.code, 3);
  EXPECT_THAT(there.err, HasSubstr("is not replaced"));
}

TEST_F(ShrinkCommand, WeighsANetworkAndItsShrunkForms) {
  const std::string net = model().string(), pruned = at("pruned.pth"), bytes = at("bytes.pth");
  const CommandResult first = shrink({"--model", net, "--prune", "channels", "--fraction", "0.5", "--output", pruned});
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(first.out, AllOf(HasSubstr("inside blocks taken out"), HasSubstr(" -> ")));
  const CommandResult second =
      shrink({"--model", net, "--quantise", "static", "--calibrate", set().string(), "--output", bytes});
  ASSERT_EQ(second.code, 0) << second.err;
  EXPECT_THAT(second.out, HasSubstr("over 2 images of set"));
  const CommandResult table =
      shrink({"table", "--model", net, "--model", pruned, "--model", bytes, "--set", set().string(), "--method", "msp",
              "--format", "json", "--output", at("table.json"), "--scatter", at("ap.svg"), "--no-cache"});
  ASSERT_EQ(table.code, 0) << table.err;
  std::ifstream in(at("table.json"));
  const auto rows = nlohmann::json::parse(in)["rows"];
  ASSERT_EQ(rows.size(), 3U);
  const auto number = [&](std::size_t row, const char* key) { return rows[row][key].get<double>(); };
  EXPECT_EQ(rows[1]["model"], "pruned.pth");
  EXPECT_LT(number(1, "giga_multiply_adds"), number(0, "giga_multiply_adds"));
  EXPECT_LT(number(1, "nonzero_parameters"), number(0, "nonzero_parameters"));
  EXPECT_EQ(number(2, "giga_multiply_adds"), number(0, "giga_multiply_adds"));
  EXPECT_LT(number(2, "bytes"), number(0, "bytes"));
  for (std::size_t row = 0; row < 3; ++row) {
    EXPECT_GT(number(row, "latency_ms"), 0.0);
    EXPECT_GT(number(row, "ap"), 0.0);
    EXPECT_FALSE(rows[row].contains("miou"));
  }
  for (const char* name : {"ap-parameters.svg", "ap-latency.svg"}) EXPECT_TRUE(fs::exists(at(name))) << name;
}

TEST_F(ShrinkCommand, WeighsATransformerAndItsBytes) {
  const std::string net = at("vit.pth"), bytes = at("vit-bytes.pth");
  writeStateDict(net, stateDictOf(*makeNetwork("DINOv2", {.classes = 19, .widths = {0, 1, 2, 5, 64}})));
  folder.write("vit.json", R"({"input_size": [56, 28]})");
  const CommandResult calibrated =
      shrink({"--model", net, "--quantise", "static", "--calibrate", set().string(), "--output", bytes});
  EXPECT_EQ(calibrated.code, 3);
  EXPECT_THAT(calibrated.err, HasSubstr("of which dynamic int8 is made"));
  const CommandResult done = shrink({"--model", net, "--quantise", "dynamic", "--output", bytes});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("quantised to int8, dynamic: weights of the linear layers of its blocks"));
  const CommandResult info = runCli({"info", bytes});
  EXPECT_EQ(info.code, 0) << info.err;
  EXPECT_THAT(info.out, AllOf(HasSubstr("DINOv2"), HasSubstr("int8")));
  const CommandResult table = shrink({"table", "--model", net, "--model", bytes, "--set", set().string(), "--method",
                                      "msp", "--format", "json", "--output", at("table.json"), "--no-cache"});
  ASSERT_EQ(table.code, 0) << table.err;
  std::ifstream in(at("table.json"));
  const auto rows = nlohmann::json::parse(in)["rows"];
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1]["model"], "vit-bytes.pth");
  EXPECT_LT(rows[1]["bytes"].get<double>(), rows[0]["bytes"].get<double>());
  EXPECT_EQ(rows[1]["giga_multiply_adds"], rows[0]["giga_multiply_adds"]);
}

}  // namespace
}  // namespace oodscope::testing
