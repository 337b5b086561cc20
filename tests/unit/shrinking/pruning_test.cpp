// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/shrinking/pruning.inl.h"

#include "inference/networks/head.inl.h"
#include "inference/networks/weights.inl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/utils.h>

#include <map>

namespace oodscope {
namespace {

/// Half of the channels inside the residual blocks, as channelsKept() chooses them, in the order of innerChannels().
std::vector<std::vector<std::int64_t>> halfKept(const Network& network) {
  std::map<std::string, ConvolutionWeight> byModule;
  for (const ConvolutionWeight& each : convolutionWeights(network, *networkKind("ERFNet")))
    byModule.emplace(each.module, each);
  std::vector<std::vector<std::int64_t>> kept;
  for (const InnerChannels& inner : dynamic_cast<const HasInnerChannels&>(network).innerChannels())
    kept.push_back(channelsKept(byModule.at(inner.convolution), 0.5));
  return kept;
}

/// A network whose norms have seen other values than 0 and 1.
std::shared_ptr<Network> usedErfnet() {
  torch::manual_seed(11);
  auto network = makeNetwork("ERFNet", {.classes = 4, .widths = {6, 8, 12}});
  const torch::NoGradGuard noGradient;
  for (const auto& module : network->modules(false)) {
    if (auto* norm = module->as<torch::nn::BatchNorm2dImpl>(); norm != nullptr) {
      norm->running_mean.uniform_(-0.3, 0.3);
      norm->running_var.uniform_(0.5, 2.0);
      norm->bias.uniform_(-0.3, 0.5);
    }
  }
  network->eval();
  return network;
}

TEST(Pruning, HalvesAreRoundedToTheEvenOneAsPythonDoes) {
  EXPECT_EQ(countTaken(0.5, 5), 2);
  EXPECT_EQ(countTaken(0.5, 7), 4);
  EXPECT_EQ(countTaken(0.25, 6), 2);
  EXPECT_EQ(countTaken(0.1, 4), 0);
}

TEST(Pruning, LeavesAChannelEvenWhereTheFractionTakesAll) {
  const ConvolutionWeight one{.module = "a", .weight = torch::ones({3, 1, 1, 1}), .outputs = 0, .givesLogits = false};
  EXPECT_THAT(channelsKept(one, 0.99), ::testing::ElementsAre(0));
}

TEST(Pruning, TellsTheLayerOfTheLogitsFromAllOthers) {
  for (const char* name : {"ERFNet", "ENet", "BiSeNetV2"}) {
    const auto network = makeNetwork(name, {});
    int last = 0;
    for (const ConvolutionWeight& each : convolutionWeights(*network, *networkKind(name))) last += each.givesLogits;
    EXPECT_EQ(last, 1) << name;
  }
}

/// Channels of 0 and channels taken out give the same but at borders, where padding has 0 in place of a constant.
TEST(Pruning, ChannelsTakenOutGiveWhatZeroedOnesGiveInsideTheImage) {
  const torch::NoGradGuard noGradient;
  const auto network = usedErfnet();
  const NetworkKind& kind = *networkKind("ERFNet");
  const auto kept = halfKept(*network);
  const auto smaller = withoutChannels(*network, kind, dynamic_cast<const HasInnerChannels&>(*network), kept);
  EXPECT_LT(countParameters(*smaller, kind), countParameters(*network, kind));
  const auto inner = dynamic_cast<const HasInnerChannels&>(*network).innerChannels();
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < inner.size(); ++i) places[inner[i].convolution] = i;
  for (const ConvolutionWeight& each : convolutionWeights(*network, kind))
    if (places.contains(each.module)) zeroOtherChannels(each, kept[places[each.module]]);
  // The border reaches 2 (1 + 2 + 1 + 4 + 1 + 8 + 1 + 16) = 68 pixels at 1/8 of the size, and some at finer ones.
  const torch::Tensor image = torch::rand({1, 3, 1408, 1408});
  const torch::Tensor zeroed = network->forward(image), taken = smaller->forward(image);
  const auto middle = [](const torch::Tensor& x) { return x.narrow(2, 688, 32).narrow(3, 688, 32); };
  const double largest = zeroed.abs().max().item<double>();
  EXPECT_LT((middle(zeroed) - middle(taken)).abs().max().item<double>(), 2e-5 * largest);
  EXPECT_GT((zeroed - taken).abs().max().item<double>(), 0.0);
}

TEST(Pruning, APrunedShapeIsToldByItsKeysAndFolds) {
  const torch::NoGradGuard noGradient;
  const auto network = usedErfnet();
  const NetworkKind& kind = *networkKind("ERFNet");
  const auto smaller =
      withoutChannels(*network, kind, dynamic_cast<const HasInnerChannels&>(*network), halfKept(*network));
  const auto shape = shapeOf(kind, stateDictOf(*smaller));
  ASSERT_TRUE(shape);
  EXPECT_EQ(*shape, smaller->shape());
  EXPECT_EQ(shape->widths.size(), 3U + 51U);
  const torch::Tensor image = torch::rand({1, 3, 64, 128});
  const torch::Tensor plain = smaller->forward(image);
  torch::Tensor fast = torch::empty_like(plain);
  optimised(kind, smaller)->run(image, fast);
  EXPECT_LT((plain - fast).abs().max().item<double>(), 1e-4 * plain.abs().max().item<double>());
}

}  // namespace
}  // namespace oodscope
