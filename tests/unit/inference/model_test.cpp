// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/model.h"

#include "analysis/core/error.h"
#include "analysis/imaging/resize.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/networks/weights.inl.h"
#include "tests/support/temporary_folder.h"

#include <ATen/ops/arange.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>

#include <cmath>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

/// A script of 2 channels at half the size: first the image's channels 0 and 1, then (as a second output) 2 and 1.
fs::path writeScript(const TemporaryFolder& folder) {
  torch::jit::Module module("Net");
  module.register_parameter("gain", at::arange(1, 3, at::kFloat).view({2, 1, 1}), false);
  module.define(R"(
    def forward(self, x):
        y = x[:, :, ::2, ::2]
        return y[:, 0:2] * self.gain, torch.stack([y[:, 2], y[:, 1]], 1)
  )");
  const fs::path file = folder.path() / "net.pt";
  module.save(file.string());
  return file;
}

RgbImage plain(Size size, Rgb colour) { return RgbImage(size, colour); }

template <class Call>
std::string modelMessageOf(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(TorchScriptModel, WithoutSidecarSaysWhatItAssumes) {
  const TemporaryFolder folder;
  Model model = Model::load(writeScript(folder));
  const ModelInfo& info = model.info();
  EXPECT_EQ(info.kind, ModelKind::TorchScript);
  EXPECT_EQ(info.channels, 2);
  EXPECT_EQ(info.output, (Size{512, 256}));
  EXPECT_EQ(info.parameters, 2);
  EXPECT_THAT(info.assumptions, Contains(HasSubstr("no input size")));
  EXPECT_THAT(info.assumptions, Contains(HasSubstr("no scaling")));
  EXPECT_THAT(info.assumptions, Contains(HasSubstr("no mean")));
  EXPECT_THAT(info.assumptions, Contains(HasSubstr("no channel names")));
  const LogitsMap logits = model.infer(plain({1024, 512}, {51, 102, 255}));
  EXPECT_FLOAT_EQ(logits.values.front(), 0.2F);
  EXPECT_FLOAT_EQ(logits.values.back(), 0.8F);  // channel 1, gain 2
}

TEST(TorchScriptModel, SidecarSetsInputNormalisationOrderAndOutput) {
  const TemporaryFolder folder;
  folder.write("net.json", R"({"input_size": [16, 8], "resize": "bilinear", "scale": 1, "mean": [10, 20, 30],
    "std": [2, 4, 5], "channel_order": "bgr", "output": 1, "channels": ["low", "high"], "known_classes": 2})");
  Model model = Model::load(writeScript(folder));
  EXPECT_EQ(model.info().output, (Size{8, 4}));
  EXPECT_TRUE(model.info().assumptions.empty());
  EXPECT_THAT(model.info().warnings, Contains(HasSubstr("input values run from")));
  // BGR: the network's channel 2 is red, normalised by red's own mean and deviation.
  const LogitsMap logits = model.infer(plain({64, 32}, {50, 60, 70}));
  EXPECT_FLOAT_EQ(logits.values.front(), (50.0F - 10.0F) / 2.0F);
  EXPECT_FLOAT_EQ(logits.values.back(), (60.0F - 20.0F) / 4.0F);
}

TEST(TorchScriptModel, TheUsersWordOverridesTheSidecar) {
  const TemporaryFolder folder;
  folder.write("net.json", R"({"input_size": [16, 8], "output": 1})");
  ModelOptions options;
  options.preprocessing = Preprocessing{.input = {32, 16}};
  const Model model = Model::load(writeScript(folder), options);
  EXPECT_EQ(model.info().output, (Size{16, 8}));
  EXPECT_NE(model.logitsKey(), Model::load(folder.path() / "net.pt").logitsKey());
}

TEST(TorchScriptModel, TheUsersSizeAloneLeavesTheRestToTheSidecar) {
  const TemporaryFolder folder;
  folder.write("net.json", R"({"input_size": [16, 8], "mean": [0.1, 0.2, 0.3], "std": [2, 4, 5]})");
  const Model model = Model::load(writeScript(folder), {.input = Size{32, 24}});
  EXPECT_EQ(model.info().preprocessing.input, (Size{32, 24}));
  EXPECT_EQ(model.info().preprocessing.mean, (std::array{0.1, 0.2, 0.3}));
  const Model both =
      Model::load(writeScript(folder), {.preprocessing = Preprocessing{.scale = 0.5}, .input = Size{32, 24}});
  EXPECT_EQ(both.info().preprocessing.input, (Size{32, 24}));
  EXPECT_EQ(both.info().preprocessing.scale, 0.5);
}

TEST(TorchScriptModel, ASizeThatTheUserGivesIsNotAssumed) {
  const TemporaryFolder folder;
  const Model model = Model::load(writeScript(folder), {.input = Size{32, 24}});
  EXPECT_THAT(model.info().assumptions, ::testing::Not(Contains(HasSubstr("no input size"))));
  EXPECT_THAT(model.info().assumptions, Contains(HasSubstr("no mean")));
}

TEST(TorchScriptModel, AnOutputThatIsNotThereIsNamed) {
  const TemporaryFolder folder;
  folder.write("net.json", R"({"input_size": [16, 8], "output": 2})");
  EXPECT_THAT(modelMessageOf([&] { (void)Model::load(writeScript(folder)); }),
              ::testing::AllOf(HasSubstr("no such output"), HasSubstr("2 tensors")));
}

