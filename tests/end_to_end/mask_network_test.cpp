// SPDX-License-Identifier: GPL-3.0-or-later
// A mask network as TorchScript, run by the program: Mask2Anomaly's score is the mean of what the image and its mirror
// image give, each reckoned here in double precision from what the network returns for it.
#include "analysis/formats/npy.h"
#include "app/sources/open_source.h"
#include "inference/models/model.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/scores/made_outputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>

#include <map>
#include <nlohmann/json.hpp>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using MaskJson = nlohmann::json;

constexpr std::size_t kMaskFrames = 2;
constexpr int kMaskKnown = 3;

RgbImage mirrorOf(const RgbImage& image) {
  RgbImage out = image;
  for (int y = 0; y < image.height(); ++y)
    for (int x = 0; x < image.width(); ++x) out.at(x, y) = image.at(image.width() - 1 - x, y);
  return out;
}

class MaskNetwork : public ::testing::Test {
protected:
  MaskNetwork() {
    writeSmallSet(setFolder, static_cast<int>(kMaskFrames));
    torch::jit::Module module("Masks");
    // Neither classes nor masks of a mirror image are those of the image: sums run from the left.
    module.define(R"(
def forward(self, x):
    run = x.cumsum(3)
    masks = torch.cat([x[:, 0:1] * 16 - 8, run[:, 1:2] / 4 - 5, x[:, 2:3] * 12 - 4, run[:, 0:1] / 8 - x[:, 2:3] * 3], 1)
    base = torch.tensor([[4.0, 0.0, 0.0, 1.0], [0.0, 5.0, 1.0, 0.0], [1.0, 0.0, 3.0, 0.0], [0.0, 1.0, 0.0, 2.0]])
    left = (x[:, 0, :, :16].mean() - x[:, 0, :, 48:].mean()) * 20
    return {"pred_logits": (base * (1 + left)).unsqueeze(0), "pred_masks": masks[:, :, ::2, ::2]}
)");
    module.save(modelFile.string());
    scratch.write("masks.json", R"({"input_size": [64, 32], "known_classes": 3,
                                    "outputs": {"class_logits": "pred_logits", "mask_logits": "pred_masks"}})");
    set = std::make_shared<const DataSet>(openDataSet(setFolder));
    model = std::make_shared<Model>(Model::load(modelFile));
  }
  /// 1 - max S of one pass, row by row.
  [[nodiscard]] std::vector<double> plainScores(const RgbImage& image, float temperature) const {
    MadeOutputs of;
    of.knownClasses = kMaskKnown;
    const OutputMaps maps = model->inferOutputs(image);
    for (std::size_t i = 0; i < maps.maps.size(); ++i) {
      const LogitsMap& map = maps.maps[i];
      MadeArray& array = model->info().arrays[i].output == Output::ClassLogits ? of.classLogits : of.maskLogits;
      array.channels = map.channels;
      array.height = map.size.height;
      array.width = map.size.width;
      array.single = map.values;
    }
    return plainOutputScores(of, {.method = methods::kMembershipMax, .temperature = temperature}, kSmallSize);
  }
  /// The mean of both passes, or the image's alone.
  [[nodiscard]] std::vector<float> definedScores(std::size_t frame, float temperature, bool isMean) const {
    const RgbImage image = readImage(set->frames[frame]);
    const std::vector<double> plain = plainScores(image, temperature);
    const std::vector<double> other = plainScores(mirrorOf(image), temperature);
    const auto width = static_cast<std::size_t>(kSmallSize.width);
    std::vector<float> out;
    for (std::size_t i = 0; i < plain.size(); ++i) {
      const double back = other[i / width * width + (width - 1 - i % width)];
      out.push_back(static_cast<float>(isMean ? 0.5 * (plain[i] + back) : plain[i]));
    }
    return out;
  }
  [[nodiscard]] CommandResult evaluated(std::vector<std::string> more) const {
    std::vector<std::string> all{"evaluate",
                                 "--set",
                                 setFolder.string(),
                                 "--format",
                                 "json",
                                 "--protocol",
                                 "fishyscapes",
                                 "--resolution",
                                 "label",
                                 "--precision",
                                 "single",
                                 "--cache-dir",
                                 (scratch.path() / "cache").string()};
    all.insert(all.end(), more.begin(), more.end());
    return runCli(all);
  }
  [[nodiscard]] std::map<std::string, double> apOf(const std::vector<std::string>& more) const {
    const CommandResult result = evaluated(more);
    EXPECT_EQ(result.code, 0) << result.err;
    std::map<std::string, double> out;
    if (result.code != 0) return out;
    const MaskJson report = MaskJson::parse(result.out);
    for (const MaskJson& row : report.at("rows")) out[row.at("method").get<std::string>()] = row.at("ap").get<double>();
    return out;
  }
  /// AP of the definition's maps, evaluated as somebody's finished scores.
  [[nodiscard]] double definedAp(const std::string& name, float temperature, bool isMean) const {
    const fs::path folder = scratch.path() / name;
    fs::create_directories(folder);
    const std::array<std::size_t, 2> shape{static_cast<std::size_t>(kSmallSize.height),
                                           static_cast<std::size_t>(kSmallSize.width)};
    for (std::size_t f = 0; f < kMaskFrames; ++f) {
      const std::vector<float> map = definedScores(f, temperature, isMean);
      writeNpyAtomically(folder / (set->frames[f].name + ".npy"), NpyType::Float32, shape,
                         std::as_bytes(std::span(map)));
    }
    const auto rows = apOf({"--scores", folder.string()});
    return rows.empty() ? -1.0 : rows.begin()->second;
  }

  const TemporaryFolder scratch;
  const fs::path setFolder = scratch.path() / "Set", modelFile = scratch.path() / "masks.pt";
  std::shared_ptr<const DataSet> set;
  std::shared_ptr<Model> model;
};

}  // namespace

