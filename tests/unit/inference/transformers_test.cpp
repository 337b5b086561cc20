// SPDX-License-Identifier: GPL-3.0-or-later
// DINOv2 with a linear head, and EoMT: what they are recognised by and how many parameters they have, their quick
// arrangements against the trainable networks, and what EoMT makes of an image.
#include "analysis/core/error.h"
#include "analysis/imaging/resize.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/arrangement.inl.h"
#include "inference/models/model.h"
#include "inference/networks/eomt_readings.inl.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/state_dict_choice.inl.h"
#include "inference/networks/weights.inl.h"
#include "tests/support/made_checkpoint.h"
#include "tests/support/temporary_folder.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/rand.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MadeCheckpoint;
using testing::TemporaryFolder;

/// Two heads, three blocks, positions of 3x3 patches; registers or not, one layer read or two.
const NetworkShape kSmallDino{.classes = 5, .widths = {0, 1, 3, 3, 128}, .options = {}};
const NetworkShape kSmallDinoWithRegisters{.classes = 5, .widths = {4, 2, 3, 3, 128}, .options = {}};
/// A square of 48 pixels, the last two of three blocks with seven queries.
NetworkShape smallEomt(const std::string& windows) {
  return {.classes = 4, .widths = {2, 3, 3, 7, 128}, .options = {{"windows", windows}}};
}

/// Nothing is 0, 1 or without effect.
void scatter(Network& network) {
  torch::manual_seed(11);
  const torch::NoGradGuard noGradient;
  for (auto& [key, tensor] : stateDictOf(network)) {
    at::Tensor value = tensor;
    if (key.ends_with("num_batches_tracked") || key.find("pixel_") != std::string::npos) continue;
    const bool isFactor = key.ends_with("gamma") || key.ends_with("norm1.weight") || key.ends_with("norm2.weight") ||
                          key.ends_with("norm.weight") || key.ends_with("bn.weight") || key.ends_with("running_var");
    if (isFactor)
      value.uniform_(0.5, 1.5);
    else
      value.uniform_(-0.2, 0.2);
  }
  network.eval();
}

std::shared_ptr<Network> made(const char* kind, const NetworkShape& shape) {
  std::shared_ptr<Network> out = makeNetwork(kind, shape);
  scatter(*out);
  return out;
}

void expectClose(const at::Tensor& found, const at::Tensor& expected) {
  ASSERT_EQ(found.sizes(), expected.sizes());
  EXPECT_LT((found - expected).abs().max().item<float>(), 1e-4F * (1.0F + expected.abs().max().item<float>()));
}

std::int64_t parametersOf(const char* kind, const NetworkShape& shape) {
  return countParameters(*makeNetwork(kind, shape), *networkKind(kind));
}

TEST(Transformers, CountTheParametersOfThePublishedOnes) {
  EXPECT_EQ(parametersOf("EoMT", {.classes = 19}), 93'498'644);
  EXPECT_EQ(parametersOf("EoMT", {.classes = 19, .widths = {3, 12, 64, 100, 768}}), 95'415'572);
  EXPECT_EQ(parametersOf("EoMT", {.classes = 19, .widths = {4, 24, 64, 100, 1024}}), 319'032'340);
}

TEST(Transformers, HaveTheBackboneOfVitSmall) {
  const auto network = makeNetwork("DINOv2", {.classes = 19});
  std::int64_t values = 0;
  int entries = 0;
  for (const auto& [key, tensor] : stateDictOf(*network)) {
    if (!key.starts_with("backbone.")) continue;
    ++entries;
    values += tensor.numel();
  }
  EXPECT_EQ(values, 22'056'576);
  EXPECT_EQ(entries, 175);
}

