// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript as people export it: several outputs, finished scores, probabilities, other layouts, failing passes.
#include "analysis/core/error.h"
#include "inference/models/model.h"
#include "inference/models/torch_reason.h"
#include "tests/support/temporary_folder.h"

#include <ATen/ops/full.h>
#include <c10/util/Exception.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr Size kInput{32, 16};

class ScriptModel : public ::testing::Test {
protected:
  /// Writes a script whose forward has this body; `x` is the picture, `z` are three channels of logits of it.
  fs::path write(const std::string& body, const std::string& name = "m.pt") const {
    torch::jit::Module module("Net");
    std::string source =
        "\ndef forward(self, x):\n    z = torch.cat([x[:, 0:1] * 6, 3 - x[:, 1:2] * 3, x[:, 2:3]], 1)\n";
    for (std::size_t at = 0; at < body.size();) {
      const auto end = std::min(body.find('\n', at), body.size());
      source += "    " + body.substr(at, end - at) + "\n";
      at = end + 1;
    }
    module.define(source);
    module.save((folder.path() / name).string());
    return folder.path() / name;
  }
  static Model load(const fs::path& file) {
    return Model::load(file, {.threads = 1, .preprocessing = Preprocessing{.input = kInput}});
  }
  static std::string refusal(const fs::path& file) {
    try {
      (void)load(file);
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(file.stem().string() + "."));  // the model or its sidecar
      return error.what();
    }
    return "no error";
  }
  /// Logits of a picture of one colour at a pixel: 6 r, 3 - 3 g, b.
  static std::vector<float> pixelOf(Model& model) {
    const LogitsMap map = model.infer(RgbImage(kInput, {51, 102, 255}));
    std::vector<float> out;
    for (int c = 0; c < map.channels; ++c)
      out.push_back(map.values[static_cast<std::size_t>(c) * map.size.area() + 40]);
    return out;
  }
  static auto isLogits() {
    return ElementsAre(::testing::FloatNear(1.2F, 1e-5F), ::testing::FloatNear(1.8F, 1e-5F),
                       ::testing::FloatNear(1.0F, 1e-5F));
  }
  void expectLogits(const std::string& body, const std::string& said) const {
    Model model = load(write(body));
    EXPECT_THAT(pixelOf(model), isLogits()) << body;
    if (!said.empty()) {
      EXPECT_THAT(model.info().warnings, Contains(HasSubstr(said))) << body;
    }
  }
  const testing::TemporaryFolder folder;
};

TEST_F(ScriptModel, PlainLogitsNeedNoWarning) {
  Model model = load(write("return z"));
  EXPECT_THAT(pixelOf(model), isLogits());
  EXPECT_THAT(model.info().warnings, IsEmpty());
}

TEST_F(ScriptModel, OfADictionaryTheMainHeadIsTakenAndSaid) {
  expectLogits("return {\"aux\": z * 0 + 0.5, \"out\": z}", "output out taken of 2");
  expectLogits("return {\"aux\": z * 0 + 0.5, \"result\": z}", "output result taken of 2");
  expectLogits("return {\"aux\": z[:, :, ::2, ::2] * 0, \"a\": z}", "output a taken of 2");
}

TEST_F(ScriptModel, OfAListTheFirstOfTheLargestIsTaken) {
  Model first = load(write("return z, z * 0 + 0.5"));
  EXPECT_THAT(pixelOf(first), isLogits());
  EXPECT_THAT(first.info().warnings, IsEmpty()) << "a main head before its auxiliary ones is the custom";
  EXPECT_THAT(first.info().assumptions, Contains(HasSubstr("output 0 taken of 2")));
  expectLogits("return [z[:, :, ::4, ::4] * 0 + 0.5, z]", "output 1 taken of 2");
  expectLogits("return x.mean(), [z]", "");
  expectLogits("return z.argmax(1), z", "");
}

TEST_F(ScriptModel, TheSidecarNamesAnOutputByPositionOrName) {
  const fs::path file = write("return {\"aux\": z, \"out\": z * 0 + 0.5}");
  for (const char* output : {"\"aux\"", "0"}) {
    folder.write("m.json", std::string("{\"output\": ") + output + "}");
    Model model = load(file);
    EXPECT_THAT(pixelOf(model), isLogits());
    EXPECT_EQ(model.info().outputs.output, 0);
    EXPECT_THAT(model.info().warnings, IsEmpty());
  }
  folder.write("m.json", "{\"output\": \"main\"}");
  EXPECT_THAT(refusal(file), AllOf(HasSubstr("no such output"), HasSubstr("\"main\""), HasSubstr("aux (1x3x16x32"),
                                   HasSubstr("out (1x3x16x32")));
}

TEST_F(ScriptModel, OneChannelIsNoLogits) {
  for (const char* body : {"return x[:, 0:1]", "return x[:, 0]", "return x[0, 0]"}) {
    EXPECT_THAT(refusal(write(body)),
                AllOf(HasSubstr("no map of logits"), HasSubstr("one channel: a score map"), HasSubstr("--scores")))
        << body;
  }
}