TEST_F(MaskNetwork, ScoresBothPassesOfMask2Anomaly) {
  SourceItem item{.label = "masks.pt", .model = model};
  item.passes = passesFor(item, {methods::kM2a}, {});
  const auto source = openSource(
      set, item, {},
      std::make_shared<LogitsStore>(LogitsStore::Options{.precision = StorePrecision::Single, .temporary = true}));
  for (const float temperature : {1.0F, 2.5F}) {
    const Configuration configuration = source->configurations({methods::kM2a}, {temperature}).front();
    for (std::size_t f = 0; f < kMaskFrames; ++f) {
      source->prepare(f);
      const ScoreMap found = source->score(f, configuration, kSmallSize);
      const std::vector<float> expected = definedScores(f, temperature, true);
      for (std::size_t i = 0; i < expected.size(); ++i)
        ASSERT_NEAR(found.values()[i], expected[i], 1e-5F * std::abs(expected[i]) + 2e-6F) << "pixel " << i;
    }
  }
  EXPECT_EQ(source->networkPasses(), 2 * kMaskFrames) << "the image and its mirror image, once each";
}

TEST_F(MaskNetwork, IsEvaluatedByTheCommandLine) {
  const auto found = apOf({"--model", modelFile.string(), "--method", "m2a,membership-max", "--temperature", "2.5"});
  ASSERT_EQ(found.size(), 2U);
  const double mean = definedAp("mean", 2.5F, true), plain = definedAp("plain", 2.5F, false);
  EXPECT_NEAR(found.at("m2a"), mean, 1e-5);
  EXPECT_NEAR(found.at("membership-max"), plain, 1e-5);
  EXPECT_GT(std::abs(mean - plain), 1e-3) << "the mirror image must matter";
}

TEST_F(MaskNetwork, OfFilesTheImageAloneIsScoredAndSaid) {
  const fs::path folder = scratch.path() / "Files";
  for (const char* name : {"class_logits", "mask_logits"}) fs::create_directories(folder / name);
  scratch.write("Files.json", R"({"known_classes": 3})");
  for (const Frame& frame : set->frames) {
    const OutputMaps maps = model->inferOutputs(readImage(frame));
    for (std::size_t i = 0; i < maps.maps.size(); ++i) {
      const LogitsMap& map = maps.maps[i];
      const Output output = model->info().arrays[i].output;
      std::vector<std::size_t> shape{static_cast<std::size_t>(map.channels), static_cast<std::size_t>(map.size.height),
                                     static_cast<std::size_t>(map.size.width)};
      if (output == Output::ClassLogits) shape.erase(shape.begin() + 1);
      writeNpyAtomically(folder / outputName(output) / (frame.name + ".npy"), NpyType::Float32, shape,
                         std::as_bytes(std::span(map.values)));
    }
  }
  const CommandResult result = evaluated({"--scores", folder.string(), "--method", "m2a"});
  ASSERT_EQ(result.code, 0) << result.err;
  const std::string said = "the files hold no pass on the mirrored image";
  EXPECT_THAT(result.err, HasSubstr(said));
  EXPECT_NEAR(MaskJson::parse(result.out).at("rows").at(0).at("ap").get<double>(), definedAp("plain", 1.0F, false),
              1e-5);
  const CommandResult ofNetwork = evaluated({"--model", modelFile.string(), "--method", "m2a"});
  EXPECT_EQ(ofNetwork.code, 0) << ofNetwork.err;
  EXPECT_THAT(ofNetwork.err, Not(HasSubstr(said)));
}

}  // namespace oodscope::testing
