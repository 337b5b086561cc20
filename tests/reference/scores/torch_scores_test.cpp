// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "analysis/core/half.h"
#include "analysis/scores/score_function.h"

namespace oodscope {
namespace {

/// The recording script's logits.
std::vector<std::uint16_t> recordedLogits() {
  std::vector<std::uint16_t> values(5 * 7 * 9);
  std::uint32_t x = 7;
  for (auto& value : values) {
    x = 1664525U * x + 1013904223U;
    value = halfFromFloat(static_cast<float>(x >> 20U) / 128.0F - 16.0F);
  }
  return values;
}

TEST(TorchScores, EveryMethodAtEverySizeEqualsTorch) {
  const std::vector<std::uint16_t> values = recordedLogits();
  const LogitsView logits{.half = values.data(), .channels = 5, .height = 7, .width = 9};
  std::ifstream in(std::string(OODSCOPE_SOURCE_DIR) + "/tests/reference/scores/torch_scores.json");
  const nlohmann::json json = nlohmann::json::parse(in);
  ASSERT_EQ(json.at("cases").size(), 12U);
  for (const auto& record : json.at("cases")) {
    const Size target{record.at("target")[0], record.at("target")[1]};
    EXPECT_EQ(record.at("scores").size(), 6U);
    for (const auto& [name, expected] : record.at("scores").items()) {
      const Method method = Method::named(name).value();
      const ScoreParameters parameters{
          .method = method, .temperature = record.at("temperature").get<float>(), .voidChannel = 3};
      std::vector<float> out(target.area());
      scoreResized(logits, parameters, target, out);
      for (std::size_t i = 0; i < out.size(); ++i) {
        // Upsampled logits of up to 16 round to 1e-6 in float32, on both sides, before T divides them.
        EXPECT_NEAR(static_cast<double>(out[i]), expected.at(i).get<double>(), 1e-5)
            << name << " T=" << parameters.temperature << " " << target.width << "x" << target.height;
      }
    }
  }
}

}  // namespace
}  // namespace oodscope
