// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/arrangement.inl.h"
#include "inference/models/model.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/quantised_erfnet.inl.h"
#include "inference/networks/state_dict_choice.inl.h"
#include "inference/networks/weights.inl.h"
#include "inference/shrinking/shrinking.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <cmath>
#include <map>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

constexpr Size kInput{128, 64};

class QuantiseFile : public ::testing::Test {
protected:
  QuantiseFile() {
    torch::manual_seed(9);
    writeStateDict(model(), stateDictOf(*makeNetwork("ERFNet", {.classes = 20, .widths = {16, 32, 64}})));
    folder.write("net.json", R"({"input_size": [128, 64], "void_channel": 19})");
  }
  [[nodiscard]] fs::path model() const { return folder.path() / "net.pth"; }
  [[nodiscard]] fs::path output() const { return folder.path() / "out.pth"; }
  [[nodiscard]] ShrunkFile quantised(const fs::path& file) const {
    int left = 1;
    return quantiseFile(
        file, {"made", [&left] { return left-- > 0 ? std::optional(probeImage(kInput)) : std::nullopt; }}, output());
  }
  TemporaryFolder folder;
};

TEST_F(QuantiseFile, IsAQuarterAsLargeAndOpensAsAnyModel) {
  const ShrunkFile shrunk = quantised(model());
  EXPECT_LT(shrunk.after.bytes, shrunk.before.bytes / 2);  // a quarter of the weights, and tables of so small a network
  EXPECT_THAT(shrunk.description, HasSubstr("over 1 images of made; the last layer stays float32"));
  Model before = Model::load(model(), {.preprocessing = {}, .outputs = {}});
  Model after = Model::load(output(), {.preprocessing = {}, .outputs = {}});
  EXPECT_EQ(after.info().architecture, "ERFNet");
  EXPECT_THAT(after.info().arrangement, HasSubstr("int8"));
  EXPECT_THAT(after.info().arrangement, ::testing::Not(HasSubstr("rejected")));
  EXPECT_EQ(after.info().multiplyAdds, before.info().multiplyAdds);
  EXPECT_EQ(after.info().outputs.voidChannel, 19);
  const LogitsMap plain = before.infer(probeImage(kInput)), bytes = after.infer(probeImage(kInput));
  ASSERT_EQ(plain.values.size(), bytes.values.size());
  double error = 0.0, power = 0.0;
  for (std::size_t i = 0; i < plain.values.size(); ++i) {
    error += std::pow(static_cast<double>(plain.values[i]) - static_cast<double>(bytes.values[i]), 2.0);
    power += std::pow(static_cast<double>(plain.values[i]), 2.0);
  }
  EXPECT_LT(error, 0.02 * power);
  EXPECT_GT(error, 0.0);
}

TEST_F(QuantiseFile, HoldsWholeNumbersTimesFactors) {
  (void)quantised(model());
  const ChosenStateDict chosen = chooseStateDict(readCheckpoint(output()), "", output());
  EXPECT_EQ(chosen.scales.size(), 3U + 17U * 4U + 2U);
  EXPECT_EQ(chosen.ranges.size(0), 1 + 3 + 17 * 5 + 2);
  const std::map<std::string, at::Tensor> tensors(chosen.tensors.begin(), chosen.tensors.end());
  for (const auto& [key, scale] : chosen.scales) {
    const at::Tensor whole = tensors.at(key) / scale;
    EXPECT_TRUE(whole.allclose(whole.round(), 0.0, 1e-3)) << key;
  }
}

TEST_F(QuantiseFile, WhoseRangesAreNotItsOwnIsRefused) {
  (void)quantised(model());
  StateDict tensors = readCheckpoint(output()).tensors();
  for (auto& [key, tensor] : tensors)
    if (key == kQuantisedRanges) tensor = tensor.narrow(0, 0, 5).clone();
  const fs::path foreign = folder.path() / "foreign.pth";
  writeStateDict(foreign, tensors);
  EXPECT_THROW((void)Model::load(foreign, {.preprocessing = {}, .outputs = {}}), Error);
}

TEST_F(QuantiseFile, OtherNetworksAreRefusedByName) {
  const fs::path enet = folder.path() / "enet.pth";
  writeStateDict(enet, stateDictOf(*makeNetwork("ENet", {.classes = 20, .widths = {4, 8, 16}})));
  try {
    (void)quantised(enet);
    ADD_FAILURE() << "not refused";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("ENet"));
  }
  EXPECT_FALSE(fs::exists(output()));
}

}  // namespace
}  // namespace oodscope
