// SPDX-License-Identifier: GPL-3.0-or-later
// Networks on a ResNet: counts of the public implementations, slim ones whatever else is asked.
#include "analysis/core/error.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/model.h"
#include "inference/models/multiply_adds.inl.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/weights.inl.h"
#include "tests/support/made_checkpoint.h"
#include "tests/support/temporary_folder.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <array>
#include <cctype>
#include <string>
#include <vector>

namespace oodscope {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::MadeCheckpoint;

struct ResnetCounts {
  const char* name;
  std::int64_t parameters;
  std::size_t entries;
};

class ResnetNetwork : public ::testing::TestWithParam<ResnetCounts> {
protected:
  static std::shared_ptr<Network> slim(int classes = 7, const NetworkOptions& options = {}) {
    torch::manual_seed(11);
    auto network = makeNetwork(GetParam().name, {.classes = classes, .widths = {8, 16, 24, 32}, .options = options});
    const torch::NoGradGuard noGradient;
    for (auto& [key, tensor] : stateDictOf(*network)) {  // norms that do something
      if (key.ends_with("running_mean")) at::Tensor(tensor).uniform_(-0.2, 0.2);
      if (key.ends_with("running_var")) at::Tensor(tensor).uniform_(0.5, 1.5);
    }
    network->eval();
    return network;
  }
  static const NetworkKind& kind() { return *networkKind(GetParam().name); }
};

/// Sources: ../shared/reference/networks.md, section 2, counted there by another program from the public code; ICNet on
/// a deep stem by hand from the layers' shapes.
INSTANTIATE_TEST_SUITE_P(Kinds, ResnetNetwork,
                         ::testing::Values(ResnetCounts{"DeepLabV3+ R50", 39'761'331, 368},
                                           ResnetCounts{"DeepLabV3+ R101", 58'753'459, 674},
                                           ResnetCounts{"DeepLabV3+ R50 (jfzhang95)", 40'351'667, 374},
                                           ResnetCounts{"DeepLabV3+ R101 (jfzhang95)", 59'343'795, 680},
                                           ResnetCounts{"DeepLabV3+ R101 (jfzhang95, 2018)", 59'343'795, 680},
                                           ResnetCounts{"ICNet R18 (zh320)", 12'421'088, 179},
                                           ResnetCounts{"ICNet R50 (liminn)", 26'244'512, 373}),
                         [](const auto& each) {
                           std::string name = each.param.name;
                           std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0; });
                           return name;
                         });

TEST_P(ResnetNetwork, HasAsManyParametersAndEntriesAsPublished) {
  const auto network = makeNetwork(GetParam().name, {.classes = 19});
  EXPECT_EQ(countParameters(*network, kind()), GetParam().parameters);
  EXPECT_EQ(stateDictOf(*network).size(), GetParam().entries);
}

TEST_P(ResnetNetwork, FoldedEqualsTheTrainableNetwork) {
  const auto network = slim();
  const torch::NoGradGuard noGradient;
  const auto fast = kind().optimise(*network);
  std::vector<std::vector<std::int64_t>> sizes{{64, 96}, {96, 64}};
  if (kind().sizeMultiple == 1) sizes.push_back({45, 75});
  for (const auto& size : sizes) {
    const torch::Tensor image = at::rand({1, 3, size[0], size[1]}), expected = network->forward(image);
    torch::Tensor found = at::empty({1, 7, size[0], size[1]});
    ASSERT_EQ(expected.sizes(), found.sizes());
    fast->run(image, found);
    EXPECT_GT(expected.std().item<float>(), 1e-3F) << "logits that say something";
    EXPECT_LT((expected - found).abs().max().item<float>(), 1e-4F * (1.0F + expected.abs().max().item<float>()))
        << size[0] << "x" << size[1];
  }
}

