// SPDX-License-Identifier: GPL-3.0-or-later
// Heads that training alone uses against what record_auxiliary.py makes of them in PyTorch.
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/model.h"
#include "inference/networks/dropout.inl.h"
#include "inference/training/training_heads.inl.h"
#include "tests/reference/training/recorded_pictures.inl.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

using nlohmann::json;
using testing::RecordedPictures;

std::vector<json> auxiliaryPlans() {
  std::ifstream in(testing::kRecordedFolder + "auxiliary_steps.json");
  const json all = json::parse(in);
  return {all.begin(), all.end()};
}

class AuxiliaryHeads : public ::testing::TestWithParam<json> {
protected:
  [[nodiscard]] TrainingOptions options() const {
    const json& plan = GetParam();
    TrainingOptions out = testing::recordedTraining(plan.at("network").get<std::string>(), {}, Optimiser::Sgd);
    out.learningRate = plan.at("rate").get<double>();
    out.loss = plan.at("loss").get<std::string>();
    out.auxiliary = plan.at("weight").get<double>();
    out.classWeights = ClassWeights::Equal;
    out.normalisation = InputNormalisation{};
    return out;
  }
  [[nodiscard]] std::shared_ptr<Network> begun() const {
    auto network = makeNetwork(options().network, shapeToTrain(options(), testing::kRecordedClasses + 1));
    testing::fillAsRecorded(stateDictOf(*network), GetParam().at("seed").get<std::uint64_t>());
    return network;
  }
  const RecordedPictures pictures;
};

TEST_P(AuxiliaryHeads, EachHaveTheLossOfPython) {
  const auto network = begun();
  scaleDropout(*network, 0.0);
  network->train();
  const auto count = static_cast<std::int64_t>(pictures.size());
  at::Tensor images = torch::empty({count, 3, testing::kRecordedHeight, testing::kRecordedWidth});
  at::Tensor targets = torch::empty({count, testing::kRecordedHeight, testing::kRecordedWidth}, torch::kLong);
  auto pixels = images.accessor<float, 4>();
  auto classes = targets.accessor<std::int64_t, 3>();
  for (std::int64_t n = 0; n < count; ++n) {
    const Sample sample = pictures.read(static_cast<std::size_t>(n));
    for (int y = 0; y < testing::kRecordedHeight; ++y) {
      for (int x = 0; x < testing::kRecordedWidth; ++x) {
        const Rgb& pixel = sample.image.at(x, y);
        const std::array values{pixel.r, pixel.g, pixel.b};
        for (int c = 0; c < 3; ++c)
          pixels[n][c][y][x] = static_cast<float>(values.at(static_cast<std::size_t>(c))) / 255.0F;
        const int own = sample.classes.at(x, y);
        classes[n][y][x] = own == kVoid ? testing::kRecordedClasses : own;
      }
    }
  }
  const AuxiliaryPass pass = network->penultimateWithAuxiliary(images);
  std::vector<at::Tensor> all = network->classifyAll(pass.features, images.sizes().slice(2));
  all.insert(all.end(), pass.auxiliary.begin(), pass.auxiliary.end());
  const auto expected = GetParam().at("first").get<std::vector<double>>();
  ASSERT_EQ(all.size(), expected.size());
  ASSERT_GE(expected.size(), 3U);
  const auto loss = makeLoss(options().loss);
  const double apart = GetParam().at("apart").at(0).get<double>();
  for (std::size_t i = 0; i < all.size(); ++i)
    EXPECT_NEAR(loss->of(lossInput({all[i]}, targets, -1)).item<double>(), expected[i], 1e-4 + 2.0 * apart) << i;
}

