// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/arrangement.inl.h"
#include "inference/models/model.h"
#include "inference/networks/network_registry.inl.h"
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

/// Of the squares of differences, in the squares of `plain`.
double errorOf(const LogitsMap& plain, const LogitsMap& bytes) {
  double error = 0.0, power = 0.0;
  for (std::size_t i = 0; i < plain.values.size(); ++i) {
    error += std::pow(static_cast<double>(plain.values[i]) - static_cast<double>(bytes.values[i]), 2.0);
    power += std::pow(static_cast<double>(plain.values[i]), 2.0);
  }
  return error / power;
}

/// What refusing says; empty where it is not refused.
template <class Call>
std::string refusalOf(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

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
  EXPECT_LT(errorOf(plain, bytes), 0.02);
  EXPECT_GT(errorOf(plain, bytes), 0.0);
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

TEST_F(QuantiseFile, EnetIsQuantisedInBothVariants) {
  torch::manual_seed(4);
  const fs::path enet = folder.path() / "enet.pth";
  writeStateDict(enet, stateDictOf(*makeNetwork("ENet", {.classes = 20, .widths = {16, 32, 64}})));
  for (const char* variant : {"since-2021-03", "before-2021-03"}) {
    SCOPED_TRACE(variant);
    folder.write("enet.json",
                 R"({"input_size": [128, 64], "void_channel": 19, "variant": ")" + std::string(variant) + "\"}");
    (void)quantised(enet);
    Model before = Model::load(enet, {.preprocessing = {}, .outputs = {}});
    Model after = Model::load(output(), {.preprocessing = {}, .outputs = {}});
    EXPECT_EQ(after.info().options.at("variant"), variant);
    EXPECT_THAT(after.info().arrangement, HasSubstr("int8"));
    EXPECT_THAT(after.info().arrangement, ::testing::Not(HasSubstr("rejected")));
    EXPECT_EQ(after.info().parameters, before.info().parameters);
    const LogitsMap plain = before.infer(probeImage(kInput)), bytes = after.infer(probeImage(kInput));
    EXPECT_GT(errorOf(plain, bytes), 0.0);
    EXPECT_LT(errorOf(plain, bytes), 0.5);  // of random weights, whose maxima are close to each other
    fs::remove(output());
    fs::remove(folder.path() / "out.json");
  }
}

TEST_F(QuantiseFile, OtherNetworksAreRefusedByName) {
  const fs::path other = folder.path() / "other.pth";
  writeStateDict(other, stateDictOf(*makeNetwork("ENet-zh320", {.classes = 20})));
  EXPECT_THAT(refusalOf([&] { (void)quantised(other); }), HasSubstr("ENet-zh320"));
  writeStateDict(other, stateDictOf(*makeNetwork("DINOv2", {.classes = 19, .widths = {0, 1, 2, 5, 64}})));
  EXPECT_THAT(refusalOf([&] { (void)quantised(other); }), HasSubstr("DINOv2, of which dynamic int8 is made"));
  EXPECT_FALSE(fs::exists(output()));
}

/// A small transformer.
class QuantiseDynamically : public QuantiseFile {
protected:
  QuantiseDynamically() {
    torch::manual_seed(5);
    writeStateDict(transformer(), stateDictOf(*makeNetwork("DINOv2", {.classes = 19, .widths = {0, 1, 2, 5, 64}})));
    folder.write("vit.json", R"({"input_size": [126, 70], "known_classes": 19})");
  }
  [[nodiscard]] fs::path transformer() const { return folder.path() / "vit.pth"; }
};

TEST_F(QuantiseDynamically, TakesTheLinearLayersOfTheBlocks) {
  const ShrunkFile shrunk = quantiseDynamically(transformer(), output());
  EXPECT_LT(shrunk.after.bytes, shrunk.before.bytes);
  EXPECT_EQ(shrunk.after.parameters, shrunk.before.parameters);
  EXPECT_THAT(shrunk.description, HasSubstr("the linear layers of its blocks"));
  const ChosenStateDict chosen = chooseStateDict(readCheckpoint(output()), "", output());
  EXPECT_FALSE(chosen.ranges.defined());
  ASSERT_EQ(chosen.scales.size(), 2U * 4U);
  const std::map<std::string, at::Tensor> tensors(chosen.tensors.begin(), chosen.tensors.end());
  for (const auto& [key, scale] : chosen.scales) {
    EXPECT_EQ(scale.numel(), tensors.at(key).size(0)) << key;
    const at::Tensor whole = tensors.at(key) / scale;
    EXPECT_TRUE(whole.allclose(whole.round(), 0.0, 1e-3)) << key;
  }
}

TEST_F(QuantiseDynamically, OpensAsAnyModelAndIsCloseToFloat) {
  (void)quantiseDynamically(transformer(), output());
  constexpr Size size{126, 70};
  Model before = Model::load(transformer(), {.preprocessing = {}, .outputs = {}});
  Model after = Model::load(output(), {.preprocessing = {}, .outputs = {}});
  EXPECT_EQ(after.info().architecture, "DINOv2");
  EXPECT_THAT(after.info().arrangement, HasSubstr("int8"));
  EXPECT_THAT(after.info().arrangement, ::testing::Not(HasSubstr("rejected")));
  EXPECT_EQ(after.info().multiplyAdds, before.info().multiplyAdds);
  const LogitsMap plain = before.infer(probeImage(size)), bytes = after.infer(probeImage(size));
  EXPECT_GT(errorOf(plain, bytes), 0.0);
  EXPECT_LT(errorOf(plain, bytes), 0.01);
}

TEST_F(QuantiseDynamically, ConvolutionsAreRefusedWithTheReason) {
  const std::string refusal = refusalOf([&] { (void)quantiseDynamically(model(), output()); });
  EXPECT_THAT(refusal, HasSubstr("ERFNet, a network of convolutions"));
  EXPECT_THAT(refusal, HasSubstr("static int8 is made of it"));
  EXPECT_FALSE(fs::exists(output()));
}

TEST_F(QuantiseDynamically, FactorsOfAnotherCountAreRefused) {
  (void)quantiseDynamically(transformer(), output());
  StateDict tensors = readCheckpoint(output()).tensors();
  for (auto& [key, tensor] : tensors)
    if (key.ends_with("fc1.weight_scale")) tensor = tensor.narrow(0, 0, 1).clone();
  const fs::path foreign = folder.path() / "foreign.pth";
  writeStateDict(foreign, tensors);
  EXPECT_THAT(refusalOf([&] { (void)Model::load(foreign, {.preprocessing = {}, .outputs = {}}); }),
              HasSubstr("factors"));
}

}  // namespace
}  // namespace oodscope
