// SPDX-License-Identifier: GPL-3.0-or-later
// Networks exported to TorchScript: the file run by LibTorch alone is the other side of the network's own pass.
#include "analysis/core/error.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/input_tensor.inl.h"
#include "inference/models/model.h"
#include "inference/models/script_export.inl.h"
#include "inference/networks/head.inl.h"
#include "inference/networks/weights.inl.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

constexpr Size kExportInput{96, 64};

/// A small shape of the kind: convolutions a few channels wide, transformers of three blocks.
NetworkShape exportShape(const NetworkKind& kind) {
  static const std::vector<int> slim{16, 32, 48, 64};
  if (kind.name == "EoMT") return {.classes = 4, .widths = {2, 3, 3, 7, 128}};
  if (kind.name == "DINOv2") return {.classes = 5, .widths = {4, 2, 3, 3, 128}};
  return {.classes = 5, .widths = {slim.begin(), slim.begin() + static_cast<std::ptrdiff_t>(kind.widths.size())}};
}

/// Weights of a seed whose norms do something.
std::shared_ptr<Network> exportedNetwork(const NetworkKind& kind, const NetworkShape& shape) {
  torch::manual_seed(21);
  const torch::NoGradGuard noGradient;
  auto network = makeNetwork(kind, shape);
  for (const auto& [key, tensor] : stateDictOf(*network)) {
    at::Tensor value = tensor;
    if (key.ends_with("running_mean")) value.uniform_(-0.2, 0.2);
    if (key.ends_with("running_var") || key.ends_with("gamma")) value.uniform_(0.5, 1.5);
  }
  network->eval();
  return network;
}

RgbImage exportPicture(Size size, unsigned seed) {
  RgbImage out(size);
  std::uint32_t state = seed;
  const auto next = [&] {
    state = state * 1664525U + 1013904223U;
    return static_cast<std::uint8_t>(state >> 24U);
  };
  for (Rgb& pixel : out.values()) pixel = {next(), next(), next()};
  return out;
}

class ScriptExport : public ::testing::Test {
protected:
  Model load(const NetworkKind& kind, const NetworkShape& shape, const std::string& sidecar = "{}",
             Size input = kExportInput) const {
    writeStateDict(weights, stateDictOf(*exportedNetwork(kind, shape)));
    std::ofstream(folder.path() / "net.json") << sidecar;
    return Model::load(weights, {.threads = 1, .input = input});
  }
  /// Writes the export and its sidecar.
  ExportedModel write(const Model& model) const {
    const ExportedModel out = model.exported();
    std::ofstream(script, std::ios::binary) << out.script;
    std::ofstream(script.string() + ".json") << out.sidecar;
    return out;
  }
  [[nodiscard]] Model opened() const { return Model::load(script, {.threads = 1}); }
  /// Both files through the program, of a picture that is resized.
  void expectAlike(Model& model, Size picture) const {
    Model again = opened();
    EXPECT_EQ(again.info().parameters, model.info().parameters);
    ASSERT_EQ(again.info().arrays.size(), model.info().arrays.size());
    const RgbImage image = exportPicture(picture, 7);
    const OutputMaps expected = model.inferOutputs(image), found = again.inferOutputs(image);
    for (std::size_t i = 0; i < expected.maps.size(); ++i) {
      EXPECT_EQ(again.info().arrays[i], model.info().arrays[i]);
      double largest = 0.0, apart = 0.0;
      ASSERT_EQ(found.maps[i].values.size(), expected.maps[i].values.size());
      for (std::size_t v = 0; v < expected.maps[i].values.size(); ++v) {
        const double own = static_cast<double>(expected.maps[i].values[v]);
        largest = std::max(largest, std::abs(own));
        apart = std::max(apart, std::abs(own - static_cast<double>(found.maps[i].values[v])));
      }
      EXPECT_GT(largest, 1e-3);
      EXPECT_LT(apart, 1e-4 * (1.0 + largest)) << "the quick arrangement rounds otherwise";
    }
  }
  const TemporaryFolder folder;
  const fs::path weights = folder.path() / "net.pth", script = folder.path() / "exported.pt";
};

