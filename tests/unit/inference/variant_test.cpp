// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/logits/logits_store.h"
#include "inference/models/arrangement.inl.h"
#include "inference/models/model.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/weights.inl.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/utils.h>

#include <cmath>
#include <sstream>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TemporaryFolder;

template <class Call>
std::string variantMessageOf(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

class Variant : public ::testing::Test {
protected:
  Model load(const char* kind, const std::string& sidecar) const {
    torch::manual_seed(8);
    const fs::path file = folder.path() / "net.pth";
    writeStateDict(file, stateDictOf(*makeNetwork(kind, {.classes = 6, .widths = {8, 16, 24}})));
    if (!sidecar.empty()) folder.write("net.json", sidecar);
    return Model::load(file, {.threads = 1, .preprocessing = Preprocessing{.input = {64, 32}}});
  }
  const TemporaryFolder folder;
};

double variantsApart(const LogitsMap& a, const LogitsMap& b) {
  double most = 0.0;
  for (std::size_t i = 0; i < a.values.size(); ++i)
    most = std::max(most, std::abs(static_cast<double>(a.values[i]) - static_cast<double>(b.values[i])));
  return most;
}

TEST_F(Variant, EnetIsThePublishedOneOfTodayUnlessItsSidecarSaysOtherwise) {
  Model assumed = load("ENet", ""), named = load("ENet", R"({"variant": "since-2021-03"})"),
        older = load("ENet", R"({"variant": "before-2021-03"})");
  EXPECT_EQ(assumed.info().architecture, "ENet");
  EXPECT_EQ(architectureText(assumed.info()), "ENet (since-2021-03)");
  EXPECT_EQ(architectureText(older.info()), "ENet (before-2021-03)");
  EXPECT_THAT(assumed.info().assumptions,
              Contains(AllOf(HasSubstr("no variant given"), HasSubstr("since-2021-03"), HasSubstr("no ReLU"))));
  EXPECT_THAT(named.info().assumptions, Not(Contains(HasSubstr("variant"))));
  const RgbImage image = probeImage({64, 32});
  EXPECT_EQ(variantsApart(assumed.infer(image), named.infer(image)), 0.0);
  EXPECT_GT(variantsApart(assumed.infer(image), older.infer(image)), 1e-3) << "another network";
  EXPECT_EQ(assumed.logitsKey(), named.logitsKey());
  EXPECT_NE(assumed.logitsKey(), older.logitsKey());
}

TEST_F(Variant, AnUnknownOneIsRefusedWithTheKnownOnes) {
  EXPECT_THAT(variantMessageOf([&] { (void)load("ENet", R"({"variant": "2020"})"); }),
              AllOf(HasSubstr("\"since-2021-03\", \"before-2021-03\""), HasSubstr("\"2020\""), HasSubstr("net.json")));
  EXPECT_THAT(variantMessageOf([&] { (void)load("ERFNet", R"({"variant": "before-2021-03"})"); }),
              HasSubstr("ERFNet has one form only"));
  EXPECT_THAT(variantMessageOf([&] { (void)load("ENet", R"({"variant": 3})"); }), HasSubstr("a text"));
}

TEST_F(Variant, OfAScriptIsRefused) {
  torch::jit::Module module("Net");
  module.define("def forward(self, x):\n    return x\n");
  module.save((folder.path() / "net.pt").string());
  folder.write("net.json", R"({"variant": "before-2021-03", "input_size": [16, 8]})");
  EXPECT_THAT(variantMessageOf([&] { (void)Model::load(folder.path() / "net.pt"); }),
              HasSubstr("a script holds its own code"));
}

TEST_F(Variant, OfATrainingBeforeVariantsWereNamedIsTheOlderOne) {
  const Model model = load("ENet", R"({"description": "ENet trained on pictures of yesterday"})");
  EXPECT_EQ(model.info().options, (NetworkOptions{{"variant", "before-2021-03"}}));
  EXPECT_THAT(model.info().assumptions, Contains(HasSubstr("before its sidecars named one")));
}

TEST_F(Variant, WhatWasStoredOfTheOlderNetworkIsNotFound) {
  Model model = load("ENet", "");
  // The whole key of logits as it was before variants: what is stored below it is of the network with the ReLU.
  std::ostringstream old;
  old.precision(17);
  old << model.info().fingerprint << "|64x32|pil|" << 1.0 / 255.0 << "|0|0|0|1|1|1|rgb|0|cpu|float32-1";
  LogitsStore store({.folder = folder.path() / "store"});
  const std::string planted = store.address("image", old.str());
  LogitsMap wrong{.channels = 6, .size = {64, 32}, .values = std::vector<float>(6 * 64 * 32, 7.0F)};
  static_cast<void>(store.put(planted, wrong));
  ASSERT_TRUE(store.find(planted).has_value());
  EXPECT_FALSE(store.find(store.address("image", model.logitsKey())).has_value());
  EXPECT_THAT(model.logitsKey(), AllOf(HasSubstr("|float32-2|"), HasSubstr("|ENet (since-2021-03)|"),
                                       HasSubstr("|fast|"), HasSubstr("|LibTorch " + torchVersion() + ", oneDNN ")));
}

}  // namespace
}  // namespace oodscope
