// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/weights.inl.h"
#include "inference/shrinking/shrinking.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/training/tiny_pictures.h"

#include <gtest/gtest.h>
#include <torch/utils.h>

#include <map>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using testing::TemporaryFolder;
using testing::TinyPictures;
using testing::tinyTraining;

std::map<std::string, at::Tensor> tensorsIn(const fs::path& file) {
  const StateDict tensors = readCheckpoint(file).tensors();
  return {tensors.begin(), tensors.end()};
}

/// Channels are taken out, then weights become 0, then the network is trained on: in its shape, its zeros as they were.
TEST(FineTuning, OfAPrunedNetworkKeepsItsShapeAndItsZeros) {
  const TemporaryFolder folder;
  const fs::path whole = folder.path() / "whole.pth", narrow = folder.path() / "narrow.pth",
                 sparse = folder.path() / "sparse.pth";
  torch::manual_seed(2);
  writeStateDict(whole, stateDictOf(*makeNetwork("ERFNet", {.classes = 3, .widths = {4, 6, 8}})));
  (void)pruneFile(whole, {.how = Pruning::Channels, .fraction = 0.5}, narrow);
  (void)pruneFile(narrow, {.how = Pruning::Magnitude, .fraction = 0.4}, sparse);
  TrainingOptions options = tinyTraining();
  options.widths = {};
  options.start = sparse;
  options.keepsZeros = true;
  options.stageEpochs = {};
  options.epochs = 1;
  const TinyPictures pictures;
  const TrainingResult result =
      train(options, pictures, nullptr, folder.path() / "out", [](const TrainingProgress&) {});
  ASSERT_TRUE(result.complete);
  const auto before = tensorsIn(sparse), after = tensorsIn(result.weights);
  std::int64_t zeros = 0;
  for (const auto& [key, tensor] : before) {
    ASSERT_EQ(after.at(key).sizes(), tensor.sizes()) << key;
    if (tensor.dim() != 4 || key.starts_with("encoder.output_conv")) continue;
    EXPECT_TRUE(after.at(key).ne(0).equal(tensor.ne(0))) << key;
    zeros += tensor.numel() - tensor.count_nonzero().item<std::int64_t>();
    EXPECT_FALSE(after.at(key).equal(tensor)) << key;
  }
  EXPECT_GT(zeros, 0);
}

}  // namespace
}  // namespace oodscope
