// SPDX-License-Identifier: GPL-3.0-or-later
// Further losses and heads against what record_heads.py makes of their formulas in PyTorch.
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/networks/head.inl.h"
#include "inference/networks/weights.inl.h"
#include "inference/training/training_heads.inl.h"
#include "tests/reference/training/recorded_pictures.inl.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace oodscope {
namespace {

using nlohmann::json;
using testing::fillAsRecorded;
using testing::RecordedPictures;
using testing::sortedWeights;

json parsedFile(const std::string& name) {
  std::ifstream in(testing::kRecordedFolder + name);
  return json::parse(in);
}

at::Tensor doubles(const json& values, const std::vector<std::int64_t>& shape) {
  return torch::tensor(values.get<std::vector<double>>(), torch::kDouble).view(shape);
}

at::Tensor rows(const at::Tensor& maps) { return maps.permute({0, 2, 3, 1}).reshape({-1, maps.size(1)}); }

TEST(MoreLosses, ValuesAndGradientsAreThoseOfPlainPyTorchExpressions) {
  const json recorded = parsedFile("more_losses.json");
  auto shape = recorded.at("shape").get<std::vector<std::int64_t>>();
  const at::Tensor logits = doubles(recorded.at("logits"), shape);
  const at::Tensor targets = torch::tensor(recorded.at("targets").get<std::vector<std::int64_t>>(), torch::kLong);
  std::set<std::string> seen;
  for (const json& expected : recorded.at("cases")) {
    const auto name = expected.at("loss").get<std::string>();
    const auto channels = expected.at("outlier_channels").get<std::int64_t>();
    SCOPED_TRACE(name + ", " + std::to_string(channels) + " outlier channels, " + expected.at("values").dump() + ", " +
                 expected.at("weights").dump());
    seen.insert(name);
    LossParameters values;
    for (const auto& [key, value] : expected.at("values").items()) values[key] = value.get<double>();
    const auto weights = torch::tensor(expected.at("weights").get<std::vector<double>>(), torch::kDouble);
    at::Tensor z = logits.clone().requires_grad_(true), second;
    LossInput in{.logits = rows(z), .targets = targets, .rows = shape[2]};
    if (traitsOf(name).takesOutliers) in.voidClass = static_cast<int>(shape[1]) - 1;
    if (channels > 0) {
      second = doubles(recorded.at("outlier").at(std::to_string(channels)), {shape[0], channels, shape[2], shape[3]})
                   .requires_grad_(true);
      in.outlier = rows(second);
    }
    const at::Tensor value = makeLoss(name, weights, values)->of(in);
    value.backward();
    EXPECT_NEAR(value.item<double>(), expected.at("value").get<double>(), 1e-7);
    EXPECT_LT((z.grad() - doubles(expected.at("gradient"), shape)).abs().max().item<double>(), 1e-7);
    if (channels > 0) {
      EXPECT_LT(
          (second.grad() - doubles(expected.at("outlier_gradient"), second.sizes().vec())).abs().max().item<double>(),
          1e-7);
    }
  }
  EXPECT_EQ(seen.size() + 2, lossNames().size()) << "cross-entropy and focal are in losses.json, all others here";
}

class TwoStepsWithHeads : public ::testing::TestWithParam<json> {};

TEST_P(TwoStepsWithHeads, AreThoseOfPython) {
  const json& plan = GetParam();
  const testing::TemporaryFolder folder;
  TrainingOptions options = testing::recordedTraining("ERFNet", {4, 6, 8}, Optimiser::Sgd);
  options.learningRate = plan.at("rate").get<double>();
  options.loss = plan.at("loss").get<std::string>();
  options.head = plan.at("head").get<std::string>();
  if (options.head.empty()) options.head = "plain";
  if (const auto channels = plan.at("outlier_channels").get<int>(); channels > 0)
    options.headParameters = {{"outlier-channels", channels}};
  options.start = folder.path() / "start.pth";
  const auto initial = makeNetwork(*networkKind("ERFNet"), shapeToTrain(options, testing::kRecordedClasses + 1));
  fillAsRecorded(stateDictOf(*initial), plan.at("seed").get<std::uint64_t>());
  writeStateDict(options.start, stateDictOf(*initial));
  const RecordedPictures pictures;
  std::vector<double> losses;
  const auto result = train(options, pictures, nullptr, folder.path() / "run", [&](const TrainingProgress& progress) {
    if (progress.kind == TrainingProgress::Kind::Step) losses.push_back(progress.loss);
  });
  ASSERT_TRUE(result.complete);
  const auto expected = plan.at("losses").get<std::vector<double>>();
  ASSERT_EQ(losses.size(), 2U);
  EXPECT_NEAR(losses[0], expected[0], 1e-4 * std::max(1.0, expected[0]));
  EXPECT_NEAR(losses[1], expected[1], 1e-4 * std::max(1.0, expected[1]));
  const auto name = plan.at("name").get<std::string>();
  testing::expectWeightsAsRecorded("head_steps.pth", name, *initial, result.weights);
  // Rounding moves a few ReLUs over their kinks, on other machines others; a wrong gradient moves all weights
  // elsewhere. Values and gradients themselves are held by MoreLosses.
  EXPECT_LT(testing::shareApart("head_steps.pth", name, *initial, result.weights),
            0.1 + 3.0 * plan.at("share").get<double>());
}

std::vector<json> plans() {
  const json all = parsedFile("head_steps.json");
  return {all.begin(), all.end()};
}

INSTANTIATE_TEST_SUITE_P(Losses, TwoStepsWithHeads, ::testing::ValuesIn(plans()), [](const auto& plan) {
  std::string name = plan.param.at("name").template get<std::string>();
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
});

}  // namespace
}  // namespace oodscope
