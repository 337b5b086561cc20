// SPDX-License-Identifier: GPL-3.0-or-later
// Backbones as self-supervised trainings leave them: refused as models, begun with as a training's backbone.
#include "analysis/core/error.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/model.h"
#include "inference/networks/backbones.inl.h"
#include "inference/networks/weights.inl.h"
#include "inference/training/training.h"
#include "tests/support/made_checkpoint.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/training/tiny_pictures.h"

#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <string>
#include <vector>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MadeCheckpoint;

constexpr const char* kNetworkName = "DeepLabV3+ R50";
const std::vector<int> kSlim{8, 16, 24, 32};

/// The backbone of a slim network, keys as torchvision's.
StateDict backboneTensors(std::uint64_t seed, const std::vector<int>& widths = kSlim) {
  torch::manual_seed(seed);
  StateDict out;
  const std::string prefix = "backbone.";
  for (const auto& [key, tensor] : stateDictOf(*makeNetwork(kNetworkName, {.classes = 3, .widths = widths})))
    if (key.starts_with(prefix)) out.emplace_back(key.substr(prefix.size()), tensor.detach().clone());
  return out;
}

StateDict below(const std::string& prefix, const StateDict& tensors) {
  StateDict out;
  for (const auto& [key, tensor] : tensors) out.emplace_back(MadeCheckpoint::cat({prefix, key}), tensor);
  return out;
}