TEST_F(ScriptModel, ClassIndicesAreNoLogits) {
  for (const char* body : {"return z.argmax(1)", "return z.argmax(1, True)", "return z > 1"}) {
    EXPECT_THAT(refusal(write(body)), AllOf(HasSubstr("class indices (argmax)"), HasSubstr("without its last argmax")))
        << body;
  }
}

TEST_F(ScriptModel, ProbabilitiesAreSaid) {
  const auto warnings = [&](const char* body) { return load(write(body)).info().warnings; };
  EXPECT_THAT(warnings("return torch.softmax(z * 2, 1)"), ElementsAre(HasSubstr("sum to 1")));
  EXPECT_THAT(warnings("return torch.log_softmax(z * 2, 1)"), ElementsAre(HasSubstr("logarithms of probabilities")));
  EXPECT_THAT(warnings("return torch.sigmoid(z)"), ElementsAre(HasSubstr("between 0 and 1")));
}

TEST_F(ScriptModel, NotANumberIsSaidWithItsCount) {
  EXPECT_THAT(load(write("return torch.cat([z[:, 0:2], z[:, 2:3] / 0.0 * 0.0], 1)")).info().warnings,
              ElementsAre(HasSubstr("512 of 1536 values")));
}

TEST_F(ScriptModel, ChannelsLastAndAMissingBatchAreRead) {
  expectLogits("return z.permute([0, 2, 3, 1])", "");
  expectLogits("return z[0]", "");
  expectLogits("return z[0].permute([1, 2, 0])", "");
  EXPECT_THAT(load(write("return z.permute([0, 2, 3, 1])")).info().assumptions,
              Contains(HasSubstr("height x width x channels")));
}

TEST_F(ScriptModel, AScriptThatViewsItsInputIsGivenPlanarMemory) {
  expectLogits("return z + x.view([-1]).sum() * 0", "");
}

TEST_F(ScriptModel, ExchangedSidesAreRefusedAndAnotherRatioIsSaid) {
  EXPECT_THAT(refusal(write("return z.transpose(2, 3)")), HasSubstr("width and height exchanged"));
  Model model = load(write("return z[:, :, :, 0:20]"));
  EXPECT_THAT(model.info().warnings, ElementsAre(AllOf(HasSubstr("20x16"), HasSubstr("32x16"))));
  EXPECT_THAT(load(write("return z[:, :, ::4, ::4]")).info().warnings, IsEmpty());
}

TEST_F(ScriptModel, VectorsAndBatchesAreNoMap) {
  EXPECT_THAT(refusal(write("return z.mean([2, 3])")), HasSubstr("one vector for the whole picture"));
  EXPECT_THAT(refusal(write("return z.mean([2, 3], True)")), HasSubstr("one vector for the whole picture"));
  EXPECT_THAT(refusal(write("return torch.cat([z, z], 0)")), HasSubstr("a batch of 2"));
  EXPECT_THAT(refusal(write("return 3")), HasSubstr("no tensor"));
}

TEST_F(ScriptModel, AReasonIsGivenWhereThePassFails) {
  EXPECT_THAT(refusal(write("assert x.size(3) < 4, \"too wide\"\nreturn z")),
              AllOf(HasSubstr("1x3x16x32"), HasSubstr("too wide"), Not(HasSubstr("\n"))));
  EXPECT_THAT(refusal(write("return z + torch.zeros([1, 3, 8, 8])")),
              AllOf(HasSubstr("must match"), HasSubstr("traced for another input size"), HasSubstr("input_size")));
  EXPECT_THAT(refusal(write("return z.to(\"cuda\")")), HasSubstr("CUDA device itself"));
}

TEST_F(ScriptModel, HalfPrecisionWeightsAreConvertedAndSaid) {
  torch::jit::Module module("Net");
  module.register_parameter("gain", at::full({1}, 2.0, at::kHalf), false);
  module.define("\ndef forward(self, x):\n    return x * self.gain - 1\n");
  module.save((folder.path() / "half.pt").string());
  const Model model = load(folder.path() / "half.pt");
  EXPECT_THAT(model.info().warnings, Contains(HasSubstr("converted to float32")));
}

TEST_F(ScriptModel, AStateDictCannotBeChosenInAScript) {
  const fs::path file = write("return z");
  folder.write("m.json", R"({"state_dict": "ema"})");
  EXPECT_THAT(refusal(file), AllOf(HasSubstr("TorchScript"), HasSubstr("ema")));
}

std::string reasonOf(const std::string& text) { return torchReason(std::runtime_error(text)); }

