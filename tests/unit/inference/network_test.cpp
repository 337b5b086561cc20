// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/weights.inl.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/rand.h>
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

INSTANTIATE_TEST_SUITE_P(Kinds, Arrangement, ::testing::Values("ERFNet", "ENet"));

}  // namespace
}  // namespace oodscope
