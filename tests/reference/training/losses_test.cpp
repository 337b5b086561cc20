// SPDX-License-Identifier: GPL-3.0-or-later
// Values and gradients recorded by record_training.py, which spells the losses out.
#include "inference/training/loss.inl.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

const std::string kFolder = std::string(OODSCOPE_SOURCE_DIR) + "/tests/reference/training/";

TEST(Losses, ValuesAndGradientsAreThoseOfPlainPyTorchExpressions) {
  std::ifstream in(kFolder + "losses.json");
  const auto recorded = nlohmann::json::parse(in);
  const auto shape = recorded.at("shape").get<std::vector<std::int64_t>>();
  const auto logits = torch::tensor(recorded.at("logits").get<std::vector<double>>(), torch::kDouble).view(shape);
  const auto targets = torch::tensor(recorded.at("targets").get<std::vector<std::int64_t>>(), torch::kLong)
                           .view({shape[0], shape[2], shape[3]});
  ASSERT_GE(recorded.at("cases").size(), 10U);
  for (const auto& expected : recorded.at("cases")) {
    const auto name = expected.at("loss").get<std::string>();
    const auto gamma = expected.at("gamma").get<double>();
    SCOPED_TRACE(name + ", gamma " + std::to_string(gamma) + ", weights " + expected.at("weights").dump());
    const auto weights = torch::tensor(expected.at("weights").get<std::vector<double>>(), torch::kDouble);
    const auto loss = makeLoss(name, weights, {{"focal-gamma", gamma}});
    auto z = logits.clone().requires_grad_(true);
    const auto value = (*loss)(z, targets);
    value.backward();
    EXPECT_NEAR(value.item<double>(), expected.at("value").get<double>(), 1e-12);
    const auto gradient = torch::tensor(expected.at("gradient").get<std::vector<double>>(), torch::kDouble).view(shape);
    EXPECT_LT((z.grad() - gradient).abs().max().item<double>(), 1e-12);
  }
}

}  // namespace
}  // namespace oodscope
