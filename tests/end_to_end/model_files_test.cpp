// SPDX-License-Identifier: GPL-3.0-or-later
// What the program makes of model files as people bring them: the words reach the user, the numbers are the right ones.
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>

#include <nlohmann/json.hpp>

namespace oodscope::testing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

class ModelFiles : public ::testing::Test {
protected:
  ModelFiles() { writeSmallSet(scratch.path() / "SmallSet", 2); }
  /// A script whose forward returns `value`; `z` are three channels of logits, `v` is a fourth.
  std::string script(const std::string& name, const std::string& value, const std::string& more = "") const {
    torch::jit::Module module("Net");
    module.define(
        "\ndef forward(self, x):\n    z = torch.cat([x[:, 0:1] * 6, 3 - x[:, 1:2] * 3, x[:, 2:3]], 1)\n"
        "    v = x[:, 1:2] * 9\n    return " +
        value + "\n");
    module.save(scratch / (name + ".pt"));
    scratch.write(name + ".json", "{\"input_size\": [64, 32]" + more + "}");
    return scratch / (name + ".pt");
  }
  CommandResult evaluate(const std::string& model, const std::string& method = "msp,energy") const {
    return runCli(
        {"evaluate", "--set", scratch / "SmallSet", "--model", model, "--method", method, "--format", "json"});
  }
  static std::vector<double> apsOf(const CommandResult& result) {
    EXPECT_EQ(result.code, 0) << result.err;
    std::vector<double> out;
    if (result.code != 0) return out;
    const json table = json::parse(result.out);
    for (const json& row : table.at("rows")) out.push_back(row.at("ap").get<double>());
    return out;
  }
  const TemporaryFolder scratch;
};

TEST_F(ModelFiles, WhereverTheVoidChannelIsTheOthersAreScored) {
  const std::vector<double> alone = apsOf(evaluate(script("alone", "z")));
  ASSERT_EQ(alone.size(), 2U);
  EXPECT_EQ(apsOf(evaluate(script("last", "torch.cat([z, v], 1)", ", \"void_channel\": 3"))), alone);
  EXPECT_EQ(apsOf(evaluate(script("first", "torch.cat([v, z], 1)", ", \"void_channel\": 0"))), alone);
  EXPECT_EQ(apsOf(evaluate(script("second", "torch.cat([z[:, 0:1], v, z[:, 1:3]], 1)", ", \"void_channel\": 1"))),
            alone);
  EXPECT_EQ(apsOf(evaluate(script("list", "torch.cat([v, z], 1)", ", \"known_classes\": [3, 1, 2]"))), alone);
  EXPECT_NE(apsOf(evaluate(script("none", "torch.cat([v, z], 1)"))), alone) << "void would be scored as a class";
}

TEST_F(ModelFiles, ResultsSayWhichChannelsTheyAreOf) {
  const CommandResult first = evaluate(script("first", "torch.cat([v, z], 1)", ", \"void_channel\": 0"));
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(json::parse(first.out).at("provenance").dump(), HasSubstr("1-3 of 4, void 0"));
  const CommandResult twenty = evaluate(script("twenty", "torch.cat([z, z, z, z, z, z, z[:, 0:2]], 1)"));
  ASSERT_EQ(twenty.code, 0) << twenty.err;
  EXPECT_THAT(json::parse(twenty.out).at("provenance").dump(), HasSubstr("0-18 of 20, void 19 (assumed)"));
}

TEST_F(ModelFiles, LikelyMistakesAreWarningsAndInTheTable) {
  const CommandResult soft = evaluate(script("soft", "torch.softmax(z, 1)"));
  EXPECT_EQ(soft.code, 0);
  EXPECT_THAT(soft.err, AllOf(HasSubstr("warning: "), HasSubstr("sum to 1")));
  EXPECT_THAT(json::parse(soft.out).at("warnings").dump(), HasSubstr("sum to 1"));
  const CommandResult heads = evaluate(script("heads", "{\"aux\": z * 0, \"out\": z}"));
  EXPECT_THAT(heads.err, HasSubstr("output out taken of 2"));
  EXPECT_EQ(apsOf(heads), apsOf(evaluate(script("alone", "z"))));
}

TEST_F(ModelFiles, AScoreMapIsRefusedInWords) {
  const CommandResult result = evaluate(script("score", "z[:, 0:1]"));
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, AllOf(HasSubstr("score map and no logits"), HasSubstr("--scores"), HasSubstr("score.pt")));
}

}  // namespace
}  // namespace oodscope::testing