TEST(Transformers, CountTheMultiplyAddsOfAWindow) {
  // By hand, T = 1605 tokens, 1705 with queries: 9 (12 D^2 T + 2 T^2 D) + 3 (the same with queries) + patches, two
  // doublings with their depthwise kernels, masks and the head of masks.
  const std::int64_t d = 768, t = 1605, u = 1705, p = 1600;
  const std::int64_t one = p * d * 768 + 9 * (12 * d * d * t + 2 * t * t * d) + 3 * (12 * d * d * u + 2 * u * u * d) +
                           p * 4 * d * (d + 9) + 4 * p * 4 * d * (d + 9) + 16 * p * 100 * d + 3 * 100 * d * d;
  const NetworkKind& kind = *networkKind("EoMT");
  const NetworkShape base{.classes = 19, .widths = {3, 12, 40, 100, 768}};
  EXPECT_EQ(kind.multiplyAdds(base, {1024, 512}), 2 * one);
  NetworkShape whole = base;
  whole.options = {{"windows", "whole-image"}};
  EXPECT_EQ(kind.multiplyAdds(whole, {640, 640}), one);
}

TEST(Transformers, AreRecognisedByTheirOwnKeys) {
  const auto shapeFound = [](const char* kind, NetworkShape shape) {
    const StateDict tensors = stateDictOf(*makeNetwork(kind, shape));
    EXPECT_EQ(recognise(tensors), networkKind(kind));
    return networkKind(kind)->shapeOf(tensors);
  };
  EXPECT_EQ(shapeFound("DINOv2", kSmallDino), kSmallDino);
  EXPECT_EQ(shapeFound("DINOv2", kSmallDinoWithRegisters), kSmallDinoWithRegisters);
  const NetworkShape eomt{.classes = 4, .widths = {2, 3, 3, 7, 128}};
  EXPECT_EQ(shapeFound("EoMT", eomt), eomt);
}

/// The trainable network, which knows nothing of panels, packing and folding, is the reference; sides that are no
/// multiples of 14 too.
TEST(Transformers, QuickDinoEqualsTheTrainableOne) {
  const torch::NoGradGuard noGradient;
  for (const NetworkShape& shape : {kSmallDino, kSmallDinoWithRegisters}) {
    const auto network = made("DINOv2", shape);
    const auto quick = networkKind("DINOv2")->optimise(*network);
    for (const auto& [height, width] : {std::pair(42, 42), std::pair(28, 98), std::pair(31, 57)}) {
      const at::Tensor image = torch::rand({1, 3, height, width}) * 4.0 - 2.0;
      at::Tensor logits = at::empty({1, 5, height, width}, at::TensorOptions(at::kFloat));
      quick->run(image, logits);
      expectClose(logits, network->forward(image));
    }
  }
}

TEST(Transformers, QuickEomtEqualsTheTrainableOneHoweverItIsRead) {
  const torch::NoGradGuard noGradient;
  const NetworkKind& kind = *networkKind("EoMT");
  for (const NetworkOption::Value& windows : kind.options.front().values) {
    const NetworkShape shape = smallEomt(windows.name);
    const auto network = made("EoMT", shape);
    const Size input{96, 64}, size = kind.networkInput(shape, {200, 100}, input);
    const at::Tensor image = torch::rand({1, 3, size.height, size.width});
    std::int64_t values = 0;
    const auto arrays = kind.arrays(shape, input);
    for (const OutputArray& array : arrays) values += static_cast<std::int64_t>(array.values());
    std::vector<std::int64_t> sizes{1, 1, 1, values};
    if (arrays.size() == 1) sizes = {1, arrays[0].channels, arrays[0].size.height, arrays[0].size.width};
    at::Tensor plain = at::empty(sizes, at::TensorOptions(at::kFloat)), quick = plain.clone();
    network->fill(image, plain);
    kind.optimise(*network)->run(image, quick);
    SCOPED_TRACE(windows.name);
    expectClose(quick, plain);
  }
}

