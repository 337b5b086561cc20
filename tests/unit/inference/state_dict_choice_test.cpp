// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints as people bring them: the weights of one small ERFNet, wrapped in every way that public trainings do.
#include "analysis/core/error.h"
#include "inference/models/model.h"
#include "inference/networks/weights.inl.h"
#include "tests/support/made_checkpoint.h"
#include "tests/support/temporary_folder.h"

#include <ATen/ops/full.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MadeCheckpoint;
using ::testing::Not;

constexpr Size kChoiceInput{64, 32};

StateDict erfnet(std::uint64_t seed) {
  torch::manual_seed(seed);
  StateDict out;
  for (const auto& [key, tensor] : stateDictOf(*makeNetwork("ERFNet", {.classes = 5, .widths = {8, 12, 16}})))
    out.emplace_back(key, tensor.detach().clone());
  return out;
}

class StateDictChoice : public ::testing::Test {
protected:
  Model load(const std::string& name) const {
    return Model::load(folder.path() / name, {.threads = 1, .preprocessing = Preprocessing{.input = kChoiceInput}});
  }
  std::vector<float> logits(const std::string& name) const {
    RgbImage image(kChoiceInput);
    for (int y = 0; y < kChoiceInput.height; ++y) {
      for (int x = 0; x < kChoiceInput.width; ++x)
        image.at(x, y) = {static_cast<std::uint8_t>(x * 4), static_cast<std::uint8_t>(y * 8), 90};
    }
    return load(name).infer(image).values;
  }
  std::vector<float> plain(const StateDict& tensors) const {
    MadeCheckpoint made;
    made.write(folder.path() / "plain.pth", made.dict(tensors));
    return logits("plain.pth");
  }
  std::string refusal(const std::string& name) const {
    try {
      (void)load(name);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }
  fs::path file(const std::string& name) const { return folder.path() / name; }

  const testing::TemporaryFolder folder;
  const StateDict weights = erfnet(1), others = erfnet(2);
};

TEST_F(StateDictChoice, EveryCommonPrefixIsTakenOff) {
  const std::vector<float> expected = plain(weights);
  for (const std::string prefix : {"module.", "_orig_mod.", "module._orig_mod.", "model.", "net.", "module.model.",
                                   "module.module.", "backbone."}) {
    MadeCheckpoint made;
    made.write(file("x.pth"), made.dict(weights, prefix));
    EXPECT_EQ(logits("x.pth"), expected) << prefix;
    if (prefix != "module.") {
      EXPECT_THAT(load("x.pth").info().assumptions, Contains(HasSubstr("prefix " + prefix)));
    }
  }
}

TEST_F(StateDictChoice, WrappersInsideKeysAreTakenOut) {
  StateDict wrapped = weights;
  for (auto& [key, tensor] : wrapped) {
    const std::string part = key.substr(0, key.find('.'));
    key = MadeCheckpoint::cat({part, ".module.", key.substr(part.size() + 1)});
  }
  MadeCheckpoint made;
  made.write(file("x.pth"), made.dict(wrapped));
  EXPECT_EQ(logits("x.pth"), plain(weights));
}

TEST_F(StateDictChoice, LightningsCheckpointIsReadAndItsLossLeftOutAloud) {
  MadeCheckpoint made;
  StateDict tensors;
  for (const auto& [key, tensor] : weights) tensors.emplace_back(MadeCheckpoint::cat({"model.", key}), tensor);
  tensors.emplace_back("criterion.weight", at::ones({5}));
  made.write(file("x.ckpt"),
             MadeCheckpoint::dict({{"epoch", MadeCheckpoint::number(1)},
                                   {"pytorch-lightning_version", MadeCheckpoint::text("2.1.0")},
                                   {"state_dict", made.dict(tensors)},
                                   {"hyper_parameters", MadeCheckpoint::dict(MadeCheckpoint::Entries{})}}));
  EXPECT_EQ(logits("x.ckpt"), plain(weights));
  EXPECT_THAT(load("x.ckpt").info().assumptions,
              AllOf(Contains(HasSubstr("entry state_dict")), Contains(HasSubstr("1 (criterion.weight)"))));
}

TEST_F(StateDictChoice, TensorsAtTheTopDoNotHideTheEntry) {
  MadeCheckpoint made;
  const auto moments = MadeCheckpoint::dict({{"exp_avg", made.tensor(at::rand({3}))}});
  made.write(file("x.pth"), MadeCheckpoint::dict({{"rng", made.tensor(at::full({8}, 7, at::kByte))},
                                                  {"best", made.tensor(at::rand({1}))},
                                                  {"optimizer", MadeCheckpoint::dict({{"state", moments}})},
                                                  {"state_dict", made.dict(weights)}}));
  EXPECT_EQ(logits("x.pth"), plain(weights));
}

TEST_F(StateDictChoice, ForeignValuesAreSteppedOver) {
  using M = MadeCheckpoint;
  M made;
  const auto array = M::call("numpy.core.multiarray", "_reconstruct", {M::global("numpy", "ndarray"), M::number(0)});
  const auto nested = M::call("__builtin__", "getattr", {M::global("theirs", "Outer"), M::text("Inner")});
  made.write(file("x.pth"),
             M::dict({{"args", M::object("argparse", "Namespace", {{"lr", M::number(1)}})},
                      {"out", M::call("pathlib", "PosixPath", {M::text("/x")})},
                      {"when", M::call("datetime", "datetime", {M::text("2024")})},
                      {"miou", M::call("numpy.core.multiarray", "scalar", {M::global("numpy", "dtype"), M::text("x")})},
                      {"iou", array},
                      {"mode", nested + ")R"},
                      {"callbacks", M::list({M::object("theirs.code", "Callback", {{"weights", array}})})},
                      {"history", M::object("theirs", "Dict", {}) + M::text("best") + M::number(3) + "s"},
                      {"model", made.dict(weights)}}));
  EXPECT_EQ(logits("x.pth"), plain(weights));
}

TEST_F(StateDictChoice, TwoOfEqualStandingAreListedAndNoneIsTaken) {
  MadeCheckpoint made;
  made.write(file("x.pth"), MadeCheckpoint::dict({{"student", made.dict(weights)}, {"teacher", made.dict(others)}}));
  EXPECT_THAT(refusal("x.pth"), AllOf(HasSubstr("several state dicts"), HasSubstr("student (ERFNet), teacher (ERFNet)"),
                                      HasSubstr("\"state_dict\" in the sidecar (x.json)"), HasSubstr("x.pth")));
}

TEST_F(StateDictChoice, TheSidecarNamesOneOfSeveral) {
  MadeCheckpoint made;
  made.write(file("x.pth"), MadeCheckpoint::dict({{"student", made.dict(weights)}, {"teacher", made.dict(others)}}));
  folder.write("x.json", R"({"state_dict": "teacher"})");
  EXPECT_EQ(logits("x.pth"), plain(others));
  folder.write("x.json", R"({"state_dict": "student"})");
  EXPECT_EQ(logits("x.pth"), plain(weights));
  EXPECT_THAT(load("x.pth").info().warnings, IsEmpty());
  folder.write("x.json", R"({"state_dict": "best"})");
  EXPECT_THAT(refusal("x.pth"), AllOf(HasSubstr("student (ERFNet), teacher (ERFNet)"), HasSubstr("\"best\"")));
}

TEST_F(StateDictChoice, TwoBelowPrefixesOfOneDictionaryAreToldApart) {
  MadeCheckpoint made;
  StateDict both;
  for (const auto& [key, tensor] : weights) both.emplace_back(MadeCheckpoint::cat({"student.", key}), tensor);
  for (const auto& [key, tensor] : others) both.emplace_back(MadeCheckpoint::cat({"teacher.", key}), tensor);
  made.write(file("x.pth"), MadeCheckpoint::dict({{"state_dict", made.dict(both)}}));
  EXPECT_THAT(refusal("x.pth"), HasSubstr("state_dict/student (ERFNet), state_dict/teacher (ERFNet)"));
  folder.write("x.json", R"({"state_dict": "state_dict/teacher"})");
  EXPECT_EQ(logits("x.pth"), plain(others));
}

TEST_F(StateDictChoice, AnAveragedCopyStandsBackAndIsSaid) {
  MadeCheckpoint made;
  made.write(file("x.pth"), MadeCheckpoint::dict({{"model_ema", made.dict(others)}, {"semantic", made.dict(weights)}}));
  EXPECT_EQ(logits("x.pth"), plain(weights));
  EXPECT_THAT(load("x.pth").info().warnings,
              ElementsAre(AllOf(HasSubstr("model_ema (ERFNet), semantic (ERFNet)"), HasSubstr("taken is semantic"),
                                HasSubstr("\"state_dict\" in the sidecar"))));
  folder.write("x.json", R"({"state_dict": "model_ema"})");
  EXPECT_EQ(logits("x.pth"), plain(others));
}

TEST_F(StateDictChoice, PartsInSeveralEntriesArePutTogetherAloud) {
  StateDict encoder, decoder, bareEncoder, bareDecoder;
  for (const auto& [key, tensor] : weights) {
    const bool first = key.starts_with("encoder.");
    (first ? encoder : decoder).emplace_back(key, tensor);
    (first ? bareEncoder : bareDecoder).emplace_back(key.substr(8), tensor);
  }
  MadeCheckpoint whole, bare;
  whole.write(file("a.pth"), MadeCheckpoint::dict({{"backbone", whole.dict(encoder)}, {"head", whole.dict(decoder)}}));
  bare.write(
      file("b.pth"),
      MadeCheckpoint::dict(
          {{"net", MadeCheckpoint::dict({{"encoder", bare.dict(bareEncoder)}, {"decoder", bare.dict(bareDecoder)}})}}));
  EXPECT_EQ(logits("a.pth"), plain(weights));
  EXPECT_THAT(load("a.pth").info().warnings, Contains(HasSubstr("entries backbone and head")));
  EXPECT_EQ(logits("b.pth"), plain(weights));
  EXPECT_THAT(load("b.pth").info().warnings, Contains(HasSubstr("entries net/encoder and net/decoder")));
}

TEST_F(StateDictChoice, AnEncoderAloneSaysThatTheDecoderIsMissing) {
  StateDict encoder;
  for (const auto& [key, tensor] : weights)
    if (key.starts_with("encoder.")) encoder.emplace_back(key, tensor);
  MadeCheckpoint made;
  made.write(file("x.pth"), made.dict(encoder));
  EXPECT_THAT(refusal("x.pth"), AllOf(HasSubstr("do not fit ERFNet"), HasSubstr("nothing of its decoder is there")));
}

TEST_F(StateDictChoice, OtherPrecisionsAreConvertedAndSaid) {
  const std::vector<float> expected = plain(weights);
  for (const auto& [type, name] :
       {std::pair{at::kHalf, "float16"}, {at::kBFloat16, "bfloat16"}, {at::kDouble, "float64"}}) {
    StateDict stored;
    for (const auto& [key, tensor] : weights)
      stored.emplace_back(key, tensor.is_floating_point() ? tensor.to(type) : tensor);
    MadeCheckpoint made;
    made.write(file("x.pth"), made.dict(stored));
    const std::vector<float> found = logits("x.pth");
    ASSERT_EQ(found.size(), expected.size());
    double largest = 0.0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      largest = std::max(largest, std::abs(static_cast<double>(found[i]) - static_cast<double>(expected[i])));
    }
    if (type == at::kDouble) {
      EXPECT_EQ(largest, 0.0);
    } else {
      EXPECT_GT(largest, 0.0) << name;  // the weights were rounded, so the types really differed
      EXPECT_LT(largest, 0.2) << name;  // bfloat16 keeps 8 bits: relative 2^-9 through some twenty layers
    }
    EXPECT_THAT(load("x.pth").info().warnings, ElementsAre(HasSubstr(std::string("stored as ") + name)));
  }
}