TEST_P(ResnetNetwork, IsSplitBeforeItsLastLayer) {
  const auto network = slim();
  const torch::NoGradGuard noGradient;
  ASSERT_TRUE(network->isSplit());
  const torch::Tensor image = at::rand({1, 3, 64, 96}), features = network->penultimate(image);
  EXPECT_EQ(features.size(2), 16);
  EXPECT_EQ(features.size(3), 24);
  EXPECT_TRUE(network->classify(features).equal(network->forward(image)));
}

TEST_P(ResnetNetwork, IsRecognisedByItsOwnKeys) {
  const StateDict tensors = stateDictOf(*slim(19));
  const NetworkKind* found = recognise(tensors);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->name, GetParam().name);
  EXPECT_EQ(found->shapeOf(tensors), (NetworkShape{.classes = 19, .widths = {8, 16, 24, 32}}));
}

TEST_P(ResnetNetwork, OptionsChangeWhatItComputesAndNoKey) {
  for (const NetworkOption& option : kind().options) {
    const torch::NoGradGuard noGradient;
    const auto usual = slim(7, {{option.name, option.values.front().name}});
    const auto other = slim(7, {{option.name, option.values.back().name}});
    const StateDict a = stateDictOf(*usual), b = stateDictOf(*other);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      EXPECT_EQ(a[i].first, b[i].first);
      ASSERT_TRUE(a[i].second.equal(b[i].second)) << a[i].first << ": of the same seed";
    }
    const torch::Tensor image = at::rand({1, 3, 64, 96});
    EXPECT_GT((usual->forward(image) - other->forward(image)).abs().max().item<float>(), 1e-4F) << option.name;
    EXPECT_THROW((void)makeNetwork(GetParam().name, {.options = {{option.name, "of next year"}}}), ContractViolation);
  }
}

TEST_P(ResnetNetwork, LoadsWithTheHeadsThatTrainingAloneNeeds) {
  const auto network = slim();
  StateDict tensors = stateDictOf(*network);
  for (const std::string& head : kind().auxiliaryHeads) tensors.emplace_back(head + "weight", at::empty({1}));
  EXPECT_TRUE(compareKeys(*network, kind(), tensors).fits());
  tensors.emplace_back(kind().signature.front() + ".added", at::empty({1}));
  EXPECT_FALSE(compareKeys(*network, kind(), tensors).fits());
}

/// As people bring them: below prefixes, in entries, inside wrappers, several in one file.
TEST_P(ResnetNetwork, OpensFromEveryWrapping) {
  const testing::TemporaryFolder folder;
  const ModelOptions options{.threads = 1, .input = Size{64, 32}};
  const StateDict weights = stateDictOf(*slim());
  const auto logits = [&](MadeCheckpoint& made, const std::string& pickled) {
    made.write(folder.path() / "x.pth", pickled);
    Model model = Model::load(folder.path() / "x.pth", options);
    EXPECT_EQ(model.info().architecture, GetParam().name);
    return model.infer(RgbImage({64, 32}, Rgb{200, 90, 30})).values;
  };
  MadeCheckpoint plain;
  const std::vector<float> expected = logits(plain, plain.dict(weights));
  for (const char* prefix : {"module.", "_orig_mod.", "model.", "module.model."}) {
    MadeCheckpoint made;
    EXPECT_EQ(logits(made, made.dict(weights, prefix)), expected) << prefix;
  }
  for (const char* entry : {"model_state", "state_dict", "model_state_dict"}) {
    MadeCheckpoint made;
    EXPECT_EQ(
        logits(made, MadeCheckpoint::dict({{"cur_itrs", MadeCheckpoint::number(3)}, {entry, made.dict(weights)}})),
        expected)
        << entry;
  }
  StateDict wrapped;
  for (const auto& [key, tensor] : weights) {
    const auto dot = key.find('.');
    wrapped.emplace_back(MadeCheckpoint::cat({key.substr(0, dot), ".module", key.substr(dot)}), tensor);
  }
  MadeCheckpoint inside, several;
  EXPECT_EQ(logits(inside, inside.dict(wrapped)), expected);
  EXPECT_EQ(logits(several, MadeCheckpoint::dict(
                                {{"ema", several.dict(stateDictOf(*slim(7)))}, {"model", several.dict(weights)}})),
            expected);
}

