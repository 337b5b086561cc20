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

/// Slim where the kind has widths.
NetworkShape slimShape(const char* name, int classes, const std::string& form = {}) {
  const std::size_t widths = networkKind(name)->widths.size();
  const std::vector<int> slim{16, 32, 48, 64};
  return {
      .classes = classes, .widths = {slim.begin(), slim.begin() + static_cast<std::ptrdiff_t>(widths)}, .form = form};
}

/// Today's first.
std::vector<std::string> formsOf(const char* name) {
  std::vector<std::string> out;
  for (const NetworkOption::Value& form : networkKind(name)->forms) out.push_back(form.name);
  return out.empty() ? std::vector<std::string>{""} : out;
}

/// Norms and slopes that do something.
void setNorms(const Network& network) {
  for (const auto& [key, tensor] : stateDictOf(network)) {
    at::Tensor values = tensor;
    if (!values.is_floating_point() || values.dim() != 1) continue;
    if (key.ends_with("running_var")) {
      values.uniform_(0.5, 1.5);
    } else if (key.ends_with("running_mean") || key.ends_with("bias")) {
      values.uniform_(-0.2, 0.2);
    } else {
      values.uniform_(0.6, 1.4);
    }
  }
}

class Arrangement : public ::testing::TestWithParam<const char*> {};

/// The trainable network in evaluation mode is the independent reference: it knows nothing of folding.
TEST_P(Arrangement, EqualsTheTrainableNetwork) {
  torch::manual_seed(3);
  const torch::NoGradGuard noGradient;
  for (const std::string& form : formsOf(GetParam())) {
    const auto network = makeNetwork(GetParam(), slimShape(GetParam(), 7, form));
    setNorms(*network);
    network->eval();
    for (const auto& [height, width] : {std::pair{64, 96}, {160, 96}}) {
      const torch::Tensor image = at::rand({1, 3, height, width});
      const torch::Tensor expected = network->forward(image);
      torch::Tensor fast = at::empty({1, 7, height, width});
      networkKind(GetParam())->optimise(*network)->run(image, fast);
      ASSERT_EQ(expected.sizes(), fast.sizes());
      EXPECT_LT((expected - fast).abs().max().item<float>(), 1e-4F * (1.0F + expected.abs().max().item<float>()))
          << form;
    }
  }
}

TEST_P(Arrangement, IsRecognisedByItsOwnKeys) {
  for (const std::string& form : formsOf(GetParam())) {
    const NetworkShape shape = slimShape(GetParam(), 19, form);
    const StateDict tensors = stateDictOf(*makeNetwork(GetParam(), shape));
    const NetworkKind* kind = recognise(tensors);
    ASSERT_NE(kind, nullptr);
    EXPECT_EQ(kind->name, GetParam());
    EXPECT_EQ(kind->shapeOf(tensors), shape) << form;
  }
  EXPECT_THROW((void)makeNetwork(GetParam(), slimShape(GetParam(), 19, "of next year")), ContractViolation);
}

/// A network per value of each option: what an option is declared with can be built, and nothing else.
TEST_P(Arrangement, IsBuiltWithEachValueOfItsOptionsAndNoOther) {
  const NetworkKind& kind = *networkKind(GetParam());
  for (const NetworkOption& option : kind.options) {
    EXPECT_THAT(networkOptionNames(), ::testing::Contains(option.name));
    ASSERT_GE(option.values.size(), 2U) << "one value is no choice";
    for (const NetworkOption::Value& value : option.values) {
      NetworkShape shape = slimShape(GetParam(), 20);
      shape.options = {{option.name, value.name}};
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
  const auto network = makeNetwork(GetParam(), slimShape(GetParam(), 20));
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

struct WidthsCase {
  const char* network;
  std::vector<int> possible, impossible;
};

/// What nothing stops is built and recognised again with these widths.
TEST(NetworkWidths, AreBuiltAndOpenedAgainWhereNothingStopsThem) {
  const std::vector<WidthsCase> cases{{"ERFNet", {4, 6, 9}, {3, 6, 9}},
                                      {"ENet", {8, 32, 64}, {8, 8, 64}},
                                      {"ESPNetv2", {16, 32, 48, 64}, {16, 24, 48, 64}},
                                      {"DeepLabV3+ R50", {8, 12, 16, 20}, {6, 12, 16, 20}},
                                      {"ICNet R18 (zh320)", {6, 8, 10, 12}, {6, 8, 10, 13}},
                                      {"DINOv2", {0, 1, 2, 4, 64}, {0, 3, 2, 4, 64}},
                                      {"DINOv2", {4, 1, 1, 3, 32}, {4, 1, 1, 3, 96}},
                                      {"DINOv2", {0, 2, 2, 1, 128}, {0, 2, 2, 0, 128}}};
  for (const auto& [name, possible, impossible] : cases) {
    SCOPED_TRACE(name);
    const NetworkKind& kind = *networkKind(name);
    EXPECT_EQ(whatStopsWidths(kind, kind.widths), "");
    EXPECT_EQ(whatStopsWidths(kind, possible), "");
    EXPECT_NE(whatStopsWidths(kind, impossible), "");
    const auto shape = kind.shapeOf(stateDictOf(*makeNetwork(name, {.classes = 5, .widths = possible})));
    ASSERT_TRUE(shape.has_value());
    EXPECT_EQ(shape->widths, possible);
  }
  EXPECT_THROW((void)whatStopsWidths(*networkKind("ERFNet"), {4, 6}), ContractViolation);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Arrangement,
                         ::testing::Values("ERFNet", "ENet", "ENet-zh320", "ESPNetv2", "BiSeNetV1", "BiSeNetV2"));

}  // namespace
}  // namespace oodscope