TEST(Transformers, ABatchIsItsImagesOneByOne) {
  const torch::NoGradGuard noGradient;
  const auto network = made("DINOv2", kSmallDinoWithRegisters);
  const at::Tensor images = torch::rand({2, 3, 28, 42});
  const at::Tensor both = network->forward(images);
  expectClose(both.narrow(0, 1, 1), network->forward(images.narrow(0, 1, 1)));
}

/// As training lays them.
TEST(Transformers, KernelsThatLieChannelsLastGiveTheSame) {
  const torch::NoGradGuard noGradient;
  const auto network = made("DINOv2", kSmallDino);
  const torch::Tensor images = at::rand({2, 3, 42, 56}), expected = network->forward(images);
  for (at::Tensor& parameter : network->parameters())
    if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
  expectClose(network->forward(images), expected);
  torch::Tensor fast = at::empty({1, 5, 42, 56});
  networkKind("DINOv2")->optimise(*network)->run(images.narrow(0, 0, 1), fast);
  expectClose(fast, expected.narrow(0, 0, 1));
}

TEST(Eomt, WindowsAreThoseOfItsAuthors) {
  // 16:9 at 640: 1138 pixels (1137.8), two squares that overlap by 142.
  const eomt::Windows wide = eomt::windowsOf({1280, 720}, 640);
  EXPECT_EQ(wide.scaled, (Size{1138, 640}));
  EXPECT_THAT(wide.starts, ElementsAre(0, 498));
  EXPECT_THAT(eomt::windowsOf({2048, 1024}, 640).starts, ElementsAre(0, 640));
  EXPECT_THAT(eomt::windowsOf({500, 500}, 640).starts, ElementsAre(0));
  // Upright, three squares: overlaps of (3 * 640 - 1500) / 2.
  const eomt::Windows tall = eomt::windowsOf({640, 1500}, 640);
  EXPECT_EQ(tall.scaled, (Size{640, 1500}));
  EXPECT_THAT(tall.starts, ElementsAre(0, 430, 860));
}

class EomtModel : public ::testing::Test {
protected:
  EomtModel() : network(made("EoMT", smallEomt("whole-image"))) {
    writeStateDict(folder.path() / "net.pth", stateDictOf(*network));
  }
  Model load(const std::string& sidecar) const {
    folder.write("net.json", sidecar);
    return Model::load(folder.path() / "net.pth", {.threads = 1});
  }
  /// What the definition says of a square: S = sum over queries of class probability times mask probability.
  [[nodiscard]] at::Tensor membershipOf(const RgbImage& square) const {
    const torch::NoGradGuard noGradient;
    return network->forward(inputOf(square));
  }
  static at::Tensor inputOf(const RgbImage& image) {
    at::Tensor out = at::empty({1, 3, image.height(), image.width()}, at::TensorOptions(at::kFloat));
    auto to = out.accessor<float, 4>();
    for (int y = 0; y < image.height(); ++y)
      for (int x = 0; x < image.width(); ++x) {
        const Rgb pixel = image.at(x, y);
        to[0][0][y][x] = static_cast<float>(pixel.r) / 255.0F;
        to[0][1][y][x] = static_cast<float>(pixel.g) / 255.0F;
        to[0][2][y][x] = static_cast<float>(pixel.b) / 255.0F;
      }
    return out;
  }
  static RgbImage cropped(const RgbImage& image, int left, Size size) {
    RgbImage out(size);
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x) out.at(x, y) = image.at(left + x, y);
    return out;
  }
  static at::Tensor tensorOf(const LogitsMap& map) {
    return at::from_blob(const_cast<float*>(map.values.data()), {1, map.channels, map.size.height, map.size.width},
                         at::TensorOptions(at::kFloat))
        .clone();
  }
  const TemporaryFolder folder;
  std::shared_ptr<Network> network;
};

