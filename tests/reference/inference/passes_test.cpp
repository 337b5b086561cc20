// SPDX-License-Identifier: GPL-3.0-or-later
// Recorded by record_passes.py, which says where the numbers come from.
#include "analysis/scores/method_kinds.h"
#include "analysis/scores/score_function.h"
#include "inference/models/arrangement.inl.h"
#include "inference/models/pass_networks.inl.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/weights.inl.h"

#include <ATen/ops/empty.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

/// The formula of record_networks.py.
void setPassWeights(const std::string& key, at::Tensor tensor) {
  if (!tensor.is_floating_point()) return;
  double phase = 0.0;
  for (const char c : key) phase += static_cast<double>(static_cast<unsigned char>(c));
  const double spread = std::sqrt(3.0 / (static_cast<double>(tensor.numel()) / static_cast<double>(tensor.size(0))));
  const at::Tensor values = at::empty(tensor.sizes(), at::kFloat);
  for (std::int64_t n = 0; n < tensor.numel(); ++n) {
    const auto i = static_cast<double>(n);
    const double wave = std::sin(phase + 0.37 * i * (i + 3.0));
    double value = tensor.dim() == 1 ? 1.0 + 0.2 * wave : wave * spread;
    if (key.ends_with("running_var"))
      value = 0.75 + 0.25 * wave;
    else if (key.ends_with("running_mean") || key.ends_with("bias"))
      value = 0.1 * wave;
    else if (tensor.numel() == 1)  // slope of a parametric ReLU
      value = 0.25 + 0.1 * wave;
    values.data_ptr<float>()[n] = static_cast<float>(value);
  }
  tensor.copy_(values);
}

class Passes : public ::testing::Test {
protected:
  Passes() {
    std::ifstream in(OODSCOPE_SOURCE_DIR "/tests/reference/inference/data/passes.json");
    recorded = nlohmann::json::parse(in);
    height = recorded.at("height").get<int>();
    width = recorded.at("width").get<int>();
    make("ERFNet");
    image = at::empty({1, 3, height, width}, at::kFloat);
    float* value = image.data_ptr<float>();
    for (int c = 0; c < 3; ++c)
      for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
          *value++ = static_cast<float>(0.5 + 0.5 * std::sin(1.1 * c + 0.37 * y + 0.23 * x));
  }

  /// The network that the passes are of, with the formula's weights.
  void make(const char* kind, const std::function<void(const std::string&, at::Tensor&)>& change = {}) {
    make(kind, recorded.at("widths").get<std::vector<int>>(), change);
  }
  void make(const char* kind, const std::vector<int>& widths,
            const std::function<void(const std::string&, at::Tensor&)>& change = {}) {
    const NetworkShape shape{.classes = recorded.at("classes").get<int>(), .widths = widths};
    const torch::NoGradGuard noGradient;
    trained = makeNetwork(kind, shape);
    for (auto [key, tensor] : stateDictOf(*trained)) {
      setPassWeights(key, tensor);
      if (change) change(key, tensor);
    }
    trained->eval();
    network = forPasses(*trained, makeNetwork(kind, shape));
  }

  [[nodiscard]] at::Tensor run(const PassChoice& pass, std::size_t number, bool withOneDnn = true) {
    at::Tensor out = at::empty({1, recorded.at("classes").get<int>(), height, width});
    passNetwork(pass, passRuns(pass).at(number), {.network = network.get(), .isOneDnnRight = withOneDnn})
        ->run(image, out);
    return out;
  }

  template <class At>
  void expectSampled(const nlohmann::json& expected, int channels, double tolerance, const At& at) const {
    const int step = recorded.at("step").get<int>();
    std::size_t next = 0;
    for (int c = 0; c < channels; ++c)
      for (int y = 0; y < height; y += step)
        for (int x = 0; x < width; x += step) EXPECT_NEAR(at(c, y, x), expected.at(next++).get<double>(), tolerance);
    EXPECT_EQ(next, expected.size());
  }
  void expectLogits(const at::Tensor& logits, const nlohmann::json& expected) const {
    const double tolerance = 1e-5 * recorded.at("largest").get<double>();  // float32 through some 70 layers
    expectSampled(expected, recorded.at("classes").get<int>(), tolerance,
                  [&](int c, int y, int x) { return logits[0][c][y][x].item<double>(); });
  }
  [[nodiscard]] LogitsView view(const at::Tensor& logits) const {
    return {.single = logits.data_ptr<float>(),
            .channels = recorded.at("classes").get<int>(),
            .height = height,
            .width = width};
  }
  void expectScores(const OutputsView& outputs, Method method, float temperature, const std::string& name) const {
    std::vector<float> out(static_cast<std::size_t>(height) * static_cast<std::size_t>(width));
    score(outputs, {.method = method, .temperature = temperature}, out);
    expectSampled(recorded.at(name), 1, 1e-4,
                  [&](int, int y, int x) { return static_cast<double>(out[static_cast<std::size_t>(y * width + x)]); });
  }