TEST(TorchReason, BeginsWithTheFirstLineThatSaysSomething) {
  EXPECT_EQ(reasonOf("\n  \nOut of luck.\nException raised from f at x.cpp:3\nframe #0: main"), "Out of luck.");
  EXPECT_EQ(reasonOf("The following operation failed in the TorchScript interpreter.\nTraceback of TorchScript (most "
                     "recent call last):\n  File \"a.py\", line 3, in forward\n    return f(x)\n           ~ <--- "
                     "HERE\nRuntimeError: bad luck\n"),
            "bad luck");
}

TEST(TorchReason, IsNeverEmptyNorLongNorOfSeveralLines) {
  EXPECT_EQ(reasonOf(""), "LibTorch gives no reason");
  EXPECT_EQ(reasonOf("\n\n"), "LibTorch gives no reason");
  const std::string longText = reasonOf(std::string(150, 'a') + "\n" + std::string(500, 'b'));
  EXPECT_LT(longText.size(), 310U);
  EXPECT_EQ(longText.find('\n'), std::string::npos);
  EXPECT_FALSE(reasonOf("frame #0: main").empty());
}

TEST(TorchReason, KnowsANewerFileAndAnUnknownOperator) {
  EXPECT_THAT(reasonOf("\nAttempted to read a PyTorch file with version 99, but the maximum supported version for "
                       "reading is 10."),
              AllOf(HasSubstr("version 99"), HasSubstr("a newer PyTorch wrote the file")));
  EXPECT_THAT(reasonOf("\nUnknown builtin op: aten::cat_of_tomorrow.\nHere are some suggestions:\n\taten::cat"),
              AllOf(HasSubstr("cat_of_tomorrow"), Not(HasSubstr("suggestions"))));
}

TEST(TorchReason, LeavesOutTheBacktraceOfTorchsOwnErrors) {
  try {
    TORCH_CHECK(false, "\nthe sizes are wrong");
  } catch (const c10::Error& error) {
    EXPECT_EQ(torchReason(error), "the sizes are wrong");
  }
}

TEST_F(ScriptModel, TheSidecarNamesSeveralOutputs) {
  const fs::path file = write("return {\"aux\": x[:, 0:2, ::2, ::2] * 2, \"out\": z}");
  folder.write("m.json", R"({"outputs": {"logits": "out", "outlier": "aux"}})");
  Model model = load(file);
  ASSERT_EQ(model.info().arrays.size(), 2U);
  EXPECT_EQ(model.info().channels, 3);
  EXPECT_EQ(model.info().arrayNames, "logits=out, outlier=aux");
  EXPECT_THAT(pixelOf(model), isLogits());
  const OutputMaps maps = model.inferOutputs(RgbImage(kInput, {51, 102, 255}));
  ASSERT_EQ(maps.maps.size(), 2U);
  EXPECT_EQ(maps.maps[1].channels, 2);
  EXPECT_EQ(maps.maps[1].size, (Size{16, 8}));
  EXPECT_NEAR(maps.maps[1].values[0], 0.4F, 1e-5F);
  EXPECT_NEAR(maps.maps[1].values[16 * 8], 0.8F, 1e-5F);
  const std::string key = model.logitsKey();
  folder.write("m.json", R"({"output": "out"})");
  EXPECT_NE(load(file).logitsKey(), key);
}

TEST_F(ScriptModel, AMaskNetworkHasNoLogitsAndAsManyClassesAsKnown) {
  const fs::path file = write(
      "m = torch.cat([z, z * 2], 1)[:, :, ::4, ::4]\nreturn z.mean(2).mean(2).reshape(1, 1, 3).repeat(1, 6, 1), m");
  folder.write("m.json", R"({"outputs": {"class_logits": 0, "mask_logits": 1}, "known_classes": 2})");
  Model model = load(file);
  EXPECT_EQ(model.info().channels, 2);
  EXPECT_EQ(model.info().output, (Size{8, 4}));
  const OutputMaps maps = model.inferOutputs(RgbImage(kInput, {51, 102, 255}));
  ASSERT_EQ(maps.maps.size(), 2U);
  EXPECT_EQ(maps.maps[0].channels, 6);
  EXPECT_EQ(maps.maps[0].size, (Size{3, 1}));
  EXPECT_EQ(maps.maps[1].channels, 6);
  folder.write("m.json", R"({"outputs": {"class_logits": 0, "mask_logits": 1}})");
  EXPECT_THAT(refusal(file), AllOf(HasSubstr("20 or 21 columns"), HasSubstr("3 columns")));
  folder.write("m.json", R"({"outputs": {"mask_logits": 1}})");
  EXPECT_THAT(refusal(file), HasSubstr("\"class_logits\" and \"mask_logits\", or neither"));
  folder.write("m.json", R"({"outputs": {"outlier": 1}})");
  EXPECT_THAT(refusal(file), AllOf(HasSubstr("\"outlier\""), HasSubstr("1 or 2 x h x w"), HasSubstr("1x6x4x8")));
}

}  // namespace
}  // namespace oodscope
