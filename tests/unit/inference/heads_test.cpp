// SPDX-License-Identifier: GPL-3.0-or-later
// Heads on every network that takes them: keys, recognition, arrangement, what a model serves.
#include "inference/networks/head.inl.h"

#include "analysis/core/error.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/model.h"
#include "inference/networks/headed_network.inl.h"
#include "inference/networks/weights.inl.h"
#include "tests/support/temporary_folder.h"

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/prelu.h>
#include <ATen/ops/rand.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TemporaryFolder;

constexpr int kHeadClasses = 5;

std::vector<const NetworkKind*> kindsWithHeads() {
  std::vector<const NetworkKind*> out;
  for (const NetworkKind& kind : networkKinds())
    if (kind.lastLayer) out.push_back(&kind);
  return out;
}

NetworkShape headedShape(const NetworkKind& kind, const HeadKind& head) {
  NetworkShape shape{.classes = kHeadClasses, .widths = kind.widths};
  for (int& width : shape.widths) width = std::max(8, width / 8 * 2);
  if (kind.name == "ESPNetv2") shape.widths = {16, 32, 64, 128};  // that its groups divide
  shape.head = head.name;
  shape.headValues = numbersOf(head.parameters, {});
  return shape;
}

std::shared_ptr<Network> randomised(const NetworkKind& kind, const NetworkShape& shape) {
  torch::manual_seed(3);
  const torch::NoGradGuard noGradient;
  auto network = makeNetwork(kind, shape);
  for (const auto& [key, tensor] : stateDictOf(*network)) {  // norms that do something
    if (key.ends_with("running_mean")) at::Tensor(tensor).uniform_(-0.2, 0.2);
    if (key.ends_with("running_var")) at::Tensor(tensor).uniform_(0.5, 1.5);
  }
  network->eval();
  return network;
}

std::vector<std::string> keysOf(const StateDict& tensors) {
  std::vector<std::string> out;
  for (const auto& [key, tensor] : tensors) out.push_back(key);
  return out;
}

at::Tensor tensorNamed(const StateDict& tensors, const std::string& key) {
  for (const auto& [name, tensor] : tensors)
    if (name == key) return tensor;
  throw std::runtime_error("no " + key);
}

TEST(Heads, AreTakenByAllNetworksOfConvolutions) {
  for (const NetworkKind& kind : networkKinds())
    EXPECT_EQ(kind.lastLayer.has_value(), kind.name != "DINOv2" && kind.name != "EoMT") << kind.name;
}

TEST(Heads, AreRecognisedByTheirKeysOnEveryNetwork) {
  for (const NetworkKind* kind : kindsWithHeads()) {
    for (const HeadKind& head : headKinds()) {
      SCOPED_TRACE(kind->name + ", " + std::string(head.name));
      const NetworkShape shape = headedShape(*kind, head);
      const StateDict tensors = stateDictOf(*makeNetwork(*kind, shape));
      EXPECT_EQ(recognise(tensors), kind);
      EXPECT_EQ(shapeOf(*kind, tensors), shape);
    }
    const NetworkShape plain{.classes = kHeadClasses, .widths = headedShape(*kind, headKinds()[0]).widths};
    EXPECT_EQ(shapeOf(*kind, stateDictOf(*makeNetwork(*kind, plain))), plain);
  }
}

TEST(Heads, TheCountOfOutlierChannelsIsToldByTheKeys) {
  for (const double channels : {1.0, 2.0}) {
    NetworkShape shape = headedShape(*networkKind("ERFNet"), *headKind("densehybrid"));
    shape.headValues = {channels};
    EXPECT_EQ(shapeOf(*networkKind("ERFNet"), stateDictOf(*makeNetwork("ERFNet", shape))), shape);
  }
}

TEST(Heads, TheScalarFormHasTheKeysOfSeed001) {
  const NetworkKind& erfnet = *networkKind("ERFNet");
  const StateDict tensors = stateDictOf(*makeNetwork(erfnet, headedShape(erfnet, *headKind("isomax-plus-scalar"))));
  for (const char* part : {"encoder", "decoder"}) {
    const std::string at = std::string(part) + ".output_conv.";
    EXPECT_EQ(tensorNamed(tensors, at + "prototypes").sizes(), (at::IntArrayRef{1, kHeadClasses, 1, 1}));
    EXPECT_EQ(tensorNamed(tensors, at + "distance_scale").sizes(), at::IntArrayRef{1});
    EXPECT_THAT(keysOf(tensors), Contains(at + "output_conv.weight"));
    EXPECT_THAT(keysOf(tensors), Contains(at + "output_conv.bias"));
    EXPECT_THAT(keysOf(tensors), Not(Contains(at + "weight")));
  }
}

