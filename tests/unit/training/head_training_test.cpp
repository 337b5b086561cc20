// SPDX-License-Identifier: GPL-3.0-or-later
// Heads learn on the networks whose last layer is a convolution at a fraction of the size.
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/model.h"
#include "inference/networks/head.inl.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/training/tiny_pictures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace oodscope {
namespace {

using testing::TinyPictures;

struct Learner {
  const char* network;
  std::vector<int> widths;
};
void PrintTo(const Learner& each, std::ostream* out) { *out << each.network; }

class LearningHeads : public ::testing::TestWithParam<Learner> {};

TEST_P(LearningHeads, TakeTwoStepsAndAreKnownByTheirKeys) {
  const TinyPictures pictures(4);
  for (const HeadKind& head : headKinds()) {
    SCOPED_TRACE(std::string(head.name));
    const testing::TemporaryFolder folder;
    TrainingOptions options = testing::tinyTraining();
    options.network = GetParam().network;
    options.widths = GetParam().widths;
    options.stageEpochs = {};
    options.head = head.name;
    options.loss = head.adds ? "densehybrid" : "isomax";
    std::map<std::string, at::Tensor> begun, learned;
    std::vector<double> losses;
    std::filesystem::path weights;
    for (const int epochs : {0, 1}) {
      options.epochs = epochs;
      const auto done = train(options, pictures, nullptr, folder.path() / std::to_string(epochs),
                              [&](const TrainingProgress& progress) {
                                if (progress.kind == TrainingProgress::Kind::Step) losses.push_back(progress.loss);
                              });
      weights = done.weights;
      auto& tensors = epochs == 0 ? begun : learned;
      for (const auto& [key, tensor] : readCheckpoint(weights).tensors()) tensors.emplace(key, tensor);
    }
    ASSERT_EQ(losses.size(), 2U);
    for (const double loss : losses) EXPECT_TRUE(std::isfinite(loss));
    for (const auto& [key, tensor] : learned) {
      // EdgeNets has activations in ESPNetv2's strided blocks that nothing runs.
      const bool isParameter = !key.ends_with("num_batches_tracked") && key.find("running_") == std::string::npos &&
                               !key.ends_with("_0.eesp.module_act.weight");
      if (isParameter && tensor.numel() > 1) {
        EXPECT_FALSE(tensor.equal(begun.at(key))) << key;
      }
    }
    const Model model = Model::load(weights, {.threads = 1});
    EXPECT_EQ(model.info().architecture, GetParam().network);
    EXPECT_EQ(model.info().options.at("head"), head.name);
    EXPECT_EQ(model.info().arrays.size(), head.adds ? 2U : 1U);
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, LearningHeads,
                         ::testing::Values(Learner{"BiSeNetV1", {}}, Learner{"ESPNetv2", {16, 32, 64, 128}},
                                           Learner{"ENet-zh320", {8, 16, 32}}),
                         [](const auto& each) {
                           std::string name = each.param.network;
                           std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0; });
                           return name;
                         });

}  // namespace
}  // namespace oodscope