/// What a script gives of a random image, run by LibTorch alone, beside the plain network's own arrays.
void expectScriptIsNetwork(const fs::path& file, Network& network, Size input, std::int64_t parameters) {
  torch::jit::Module module = torch::jit::load(file.string());
  module.eval();
  const torch::NoGradGuard noGradient;
  const torch::Tensor image = torch::rand({1, 3, input.height, input.width});
  const std::vector<torch::Tensor> expected = forwardAll(network, image);
  const torch::IValue returned = module.forward({image});
  std::vector<torch::Tensor> found;
  if (returned.isTensor())
    found.push_back(returned.toTensor());
  else
    for (const torch::IValue& each : returned.toTupleRef().elements()) found.push_back(each.toTensor());
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_EQ(found[i].sizes(), expected[i].sizes());
    EXPECT_LT((found[i] - expected[i]).abs().max().item<double>(),
              1e-5 * (1.0 + expected[i].abs().max().item<double>()));
  }
  std::int64_t held = 0;
  for (const at::Tensor& parameter : module.parameters()) held += parameter.numel();
  EXPECT_EQ(held, parameters);
}

/// Every kind in today's form and those before it.
std::vector<std::pair<const NetworkKind*, NetworkShape>> exportedKinds() {
  std::vector<std::pair<const NetworkKind*, NetworkShape>> out;
  for (const NetworkKind& kind : networkKinds()) {
    out.emplace_back(&kind, exportShape(kind));
    for (std::size_t i = 1; i < kind.forms.size(); ++i) {
      out.push_back(out.back());
      out.back().second.form = kind.forms[i].name;
    }
  }
  return out;
}

TEST_F(ScriptExport, EveryNetworkRunsByLibTorchAlone) {
  const torch::NoGradGuard noGradient;
  for (const auto& [kind, shape] : exportedKinds()) {
    if (kind->arrays) continue;  // not read by forward() alone: EachReadingOfEomtIsOneScript
    SCOPED_TRACE(kind->name + " " + shape.form);
    const auto network = exportedNetwork(*kind, shape);
    for (torch::Tensor& parameter : network->parameters()) parameter.set_requires_grad(false);
    const std::int64_t parameters = countParameters(*network, *kind);
    recorded(*network, *kind, {{Output::Logits, shape.classes, kExportInput}},
             torch::rand({1, 3, kExportInput.height, kExportInput.width}))
        .save(script.string());
    EXPECT_LT(fs::file_size(script), static_cast<std::uintmax_t>(parameters) * 4 + (1U << 21U)) << "each weight once";
    expectScriptIsNetwork(script, *network, kExportInput, parameters);
  }
}

TEST_F(ScriptExport, EveryHeadGoesWithIt) {
  const NetworkKind& erfnet = *networkKind("ERFNet");
  for (const HeadKind& head : headKinds()) {
    SCOPED_TRACE(head.name);
    NetworkShape shape = exportShape(erfnet);
    shape.head = head.name;
    Model model = load(erfnet, shape);
    write(model);
    expectAlike(model, {150, 100});
    expectScriptIsNetwork(script, *exportedNetwork(erfnet, shape), kExportInput, model.info().parameters);
  }
}

TEST_F(ScriptExport, EachReadingOfEomtIsOneScript) {
  const NetworkKind& eomt = *networkKind("EoMT");
  for (const char* windows : {"authors-windows", "whole-image", "raw-product"}) {
    SCOPED_TRACE(windows);
    Model model = load(eomt, exportShape(eomt), std::string(R"({"windows": ")") + windows + "\"}");
    const ExportedModel out = write(model);
    const bool isInWindows = std::string(windows) == "authors-windows";
    EXPECT_EQ(model.seesImagesAtOwnSize(), isInWindows);
    EXPECT_EQ(out.input, isInWindows ? (Size{72, 48}) : kExportInput) << "covers the trained square of 48";
    expectAlike(model, {150, 100});
  }
}

