// SPDX-License-Identifier: GPL-3.0-or-later
// SynBoost's chain of parts whose arithmetic is known: every map is reckoned here from the arrays that were written.
#include "analysis/datasets/data_set.h"
#include "analysis/formats/npy.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/scores/made_outputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>

#include <fstream>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int kChainFrames = 2, kChainClasses = 5;

class SynBoost : public ::testing::Test {
protected:
  SynBoost() {
    writeSmallSet(set, kChainFrames);
    fs::create_directories(logitsFolder);
    for (unsigned f = 0; f < kChainFrames; ++f) {
      logits.emplace_back(kChainClasses, kSmallSize.height, kSmallSize.width, false, 0.0, 2.0, 70 + f);
      const std::array<std::size_t, 3> shape{kChainClasses, static_cast<std::size_t>(kSmallSize.height),
                                             static_cast<std::size_t>(kSmallSize.width)};
      writeNpyAtomically(logitsFolder / (std::to_string(f) + ".npy"), NpyType::Float32, shape,
                         std::as_bytes(std::span(logits.back().single)));
    }
    script("generator.pt", "def forward(self, c):\n    return c[:, 0:3] * 2 - 1\n");
    script("vgg.pt", "def forward(self, x):\n    return x\n");
    script("dissimilarity.pt",
           "def forward(self, x, r, c, h, v, d):\n    return torch.cat([h * 0 + c[:, 4:5], h + 2 * v + d], 1)\n");
  }
  void script(const std::string& name, const std::string& source) const {
    torch::jit::Module module("Part");
    module.define(source);
    module.save((scratch.path() / name).string());
  }
  [[nodiscard]] std::vector<std::string> parts(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> out{"synboost",
                                 "--segmentation",
                                 logitsFolder,
                                 "--set",
                                 set,
                                 "--generator",
                                 scratch.path() / "generator.pt",
                                 "--vgg",
                                 scratch.path() / "vgg.pt",
                                 "--dissimilarity",
                                 scratch.path() / "dissimilarity.pt",
                                 "--width",
                                 "64",
                                 "--height",
                                 "32",
                                 "--output",
                                 output};
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }
  [[nodiscard]] std::vector<float> map(const std::string& stage, std::size_t frame) const {
    return npyAsFloat(readNpy(output / stage / (std::to_string(frame) + ".npy")));
  }
  [[nodiscard]] std::vector<double> probabilities(std::size_t frame, int x, int y) const {
    std::vector<double> out;
    double sum = 0.0;
    for (int c = 0; c < kChainClasses; ++c) sum += out.emplace_back(std::exp(logits[frame].at(c, y, x)));
    for (double& p : out) p /= sum;
    return out;
  }
  [[nodiscard]] std::size_t classAt(std::size_t frame, int x, int y) const {
    const auto p = probabilities(frame, x, y);
    return static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
  }
  /// Sum over the channels of |image - resynthesis| after ImageNet's normalisation, min-max over the frame.
  [[nodiscard]] std::vector<double> plainPerceptual(std::size_t frame) const {
    const RgbImage image = readPicture(set / "images" / (std::to_string(frame) + ".png"));
    std::vector<double> out;
    for (int y = 0; y < kSmallSize.height; ++y)
      for (int x = 0; x < kSmallSize.width; ++x) {
        const Rgb pixel = image.at(x, y);
        const std::array<int, 3> channels{pixel.r, pixel.g, pixel.b};
        const std::array<double, 3> deviation{0.229, 0.224, 0.225};
        double sum = 0.0;
        for (std::size_t c = 0; c < 3; ++c)
          sum += std::abs(channels[c] - (classAt(frame, x, y) == c ? 255 : 0)) / 255.0 / deviation[c];
        out.push_back(sum);
      }
    const auto [low, high] = std::minmax_element(out.begin(), out.end());
    const double least = *low, width = *high - *low;
    for (double& value : out) value = (value - least) / width;
    return out;
  }
  const TemporaryFolder scratch;
  const fs::path set = scratch.path() / "SmallSet", logitsFolder = scratch.path() / "Logits",
                 output = scratch.path() / "Chain";
  std::vector<MadeArray> logits;
};

TEST_F(SynBoost, EveryMapOfTheEquationsIsItsDefinition) {
  const CommandResult result = runCli(parts({"--form", "equation"}));
  ASSERT_EQ(result.code, 0) << result.err;
  for (const char* stage :
       {"segmentation: ", "entropy and distance: ", "resynthesis: ", "perceptual difference: ", "dissimilarity: "})
    EXPECT_THAT(result.out, HasSubstr(stage));
  EXPECT_FALSE(fs::exists(output / "synboost")) << "the sum is of the released form's scaled maps";
  for (std::size_t f = 0; f < kChainFrames; ++f) {
    const auto entropy = map("entropy", f), distance = map("distance", f), perceptual = map("perceptual", f),
               dissimilarity = map("dissimilarity", f);
    const auto expected = plainPerceptual(f);
    const RgbImage resynthesis = readPicture(output / "resynthesis" / (std::to_string(f) + ".png"));
    for (int y = 0; y < kSmallSize.height; ++y)
      for (int x = 0; x < kSmallSize.width; ++x) {
        const auto i = static_cast<std::size_t>(y * kSmallSize.width + x);
        auto p = probabilities(f, x, y);
        double bits = 0.0;
        for (const double each : p) bits -= each * std::log2(each);
        std::sort(p.begin(), p.end(), std::greater<>());
        const std::size_t c = classAt(f, x, y);
        ASSERT_NEAR(entropy[i], bits, 1e-5);
        ASSERT_NEAR(distance[i], 1.0 - p[0] + p[1], 1e-5);
        ASSERT_NEAR(perceptual[i], expected[i], 1e-4);
        const auto of = [&](std::size_t channel) { return static_cast<std::uint8_t>(c == channel ? 255 : 0); };
        ASSERT_EQ(resynthesis.at(x, y), (Rgb{of(0), of(1), of(2)}));
        const double normal = c == 4 ? 1.0 : 0.0;
        const double anomaly = static_cast<double>(entropy[i] + 2.0F * perceptual[i] + distance[i]);
        ASSERT_NEAR(dissimilarity[i], 1.0 / (1.0 + std::exp(normal - anomaly)), 1e-5);
      }
  }
}