/// Keys and shapes of each head on the networks whose last layer is a convolution at a fraction of the size: that
/// convolution's, from the public implementations' state dicts.
TEST(Heads, LieAtTheLastLayersOwnKeys) {
  struct Place {
    const char *kind, *layer, *below;
    int features;
  };
  for (const Place& place : {Place{"BiSeNetV1", "conv_out.conv_out", "weight", 256},
                             Place{"ESPNetv2", "bu_dec_l4.merge_layer.3", "weight", kHeadClasses / 2},
                             Place{"ENet-zh320", "fullconv.up_conv.0", "0.weight", 8}}) {
    SCOPED_TRACE(place.kind);
    const NetworkKind& kind = *networkKind(place.kind);
    const std::string at = std::string(place.layer) + ".";
    for (const HeadKind& head : headKinds()) {
      SCOPED_TRACE(std::string(head.name));
      const StateDict tensors = stateDictOf(*makeNetwork(kind, headedShape(kind, head)));
      const bool isAfter = head.place == HeadPlace::AfterLast, isBeside = head.place == HeadPlace::BesideLast;
      const at::IntArrayRef convolution{kHeadClasses, place.features, 1, 1};
      if (isAfter) {
        EXPECT_EQ(tensorNamed(tensors, at + "output_conv." + place.below).sizes(), convolution);
        EXPECT_EQ(tensorNamed(tensors, at + "prototypes").sizes(), (at::IntArrayRef{1, kHeadClasses, 1, 1}));
      } else if (isBeside) {
        EXPECT_EQ(tensorNamed(tensors, at + place.below).sizes(), convolution);
        EXPECT_EQ(tensorNamed(tensors, "logits_ood.conv.weight").sizes(), (at::IntArrayRef{2, place.features, 1, 1}));
      } else {
        EXPECT_EQ(tensorNamed(tensors, at + "prototypes").sizes(), (at::IntArrayRef{kHeadClasses, place.features}));
      }
      EXPECT_EQ(std::ranges::count(keysOf(tensors), at + place.below), isBeside ? 1 : 0);
    }
  }
}

TEST(Heads, AreOfTodaysFormsAlone) {
  const HeadKind& head = *headKind("distance");
  for (const char* kind : {"BiSeNetV1", "BiSeNetV2"}) {
    NetworkShape shape = headedShape(*networkKind(kind), head);
    shape.form = "until-2020-09";
    EXPECT_THROW((void)makeNetwork(kind, shape), ContractViolation) << kind;
  }
  // In the last layer's place nothing tells which of the forms with two convolutions in their gate it is.
  StateDict tensors = stateDictOf(*makeNetwork("BiSeNetV1", {.classes = kHeadClasses, .form = "2021-07"}));
  std::erase_if(tensors, [](const auto& each) { return each.first.starts_with("conv_out.conv_out."); });
  tensors.emplace_back("conv_out.conv_out.prototypes", at::empty({kHeadClasses, 256}));
  EXPECT_FALSE(shapeOf(*networkKind("BiSeNetV1"), tensors));
}

/// What a network's own last layer computes, out of its tensors: a convolution, and where there are such, a norm and an
/// activation. In the last layer's place it is enlarged as the network enlarges its own logits.
class OwnLastLayer final : public Head {
public:
  OwnLastLayer(const NetworkKind& kind, const Network& network) {
    const std::string at = kind.lastLayer->weightKey();
    const StateDict tensors = stateDictOf(network);
    const std::string stem = at.substr(0, at.size() - std::string_view(".weight").size());
    const auto find = [&tensors](const std::string& key) {
      for (const auto& [name, tensor] : tensors)
        if (name == key) return tensor.detach().clone();
      return at::Tensor();
    };
    m_weight = find(at);
    m_bias = find(stem + ".bias");
    const std::string beside = kind.lastLayer->key;
    for (const char* part : {"weight", "bias", "running_mean", "running_var"})
      m_norm.push_back(find(beside + ".1." + part));
    m_slope = find(beside + ".2.activation.weight");
  }
  torch::Tensor forward(const torch::Tensor& x) override {
    torch::Tensor y = at::conv2d(x, m_weight, m_bias);
    if (m_norm[0].defined()) y = at::batch_norm(y, m_norm[0], m_norm[1], m_norm[2], m_norm[3], false, 0.0, 1e-5, false);
    return m_slope.defined() ? at::prelu(y, m_slope) : y;
  }

private:
  torch::Tensor m_weight, m_bias, m_slope;
  std::vector<torch::Tensor> m_norm;
};

class Unchanged final : public Head {
public:
  torch::Tensor forward(const torch::Tensor& x) override { return x; }
};

