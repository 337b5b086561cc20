// SPDX-License-Identifier: GPL-3.0-or-later
// Recorded by record_networks.py, which says where the numbers come from.
#include "analysis/core/sha256.h"
#include "inference/models/arrangement.inl.h"
#include "inference/models/multiply_adds.inl.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/weights.inl.h"
#include "tests/reference/inference/recorded_networks.inl.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

nlohmann::json recorded(const std::string& kind) {
  std::ifstream in(OODSCOPE_SOURCE_DIR "/tests/reference/inference/data/networks.json");
  return nlohmann::json::parse(in).at(kind);
}

at::Tensor imageByFormula(std::int64_t height, std::int64_t width) {
  at::Tensor image = at::empty({1, 3, height, width}, at::kFloat);
  float* value = image.data_ptr<float>();
  for (int c = 0; c < 3; ++c) {
    for (std::int64_t y = 0; y < height; ++y) {
      for (std::int64_t x = 0; x < width; ++x) {
        *value++ = static_cast<float>(
            0.5 + 0.5 * std::sin(1.1 * c + 0.37 * static_cast<double>(y) + 0.23 * static_cast<double>(x)));
      }
    }
  }
  return image;
}

/// A kind as record_networks.py names it, and its options.
struct Case {
  std::string recorded, kind;
  NetworkOptions options;
};
void PrintTo(const Case& each, std::ostream* out) { *out << each.recorded; }

class NetworkValues : public ::testing::TestWithParam<Case> {};

TEST_P(NetworkValues, EqualWhatPythonComputes) {
  const auto expected = recorded(GetParam().recorded);
  const torch::NoGradGuard noGradient;
  const NetworkShape shape{.classes = expected.at("classes").get<int>(),
                           .widths = expected.at("widths").get<std::vector<int>>(),
                           .options = GetParam().options};
  const auto network = makeNetwork(GetParam().kind, shape);
  for (const auto& [key, tensor] : stateDictOf(*network)) testing::setByFormula(key, tensor);
  network->eval();
  const auto height = expected.at("height").get<std::int64_t>(), width = expected.at("width").get<std::int64_t>();
  const at::Tensor image = imageByFormula(height, width);
  at::Tensor fast = at::empty({1, shape.classes, height, width});
  networkKind(GetParam().kind)->optimise(*network)->run(image, fast);
  const auto step = expected.at("step").get<std::int64_t>();
  const float tolerance = 1e-5F * expected.at("largest").get<float>();  // float32 through some 70 layers
  at::Tensor own = at::empty({1, shape.classes, height, width});
  withOwnConvolutions(plainNetwork(network), 1)->run(image, own);
  for (const at::Tensor& logits : {network->forward(image), fast, own}) {
    std::size_t at = 0;
    for (std::int64_t c = 0; c < shape.classes; ++c) {
      for (std::int64_t y = 0; y < height; y += step) {
        for (std::int64_t x = 0; x < width; x += step) {
          EXPECT_NEAR(logits[0][c][y][x].item<float>(), expected.at("logits").at(at++).get<float>(), tolerance);
        }
      }
    }
    EXPECT_EQ(at, expected.at("logits").size());
  }
}

TEST_P(NetworkValues, KeysAreThoseOfThePythonNetworkInItsOrder) {
  std::string keys;
  const NetworkShape shape{.options = GetParam().options};
  for (const auto& [key, tensor] : stateDictOf(*makeNetwork(GetParam().kind, shape)))
    keys += (keys.empty() ? "" : "\n") + key;
  EXPECT_EQ(Sha256().add(keys).hex(), recorded(GetParam().recorded).at("published_keys_sha256").get<std::string>());
}

TEST_P(NetworkValues, ParametersAndMultiplyAddsEqualPythonsCounts) {
  const auto expected = recorded(GetParam().recorded);
  const torch::NoGradGuard noGradient;
  const auto network = makeNetwork(GetParam().kind, {.options = GetParam().options});
  network->eval();
  EXPECT_EQ(countParameters(*network, *networkKind(GetParam().kind)),
            expected.at("published_parameters").get<std::int64_t>());
  // A 64th of the recorded 512x1024: convolutions whose sizes divide evenly cost in proportion to the area.
  EXPECT_EQ(64 * countMultiplyAdds([&] {
              (void)network->forward(at::zeros({1, 3, 64, 128}));
            }),
            expected.at("published_multiply_adds").get<std::int64_t>());
}

INSTANTIATE_TEST_SUITE_P(Kinds, NetworkValues,
                         ::testing::Values(Case{"ERFNet", "ERFNet", {}}, Case{"ENet", "ENet", {}},
                                           Case{"ENet", "ENet", {{"variant", "since-2021-03"}}},
                                           Case{"ENet before-2021-03", "ENet", {{"variant", "before-2021-03"}}}));

}  // namespace
}  // namespace oodscope
