// SPDX-License-Identifier: GPL-3.0-or-later
// What stays as it is where the backbone is frozen.
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/weights.inl.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/training/tiny_pictures.h"

#include <gtest/gtest.h>

#include <map>

namespace oodscope {
namespace {

using testing::TemporaryFolder;
using testing::TinyPictures;

TrainingOptions frozenTraining(Freeze freeze) {
  TrainingOptions options = testing::tinyTraining();
  options.stageEpochs = {};
  options.epochs = 2;
  options.freeze = freeze;
  return options;
}

std::map<std::string, at::Tensor> trainedTensors(const TrainingOptions& options, const std::filesystem::path& folder) {
  const TinyPictures pictures;
  const auto result = train(options, pictures, nullptr, folder, [](const TrainingProgress&) {});
  const StateDict tensors = readCheckpoint(result.weights).tensors();
  return {tensors.begin(), tensors.end()};
}

bool isStatistic(const std::string& key) { return key.find("running_") != std::string::npos; }

TEST(FrozenBackbone, KeepsItsWeightsAndAProbeTheStatisticsToo) {
  const TemporaryFolder folder;
  TrainingOptions none = frozenTraining(Freeze::None);
  none.epochs = 0;
  const auto begun = trainedTensors(none, folder.path() / "begun");
  const NetworkKind& kind = *networkKind("ERFNet");
  for (const Freeze freeze : {Freeze::Backbone, Freeze::Probe}) {
    const bool isProbe = freeze == Freeze::Probe;
    const auto learned = trainedTensors(frozenTraining(freeze), folder.path() / (isProbe ? "probe" : "backbone"));
    bool hasLearned = false, haveStatisticsMoved = false;
    for (const auto& [key, tensor] : learned) {
      if (key.ends_with("num_batches_tracked")) continue;
      const bool isSame = tensor.equal(begun.at(key));
      if (isStatistic(key))
        haveStatisticsMoved = haveStatisticsMoved || !isSame;
      else if (isOfHead(kind, key))
        hasLearned = hasLearned || !isSame;
      else
        EXPECT_TRUE(isSame) << key;
    }
    EXPECT_TRUE(hasLearned);
    EXPECT_EQ(haveStatisticsMoved, !isProbe);
  }
}

TEST(FrozenBackbone, LearnsAgainAfterTheHeadsEpochs) {
  const TemporaryFolder folder;
  TrainingOptions options = frozenTraining(Freeze::None);
  options.epochs = 0;
  options.headEpochs = 1;
  const auto probed = trainedTensors(options, folder.path() / "probed");
  options.epochs = 1;
  const auto tuned = trainedTensors(options, folder.path() / "tuned");
  const std::string key = "encoder.layers.0.conv.weight";
  EXPECT_FALSE(tuned.at(key).equal(probed.at(key)));
}

TEST(NetworkHead, IsAPartAndNotTheWholeOfEachNetworkThatDeclaresOne) {
  std::size_t declared = 0;
  for (const NetworkKind& kind : networkKinds()) {
    if (kind.head.empty()) continue;
    ++declared;
    std::size_t head = 0, all = 0;
    for (const auto& [key, tensor] : stateDictOf(*kind.make({}))) {
      ++all;
      head += isOfHead(kind, key) ? 1 : 0;
    }
    EXPECT_GT(head, 0U) << kind.name;
    EXPECT_LT(head, all) << kind.name;
  }
  EXPECT_GE(declared, 2U);
}

}  // namespace
}  // namespace oodscope