TEST_F(ScriptExport, TheSidecarSaysWhatTheModelWasOpenedWith) {
  const NetworkKind& erfnet = *networkKind("ERFNet");
  const Model model =
      load(erfnet, exportShape(erfnet),
           R"({"resize": "bilinear", "mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.4], "channel_order": "bgr",
               "channels": ["road", "car", "tree", "sky", "void"], "known_classes": [0, 2, 3], "void_channel": 4})");
  write(model);
  const Model again = opened();
  const Preprocessing &expected = model.info().preprocessing, &found = again.info().preprocessing;
  EXPECT_EQ(found.input, kExportInput);
  EXPECT_EQ(found.resize, ResizeRule::Bilinear);
  EXPECT_EQ(found.scale, expected.scale);
  EXPECT_EQ(found.mean, expected.mean);
  EXPECT_EQ(found.deviation, expected.deviation);
  EXPECT_TRUE(found.bgr);
  EXPECT_EQ(again.info().outputs.channelNames, model.info().outputs.channelNames);
  EXPECT_THAT(again.info().outputs.knownChannels, ElementsAre(0, 2, 3));
  EXPECT_EQ(again.info().outputs.voidChannel, 4);
  const auto sidecar = nlohmann::json::parse(std::ifstream(script.string() + ".json"));
  EXPECT_THAT(sidecar.at("description").get<std::string>(), HasSubstr("ERFNet exported from net.pth"));
  EXPECT_THAT(sidecar.at("description").get<std::string>(), HasSubstr("One image of 96x64 alone"));
  EXPECT_FALSE(sidecar.contains("outputs"));
}

TEST_F(ScriptExport, ANormalisationThatWasAssumedIsSaidOfTheScript) {
  const NetworkKind& enet = *networkKind("ENet-zh320");
  const Model model = load(enet, exportShape(enet));
  write(model);
  EXPECT_EQ(opened().info().preprocessing.mean, model.info().preprocessing.mean);
  EXPECT_NE(model.info().preprocessing.mean[0], 0.0) << "ImageNet's";
}

TEST_F(ScriptExport, AVoidChannelThatNobodySaidStaysAssumed) {
  const NetworkKind& erfnet = *networkKind("ERFNet");
  NetworkShape shape = exportShape(erfnet);
  shape.classes = 20;
  const Model model = load(erfnet, shape);
  EXPECT_TRUE(model.info().channelsAssumed);
  write(model);
  const Model again = opened();
  EXPECT_TRUE(again.info().channelsAssumed);
  EXPECT_EQ(again.info().outputs.voidChannel, 19);
  EXPECT_EQ(again.info().outputs.knownClasses, 19);
}

TEST_F(ScriptExport, TheOutputsOfASecondHeadAreNamed) {
  const NetworkKind& erfnet = *networkKind("ERFNet");
  NetworkShape shape = exportShape(erfnet);
  shape.head = "densehybrid";
  const auto sidecar = nlohmann::json::parse(load(erfnet, shape).exported().sidecar);
  EXPECT_EQ(sidecar.at("outputs"), nlohmann::json({{"logits", 0}, {"outlier", 1}}));
}

TEST_F(ScriptExport, AnotherSizeIsRefusedByTheScript) {
  const NetworkKind& erfnet = *networkKind("ERFNet");
  write(load(erfnet, exportShape(erfnet)));
  std::string message;
  try {
    static_cast<void>(Model::load(script, {.threads = 1, .input = Size{128, 64}}));
  } catch (const Error& error) {
    message = error.what();
  }
  EXPECT_THAT(message, HasSubstr("fails on an input of 1x3x64x128"));
  EXPECT_THAT(message, HasSubstr("exported for one image of 1x3x64x96 alone"));
}

TEST_F(ScriptExport, AScriptIsNotExportedAgain) {
  const NetworkKind& erfnet = *networkKind("ERFNet");
  write(load(erfnet, exportShape(erfnet)));
  const Model again = opened();
  try {
    static_cast<void>(again.exported());
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("TorchScript already"));
    EXPECT_THAT(error.what(), HasSubstr("exported.pt"));
  }
}

/// Multiplies what it sees by a number that LibTorch is not asked for.
class Unrecordable final : public Network {
public:
  torch::Tensor forward(const torch::Tensor& images) override {
    return images * static_cast<double>(images.contiguous().data_ptr<float>()[0]);
  }
  [[nodiscard]] NetworkShape shape() const override { return {}; }
};

TEST_F(ScriptExport, WhatWasRecordedIsComparedOnAnotherPicture) {
  Unrecordable network;
  ModelInfo info;
  info.architecture = "ERFNet";
  info.file = "strange.pth";
  info.arrays = {{Output::Logits, 3, kExportInput}};
  Preprocessing seen;
  seen.input = kExportInput;
  try {
    static_cast<void>(exportedModel(info, seen, network));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot be exported: what was recorded"));
    EXPECT_THAT(error.what(), HasSubstr("strange.pth"));
  }
}

}  // namespace
}  // namespace oodscope