TEST_F(StateDictChoice, CountersMayBeMissingAndThoseOfProfilersBeThere) {
  StateDict tensors;
  for (const auto& [key, tensor] : weights)
    if (!key.ends_with("num_batches_tracked")) tensors.emplace_back(key, tensor);
  tensors.emplace_back("encoder.total_ops", at::full({1}, 5.0, at::kDouble));
  tensors.emplace_back("total_params", at::full({1}, 5.0, at::kDouble));
  MadeCheckpoint made;
  made.write(file("x.pth"), made.dict(tensors));
  EXPECT_EQ(logits("x.pth"), plain(weights));
  EXPECT_THAT(load("x.pth").info().warnings, IsEmpty());
}

TEST_F(StateDictChoice, ParametersAreUnwrapped) {
  MadeCheckpoint made;
  MadeCheckpoint::Entries entries;
  for (const auto& [key, tensor] : weights) entries.emplace_back(key, made.parameter(tensor));
  made.write(file("x.pth"), MadeCheckpoint::dict(entries));
  EXPECT_EQ(logits("x.pth"), plain(weights));
}

TEST_F(StateDictChoice, PrunedWeightsAreMultipliedByTheirMasks) {
  const std::string pruned = "encoder.layers.1.conv3x1_1.weight";
  StateDict stored, zeroed;
  for (const auto& [key, tensor] : weights) {
    if (key != pruned) {
      stored.emplace_back(key, tensor);
      zeroed.emplace_back(key, tensor);
      continue;
    }
    at::Tensor mask = at::ones(tensor.sizes());
    mask[0].zero_();
    stored.emplace_back(key + "_orig", tensor);
    stored.emplace_back(key + "_mask", mask);
    zeroed.emplace_back(key, tensor * mask);
  }
  MadeCheckpoint made;
  made.write(file("x.pth"), made.dict(stored));
  EXPECT_EQ(logits("x.pth"), plain(zeroed));
  EXPECT_NE(logits("x.pth"), plain(weights));
  EXPECT_THAT(load("x.pth").info().assumptions, Contains(HasSubstr("1 pruned weights")));
}

