// SPDX-License-Identifier: GPL-3.0-or-later
// The library's own convolution is made wrong here, as LibTorch 2.6's is for some shapes and thread counts.
#include "inference/models/arrangement.inl.h"

#include "analysis/core/error.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/model.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/weights.inl.h"
#include "tests/support/temporary_folder.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/thnn_conv2d.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/library.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using testing::TemporaryFolder;

/// aten::mkldnn_convolution on more than one thread: the last quarter of the channels is 18 too large.
void wrongConvolution(const c10::OperatorHandle& operation, torch::jit::Stack* stack) {
  const std::size_t count = operation.schema().arguments().size();
  const auto inputs = torch::jit::last(*stack, count);
  const at::Tensor input = inputs[0].toTensor(), weight = inputs[1].toTensor();
  const at::Tensor bias = inputs[2].isTensor() ? inputs[2].toTensor() : at::Tensor();
  at::Tensor out = at::thnn_conv2d(input, weight, {weight.size(2), weight.size(3)}, bias, inputs[4].toIntVector(),
                                   inputs[3].toIntVector());
  const std::int64_t quarter = (out.size(1) + 3) / 4;
  if (at::get_num_threads() > 1) out.narrow(1, out.size(1) - quarter, quarter).add_(18.0);
  torch::jit::drop(*stack, count);
  torch::jit::push(*stack, std::move(out));
}

/// More than 20,480 values: LibTorch asks oneDNN for no smaller ones.
constexpr Size kArrangedInput{128, 96};

class WrongLibrary {
public:
  WrongLibrary() : m_library(torch::Library::IMPL, "aten", c10::DispatchKey::CPU, __FILE__, __LINE__) {
    m_library.impl("mkldnn_convolution", torch::CppFunction::makeFromBoxedFunction<&wrongConvolution>());
  }

private:
  torch::Library m_library;
};

class ArrangementTest : public ::testing::Test {
protected:
  void SetUp() override {
    if (!at::globalContext().hasMKLDNN()) GTEST_SKIP() << "this LibTorch has no oneDNN to be wrong";
    Verdicts::forget();
    torch::manual_seed(5);
    for (auto& [key, tensor] : stateDictOf(*makeNetwork("ERFNet", {.classes = 5, .widths = {8, 12, 16}})))
      m_tensors.emplace_back(key, tensor);
    writeStateDict(weights, m_tensors);
  }
  Model load() const { return Model::load(weights, options); }
  fs::path verdictFile() const {
    if (fs::exists(memory))
      for (const auto& entry : fs::directory_iterator(memory)) return entry.path();
    return {};
  }

  const TemporaryFolder folder;
  const fs::path weights = folder.path() / "net.pth", memory = folder.path() / "cache" / "arrangements";
  const ModelOptions options{.threads = 2, .preprocessing = Preprocessing{.input = kArrangedInput}, .memory = memory};
  const RgbImage image = probeImage(kArrangedInput);

private:
  StateDict m_tensors;
};

double arrangementsApart(const LogitsMap& a, const LogitsMap& b) {
  double most = 0.0;
  for (std::size_t i = 0; i < a.values.size(); ++i)
    most = std::max(most, std::abs(static_cast<double>(a.values[i]) - static_cast<double>(b.values[i])));
  return most;
}

TEST_F(ArrangementTest, WhatTheLibraryComputesWronglyIsReplacedAndSaid) {
  Model right = load();
  EXPECT_EQ(right.info().arrangement, "fast");
  EXPECT_THAT(right.info().warnings, IsEmpty());
  const LogitsMap expected = right.infer(image);
  Verdicts::forget();
  fs::remove_all(memory);

  const WrongLibrary wrong;
  EXPECT_GT(arrangementsApart(right.infer(image), expected), 0.1) << "the quick arrangement itself is wrong now";
  Model replaced = load();
  EXPECT_THAT(replaced.info().arrangement, StartsWith("own-convolutions; fast rejected: logits wrong by up to "));
  ASSERT_EQ(replaced.info().warnings.size(), 1U);
  EXPECT_THAT(replaced.info().warnings.front(),
              ::testing::AllOf(HasSubstr("LibTorch " + torchVersion()), HasSubstr("2 threads"), HasSubstr("wrongly"),
                               HasSubstr("\"own-convolutions\" is used instead")));
  EXPECT_LT(arrangementsApart(replaced.infer(image), expected), 1e-4);
  EXPECT_NE(replaced.logitsKey(), right.logitsKey()) << "what was stored of the wrong logits must not be found";
}

TEST_F(ArrangementTest, OneThreadIsRightAndKeepsTheQuickOne) {
  const WrongLibrary wrong;
  ModelOptions one = options;
  one.threads = 1;
  EXPECT_EQ(Model::load(weights, one).info().arrangement, "fast");
  EXPECT_THAT(load().info().arrangement, StartsWith("own-convolutions"))
      << "the verdict on one thread is not that on two";
}

TEST_F(ArrangementTest, TheCountOfThreadsIsInTheKeyWhereItChangesTheLogits) {
  ModelOptions one = options, three = options;
  one.threads = 1;
  three.threads = 3;
  Model onOne = Model::load(weights, one), onTwo = load(), onThree = Model::load(weights, three);
  const LogitsMap expected = onOne.infer(image);
  for (Model* model : {&onTwo, &onThree})
    EXPECT_EQ(model->logitsKey() == onOne.logitsKey(), model->infer(image).values == expected.values);
}