StateDict joined(StateDict a, const StateDict& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

struct SavedBackbone {
  std::string name;    ///< as it is said
  std::string entry;   ///< of the file; empty: the tensors themselves
  std::string prefix;  ///< of its own keys
  StateDict others;    ///< what lies beside it
};

std::vector<SavedBackbone> savedBackbones(const StateDict& second) {
  const at::Tensor any = at::ones({4, 4});
  return {{"MoCo v1, a ResNet-50", "state_dict", "module.encoder_q.",
           joined(below("module.encoder_k.", second), {{"module.encoder_q.fc.weight", any}, {"module.queue", any}})},
          {"MoCo v2, a ResNet-50",
           "state_dict",
           "module.encoder_q.",
           {{"module.encoder_q.fc.0.weight", any}, {"module.encoder_q.fc.2.weight", any}, {"module.queue_ptr", any}}},
          {"SimSiam, a ResNet-50",
           "state_dict",
           "module.encoder.",
           {{"module.encoder.fc.0.weight", any}, {"module.predictor.0.weight", any}}},
          {"Barlow Twins, a ResNet-50",
           "model",
           "module.backbone.",
           {{"module.projector.0.weight", any}, {"module.bn.running_mean", any}}},
          {"Barlow Twins or another without its classifier, a ResNet-50", "", "", {}},
          {"torchvision's classifier, a ResNet-50", "", "", {{"fc.weight", any}, {"fc.bias", any}}}};
}

fs::path written(const testing::TemporaryFolder& folder, const SavedBackbone& saved, const StateDict& tensors) {
  MadeCheckpoint made;
  const std::string pickled = made.dict(joined(below(saved.prefix, tensors), saved.others));
  made.write(folder.path() / "backbone.pth",
             saved.entry.empty()
                 ? pickled
                 : MadeCheckpoint::dict({{"epoch", MadeCheckpoint::number(200)}, {saved.entry, pickled}}));
  return folder.path() / "backbone.pth";
}

std::string errorOf(const std::function<void()>& what) {
  try {
    what();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Backbones, AreNamedAndRefusedAsModelsWithTheWayToUseThem) {
  const StateDict tensors = backboneTensors(1), second = backboneTensors(2);
  for (const SavedBackbone& saved : savedBackbones(second)) {
    const testing::TemporaryFolder folder;
    const fs::path file = written(folder, saved, tensors);
    EXPECT_THAT(errorOf([&] { (void)Model::load(file, {.threads = 1}); }),
                AllOf(HasSubstr("a backbone without a head"), HasSubstr(saved.name),
                      HasSubstr("train --backbone backbone.pth"), HasSubstr("318 tensors")))
        << saved.name;
  }
}

TEST(Backbones, OfVisionTransformersAreNamed) {
  const testing::TemporaryFolder folder;
  MadeCheckpoint made;
  const at::Tensor any = at::ones({4, 4});
  made.write(
      folder.path() / "dino.pth",
      made.dict(StateDict{
          {"cls_token", any}, {"pos_embed", any}, {"patch_embed.proj.weight", any}, {"blocks.0.ls1.gamma", any}}));
  EXPECT_THAT(errorOf([&] { (void)Model::load(folder.path() / "dino.pth", {.threads = 1}); }),
              AllOf(HasSubstr("a backbone without a head"), HasSubstr("DINOv2")));
}

TEST(Backbones, AreLoadedWholeAndTheRestStays) {
  const StateDict tensors = backboneTensors(1), second = backboneTensors(2);
  for (const SavedBackbone& saved : savedBackbones(second)) {
    const testing::TemporaryFolder folder;
    const fs::path file = written(folder, saved, tensors);
    torch::manual_seed(3);
    const auto network = makeNetwork(kNetworkName, {.classes = 3, .widths = kSlim});
    const StateDict before = [&] {
      StateDict out;
      for (const auto& [key, tensor] : stateDictOf(*network)) out.emplace_back(key, tensor.detach().clone());
      return out;
    }();
    const std::vector<std::string> said = loadBackbone(*network, *networkKind(kNetworkName), file);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_THAT(said.front(), AllOf(HasSubstr("318 tensors"), HasSubstr(saved.name), HasSubstr(kNetworkName)));
    if (!saved.others.empty()) {
      EXPECT_THAT(said.front(), HasSubstr("left out: " + std::to_string(saved.others.size()))) << saved.name;
    }
    std::size_t taken = 0;
    const StateDict after = stateDictOf(*network);
    for (std::size_t i = 0; i < after.size(); ++i) {
      if (!after[i].first.starts_with("backbone.")) {
        EXPECT_TRUE(after[i].second.equal(before[i].second)) << after[i].first;
        continue;
      }
      ASSERT_EQ(after[i].first, "backbone." + tensors.at(taken).first);
      EXPECT_TRUE(after[i].second.equal(tensors[taken].second)) << after[i].first;
      ++taken;
    }
    EXPECT_EQ(taken, tensors.size());
  }
}

TEST(Backbones, OfAnotherSizeOrForANetworkWithoutOneAreRefused) {
  const testing::TemporaryFolder folder;
  const SavedBackbone saved{"", "", "", {}};
  const fs::path file = written(folder, saved, backboneTensors(1));
  const auto wide = makeNetwork(kNetworkName, {.classes = 3, .widths = {16, 24, 32, 40}});
  EXPECT_THAT(errorOf([&] { (void)loadBackbone(*wide, *networkKind(kNetworkName), file); }),
              AllOf(HasSubstr("does not fit DeepLabV3+ R50"), HasSubstr("mis-shaped keys")));
  const auto erfnet = makeNetwork("ERFNet", {.classes = 3, .widths = {8, 12, 16}});
  EXPECT_THAT(errorOf([&] { (void)loadBackbone(*erfnet, *networkKind("ERFNet"), file); }),
              AllOf(HasSubstr("not built on a backbone"), HasSubstr("DeepLabV3+ R50")));
  EXPECT_THAT(errorOf([&] { (void)networkTaking(file); }), HasSubstr("No network here is built on this backbone"));
  writeStateDict(folder.path() / "erfnet.pth", stateDictOf(*erfnet));
  EXPECT_THAT(errorOf([&] { (void)networkTaking(folder.path() / "erfnet.pth"); }),
              HasSubstr("no backbone that is known"));
}

/// A ResNet-101 has all keys of a ResNet-50, of the same sizes.
TEST(Backbones, OfADeeperNetworkAreNoShallowerOnes) {
  const testing::TemporaryFolder folder;
  StateDict deep;
  for (const auto& [key, tensor] : stateDictOf(*makeNetwork("DeepLabV3+ R101", {.classes = 3, .widths = kSlim})))
    if (key.starts_with("backbone.")) deep.emplace_back(key.substr(9), tensor.detach().clone());
  const fs::path file = written(folder, {"", "", "", {}}, deep);
  const auto shallow = makeNetwork(kNetworkName, {.classes = 3, .widths = kSlim});
  EXPECT_THAT(errorOf([&] { (void)loadBackbone(*shallow, *networkKind(kNetworkName), file); }),
              AllOf(HasSubstr("a ResNet-101"), HasSubstr("left-over keys: 306")));
}

/// Of published widths, whose shapes alone tell depths apart.
TEST(Backbones, TellWhichNetworkIsBuiltOnThem) {
  const testing::TemporaryFolder folder;
  StateDict half;
  for (const auto& [key, tensor] : backboneTensors(1, networkKind(kNetworkName)->widths))
    half.emplace_back(key, tensor.is_floating_point() ? tensor.to(at::kHalf) : tensor);
  writeStateDict(folder.path() / "r50.pth", half);
  EXPECT_EQ(networkTaking(folder.path() / "r50.pth"), kNetworkName);
}

TEST(Backbones, ATrainingBeginsWithThemAndSaysSo) {
  const testing::TemporaryFolder folder;
  const StateDict tensors = backboneTensors(1);
  TrainingOptions options = testing::tinyTraining();
  options.network = kNetworkName;
  options.widths = kSlim;
  options.stageEpochs = {};
  options.epochs = 0;
  options.backbone = written(folder, savedBackbones({}).at(1), tensors);
  std::vector<std::string> said;
  const auto note = [&](const TrainingProgress& progress) {
    if (progress.kind == TrainingProgress::Kind::Warning) said.push_back(progress.message);
  };
  const testing::TinyPictures pictures;
  const TrainingResult untrained = train(options, pictures, nullptr, folder.path() / "none", note);
  ASSERT_TRUE(untrained.complete);
  EXPECT_THAT(said, ElementsAre(AllOf(HasSubstr("318 tensors"), HasSubstr("MoCo v2"), HasSubstr("at random"))));
  std::size_t taken = 0;
  for (const auto& [key, tensor] : readCheckpoint(untrained.weights).tensors()) {
    if (!key.starts_with("backbone.")) continue;
    EXPECT_TRUE(tensor.equal(tensors.at(taken++).second)) << key;
  }
  EXPECT_EQ(taken, tensors.size());

  options.epochs = 1;
  const TrainingResult trained = train(options, pictures, nullptr, folder.path() / "one", note);
  ASSERT_TRUE(trained.complete);
  const Model model = Model::load(trained.weights, {.threads = 1});
  EXPECT_EQ(model.info().architecture, kNetworkName);
  EXPECT_EQ(model.info().preprocessing.mean, (std::array{0.485, 0.456, 0.406})) << "the sidecar's";

  options.backbone = written(folder, savedBackbones({}).at(1), backboneTensors(9));
  EXPECT_THAT(errorOf([&] { (void)train(options, pictures, nullptr, folder.path() / "one", note); }),
              HasSubstr("backbone: "));
}

}  // namespace
}  // namespace oodscope