TEST_F(StateDictChoice, IntegersInPlaceOfWeightsAreRefused) {
  StateDict tensors = weights;
  for (auto& [key, tensor] : tensors)
    if (key == "encoder.layers.1.conv3x1_1.weight") tensor = tensor.to(at::kChar);
  MadeCheckpoint made;
  made.write(file("x.pth"), made.dict(tensors));
  EXPECT_THAT(refusal("x.pth"), AllOf(HasSubstr("integers"), HasSubstr("encoder.layers.1.conv3x1_1.weight is Char")));
}

TEST_F(StateDictChoice, NotANumberInTheWeightsIsSaid) {
  StateDict tensors = weights;
  for (auto& [key, tensor] : tensors)
    if (key == "decoder.output_conv.bias") tensor = at::full_like(tensor, std::nan(""));
  MadeCheckpoint made;
  made.write(file("x.pth"), made.dict(tensors));
  EXPECT_THAT(load("x.pth").info().warnings,
              ElementsAre(AllOf(HasSubstr("NaN"), HasSubstr("1 (decoder.output_conv.bias)"))));
}

TEST_F(StateDictChoice, AnotherHeadBesideTheNetworkIsLeftOutAloud) {
  StateDict tensors = weights;
  tensors.emplace_back("aux_head.weight", at::rand({5, 16, 1, 1}));
  MadeCheckpoint made;
  made.write(file("x.pth"), made.dict(tensors));
  EXPECT_EQ(logits("x.pth"), plain(weights));
  EXPECT_THAT(load("x.pth").info().warnings, ElementsAre(HasSubstr("1 (aux_head.weight)")));
}

