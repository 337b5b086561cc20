// SPDX-License-Identifier: GPL-3.0-or-later
// ESPNetv2, BiSeNetV1, BiSeNetV2 and zh320's ENet: counts as the public implementations have them, and their
// checkpoints wrapped in every way that trainings do. Counts and keys: from running those implementations, see
// networks.md's sources.
#include "analysis/core/error.h"
#include "inference/models/arrangement.inl.h"
#include "inference/models/model.h"
#include "inference/networks/weights.inl.h"
#include "tests/support/made_checkpoint.h"
#include "tests/support/shared_data.h"
#include "tests/support/temporary_folder.h"

#include <ATen/ops/rand.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MadeCheckpoint;

struct Counted {
  const char* kind;
  int classes;
  const char* form;
  std::int64_t parameters;
  std::size_t entries;  ///< of the state dict; 0: not known
};
void PrintTo(const Counted& each, std::ostream* out) { *out << each.kind << " " << each.classes << " " << each.form; }

class Counts : public ::testing::TestWithParam<Counted> {};

TEST_P(Counts, AreThoseOfThePublicImplementation) {
  const Counted& c = GetParam();
  const auto network = makeNetwork(c.kind, {.classes = c.classes, .form = c.form});
  EXPECT_EQ(countParameters(*network, *networkKind(c.kind)), c.parameters);
  if (c.entries > 0) {
    EXPECT_EQ(stateDictOf(*network).size(), c.entries);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Small, Counts,
    ::testing::Values(Counted{"ESPNetv2", 20, "", 789'242, 526}, Counted{"BiSeNetV1", 19, "", 13'275'539, 206},
                      Counted{"BiSeNetV1", 20, "", 13'275'796, 206}, Counted{"BiSeNetV1", 19, "2021-07", 13'242'259, 0},
                      Counted{"BiSeNetV2", 19, "", 3'358'627, 327}, Counted{"ENet-zh320", 19, "", 365'100, 430},
                      Counted{"ENet-zh320", 20, "", 365'118, 430}));

/// What the last layers of the other forms make of the counts: a bias and 64 times the rows, or no bias.
TEST(CountsOfForms, FollowFromTheirLastLayers) {
  const auto parameters = [](const char* kind, const char* form) {
    return countParameters(*makeNetwork(kind, {.classes = 19, .form = form}), *networkKind(kind));
  };
  const std::int64_t first = parameters("BiSeNetV1", "2021-07"), second = parameters("BiSeNetV2", "");
  EXPECT_EQ(parameters("BiSeNetV1", "pixel-shuffle") - first, 63 * 19 * (256 + 1));
  EXPECT_EQ(parameters("BiSeNetV1", "until-2020-09") - first, -19);
  EXPECT_EQ(parameters("BiSeNetV2", "pixel-shuffle") - second, 63 * 19 * (1024 + 1));
  EXPECT_EQ(parameters("BiSeNetV2", "until-2020-09"), second);
}

class SmallNetworks : public ::testing::TestWithParam<const char*> {
protected:
  static constexpr Size kInput{64, 32};
  static StateDict weightsOf(std::uint64_t seed) {
    torch::manual_seed(seed);
    StateDict out;
    for (const auto& [key, tensor] : stateDictOf(*makeNetwork(GetParam(), {.classes = 6})))
      out.emplace_back(key, tensor.detach().clone());
    return out;
  }
  Model load(const std::string& name) const {
    return Model::load(folder.path() / name, {.threads = 1, .input = kInput});
  }
  std::vector<float> logits(const std::string& name) const { return load(name).infer(probeImage(kInput)).values; }
  std::vector<float> plain(const StateDict& tensors) const {
    MadeCheckpoint made;
    made.write(file("plain.pth"), made.dict(tensors));
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
  const StateDict weights = weightsOf(1);
};

TEST_P(SmallNetworks, OpenBelowPrefixesAndWrappers) {
  const std::vector<float> expected = plain(weights);
  ASSERT_EQ(expected.size(), 6U * kInput.area());
  EXPECT_EQ(load("plain.pth").info().architecture, GetParam());
  for (const std::string prefix : {"module.", "_orig_mod.", "model.", "module.model."}) {
    MadeCheckpoint made;
    made.write(file("x.pth"), made.dict(weights, prefix));
    EXPECT_EQ(logits("x.pth"), expected) << prefix;
  }
  StateDict wrapped = weights;
  for (auto& [key, tensor] : wrapped) {
    const std::string part = key.substr(0, key.find('.'));
    key = MadeCheckpoint::cat({part, ".module.", key.substr(part.size() + 1)});
  }
  MadeCheckpoint made;
  made.write(file("x.pth"), made.dict(wrapped));
  EXPECT_EQ(logits("x.pth"), expected) << "wrapped inside";
}

TEST_P(SmallNetworks, OpenOutOfTheirTrainingsCheckpoints) {
  MadeCheckpoint made;
  const auto moments = MadeCheckpoint::dict({{"exp_avg", made.tensor(at::rand({3}))}});
  made.write(file("x.pth"), MadeCheckpoint::dict({{"cur_epoch", MadeCheckpoint::number(7)},
                                                  {"best_score", MadeCheckpoint::number(1)},
                                                  {"state_dict", made.dict(weights)},
                                                  {"optimizer", MadeCheckpoint::dict({{"state", moments}})}}));
  EXPECT_EQ(logits("x.pth"), plain(weights));
  EXPECT_THAT(load("x.pth").info().assumptions, Contains(HasSubstr("entry state_dict")));
}

TEST_P(SmallNetworks, OfSeveralStateDictsTheSidecarNamesOne) {
  const StateDict others = weightsOf(2);
  MadeCheckpoint made;
  made.write(file("x.pth"), MadeCheckpoint::dict({{"student", made.dict(weights)}, {"teacher", made.dict(others)}}));
  EXPECT_THAT(refusal("x.pth"),
              AllOf(HasSubstr("several state dicts"), HasSubstr(MadeCheckpoint::cat({"student (", GetParam(), ")"}))));
  folder.write("x.json", R"({"state_dict": "teacher"})");
  EXPECT_EQ(logits("x.pth"), plain(others));
}

TEST_P(SmallNetworks, HeadsOfTrainingAreNotUsedAndNotMissed) {
  StateDict tensors = weights;
  for (const std::string& head : networkKind(GetParam())->auxiliaryHeads)
    tensors.emplace_back(head + "conv.conv.weight", at::rand({4, 4, 3, 3}));
  MadeCheckpoint made;
  made.write(file("x.pth"), made.dict(tensors));
  EXPECT_EQ(logits("x.pth"), plain(weights));
  EXPECT_THAT(load("x.pth").info().warnings, IsEmpty());
}

TEST_P(SmallNetworks, SayWhoseKeysDoNotFit) {
  StateDict tensors = weights;
  tensors.erase(tensors.begin() + 1);  // a norm's weight: counters may be missing
  MadeCheckpoint made;
  made.write(file("x.pth"), made.dict(tensors));
  EXPECT_THAT(refusal("x.pth"), AllOf(HasSubstr(MadeCheckpoint::cat({"do not fit ", GetParam()})),
                                      HasSubstr("missing keys: 1"), HasSubstr("the keys are those of ")));
}

INSTANTIATE_TEST_SUITE_P(Kinds, SmallNetworks, ::testing::Values("ESPNetv2", "BiSeNetV1", "BiSeNetV2", "ENet-zh320"));

TEST(SmallNetworkForms, AreSaidWhereTheyAreNotTodays) {
  const testing::TemporaryFolder folder;
  MadeCheckpoint made;
  const auto network = makeNetwork("BiSeNetV1", {.classes = 6, .form = "pixel-shuffle"});
  made.write(folder.path() / "x.pth", made.dict(stateDictOf(*network)));
  const Model model = Model::load(folder.path() / "x.pth", {.threads = 1, .input = Size{64, 32}});
  EXPECT_EQ(model.info().channels, 6);
  EXPECT_THAT(model.info().assumptions, Contains(HasSubstr("BiSeNetV1 of September 2020 to July 2021")));
}

TEST(SmallNetworkForms, OtherInputSizesAreRefused) {
  const testing::TemporaryFolder folder;
  MadeCheckpoint made;
  made.write(folder.path() / "x.pth", made.dict(stateDictOf(*makeNetwork("BiSeNetV2", {.classes = 6}))));
  EXPECT_THROW((void)Model::load(folder.path() / "x.pth", {.threads = 1, .input = Size{64, 48}}), Error);
}

TEST(RealSmallNetworks, EspnetsFileOpensAsItWasPublished) {
  OODSCOPE_SHARED_OR_SKIP(file, "data/weights/espnetv2_s2.0_cityscapes_20.pth");
  const Model model = Model::load(file, {.input = Size{256, 128}});
  EXPECT_EQ(model.info().architecture, "ESPNetv2");
  EXPECT_EQ(model.info().channels, 20);
  EXPECT_EQ(model.info().parameters, 789'242);
  EXPECT_EQ(model.info().preprocessing.mean, (std::array{0.485, 0.456, 0.406}));
  EXPECT_EQ(model.info().preprocessing.deviation, (std::array{0.229, 0.224, 0.225}));
}

}  // namespace
}  // namespace oodscope