  void expectOdin(const nlohmann::json& expected) {
    const PassChoice pass = passChoice(kPerturbedPass, {{"odin-epsilon", expected.at("epsilon").get<double>()}});
    const at::Tensor plain = network->forward(image).detach();
    for (const bool withOneDnn : {true, false}) {
      const at::Tensor moved = run(pass, 0, withOneDnn);
      expectLogits(moved, expected.at("perturbed"));
      EXPECT_NEAR((moved - plain).abs().max().item<double>(), expected.at("moved_by").get<double>(), 0.05)
          << "the recorded step is seen, not rounding";
      OutputsView outputs{view(plain)};
      outputs.further.push_back({&kPerturbedPass, view(moved)});
      expectScores(outputs, methods::kOdin, 3.0F, "odin");
    }
  }

  nlohmann::json recorded;
  int height = 0, width = 0;
  std::shared_ptr<Network> trained, network;
  at::Tensor image;
};

}  // namespace

TEST_F(Passes, OdinEqualsPyTorch) { expectOdin(recorded); }

TEST_F(Passes, OdinOfENetEqualsPyTorch) {
  recorded.update(recorded.at("enet"));
  make("ENet", [this](const std::string& key, at::Tensor& tensor) {
    if (key == "transposed_conv.weight") tensor.mul_(recorded.at("last_layer_scale").get<double>());
  });
  expectOdin(recorded);
}

TEST_F(Passes, ReactEqualsPyTorch) {
  const PassChoice pass = passChoice(kRectifiedPass, {{"react-percentile", recorded.at("percentile").get<double>()}});
  expectLogits(run(pass, 0), recorded.at("rectified"));
}

TEST_F(Passes, FeaturesEqualPyTorch) {
  const int channels = recorded.at("widths").at(0).get<int>();
  const auto arrays = arraysAddedTo(*network, {width, height});
  ASSERT_EQ(arrays.size(), 1U);
  EXPECT_EQ(arrays.front().channels, channels);
  ASSERT_EQ(arrays.front().size, (Size{width / 2, height / 2}));
  const PassChoice pass = passChoice(kFeaturesPass, {});
  const at::Tensor out = at::empty({1, 1, 1, static_cast<std::int64_t>(arrays.front().values())});
  passNetwork(pass, passRuns(pass).front(), {.network = network.get()})->run(image, out);
  const at::Tensor features = out.view({channels, height / 2, width / 2});
  const double tolerance = 1e-5 * recorded.at("largest").get<double>();
  const int step = recorded.at("step").get<int>();
  std::size_t next = 0;
  for (int c = 0; c < channels; ++c)
    for (int y = 0; y < height / 2; y += step)
      for (int x = 0; x < width / 2; x += step)
        EXPECT_NEAR(features[c][y][x].item<double>(), recorded.at("features").at(next++).get<double>(), tolerance);
  EXPECT_EQ(next, recorded.at("features").size());
}

TEST_F(Passes, DropoutEqualsPyTorchWithTheMasksOfTheSeed) {
  const std::size_t runs = recorded.at("dropout").size();
  const PassChoice pass =
      passChoice(kDropoutPass, {{"passes", static_cast<double>(runs)}, {"seed", recorded.at("seed").get<double>()}});
  std::vector<at::Tensor> logits;
  const at::Tensor plain = network->forward(image).detach();
  OutputsView outputs{view(plain)};
  for (std::size_t i = 0; i < runs; ++i) {
    logits.push_back(run(pass, i));
    expectLogits(logits.back(), recorded.at("dropout").at(i));
    outputs.further.push_back({&kDropoutPass, view(logits.back())});
  }
  expectScores(outputs, methods::kMcDropout, 1.0F, "mc_dropout");
  expectScores(outputs, methods::kMutualInformation, 1.0F, "mutual_information");
  EXPECT_TRUE(network->forward(image).equal(plain)) << "nothing is left out afterwards";
}

TEST_F(Passes, DropoutOfSingleValuesEqualsPyTorchWithTheMasksOfTheSeed) {
  recorded.update(recorded.at("enet_zh320"));
  make("ENet-zh320", networkKind("ENet-zh320")->widths);
  const auto runs = recorded.at("dropout").size();
  const PassChoice pass =
      passChoice(kDropoutPass, {{"passes", static_cast<double>(runs)}, {"seed", recorded.at("seed").get<double>()}});
  const at::Tensor plain = network->forward(image).detach();
  for (std::size_t i = 0; i < runs; ++i) expectLogits(run(pass, i), recorded.at("dropout").at(i));
  const double movedBy = recorded.at("moved_by").get<double>();
  EXPECT_NEAR((run(pass, 0) - plain).abs().max().item<double>(), movedBy, 1e-4 * movedBy);
}

}  // namespace oodscope
