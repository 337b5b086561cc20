// SPDX-License-Identifier: GPL-3.0-or-later
// Whole networks in int8 against the same arithmetic in double precision (record_quantised_networks.py).
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/model.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/state_dict_choice.inl.h"
#include "inference/networks/weights.inl.h"
#include "inference/shrinking/shrinking.h"
#include "tests/reference/inference/formula_state.inl.h"
#include "tests/reference/inference/recorded_networks.inl.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

json recordedNetworks(const char* form) {
  std::ifstream in(OODSCOPE_SOURCE_DIR "/tests/reference/inference/data/quantised_networks.json");
  return json::parse(in).at(form);
}

Size sizeIn(const json& each) { return {each.at("width").get<int>(), each.at("height").get<int>()}; }

double rootMeanSquare(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum / static_cast<double>(a.size()));
}

/// How far found values are from those of the recorded arithmetic, and both from the network without rounding.
struct Distances {
  double apart = 0.0, ofFound = 0.0, ofRecorded = 0.0;
};

Distances distancesOf(const LogitsMap& map, const json& each) {
  const auto recorded = each.at("values").get<std::vector<double>>();
  const auto plain = each.at("plain").get<std::vector<double>>();
  const testing::FormulaHash places("places");
  std::vector<double> found;
  for (std::size_t i = 0; i < recorded.size(); ++i)
    found.push_back(static_cast<double>(map.values.at(places(i) % map.values.size())));
  const Distances out{.apart = rootMeanSquare(found, recorded),
                      .ofFound = rootMeanSquare(found, plain),
                      .ofRecorded = rootMeanSquare(recorded, plain)};
  EXPECT_GT(out.ofRecorded, 0.0);
  return out;
}

const LogitsMap& mapOf(const OutputMaps& maps, const ModelInfo& info) {
  for (std::size_t i = 0; i < info.arrays.size(); ++i)
    if (info.arrays[i].output == Output::Logits || info.arrays[i].output == Output::Membership) return maps.maps[i];
  throw std::runtime_error("neither logits nor memberships");
}

TEST(QuantisedNetworks, StaticIsTheRecordedArithmetic) {
  for (const json& each : recordedNetworks("static")) {
    const testing::TemporaryFolder folder;
    const fs::path file = folder.path() / "net.pth", out = folder.path() / "bytes.pth";
    const bool isOlder = each.at("older").get<bool>();
    SCOPED_TRACE(isOlder ? "before-2021-03" : "since-2021-03");
    const NetworkShape shape{.classes = each.at("classes").get<int>(),
                             .widths = each.at("widths").get<std::vector<int>>()};
    const auto network = makeNetwork(each.at("kind").get<std::string>(), shape);
    {
      const torch::NoGradGuard noGradient;
      for (const auto& [key, tensor] : stateDictOf(*network)) {
        testing::setByFormula(key, tensor);
        if (key.ends_with("ext_conv3.1.weight")) torch::Tensor(tensor).mul_(0.25);
      }
    }
    writeStateDict(file, stateDictOf(*network));
    const Size size = sizeIn(each);
    const json sidecar{{"input_size", {size.width, size.height}},
                       {"variant", isOlder ? "before-2021-03" : "since-2021-03"},
                       {"void_channel", -1}};
    folder.write("net.json", sidecar.dump());
    int left = 1;
    (void)quantiseFile(
        file, {"formula", [&] { return left-- > 0 ? std::optional(testing::formulaPicture(size)) : std::nullopt; }},
        out);
    const ChosenStateDict chosen = chooseStateDict(readCheckpoint(out), "", out);
    const auto ranges = each.at("ranges").get<std::vector<std::array<double, 2>>>();
    ASSERT_EQ(chosen.ranges.size(0), static_cast<std::int64_t>(ranges.size()));
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      // A range takes in 0; observers' do where their scale is made.
      const auto end = [&](std::int64_t which) {
        return chosen.ranges[static_cast<std::int64_t>(i)][which].item<double>();
      };
      EXPECT_NEAR(end(0), std::min(ranges[i][0], 0.0), 1e-4 * (1.0 + std::abs(ranges[i][0]))) << i;
      EXPECT_NEAR(end(1), std::max(ranges[i][1], 0.0), 1e-4 * (1.0 + std::abs(ranges[i][1]))) << i;
    }
    Model model = Model::load(out, {.preprocessing = {}, .outputs = {}});
    EXPECT_THAT(model.info().arrangement, ::testing::Not(::testing::HasSubstr("rejected")));
    const Distances distances = distancesOf(model.infer(testing::formulaPicture(size)), each);
    EXPECT_LT(distances.apart, 0.2 * distances.ofRecorded);
  }
}

TEST(QuantisedNetworks, DynamicIsTheRecordedArithmetic) {
  for (const json& each : recordedNetworks("dynamic")) {
    const bool isShallow = each.contains("state");
    const std::string name = each.value("file", "one block");
    SCOPED_TRACE(name);
    std::ifstream in(OODSCOPE_SOURCE_DIR "/tests/reference/inference/data/further/" + name + ".json");
    StateDict state;
    const json recorded = isShallow ? each : json::parse(in);
    for (const json& line : recorded.at("state")) testing::appendFormulaLine(state, line.get<std::string>());
    const testing::TemporaryFolder folder;
    const fs::path file = folder.path() / "net.pth", out = folder.path() / "bytes.pth";
    writeStateDict(file, state);
    const ShrunkFile shrunk = quantiseDynamically(file, out);
    EXPECT_LT(3 * shrunk.after.bytes, (isShallow ? 3 : 2) * shrunk.before.bytes);
    const Size size = sizeIn(each);
    Preprocessing preprocessing{.input = size};
    preprocessing.mean = each.at("mean").get<std::array<double, 3>>();
    preprocessing.deviation = each.at("deviation").get<std::array<double, 3>>();
    Model model = Model::load(out, {.preprocessing = preprocessing});
    EXPECT_THAT(model.info().arrangement, ::testing::Not(::testing::HasSubstr("rejected")));
    EXPECT_EQ(model.info().parameters, Model::load(file, {.preprocessing = preprocessing}).info().parameters);
    const Distances distances =
        distancesOf(mapOf(model.inferOutputs(testing::formulaPicture(size)), model.info()), each);
    // Float32 and double precision round a value in a hundred thousand to another byte, that moves more of the next
    // layer's, and after a few layers two computations are as far apart as either is from no rounding at all. So one
    // block is compared by its values, twelve by how far rounding moves them.
    if (isShallow) {
      EXPECT_LT(distances.apart, 0.05 * distances.ofRecorded);
    } else {
      EXPECT_LT(distances.apart, 1.5 * distances.ofRecorded);
      EXPECT_NEAR(distances.ofFound / distances.ofRecorded, 1.0, 0.4);
    }
  }
}

}  // namespace
}  // namespace oodscope