std::shared_ptr<Head> makeUnchanged(const HeadSite&, const std::vector<double>&, const NetworkOptions&) {
  return std::make_shared<Unchanged>();
}
std::shared_ptr<Head> g_ownLastLayer;
std::shared_ptr<Head> takeOwnLastLayer(const HeadSite&, const std::vector<double>&, const NetworkOptions&) {
  return g_ownLastLayer;
}

TEST(Heads, ThatComputeWhatTheNetworkDoesGiveItsLogits) {
  const torch::NoGradGuard noGradient;
  for (const NetworkKind* kind : kindsWithHeads()) {
    SCOPED_TRACE(kind->name);
    NetworkShape shape = headedShape(*kind, *headKind("distance"));
    shape.head.clear();
    // Of a network that takes any size, one that the last layer's map is no whole part of.
    const std::int64_t height = kind->sizeMultiple == 1 ? 61 : 64;
    const torch::Tensor image = at::rand({1, 3, height, 128});
    for (const HeadPlace place : {HeadPlace::AfterLast, HeadPlace::InPlaceOfLast}) {
      if (place == HeadPlace::InPlaceOfLast && kind->lastLayer->isTransposed) continue;  // no layer of the same size
      const auto base = randomised(*kind, shape);
      const torch::Tensor expected = base->forward(image);
      const bool isAfter = place == HeadPlace::AfterLast;
      if (!isAfter) g_ownLastLayer = std::make_shared<OwnLastLayer>(*kind, *base);
      const HeadKind head{
          .name = "made", .help = "", .place = place, .make = isAfter ? makeUnchanged : takeOwnLastLayer};
      const auto headed = std::make_shared<HeadedNetwork>(base, *kind, head, shape);
      headed->eval();
      const float tolerance = 1e-5F * (1.0F + expected.abs().max().item<float>());
      EXPECT_GT(expected.std().item<float>(), 1e-4F) << "logits that say something";
      EXPECT_LT((headed->forward(image) - expected).abs().max().item<float>(), tolerance);
      torch::Tensor fast = at::empty_like(expected);
      optimised(*kind, headed)->run(image, fast);
      EXPECT_LT((fast - expected).abs().max().item<float>(), 10.0F * tolerance);
    }
  }
}

/// The network as it is, without folding, is the other side.
TEST(Heads, TheFastArrangementGivesTheSame) {
  const torch::NoGradGuard noGradient;
  for (const NetworkKind* kind : kindsWithHeads()) {
    for (const HeadKind& head : headKinds()) {
      SCOPED_TRACE(kind->name + ", " + std::string(head.name));
      const auto network = randomised(*kind, headedShape(*kind, head));
      const torch::Tensor image = at::rand({1, 3, kind->sizeMultiple == 1 ? 61 : 64, 128});
      const std::vector<torch::Tensor> arrays = forwardAll(*network, image);
      std::int64_t values = 0;
      for (const torch::Tensor& array : arrays) values += array.numel();
      const bool isOne = arrays.size() == 1;
      const auto sizes = isOne ? arrays[0].sizes().vec() : std::vector<std::int64_t>{1, 1, 1, values};
      torch::Tensor expected = at::empty(sizes), fast = at::empty(sizes);
      fillFrom(arrays, expected);
      optimised(*kind, network)->run(image, fast);
      EXPECT_LT((expected - fast).abs().max().item<float>(), 1e-4F * (1.0F + expected.abs().max().item<float>()));
      EXPECT_TRUE(network->forward(image).equal(arrays[0]));
    }
  }
}

TEST(Heads, DistancesAreThoseOfTheDefinition) {
  const torch::NoGradGuard noGradient;
  const HeadSite site{.features = 3, .classes = 4};
  for (const char* name : {"isomax-plus", "distance"}) {
    torch::manual_seed(4);
    const auto head = headKind(name)->make(site, {}, {});
    const bool isIsomax = std::string(name) == "isomax-plus";
    const auto own = head->named_parameters();
    const torch::Tensor prototypes = own["prototypes"];
    if (isIsomax) at::Tensor(own["distance_scale"]).fill_(-2.5);
    const torch::Tensor features = at::rand({2, 3, 2, 5});
    const torch::Tensor logits = head->forward(features);
    const auto unit = [&](const torch::Tensor& v) { return isIsomax ? v / v.square().sum().sqrt() : v; };
    for (int c = 0; c < site.classes; ++c) {
      const torch::Tensor f = features.select(0, 1).select(1, 1).select(1, 3);
      const double expected = (unit(f) - unit(prototypes[c])).square().sum().sqrt().item<double>();
      EXPECT_NEAR(logits[1][c][1][3].item<double>(), -expected * (isIsomax ? 2.5 : 1.0), 1e-5) << name;
    }
  }
}