TEST_F(SynBoost, TheReleasedFormScalesByFrameAndAddsTheEntropy) {
  script("vgg.pt", "def forward(self, x):\n    return [x, x, x, x, x]\n");
  const CommandResult result = runCli(parts());
  ASSERT_EQ(result.code, 0) << result.err;
  for (std::size_t f = 0; f < kChainFrames; ++f) {
    std::vector<double> bits, margin;
    for (int y = 0; y < kSmallSize.height; ++y)
      for (int x = 0; x < kSmallSize.width; ++x) {
        auto p = probabilities(f, x, y);
        double sum = 0.0;
        for (const double each : p) sum -= each * std::log2(each);
        std::sort(p.begin(), p.end(), std::greater<>());
        bits.push_back(sum);
        margin.push_back(p[0] - p[1]);
      }
    const auto [lowBits, highBits] = std::minmax_element(bits.begin(), bits.end());
    const auto [lowMargin, highMargin] = std::minmax_element(margin.begin(), margin.end());
    const auto entropy = map("entropy", f), distance = map("distance", f), dissimilarity = map("dissimilarity", f),
               all = map("synboost", f);
    for (std::size_t i = 0; i < bits.size(); ++i) {
      ASSERT_NEAR(entropy[i], (bits[i] - *lowBits) / *highBits, 1e-5);
      ASSERT_NEAR(distance[i], 1.0 - (margin[i] - *lowMargin) / *highMargin, 1e-5);
      ASSERT_NEAR(all[i], 0.75F * dissimilarity[i] + 0.25F * entropy[i], 1e-6);
    }
  }
  const CommandResult scored = runCli({"evaluate", "--set", set, "--scores", output / "synboost", "--format", "json"});
  EXPECT_EQ(scored.code, 0) << "each map opens as scores: " << scored.err;
}

TEST_F(SynBoost, IntermediatesAreImportedInPlaceOfParts) {
  ASSERT_EQ(runCli(parts({"--form", "equation"})).code, 0);
  const fs::path first = scratch.path() / "First";
  fs::rename(output, first);
  const CommandResult result =
      runCli({"synboost", "--scores", logitsFolder, "--set", set, "--resynthesis", first / "resynthesis",
              "--perceptual", first / "perceptual", "--dissimilarity", scratch.path() / "dissimilarity.pt", "--width",
              "64", "--height", "32", "--form", "equation", "--output", output});
  ASSERT_EQ(result.code, 0) << result.err;
  for (std::size_t f = 0; f < kChainFrames; ++f)
    EXPECT_EQ(map("dissimilarity", f), npyAsFloat(readNpy(first / "dissimilarity" / (std::to_string(f) + ".npy"))));
  fs::remove(first / "resynthesis" / "1.png");
  fs::remove_all(output);
  const CommandResult one =
      runCli({"synboost", "--scores", logitsFolder, "--set", set, "--resynthesis", first / "resynthesis",
              "--perceptual", first / "perceptual", "--width", "64", "--height", "32", "--output", output});
  EXPECT_EQ(one.code, 1);
  EXPECT_THAT(one.err, AllOf(HasSubstr("frame 1"), HasSubstr("1.png or 1.jpg or 1.jpeg")));
}

TEST_F(SynBoost, SaysWhatIsWrongWithAPart) {
  EXPECT_EQ(runCli(parts({"--resynthesis", scratch.path()})).code, 2) << "a part and what it made";
  EXPECT_EQ(runCli({"synboost", "--scores", logitsFolder, "--set", set, "--dissimilarity",
                    scratch.path() / "dissimilarity.pt", "--output", output})
                .code,
            2);
  const CommandResult layers = runCli(parts());
  EXPECT_EQ(layers.code, 3);
  EXPECT_THAT(layers.err, AllOf(HasSubstr("expected 5 tensors, found 1"), HasSubstr("vgg.pt")));
  fs::remove_all(output);
  script("generator.pt", "def forward(self, c):\n    return c[:, 0:2]\n");
  const CommandResult shape = runCli(parts());
  EXPECT_EQ(shape.code, 3);
  EXPECT_THAT(shape.err, AllOf(HasSubstr("expected 1x3x32x64, found 1x2x32x64"), HasSubstr("generator.pt")));
  fs::remove_all(output);
  std::ofstream(scratch.path() / "generator.pt") << "no network";
  EXPECT_THAT(runCli(parts()).err, HasSubstr("generator.pt"));
  fs::create_directories(output / "mine");
  EXPECT_THAT(runCli(parts()).err, HasSubstr("not written over"));
}

}  // namespace
}  // namespace oodscope::testing
