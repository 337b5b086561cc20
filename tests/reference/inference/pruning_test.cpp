// SPDX-License-Identifier: GPL-3.0-or-later
// Which weights and channels are pruned, against torch.nn.utils.prune (record_pruning.py).
#include "inference/shrinking/pruning.inl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

using nlohmann::json;

json recordedPruning() {
  std::ifstream in(OODSCOPE_SOURCE_DIR "/tests/reference/inference/data/pruning.json");
  return json::parse(in);
}

std::vector<ConvolutionWeight> recordedConvolutions(const json& recorded) {
  std::vector<ConvolutionWeight> out;
  for (const char* name : {"first", "second", "transposed"}) {
    const auto values = recorded["weights"][name].get<std::vector<float>>();
    out.push_back({.module = name,
                   .weight = torch::tensor(values).view(recorded["shapes"][name].get<std::vector<std::int64_t>>()),
                   .outputs = std::string_view(name) == "transposed" ? 1 : 0,
                   .givesLogits = false});
  }
  return out;
}

TEST(Pruning, TakesTheWeightsThatGlobalUnstructuredTakes) {
  const json recorded = recordedPruning();
  for (const json& expected : recorded["cases"]) {
    const auto convolutions = recordedConvolutions(recorded), whole = recordedConvolutions(recorded);
    const std::int64_t taken = pruneByMagnitude(convolutions, expected["fraction"].get<double>());
    std::int64_t zeros = 0;
    for (std::size_t i = 0; i < convolutions.size(); ++i) {
      const ConvolutionWeight& each = convolutions[i];
      const auto mask = expected["magnitude"][each.module].get<std::vector<float>>();
      const torch::Tensor kept = torch::tensor(mask).view(each.weight.sizes());
      EXPECT_TRUE(each.weight.equal(whole[i].weight * kept)) << each.module << " " << expected["fraction"];
      zeros += each.weight.numel() - each.weight.count_nonzero().item<std::int64_t>();
    }
    EXPECT_EQ(taken, zeros) << expected["fraction"];
  }
}

TEST(Pruning, KeepsTheChannelsThatLnStructuredKeeps) {
  const json recorded = recordedPruning();
  for (const json& expected : recorded["cases"]) {
    const double fraction = expected["fraction"].get<double>();
    for (const ConvolutionWeight& each : recordedConvolutions(recorded)) {
      const auto kept = channelsKept(each, fraction);
      EXPECT_EQ(kept, expected["channels"][each.module].get<std::vector<std::int64_t>>()) << each.module << fraction;
      zeroOtherChannels(each, kept);
      const torch::Tensor left = each.weight.abs().transpose(0, each.outputs).flatten(1).sum(1);
      EXPECT_EQ(left.count_nonzero().item<std::int64_t>(), static_cast<std::int64_t>(kept.size()));
    }
  }
}

}  // namespace
}  // namespace oodscope