TEST(TorchScriptModel, AFailingPassIsAnErrorWithItsFile) {
  const TemporaryFolder folder;
  torch::jit::Module module("Net");
  module.define(R"(
    def forward(self, x):
        assert x.size(3) < 4, "too wide"
        return x
  )");
  module.save((folder.path() / "fails.pt").string());
  EXPECT_THAT(modelMessageOf([&] { (void)Model::load(folder.path() / "fails.pt"); }), HasSubstr("fails.pt"));
}

TEST(TorchScriptModel, AnOutputThatIsNoMapIsRefused) {
  const TemporaryFolder folder;
  torch::jit::Module module("Net");
  module.define(R"(
    def forward(self, x):
        return x.mean()
  )");
  module.save((folder.path() / "scalar.pt").string());
  EXPECT_THAT(modelMessageOf([&] { (void)Model::load(folder.path() / "scalar.pt"); }), HasSubstr("no map of logits"));
}

fs::path writeErfnet(const TemporaryFolder& folder, int classes, bool dropNorms = false) {
  StateDict tensors, all = stateDictOf(*makeNetwork("ERFNet", {.classes = classes, .widths = {8, 12, 16}}));
  for (auto& [key, tensor] : all) {
    const bool residual = key.find(".bn1.") != std::string::npos || key.find(".bn2.") != std::string::npos;
    if (!(dropNorms && residual)) tensors.emplace_back(key, tensor);
  }
  const fs::path file = folder.path() / (std::to_string(classes) + ".pth");
  writeStateDict(file, tensors);
  return file;
}

const ModelOptions kSmallInput{.threads = 1, .preprocessing = Preprocessing{.input = {64, 32}}};

TEST(StateDictModel, ANineteenClassHeadHasNoVoidAndATwentyClassHeadHas) {
  const TemporaryFolder folder;
  EXPECT_EQ(Model::load(writeErfnet(folder, 19), kSmallInput).info().outputs.voidChannel, -1);
  EXPECT_EQ(Model::load(writeErfnet(folder, 20), kSmallInput).info().outputs.voidChannel, 19);
}

TEST(StateDictModel, NormsThatWereFoldedAwayAreTakenAsSuchAndSaid) {
  const TemporaryFolder folder;
  Model model = Model::load(writeErfnet(folder, 5, true), kSmallInput);
  EXPECT_THAT(model.info().assumptions, Contains(HasSubstr("folded")));
  // A fresh network's norms are the identity but for epsilon: 1/sqrt(1.001) each. With them present, nearly the same.
  Model withNorms = Model::load(writeErfnet(folder, 5), kSmallInput);
  EXPECT_EQ(model.infer(plain({64, 32}, {90, 90, 90})).values.size(), 5U * 64 * 32);
  EXPECT_EQ(model.info().channels, withNorms.info().channels);
}

TEST(StateDictModel, ASingleMissingNormIsNotTakenAsFolded) {
  const TemporaryFolder folder;
  StateDict tensors;
  for (const auto& [key, tensor] : stateDictOf(*makeNetwork("ERFNet", {.classes = 5, .widths = {8, 12, 16}}))) {
    if (key.find("encoder.layers.1.bn1.") == std::string::npos) tensors.emplace_back(key, tensor);
  }
  writeStateDict(folder.path() / "x.pth", tensors);
  EXPECT_THAT(modelMessageOf([&] { (void)Model::load(folder.path() / "x.pth", kSmallInput); }),
              HasSubstr("missing keys: 4 (encoder.layers.1.bn1.weight"));
}

TEST(StateDictModel, MultiplyAddsGrowWithTheAreaAndLatencyIsATime) {
  const TemporaryFolder folder;
  const fs::path file = writeErfnet(folder, 5);
  Model small = Model::load(file, kSmallInput);
  const Model large =
      Model::load(file, {.threads = 1, .preprocessing = Preprocessing{.input = {128, 64}}, .outputs = {}});
  EXPECT_GT(small.info().multiplyAdds, 0);
  EXPECT_EQ(large.info().multiplyAdds, 4 * small.info().multiplyAdds);
  const double seconds = small.measureLatency(3);
  EXPECT_TRUE(std::isfinite(seconds));
  EXPECT_GT(seconds, 0.0);
}

TEST(StateDictModel, AnInputSizeThatIsNoMultipleOfEightIsRefused) {
  const TemporaryFolder folder;
  EXPECT_THAT(modelMessageOf([&] {
                (void)Model::load(writeErfnet(folder, 5), {.preprocessing = Preprocessing{.input = {60, 32}}});
              }),
              HasSubstr("multiples of 8"));
}

TEST(Preprocessing, PlainBilinearIsTheImagingFolders) {
  const TemporaryFolder folder;
  folder.write("net.json", R"({"input_size": [16, 8], "resize": "bilinear", "scale": 1})");
  Model model = Model::load(writeScript(folder));
  RgbImage image(Size{40, 24});
  for (int y = 0; y < 24; ++y) {
    for (int x = 0; x < 40; ++x) {
      image.at(x, y) = {static_cast<std::uint8_t>(x * 6), static_cast<std::uint8_t>(y * 10), 0};
    }
  }
  const RgbImage small = resizeBilinear(image, {16, 8});
  const LogitsMap logits = model.infer(image);
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 8; ++x) {
      EXPECT_EQ(logits.values[static_cast<std::size_t>(y * 8 + x)], static_cast<float>(small.at(2 * x, 2 * y).r));
    }
  }
}

}  // namespace
}  // namespace oodscope