TEST_F(EomtModel, GivesMembershipsThroughItsAuthorsWindows) {
  Model model = load(R"({"input_size": [100, 60]})");
  EXPECT_EQ(architectureText(model.info()), "EoMT (authors-windows)");
  EXPECT_THAT(model.info().assumptions, Contains(HasSubstr("no windows given: authors-windows")));
  ASSERT_EQ(model.info().arrays, (std::vector<OutputArray>{{Output::Membership, 4, {100, 60}}}));
  EXPECT_EQ(model.info().channels, 4);
  EXPECT_THAT(model.logitsKey(), HasSubstr("EoMT (authors-windows)"));
  const RgbImage image = probeImage({120, 60});
  const RgbImage scaled = resizePilBilinear(image, {96, 48});  // 60 to 48, then two squares side by side
  at::Tensor sum = torch::zeros({1, 4, 48, 96});
  for (const int start : {0, 48}) sum.narrow(3, start, 48).copy_(membershipOf(cropped(scaled, start, {48, 48})));
  expectClose(tensorOf(model.inferOutputs(image).maps.front()), at::upsample_bilinear2d(sum, {60, 100}, false));
  EXPECT_THROW((void)model.infer(image), Error) << "memberships are no logits";
}

TEST_F(EomtModel, AveragesWhereWindowsOverlap) {
  Model model = load(R"({"input_size": [85, 48], "windows": "authors-windows"})");
  const RgbImage image = probeImage({85, 48});  // the size of the square's height: scaled by nothing
  at::Tensor sum = torch::zeros({1, 4, 48, 85}), count = torch::zeros({1, 1, 1, 85});
  for (const int start : {0, 37}) {
    sum.narrow(3, start, 48).add_(membershipOf(cropped(image, start, {48, 48})));
    count.narrow(3, start, 48).add_(1.0);
  }
  expectClose(tensorOf(model.inferOutputs(image).maps.front()), sum / count);
}

TEST_F(EomtModel, GivesClassAndMaskLogitsOfTheWholeImage) {
  Model model = load(R"({"windows": "whole-image"})");
  EXPECT_EQ(model.info().preprocessing.input, (Size{48, 48})) << "the trained square where nobody says";
  EXPECT_THAT(model.info().assumptions, Contains(HasSubstr("no input size given: 48x48")));
  ASSERT_EQ(model.info().arrays,
            (std::vector<OutputArray>{{Output::ClassLogits, 7, {5, 1}}, {Output::MaskLogits, 7, {12, 12}}}));
  const RgbImage image = probeImage({48, 48});
  const OutputMaps maps = model.inferOutputs(image);
  const at::Tensor classes = tensorOf(maps.maps[0]).view({7, 5}), masks = tensorOf(maps.maps[1]);
  const at::Tensor shares = at::softmax(classes, 1).narrow(1, 0, 4);
  const at::Tensor covered = at::upsample_bilinear2d(masks, {48, 48}, false).sigmoid();
  expectClose((shares.t().view({4, 7, 1, 1}) * covered).sum(1).unsqueeze(0), membershipOf(image));
}

TEST_F(EomtModel, GivesTheRawProductWithNoObjectAsLogits) {
  Model whole = load(R"({"windows": "whole-image", "input_size": [64, 32]})");
  const RgbImage image = probeImage({64, 32});
  const OutputMaps maps = whole.inferOutputs(image);
  const at::Tensor classes = tensorOf(maps.maps[0]).view({7, 5}), masks = tensorOf(maps.maps[1]);
  Model raw = load(R"({"windows": "raw-product", "input_size": [64, 32]})");
  EXPECT_EQ(raw.info().channels, 5) << "no object is one of them";
  const at::Tensor product = (classes.t().view({5, 7, 1, 1}) * masks).sum(1).unsqueeze(0);
  expectClose(tensorOf(raw.infer(image)), at::upsample_bilinear2d(product, {32, 64}, false));
  EXPECT_NE(raw.logitsKey(), whole.logitsKey());
}