TEST_F(ArrangementTest, AVerdictIsRememberedForTheNextProcess) {
  {
    const WrongLibrary wrong;
    (void)load();
  }
  Verdicts::forget();
  ASSERT_FALSE(verdictFile().empty());
  const Model next = load();  // with a library that is right again: only the file can say so
  EXPECT_THAT(next.info().arrangement, StartsWith("own-convolutions"));
  EXPECT_EQ(next.info().warnings.size(), 1U) << "and it is said each time";
}

TEST_F(ArrangementTest, ADamagedAForeignAndACopiedVerdictAreNotTrusted) {
  {
    const WrongLibrary wrong;
    (void)load();
  }
  const fs::path file = verdictFile();
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  const auto arrangementWith = [&](const std::string& content, mode_t mode) {
    Verdicts::forget();
    fs::remove(file);
    std::ofstream(file) << content;
    chmod(file.c_str(), mode);
    return load().info().arrangement;
  };
  EXPECT_THAT(arrangementWith(text.str(), 0600), StartsWith("own-convolutions")) << "the file itself is good";
  std::string changed = text.str();
  changed.replace(changed.find("own-convolutions"), 16, "fast            ");
  EXPECT_EQ(arrangementWith(changed, 0600), "fast") << "found out again";
  for (const std::string& damaged : {std::string(), text.str().substr(0, 40), std::string(3000, '['),
                                     std::string("null"), std::string("{\"checksum\": 7}")})
    EXPECT_EQ(arrangementWith(damaged, 0600), "fast") << damaged.substr(0, 40);
  EXPECT_EQ(arrangementWith(text.str(), 0666), "fast") << "anybody may have written it";
  std::string other = text.str();
  other.replace(other.find("128x96"), 6, "128x64");
  EXPECT_EQ(arrangementWith(other, 0600), "fast") << "of another input size";
  fs::remove(file);
  folder.write("elsewhere.json", text.str());
  fs::create_symlink(folder.path() / "elsewhere.json", file);
  Verdicts::forget();
  EXPECT_EQ(load().info().arrangement, "fast") << "a link";
  std::stringstream after;
  after << std::ifstream(folder.path() / "elsewhere.json").rdbuf();
  EXPECT_EQ(after.str(), text.str()) << "and its target is not written to";
}

TEST_F(ArrangementTest, WithoutAFolderNothingIsWrittenAndAFolderThatCannotBeMadeCostsNothing) {
  ModelOptions none = options;
  none.memory.clear();
  EXPECT_EQ(Model::load(weights, none).info().arrangement, "fast");
  EXPECT_FALSE(fs::exists(memory));
  folder.write("file", "not a folder");
  none.memory = folder.path() / "file" / "arrangements";
  Verdicts::forget();
  EXPECT_EQ(Model::load(weights, none).info().arrangement, "fast");
}

TEST_F(ArrangementTest, AScriptIsComparedTooAndKeepsItsNumbers) {
  torch::jit::Module module("Net");
  module.register_parameter("weight", at::arange(0, 8 * 3 * 9, at::kFloat).sin().view({8, 3, 3, 3}), false);
  module.define(R"(
    def forward(self, x):
        return torch.conv2d(x, self.weight, None, [2, 2], [1, 1])
  )");
  const fs::path script = folder.path() / "net.pt";
  module.save(script.string());
  Model right = Model::load(script, options);
  EXPECT_EQ(right.info().arrangement, "as-scripted");
  const LogitsMap expected = right.infer(image);
  Verdicts::forget();
  fs::remove_all(memory);
  const WrongLibrary wrong;
  Model replaced = Model::load(script, options);
  EXPECT_THAT(replaced.info().arrangement, StartsWith("own-convolutions; as-scripted rejected"));
  EXPECT_LT(arrangementsApart(replaced.infer(image), expected), 1e-4);
}

TEST_F(ArrangementTest, AScriptThatIsRandomIsSaidToBeAndRunsAsItIs) {
  torch::jit::Module module("Net");
  module.define(R"(
    def forward(self, x):
        return x + torch.rand_like(x)
  )");
  const fs::path script = folder.path() / "random.pt";
  module.save(script.string());
  const Model model = Model::load(script, options);
  EXPECT_EQ(model.info().arrangement, "as-scripted");
  ASSERT_EQ(model.info().warnings.size(), 1U);
  EXPECT_THAT(model.info().warnings.front(), HasSubstr("other logits at every pass"));
  EXPECT_TRUE(verdictFile().empty());
}

TEST(CompareLogits, MeasuresTheLargestDifferenceAndTheShareBeyondRounding) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  const at::Tensor reference = torch::tensor({10.0F, 1.0F, nan, infinity});
  EXPECT_TRUE(compareLogits(reference, reference, {}).agrees) << "NaN where NaN is due";
  EXPECT_TRUE(compareLogits(reference, torch::tensor({10.0F, 1.0009F, nan, infinity}), {}).agrees)
      << "1e-4 of the largest";
  const LogitsComparison other = compareLogits(reference, torch::tensor({10.0F, 1.5F, nan, infinity}), {});
  EXPECT_FALSE(other.agrees);
  EXPECT_NEAR(other.largest, 0.5, 1e-6);
  EXPECT_EQ(other.beyond, 0.25);
  EXPECT_TRUE(compareLogits(reference, torch::tensor({10.0F, 1.5F, nan, infinity}), {.switched = 0.25}).agrees);
  EXPECT_EQ(compareLogits(reference, torch::tensor({10.0F, nan, nan, infinity}), {}).largest,
            std::numeric_limits<double>::infinity());
  EXPECT_FALSE(compareLogits(reference, torch::tensor({10.0F, 1.0F, 0.0F, infinity}), {}).agrees);
}

}  // namespace
}  // namespace oodscope
