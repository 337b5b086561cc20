// SPDX-License-Identifier: GPL-3.0-or-later
// Dropout of channels and of single values whose mask a seed of this program names, and the networks that have it.
#include "inference/networks/dropout.inl.h"

#include "inference/models/pass_networks.inl.h"
#include "inference/networks/network_registry.inl.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros_like.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/types.h>
#include <torch/utils.h>

namespace oodscope {
namespace {

using ::testing::Contains;
using ::testing::Not;

constexpr std::uint64_t kDropSeed = 11;

/// 1 / (1 - p) or 0 a value of the shape, by the definition.
torch::Tensor maskOf(SplitMix& random, at::IntArrayRef shape, double p) {
  torch::Tensor out = at::empty(shape);
  for (std::int64_t i = 0; i < out.numel(); ++i)
    out.data_ptr<float>()[i] = random.uniform() < p ? 0.0F : static_cast<float>(1.0 / (1.0 - p));
  return out;
}

class HeldLayer final : public torch::nn::Module {
public:
  template <class Layer>
  explicit HeldLayer(const Layer& layer) {
    register_module("layer", layer);
  }
};

template <class Layer>
torch::Tensor sampledOutput(Layer& layer, const torch::Tensor& x) {
  HeldLayer holder(layer);
  holder.eval();
  SplitMix random(kDropSeed);
  const SampledDropout sampled(holder, random);
  return layer(x);
}

TEST(Dropout, OfValuesIsTheProductWithTheMaskOfTheSeed) {
  const torch::Tensor x = at::randn({1, 3, 5, 7});
  ElementDropout layer(0.3);
  SplitMix random(kDropSeed);
  const torch::Tensor mask = maskOf(random, x.sizes(), 0.3);
  EXPECT_TRUE(sampledOutput(layer, x).equal(x * mask));
  EXPECT_TRUE(sampledOutput(layer, x.contiguous(torch::MemoryFormat::ChannelsLast)).equal(x * mask))
      << "whatever the order in memory";
  EXPECT_GT(mask.eq(0).sum().item<int>(), 10);
  layer->eval();
  EXPECT_TRUE(layer(x).equal(x)) << "nothing is drawn afterwards";
}

TEST(Dropout, OfChannelsIsTheProductWithAFactorAChannel) {
  const torch::Tensor x = at::randn({1, 40, 2, 3});
  ChannelDropout layer(0.5);
  SplitMix random(kDropSeed);
  EXPECT_TRUE(sampledOutput(layer, x).equal(x * maskOf(random, {1, 40, 1, 1}, 0.5)));
}

TEST(Dropout, WhileTrainingIsLibTorchs) {
  const torch::Tensor x = at::randn({2, 3, 5, 7});
  ElementDropout ours(0.4);
  torch::nn::Dropout theirs(0.4);
  torch::manual_seed(5);
  const torch::Tensor found = ours(x);
  torch::manual_seed(5);
  EXPECT_TRUE(found.equal(theirs(x)));
  EXPECT_FALSE(found.equal(x));
}

struct Dropping {
  const char* kind;
  std::vector<int> widths;
};
void PrintTo(const Dropping& each, std::ostream* out) { *out << each.kind; }

class DroppingNetwork : public ::testing::TestWithParam<Dropping> {
protected:
  DroppingNetwork() {
    torch::manual_seed(9);
    network = makeNetwork(GetParam().kind, {.classes = 6, .widths = GetParam().widths});
    network->eval();
    image = at::rand({1, 3, 64, 96});
  }
  [[nodiscard]] torch::Tensor run(double seed, std::size_t number) const {
    const PassChoice pass = passChoice(kDropoutPass, {{"seed", seed}});
    torch::Tensor out = at::empty({1, 6, 64, 96});
    passNetwork(pass, passRuns(pass).at(number), {.network = network.get()})->run(image, out);
    return out;
  }
  const torch::NoGradGuard noGradient;
  std::shared_ptr<Network> network;
  torch::Tensor image;
};

TEST_P(DroppingNetwork, DropsTheSameOfTheSameSeed) {
  EXPECT_THAT(passesOf(*network), Contains(&kDropoutPass));
  const torch::Tensor first = run(3, 0), plain = network->forward(image);
  EXPECT_TRUE(first.equal(run(3, 0)));
  EXPECT_FALSE(first.equal(run(4, 0)));
  EXPECT_FALSE(first.equal(run(3, 1)));
  EXPECT_FALSE(first.equal(plain));
}

TEST_P(DroppingNetwork, ItsRunsAreAroundThePlainOne) {
  const torch::Tensor plain = network->forward(image);
  const auto distance = [&](const torch::Tensor& logits) { return (logits - plain).square().mean().sqrt(); };
  constexpr std::uint64_t runs = 32;
  torch::Tensor sum = at::zeros_like(plain), apart = at::zeros_like(distance(plain));
  for (std::uint64_t i = 0; i < runs; ++i) {
    SplitMix random = randomStream(1, i);
    const SampledDropout sampled(*network, random);
    const torch::Tensor logits = network->forward(image);
    sum += logits;
    apart += distance(logits);
  }
  // Of independent runs the mean is 1 / sqrt(32) as far away as each; what dropout moves on average comes on top.
  EXPECT_LT(distance(sum / static_cast<double>(runs)).item<double>(), 0.5 * apart.item<double>() / runs);
}

TEST_P(DroppingNetwork, WithoutARateDropsNothing) {
  const torch::Tensor plain = network->forward(image);
  scaleDropout(*network, 0.0);
  EXPECT_FALSE(hasDropout(*network));
  EXPECT_THAT(passesOf(*network), Not(Contains(&kDropoutPass)));
  network->train();
  for (const auto& module : network->modules())
    if (module->as<torch::nn::BatchNorm2dImpl>() != nullptr) module->eval();
  // Transposed convolutions are run otherwise while training.
  EXPECT_LT((network->forward(image) - plain).abs().max().item<float>(), 1e-5F);
  network->eval();
  SplitMix random(1);
  const SampledDropout sampled(*network, random);
  EXPECT_TRUE(network->forward(image).equal(plain));
}

INSTANTIATE_TEST_SUITE_P(Kinds, DroppingNetwork,
                         ::testing::Values(Dropping{"ENet-zh320", {16, 64, 128}}, Dropping{"BiSeNetV2", {}},
                                           Dropping{"DeepLabV3+ R50", {8, 16, 24, 32}},
                                           Dropping{"DeepLabV3+ R50 (jfzhang95)", {8, 16, 24, 32}}));

TEST(Dropout, BeforeTheLastLayerIsTheProductOfItsFeaturesWithTheMask) {
  const torch::NoGradGuard noGradient;
  torch::manual_seed(9);
  const auto network = makeNetwork("BiSeNetV2", {.classes = 6});
  network->eval();
  const torch::Tensor image = at::rand({1, 3, 64, 96}), features = network->penultimate(image);
  SplitMix byHand(kDropSeed), drawn(kDropSeed);
  const torch::Tensor expected = network->classify(features * maskOf(byHand, features.sizes(), 0.1));
  const SampledDropout sampled(*network, drawn);
  EXPECT_TRUE(network->forward(image).equal(expected));
}

TEST(Dropout, IsNotSaidOfNetworksThatHaveNone) {
  for (const char* kind : {"BiSeNetV1", "ESPNetv2", "DeepLabV3+ R101 (jfzhang95, 2018)"})
    EXPECT_FALSE(hasDropout(*makeNetwork(kind, {.classes = 6}))) << kind;
}

}  // namespace
}  // namespace oodscope
