// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/model.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/weights.inl.h"
#include "inference/shrinking/shrinking.h"
#include "inference/training/start_weights.inl.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

class PruneFile : public ::testing::Test {
protected:
  PruneFile() {
    torch::manual_seed(8);
    writeStateDict(model(), stateDictOf(*makeNetwork("ERFNet", {.classes = 20, .widths = {6, 8, 12}})));
    folder.write("net.json", R"({"input_size": [64, 32], "void_channel": 19, "description": "small"})");
  }
  [[nodiscard]] fs::path model() const { return folder.path() / "net.pth"; }
  [[nodiscard]] fs::path output() const { return folder.path() / "out.pth"; }
  [[nodiscard]] nlohmann::json sidecar() const {
    std::ifstream in(folder.path() / "out.json");
    return nlohmann::json::parse(in);
  }
  void expectRefused(const PruneOptions& options, const std::string& what) const {
    try {
      (void)pruneFile(model(), options, output());
      ADD_FAILURE() << "not refused";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(what));
    }
  }
  TemporaryFolder folder;
};

TEST_F(PruneFile, ByMagnitudeOpensAsAnyModelAndCostsWhatItDid) {
  const ShrunkFile shrunk = pruneFile(model(), {.how = Pruning::Magnitude, .fraction = 0.5}, output());
  EXPECT_EQ(shrunk.before.multiplyAdds, shrunk.after.multiplyAdds);
  EXPECT_EQ(shrunk.before.parameters, shrunk.after.parameters);
  EXPECT_EQ(shrunk.before.bytes, shrunk.after.bytes);
  EXPECT_THAT(shrunk.remarks, ::testing::Contains(HasSubstr("latency stay as they were")));
  const Model opened = Model::load(output(), {.preprocessing = {}, .outputs = {}});
  EXPECT_EQ(opened.info().nonZeroParameters, shrunk.after.nonZero);
  EXPECT_EQ(opened.info().parameters, shrunk.after.parameters);
  EXPECT_LT(static_cast<double>(shrunk.after.nonZero), 0.55 * static_cast<double>(shrunk.before.parameters));
  EXPECT_EQ(opened.info().preprocessing.input.width, 64);
  EXPECT_EQ(opened.info().outputs.voidChannel, 19);
  EXPECT_THAT(sidecar()["description"].get<std::string>(), HasSubstr("small; pruned by magnitude, 50 %"));
}

TEST_F(PruneFile, ByChannelsIsSmallerInEveryRespect) {
  const ShrunkFile shrunk = pruneFile(model(), {.how = Pruning::Channels, .fraction = 0.5}, output());
  EXPECT_LT(shrunk.after.multiplyAdds, shrunk.before.multiplyAdds * 3 / 5);
  EXPECT_LT(shrunk.after.parameters, shrunk.before.parameters * 3 / 5);
  EXPECT_LT(shrunk.after.bytes, shrunk.before.bytes);
  const Model opened = Model::load(output(), {.preprocessing = {}, .outputs = {}});
  EXPECT_EQ(opened.info().architecture, "ERFNet");
  EXPECT_EQ(opened.info().parameters, shrunk.after.parameters);
  EXPECT_EQ(opened.info().multiplyAdds, shrunk.after.multiplyAdds);
  EXPECT_EQ(opened.info().arrangement, "fast");
  // 13 blocks of the encoder and 4 of the decoder: 3 (5 * 8 + 8 * 12 + 2 * 8 + 2 * 6) channels, half of each taken out.
  EXPECT_THAT(shrunk.description, HasSubstr("246 of 492 inside blocks taken out"));
}

TEST_F(PruneFile, ByChannelsElsewhereIsZeroedAndSaidSo) {
  const fs::path enet = folder.path() / "enet.pth";
  writeStateDict(enet, stateDictOf(*makeNetwork("ENet", {.classes = 20, .widths = {4, 8, 16}})));
  const ShrunkFile shrunk = pruneFile(enet, {.how = Pruning::Channels, .fraction = 0.5}, output());
  EXPECT_EQ(shrunk.before.parameters, shrunk.after.parameters);
  EXPECT_LT(shrunk.after.nonZero, shrunk.before.nonZero);
  EXPECT_THAT(shrunk.description, HasSubstr("are 0"));
  EXPECT_THAT(shrunk.remarks, ::testing::Contains(HasSubstr("they cost what they did")));
}

TEST_F(PruneFile, IsTrainedOnInItsShape) {
  (void)pruneFile(model(), {.how = Pruning::Channels, .fraction = 0.5}, output());
  const NetworkKind& kind = *networkKind("ERFNet");
  const std::vector<int> widths = widthsLeft(output(), kind);
  ASSERT_EQ(widths.size(), 54U);
  EXPECT_EQ(widths[3], 4);
  EXPECT_TRUE(widthsLeft(model(), kind).empty());
  const auto network = makeNetwork("ERFNet", {.classes = 20, .widths = widths});
  (void)loadStartWeights(*network, kind, output());
}

TEST_F(PruneFile, ReplacesNothingAndRefusesWhatItCannotDo) {
  expectRefused({.how = Pruning::Magnitude, .fraction = 1e-9}, "takes nothing");
  folder.write("out.json", "{}");
  expectRefused({.how = Pruning::Magnitude, .fraction = 0.5}, "is not replaced");
  EXPECT_FALSE(fs::exists(output()));
}

}  // namespace
}  // namespace oodscope
