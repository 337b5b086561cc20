// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/weights.inl.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/rand.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

namespace oodscope {
namespace {

class Arrangement : public ::testing::TestWithParam<const char*> {};

/// The trainable network in evaluation mode is the independent reference: it knows nothing of folding.
TEST_P(Arrangement, EqualsTheTrainableNetwork) {
  torch::manual_seed(3);
  const torch::NoGradGuard noGradient;
  const auto network = makeNetwork(GetParam(), {.classes = 7, .widths = {8, 16, 24}});
  for (auto& [key, tensor] : stateDictOf(*network)) {  // norms that do something
    if (key.ends_with("running_mean")) at::Tensor(tensor).uniform_(-0.2, 0.2);
    if (key.ends_with("running_var")) at::Tensor(tensor).uniform_(0.5, 1.5);
  }
  network->eval();
  const torch::Tensor image = at::rand({1, 3, 64, 96});
  const torch::Tensor expected = network->forward(image);
  torch::Tensor fast = at::empty({1, 7, 64, 96});
  networkKind(GetParam())->optimise(*network)->run(image, fast);
  EXPECT_EQ(expected.sizes(), fast.sizes());
  EXPECT_LT((expected - fast).abs().max().item<float>(), 1e-4F * (1.0F + expected.abs().max().item<float>()));
}

TEST_P(Arrangement, IsRecognisedByItsOwnKeys) {
  const NetworkShape shape{.classes = 19, .widths = {8, 16, 24}};
  const StateDict tensors = stateDictOf(*makeNetwork(GetParam(), shape));
  const NetworkKind* kind = recognise(tensors);
  ASSERT_NE(kind, nullptr);
  EXPECT_EQ(kind->name, GetParam());
  EXPECT_EQ(kind->shapeOf(tensors), shape);
}

/// A network per value of each option: what an option is declared with can be built, and nothing else.
TEST_P(Arrangement, IsBuiltWithEachValueOfItsOptionsAndNoOther) {
  const NetworkKind& kind = *networkKind(GetParam());
  for (const NetworkOption& option : kind.options) {
    EXPECT_THAT(networkOptionNames(), ::testing::Contains(option.name));
    ASSERT_GE(option.values.size(), 2U) << "one value is no choice";
    for (const NetworkOption::Value& value : option.values) {
      const NetworkShape shape{.widths = {8, 16, 24}, .options = {{option.name, value.name}}};
      EXPECT_EQ(makeNetwork(GetParam(), shape)->shape(), shape);
      EXPECT_FALSE(value.description.empty());
    }
    EXPECT_TRUE(option.ofOldTrainings.empty() || offers(kind, {{option.name, option.ofOldTrainings}}));
    EXPECT_THROW((void)makeNetwork(GetParam(), {.options = {{option.name, "of next year"}}}), ContractViolation);
  }
  EXPECT_THROW((void)makeNetwork(GetParam(), {.options = {{"colour", "green"}}}), ContractViolation);
}

/// A checkpoint may hold the heads that training alone needs: they are no left-over keys, other keys are.
TEST_P(Arrangement, LoadsWithAndWithoutItsAuxiliaryHeads) {
  const NetworkKind& kind = *networkKind(GetParam());
  const auto network = makeNetwork(GetParam(), {.widths = {8, 16, 24}});
  StateDict tensors = stateDictOf(*network);
  for (const std::string& head : kind.auxiliaryHeads) {
    StateDict without;
    for (const auto& entry : tensors)
      if (!entry.first.starts_with(head)) without.push_back(entry);
    EXPECT_TRUE(compareKeys(*network, kind, without).fits()) << head;
    tensors.emplace_back(head + "added", at::empty({1}));
  }
  EXPECT_TRUE(compareKeys(*network, kind, tensors).fits());
  tensors.emplace_back(kind.signature.front() + ".added", at::empty({1}));
  EXPECT_FALSE(compareKeys(*network, kind, tensors).fits());
}

INSTANTIATE_TEST_SUITE_P(Kinds, Arrangement, ::testing::Values("ERFNet", "ENet"));

}  // namespace
}  // namespace oodscope