TEST_P(AuxiliaryHeads, TwoStepsAreThoseOfPython) {
  const testing::TemporaryFolder folder;
  TrainingOptions taught = options();
  taught.start = folder.path() / "start.pth";
  const auto initial = begun();
  writeStateDict(taught.start, stateDictOf(*initial));
  std::vector<double> losses;
  const auto result = train(taught, pictures, nullptr, folder.path() / "run", [&](const TrainingProgress& progress) {
    if (progress.kind == TrainingProgress::Kind::Step) losses.push_back(progress.loss);
  });
  ASSERT_TRUE(result.complete);
  const auto expected = GetParam().at("losses").get<std::vector<double>>();
  // Float32 moves ReLUs over their kinks and norms of nearly equal values: Python's own is `apart` from its float64.
  const auto apart = GetParam().at("apart").get<std::vector<double>>();
  ASSERT_EQ(losses.size(), 2U);
  EXPECT_NEAR(losses[0], expected[0], 1e-4 * expected[0] + 2.0 * apart[0]);
  const double learned = expected[0] - expected[1];
  EXPECT_GT(learned, 0.0);
  const bool isSaying = apart[1] < 0.1 * learned;
  EXPECT_EQ(isSaying, taught.network != "ICNet R50 (liminn)") << "whose step float32 cannot tell in Python, either";
  if (isSaying) {
    EXPECT_NEAR(losses[1], expected[1], 0.1 * learned + 2.0 * apart[1]);
  }
  const NetworkKind& kind = *networkKind(taught.network);
  std::size_t moved = 0;
  const StateDict before = stateDictOf(*initial), after = readCheckpoint(result.weights).tensors();
  ASSERT_EQ(before.size(), after.size()) << "auxiliary heads are written, too";
  for (std::size_t i = 0; i < after.size(); ++i)
    for (const std::string& prefix : kind.auxiliaryHeads)
      if (after[i].first.starts_with(prefix) && after[i].first.ends_with(".weight"))
        moved += after[i].second.equal(before[i].second) ? 0 : 1;
  EXPECT_GE(moved, 2U) << "they learn";
  const Model model = Model::load(result.weights, {.threads = 1});
  EXPECT_EQ(model.info().architecture, taught.network);
  EXPECT_THAT(model.info().warnings, ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Networks, AuxiliaryHeads, ::testing::ValuesIn(auxiliaryPlans()), [](const auto& plan) {
  std::string name = plan.param.at("network").template get<std::string>();
  std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0; });
  return name;
});

TEST(AuxiliaryHeadsOf, PublishedNetworksAreAsLarge) {
  struct Counted {
    const char* kind;
    std::int64_t parameters;
    std::size_t entries;
  };
  // Source: the public implementations, made with their heads for training, of 19 classes.
  for (const Counted& each : {Counted{"BiSeNetV1", 13'425'721, 222}, Counted{"BiSeNetV2", 5'231'487, 383},
                              Counted{"ICNet R18 (zh320)", 12'868'832, 193}}) {
    const auto network = makeNetwork(each.kind, {.classes = 19, .hasAuxiliary = true});
    std::int64_t parameters = 0;
    for (const at::Tensor& parameter : network->parameters()) parameters += parameter.numel();
    EXPECT_EQ(parameters, each.parameters) << each.kind;
    EXPECT_EQ(stateDictOf(*network).size(), each.entries) << each.kind;
  }
}

TEST(AuxiliaryHeadsOf, OtherNetworksAndLossesAreRefused) {
  const testing::TemporaryFolder folder;
  const RecordedPictures pictures;
  const auto ignore = [](const TrainingProgress&) {};
  TrainingOptions options = testing::recordedTraining("ESPNetv2", {}, Optimiser::Sgd);
  options.auxiliary = 1.0;
  EXPECT_THROW((void)train(options, pictures, nullptr, folder.path() / "a", ignore), ContractViolation);
  options.network = "BiSeNetV1";
  options.loss = "isomax";  // of distances
  EXPECT_THROW((void)train(options, pictures, nullptr, folder.path() / "b", ignore), ContractViolation);
}

}  // namespace
}  // namespace oodscope