TEST_F(EomtModel, OpensTheAuthorsCheckpointsAndSidecarsAreHeldToTheWindowsThereAre) {
  MadeCheckpoint made;
  StateDict tensors;
  for (const auto& [key, tensor] : stateDictOf(*network)) tensors.emplace_back("network." + key, tensor);
  tensors.emplace_back("criterion.empty_weight", torch::ones({5}));
  const fs::path file =
      made.write(folder.path() / "last.ckpt", MadeCheckpoint::dict({{"state_dict", made.dict(tensors)}}));
  const ChosenStateDict chosen = chooseStateDict(readCheckpoint(file), "", file);
  EXPECT_EQ(chosen.kind->name, "EoMT");
  EXPECT_EQ(chosen.shape.widths, smallEomt("").widths);
  EXPECT_THAT(chosen.notes, Contains(HasSubstr("criterion.empty_weight")));
  EXPECT_THROW((void)load(R"({"windows": "sliding"})"), Error);
}

TEST_F(EomtModel, DoesNotNeedTheBufferThatTrainingAlonePassesOn) {
  StateDict tensors;
  for (const auto& entry : stateDictOf(*network))
    if (entry.first != "attn_mask_probs") tensors.push_back(entry);
  const NetworkKind& kind = *networkKind("EoMT");
  const auto shape = kind.shapeOf(tensors);
  ASSERT_TRUE(shape.has_value());
  EXPECT_EQ(shape->widths.front(), 3) << "as the published base configuration";
  EXPECT_TRUE(compareKeys(*kind.make(*shape), kind, tensors).fits());
}

/// What people's own files look like: no two wrap the backbone and the head alike.
struct HeadCase {
  const char* backbone;
  const char* head;
  bool isLinear;
};
class DinoHeads : public ::testing::TestWithParam<HeadCase> {};
INSTANTIATE_TEST_SUITE_P(Names, DinoHeads,
                         ::testing::Values(HeadCase{"backbone.", "head.", true},
                                           HeadCase{"backbone.", "linear.", false},
                                           HeadCase{"module.encoder.", "module.classifier.", false},
                                           HeadCase{"", "head.", false},
                                           HeadCase{"dino.", "decode_head.conv_seg.", true}));

TEST_P(DinoHeads, AreFoundWhateverTheyAreCalled) {
  const auto network = made("DINOv2", kSmallDino);
  const std::string head = "decode_head.conv_seg.", backbone = "backbone.";
  StateDict tensors;
  for (const auto& [key, tensor] : stateDictOf(*network)) {
    if (key.starts_with("decode_head.bn.")) continue;  // few write the norm
    const bool isWeight = key == head + "weight";
    if (key.starts_with(head))
      tensors.emplace_back(GetParam().head + key.substr(head.size()),
                           isWeight && GetParam().isLinear ? tensor.flatten(1) : tensor);
    else
      tensors.emplace_back(GetParam().backbone + key.substr(backbone.size()), tensor);
  }
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "net.pth";
  writeStateDict(file, tensors);
  Model model = Model::load(file, {.threads = 1, .input = Size{56, 42}});
  EXPECT_EQ(model.info().architecture, "DINOv2");
  EXPECT_THAT(model.info().assumptions, Contains(HasSubstr("ImageNet")));
  EXPECT_THAT(model.info().assumptions, Contains(HasSubstr("taken as folded")));
  EXPECT_EQ(model.info().output, (Size{56, 42}));
  EXPECT_GT(model.info().multiplyAdds, 0);
  EXPECT_EQ(model.infer(probeImage({56, 42})).channels, 5);
}

TEST(Dino, WithoutAHeadIsRefusedByWhatIsMissing) {
  StateDict tensors;
  for (const auto& [key, tensor] : stateDictOf(*makeNetwork("DINOv2", kSmallDino)))
    if (key.starts_with("backbone.")) tensors.emplace_back(key.substr(9), tensor);
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "dinov2_vits14_pretrain.pth";
  writeStateDict(file, tensors);
  try {
    (void)Model::load(file);
    ADD_FAILURE() << "opened";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("without a head"));
  }
}

}  // namespace
}  // namespace oodscope
