// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/start_weights.inl.h"

#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/networks/weights.inl.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <torch/utils.h>

#include <map>

namespace oodscope {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TemporaryFolder;

TEST(StartWeights, KnownClassesAreTakenInOrderAndVoidToVoid) {
  EXPECT_THAT(outputsTaken(4, 3, -1), ElementsAre(0, 1, 2, -1));        // a void class is added
  EXPECT_THAT(outputsTaken(4, 4, 3), ElementsAre(0, 1, 2, 3));          // the same
  EXPECT_THAT(outputsTaken(4, 4, 0), ElementsAre(1, 2, 3, 0));          // void first, as ENet's published weights
  EXPECT_THAT(outputsTaken(3, 5, 4), ElementsAre(0, 1, 4));             // fewer classes
  EXPECT_THAT(outputsTaken(6, 4, 3), ElementsAre(0, 1, 2, -1, -1, 3));  // more classes
}

std::shared_ptr<Network> tinyNetwork(const char* name, int classes, std::vector<int> widths) {
  torch::manual_seed(static_cast<std::uint64_t>(classes));
  return makeNetwork(name, {.classes = classes, .widths = std::move(widths)});
}

std::map<std::string, at::Tensor> tensorsOf(const Network& network) {
  const StateDict tensors = stateDictOf(network);
  return {tensors.begin(), tensors.end()};
}

TEST(StartWeights, OfFewerOutputsGiveTheirRowsAndTheRestStaysAsItWas) {
  const TemporaryFolder folder;
  const auto file = tinyNetwork("ERFNet", 3, {4, 6, 8});
  writeStateDict(folder.path() / "start.pth", stateDictOf(*file));
  folder.write("start.json", R"({"void_channel": -1})");
  const auto network = tinyNetwork("ERFNet", 4, {4, 6, 8});
  const at::Tensor before = tensorsOf(*network).at("decoder.output_conv.weight").detach().clone();
  const auto said = loadStartWeights(*network, *networkKind("ERFNet"), folder.path() / "start.pth");
  EXPECT_THAT(said, ElementsAre(HasSubstr(
                        "3 outputs in the file, 4 in the network: those of 3 classes are taken over, 1 begin anew")));
  const auto given = tensorsOf(*file), now = tensorsOf(*network);
  for (const auto& [key, tensor] : given)
    EXPECT_TRUE(tensor.sizes() != now.at(key).sizes() || now.at(key).equal(tensor)) << key;
  // Of a transposed convolution the outputs are the second dimension, of the encoder's own head the first.
  const at::Tensor& weight = now.at("decoder.output_conv.weight");
  EXPECT_TRUE(weight.narrow(1, 0, 3).equal(given.at("decoder.output_conv.weight")));
  EXPECT_TRUE(weight.narrow(1, 3, 1).equal(before.narrow(1, 3, 1)));
  EXPECT_TRUE(now.at("encoder.output_conv.weight").narrow(0, 0, 3).equal(given.at("encoder.output_conv.weight")));
  EXPECT_TRUE(now.at("decoder.output_conv.bias").narrow(0, 0, 3).equal(given.at("decoder.output_conv.bias")));
}

TEST(StartWeights, OfTheSameOutputsAreLoadedAsTheyAre) {
  const TemporaryFolder folder;
  const auto file = tinyNetwork("ERFNet", 3, {4, 6, 8});
  writeStateDict(folder.path() / "start.pth", stateDictOf(*file));
  const auto network = tinyNetwork("ERFNet", 3, {4, 6, 8});
  EXPECT_THAT(loadStartWeights(*network, *networkKind("ERFNet"), folder.path() / "start.pth"), IsEmpty());
  const auto given = tensorsOf(*file);
  for (const auto& [key, tensor] : tensorsOf(*network)) EXPECT_TRUE(tensor.equal(given.at(key))) << key;
}

TEST(StartWeights, WhoseVoidClassIsTheFirstArePutInOrder) {
  const TemporaryFolder folder;
  const auto file = tinyNetwork("ENet", 20, {4, 8, 16});
  writeStateDict(folder.path() / "start.pth", stateDictOf(*file));
  const auto network = tinyNetwork("ENet", 20, {4, 8, 16});
  const auto said = loadStartWeights(*network, *networkKind("ENet"), folder.path() / "start.pth");
  EXPECT_THAT(said, ::testing::Contains(HasSubstr("void from output 0 to 19")));
  const at::Tensor now = tensorsOf(*network).at("transposed_conv.weight"),
                   then = tensorsOf(*file).at("transposed_conv.weight");
  EXPECT_TRUE(now.narrow(1, 0, 19).equal(then.narrow(1, 1, 19)));
  EXPECT_TRUE(now.narrow(1, 19, 1).equal(then.narrow(1, 0, 1)));
}

}  // namespace
}  // namespace oodscope