TEST(Heads, GiveGradientsToWhatIsBeforeThem) {
  for (const HeadKind& head : headKinds()) {
    const NetworkKind& erfnet = *networkKind("ERFNet");
    const auto network = makeNetwork(erfnet, headedShape(erfnet, head));
    network->train();
    at::Tensor sum = torch::zeros({});
    for (const torch::Tensor& array : forwardAll(*network, at::rand({2, 3, 32, 64}))) sum = sum + array.square().sum();
    sum.backward();
    for (const auto& parameter : network->named_parameters()) {
      if (parameter.key().starts_with("encoder.output_conv")) continue;  // of the encoder's own stage
      EXPECT_TRUE(parameter.value().grad().defined()) << head.name << ", " << parameter.key();
    }
  }
}

TEST(Heads, TheStageOfTheScalarFormHasAHeadOfItsOwn) {
  const torch::NoGradGuard noGradient;
  const NetworkKind& erfnet = *networkKind("ERFNet");
  const auto network = randomised(erfnet, headedShape(erfnet, *headKind("isomax-plus-scalar")));
  const torch::Tensor logits = stageLogits(erfnet.stages.at(0), *network, at::rand({1, 3, 32, 64}));
  EXPECT_EQ(logits.sizes(), (at::IntArrayRef{1, kHeadClasses, 4, 8}));
  EXPECT_LE(logits.max().item<float>(), 0.0F) << "minus distances";
}

class HeadedModel : public ::testing::Test {
protected:
  Model load(const HeadKind& head, const std::string& sidecar = "") const {
    const NetworkKind& erfnet = *networkKind("ERFNet");
    writeStateDict(file, stateDictOf(*randomised(erfnet, headedShape(erfnet, head))));
    std::ofstream(folder.path() / "net.json") << (sidecar.empty() ? "{}" : sidecar);
    return Model::load(file, {.threads = 1, .preprocessing = Preprocessing{.input = {64, 32}}});
  }
  static RgbImage picture() {
    RgbImage out({64, 32});
    for (int y = 0; y < 32; ++y)
      for (int x = 0; x < 64; ++x)
        out.at(x, y) = {static_cast<std::uint8_t>(4 * x), static_cast<std::uint8_t>(8 * y), 90};
    return out;
  }
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "net.pth";
};

TEST_F(HeadedModel, ServesTheOutlierLogitsBesideTheLogits) {
  Model model = load(*headKind("densehybrid"));
  ASSERT_EQ(model.info().arrays.size(), 2U);
  EXPECT_EQ(model.info().arrays[1].output, Output::Outlier);
  EXPECT_EQ(model.info().arrays[1].channels, 2);
  EXPECT_EQ(model.info().arrays[1].size, (Size{32, 16}));
  EXPECT_EQ(architectureText(model.info()), "ERFNet (densehybrid, in-first)");
  const OutputMaps maps = model.inferOutputs(picture());
  ASSERT_EQ(maps.maps.size(), 2U);
  EXPECT_EQ(maps.maps[0].values, model.infer(picture()).values);
}

TEST_F(HeadedModel, ItsPolarityIsWhatTheSidecarSays) {
  Model first = load(*headKind("densehybrid")),
        other = load(*headKind("densehybrid"), R"({"outlier_polarity": "out-first"})");
  const LogitsMap in = first.inferOutputs(picture()).maps[1], out = other.inferOutputs(picture()).maps[1];
  const std::size_t pixels = in.size.area();
  ASSERT_EQ(in.values.size(), 2 * pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    EXPECT_EQ(in.values[i], out.values[pixels + i]);
    EXPECT_EQ(in.values[pixels + i], out.values[i]);
  }
  EXPECT_NE(first.logitsKey(), other.logitsKey());
}

TEST_F(HeadedModel, ASidecarThatNamesAnotherHeadIsRefused) {
  try {
    static_cast<void>(load(*headKind("distance"), R"({"head": "densehybrid"})"));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("\"distance\""));
  }
  EXPECT_EQ(load(*headKind("distance"), R"({"head": "distance"})").info().options.at("head"), "distance");
}

TEST_F(HeadedModel, FurtherPassesFillAllArrays) {
  for (const HeadKind& head : headKinds()) {
    Model model = load(head);
    const OutputMaps plain = model.inferOutputs(picture());
    for (const PassKind* pass : model.info().passes) {
      SCOPED_TRACE(std::string(head.name) + ", " + std::string(pass->name));
      const OutputMaps maps = model.inferPass(picture(), {.kind = pass, .values = {}}, {});
      EXPECT_EQ(maps.maps.size(), arraysOf(model.info(), pass).size());
      for (const LogitsMap& map : maps.maps)
        for (const float value : map.values) ASSERT_TRUE(std::isfinite(value));
    }
  }
}

}  // namespace
}  // namespace oodscope
