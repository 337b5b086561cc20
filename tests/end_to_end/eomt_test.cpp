// SPDX-License-Identifier: GPL-3.0-or-later
// EoMT run by the program: each way to read it gives the numbers of its own arrays, dumped and opened as files.
#include "analysis/datasets/data_set.h"
#include "analysis/formats/npy.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/model.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/weights.inl.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <map>
#include <nlohmann/json.hpp>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class EomtEvaluated : public ::testing::Test {
protected:
  EomtEvaluated() {
    writeSmallSet(set, 2);
    torch::manual_seed(9);
    const torch::NoGradGuard noGradient;
    const auto network = makeNetwork("EoMT", {.classes = 3, .widths = {1, 2, 3, 6, 64}, .options = {}});
    for (auto& [key, tensor] : stateDictOf(*network))
      if (key.ends_with("weight")) at::Tensor(tensor).uniform_(-0.3, 0.3);
    writeStateDict(scratch.path() / "eomt.pth", stateDictOf(*network));
  }
  void choose(const std::string& sidecar) const { scratch.write("eomt.json", sidecar); }
  [[nodiscard]] CommandResult evaluated(const std::vector<std::string>& source, const std::string& methods) const {
    std::vector<std::string> all{
        "evaluate",   "--set",       set.string(), "--format",    "json",
        "--protocol", "fishyscapes", "--method",   methods,       "--resolution",
        "network",    "--precision", "single",     "--cache-dir", (scratch.path() / "cache").string()};
    all.insert(all.end(), source.begin(), source.end());
    return runCli(all);
  }
  [[nodiscard]] std::map<std::string, double> apOf(const std::vector<std::string>& source,
                                                   const std::string& methods) const {
    const CommandResult result = evaluated(source, methods);
    EXPECT_EQ(result.code, 0) << result.err;
    std::map<std::string, double> out;
    if (result.code != 0) return out;
    const auto read = nlohmann::json::parse(result.out);
    for (const auto& row : read.at("rows")) out[row.at("method").get<std::string>()] = row.at("ap").get<double>();
    return out;
  }
  [[nodiscard]] std::vector<std::string> model() const { return {"--model", (scratch.path() / "eomt.pth").string()}; }
  /// The arrays of a pass over each frame, as files.
  [[nodiscard]] std::vector<std::string> dumped(const std::string& name) const {
    Model network = Model::load(scratch.path() / "eomt.pth", {.threads = 1});
    const int known = network.info().outputs.knownClasses;
    scratch.write(name + ".json", R"({"known_classes": )" + std::to_string(known) + "}");
    for (const Frame& frame : openDataSet(set).frames) {
      const OutputMaps maps = network.inferOutputs(readImage(frame));
      for (std::size_t i = 0; i < maps.maps.size(); ++i) {
        const LogitsMap& map = maps.maps[i];
        const Output output = network.info().arrays[i].output;
        std::vector<std::size_t> shape{static_cast<std::size_t>(map.channels),
                                       static_cast<std::size_t>(map.size.height),
                                       static_cast<std::size_t>(map.size.width)};
        if (output == Output::ClassLogits) shape.erase(shape.begin() + 1);
        const fs::path folder = scratch.path() / name / outputName(output);
        fs::create_directories(folder);
        writeNpyAtomically(folder / (frame.name + ".npy"), NpyType::Float32, shape,
                           std::as_bytes(std::span(map.values)));
      }
    }
    return {"--scores", (scratch.path() / name).string()};
  }
  const TemporaryFolder scratch;
  const fs::path set = scratch.path() / "Set";
};

}  // namespace

TEST_F(EomtEvaluated, ThroughWindowsMembershipsAreScored) {
  choose(R"({"input_size": [64, 32]})");
  const auto found = apOf(model(), "rba,membership-max");
  const auto expected = apOf(dumped("windows"), "rba,membership-max");
  ASSERT_EQ(found.size(), 2U);
  for (const auto& [method, ap] : expected) EXPECT_NEAR(found.at(method), ap, 1e-9) << method;
  const CommandResult refused = evaluated(model(), "eam");
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.err, HasSubstr("the source gives no mask queries"));
}

TEST_F(EomtEvaluated, OfTheWholeImageQueriesAreScoredToo) {
  choose(R"({"windows": "whole-image"})");
  const auto found = apOf(model(), "rba,membership-max,eam");
  const auto expected = apOf(dumped("whole"), "rba,membership-max,eam");
  ASSERT_EQ(found.size(), 3U);
  for (const auto& [method, ap] : expected) EXPECT_NEAR(found.at(method), ap, 1e-9) << method;
  choose(R"({"input_size": [64, 32]})");
  EXPECT_NE(apOf(model(), "rba").at("rba"), found.at("rba")) << "windows see other squares";
}

TEST_F(EomtEvaluated, TheRawProductIsScoredAsLogits) {
  choose(R"({"windows": "raw-product", "input_size": [64, 32]})");
  const auto found = apOf(model(), "msp,max-logit");
  const auto expected = apOf(dumped("product"), "msp,max-logit");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_NEAR(found.at("max-logit"), expected.at("max-logit"), 1e-9);
  EXPECT_THAT(evaluated(model(), "rba").err, HasSubstr("memberships"));
}

TEST_F(EomtEvaluated, IsNoNetworkThatIsTrainedHere) {
  const CommandResult result = runCli({"train", "--network", "EoMT", "--output", (scratch.path() / "run").string()});
  EXPECT_EQ(result.code, 2) << result.out;
  EXPECT_THAT(result.err, HasSubstr("EoMT"));
}

}  // namespace oodscope::testing