TEST_P(ResnetNetwork, IsFedAsItsWeightsWerePublished) {
  const testing::TemporaryFolder folder;
  const auto file = folder.path() / "x.pth";
  writeStateDict(file, stateDictOf(*slim()));
  const Model model = Model::load(file, {.threads = 1, .input = Size{64, 32}});
  EXPECT_EQ(model.info().preprocessing.mean, (std::array{0.485, 0.456, 0.406}));
  EXPECT_EQ(model.info().preprocessing.deviation, (std::array{0.229, 0.224, 0.225}));
  EXPECT_THAT(model.info().assumptions, Contains(HasSubstr("ImageNet's taken")));
  folder.write("x.json", R"({"mean": [0, 0, 0], "std": [1, 1, 1]})");
  EXPECT_EQ(Model::load(file, {.threads = 1, .input = Size{64, 32}}).info().preprocessing.mean,
            (std::array{0.0, 0.0, 0.0}));
}

/// What is done once a picture does not grow with it.
TEST_P(ResnetNetwork, MultiplyAddsAreThoseOfTheSize) {
  const testing::TemporaryFolder folder;
  const auto file = folder.path() / "x.pth";
  const auto network = slim();
  writeStateDict(file, stateDictOf(*network));
  const torch::NoGradGuard noGradient;
  const std::int64_t counted = countMultiplyAdds([&] { (void)network->forward(at::zeros({1, 3, 96, 160})); });
  EXPECT_EQ(Model::load(file, {.threads = 1, .input = Size{160, 96}}).info().multiplyAdds, counted);
}

/// ICNet as zh320 trains it: with both heads of its cascade.
TEST(IcNet, HasThePublishedCountWithItsAuxiliaryHeads) {
  const auto network = makeNetwork("ICNet R18 (zh320)", {.classes = 19});
  const auto head = [](std::int64_t channels) { return 9 * channels * 128 + 2 * 128 + 128 * 19; };
  EXPECT_EQ(countParameters(*network, *networkKind("ICNet R18 (zh320)")) + head(256) + head(128), 12'868'832);
  constexpr std::size_t entriesOfHead = 7;  // two convolutions and a norm with its counter
  EXPECT_EQ(stateDictOf(*network).size() + 2 * entriesOfHead, 193U);
}

std::string keysRefusalOf(const std::vector<std::string>& keys) {
  const testing::TemporaryFolder folder;
  MadeCheckpoint made;
  StateDict tensors;
  for (const std::string& key : keys) tensors.emplace_back(key, at::ones({4, 4, 1, 1}));
  made.write(folder.path() / "x.pth", made.dict(tensors));
  try {
    (void)Model::load(folder.path() / "x.pth", {.threads = 1});
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(OtherDeepLabs, AreNamed) {
  EXPECT_THAT(keysRefusalOf({"backbone.conv1.weight", "classifier.0.convs.0.0.weight", "aux_classifier.4.weight"}),
              HasSubstr("DeepLabV3 (torchvision)"));
  EXPECT_THAT(keysRefusalOf({"mod1.conv1.weight", "aspp.features.0.0.weight", "bot_fine.weight", "final2.0.weight"}),
              HasSubstr("DeepLabV3+ (NVIDIA, DeepV3Plus)"));
  EXPECT_THAT(keysRefusalOf({"backbone.high_level_features.4.conv.0.0.weight", "classifier.project.0.weight",
                             "classifier.aspp.convs.0.0.weight"}),
              HasSubstr("MobileNetV2 (VainF)"));
}

}  // namespace
}  // namespace oodscope