TEST_F(StateDictChoice, KeysOfOtherImplementationsAreNamed) {
  MadeCheckpoint made;
  made.write(file("x.pth"), made.dict(StateDict{{"inc.double_conv.0.weight", at::rand({64, 3, 3, 3})},
                                                {"outc.conv.weight", at::rand({19, 64, 1, 1})}}));
  EXPECT_THAT(refusal("x.pth"), AllOf(HasSubstr("unknown architecture"), HasSubstr("U-Net (milesial)")));
}

TEST_F(StateDictChoice, AFileWithoutTensorsSaysWhatItHolds) {
  MadeCheckpoint made;
  made.write(file("x.pth"), MadeCheckpoint::dict({{"epoch", MadeCheckpoint::number(3)},
                                                  {"history", MadeCheckpoint::list({MadeCheckpoint::number(1)})}}));
  EXPECT_THAT(refusal("x.pth"),
              AllOf(HasSubstr("no state dict"), HasSubstr("epoch (a number), history (a list of 1)")));
}

TEST_F(StateDictChoice, ADictionaryThatHoldsItselfEnds) {
  // d = {}; d["again"] = d: memo 0 is the dictionary.
  const std::string zero(1, '\0');
  const std::string pickled = MadeCheckpoint::cat({"}q", zero, MadeCheckpoint::text("again"), "h", zero, "s"});
  MadeCheckpoint().write(file("x.pth"), pickled);
  EXPECT_THAT(refusal("x.pth"), HasSubstr("no state dict"));
}

}  // namespace
}  // namespace oodscope
