// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/sidecar.h"

#include "analysis/core/error.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string errorOf(const std::string& json) {
  const testing::TemporaryFolder folder;
  folder.write("net.json", json);
  try {
    (void)readSidecar(folder.path() / "net.pt");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::vector<std::string> textsOf(const ResolvedSidecar& resolved) {
  std::vector<std::string> out;
  for (const Assumption& assumption : resolved.assumptions) out.push_back(assumption.text);
  return out;
}

TEST(Sidecar, EachAssumptionSaysWhatItIsAbout) {
  const ResolvedSidecar resolved = resolveSidecar(std::nullopt, 20);
  ASSERT_GE(resolved.assumptions.size(), 4U);
  for (const Assumption& assumption : resolved.assumptions) {
    const bool isChannels = assumption.text.find("channel") != std::string::npos;
    EXPECT_EQ(assumption.about == Assumption::About::Outputs, isChannels) << assumption.text;
  }
}

TEST(Sidecar, WhatItDoesNotSayOfTheNormalisationIsAsPublishedAndSaid) {
  const ResolvedSidecar nothing = resolveSidecar(std::nullopt, 19, kImageNet);
  EXPECT_EQ(nothing.preprocessing.scale, 1.0 / 255.0);
  EXPECT_EQ(nothing.preprocessing.mean, (std::array{0.485, 0.456, 0.406}));
  EXPECT_EQ(nothing.preprocessing.deviation, (std::array{0.229, 0.224, 0.225}));
  EXPECT_THAT(textsOf(nothing),
              ::testing::Contains(::testing::StartsWith("no mean and standard deviation given: ImageNet's taken")));

  Sidecar half;
  half.preprocessing.mean = {0.5, 0.5, 0.5};
  const ResolvedSidecar mean = resolveSidecar(half, 19, kImageNet);
  EXPECT_EQ(mean.preprocessing.mean, (std::array{0.5, 0.5, 0.5}));
  EXPECT_EQ(mean.preprocessing.deviation, kImageNet.deviation);
  EXPECT_THAT(textsOf(mean), ::testing::Contains(::testing::StartsWith("no standard deviation given: ImageNet's")));

  half.preprocessing.deviation = {1, 1, 1};
  for (const std::string& text : textsOf(resolveSidecar(half, 19, kImageNet)))
    EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("ImageNet")));
}

TEST(InputNormalisation, TheTableIsTheFormula) {
  const NormalisationTable plain = tableOf({}), imageNet = tableOf(kImageNet);
  for (std::size_t v = 0; v < 256; ++v) {
    EXPECT_EQ(plain[0][v], static_cast<float>(v) / 255.0F) << v;
    EXPECT_FLOAT_EQ(imageNet[2][v], static_cast<float>((static_cast<double>(v) / 255.0 - 0.406) / 0.225)) << v;
  }
}

TEST(Sidecar, EveryFieldIsRead) {
  const testing::TemporaryFolder folder;
  folder.write("net.json", R"({"input_size": [640, 360], "resize": "bilinear", "scale": 1, "mean": [1, 2, 3],
    "std": [4, 5, 6], "channel_order": "bgr", "output": 1, "channels": ["a", "b"], "known_classes": 1,
    "void_channel": 1, "description": "made by hand"})");
  const auto sidecar = readSidecar(folder.path() / "net.pt");
  ASSERT_TRUE(sidecar.has_value());
  const ResolvedSidecar resolved = resolveSidecar(sidecar, 2);
  EXPECT_EQ(resolved.preprocessing.input, (Size{640, 360}));
  EXPECT_EQ(resolved.preprocessing.resize, ResizeRule::Bilinear);
  EXPECT_EQ(resolved.preprocessing.scale, 1.0);
  EXPECT_EQ(resolved.preprocessing.mean, (std::array<double, 3>{1, 2, 3}));
  EXPECT_EQ(resolved.preprocessing.deviation, (std::array<double, 3>{4, 5, 6}));
  EXPECT_TRUE(resolved.preprocessing.bgr);
  EXPECT_EQ(resolved.outputs.output, 1);
  EXPECT_EQ(resolved.outputs.channelNames, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(resolved.outputs.knownClasses, 1);
  EXPECT_EQ(resolved.outputs.voidChannel, 1);
  EXPECT_THAT(textsOf(resolved), ::testing::IsEmpty());
}

TEST(PreprocessingFields, ComeBackAsTheyWere) {
  const Preprocessing written{.input = {640, 360},
                              .resize = ResizeRule::Bilinear,
                              .scale = 1.0 / 3.0,
                              .mean = {0.1, -0.2, 1e-5},
                              .deviation = {0.3, 4.0, 1e9},
                              .bgr = true};
  const Preprocessing read = completed(readPreprocessingFields(parseJson(Value(fieldsOf(written)).json(), "made")));
  EXPECT_EQ(read.input, written.input);
  EXPECT_EQ(read.resize, written.resize);
  EXPECT_EQ(read.scale, written.scale);
  EXPECT_EQ(read.mean, written.mean);
  EXPECT_EQ(read.deviation, written.deviation);
  EXPECT_EQ(read.bgr, written.bgr);
}

TEST(PreprocessingFields, ThatAreAbsentStayAsTheyAre) {
  const PreprocessingFields fields = readPreprocessingFields(parseJson(R"({"scale": 1, "other": null})", "made"));
  EXPECT_EQ(fields.scale, 1.0);
  EXPECT_FALSE(fields.input || fields.resize || fields.mean || fields.deviation || fields.bgr);
  EXPECT_EQ(completed(fields, {.input = {64, 32}}).input, (Size{64, 32}));
  EXPECT_THROW(static_cast<void>(readPreprocessingFields(parseJson(R"({"scale": null})", "made"))), Error);
}

TEST(Sidecar, NoFileIsNoSidecar) {
  const testing::TemporaryFolder folder;
  EXPECT_FALSE(readSidecar(folder.path() / "net.pt").has_value());
}

TEST(Sidecar, MistakesAreNamedWithWhatWasExpected) {
  EXPECT_THAT(errorOf("[1, 2]"), HasSubstr("no JSON object"));
  EXPECT_THAT(errorOf("{\"scale\": "), ::testing::AllOf(HasSubstr("sidecar cannot be read"), HasSubstr("line 1")));
  EXPECT_THAT(errorOf("{\"scale\": 1, \"scale\": 2}"), HasSubstr("\"scale\" twice"));
  EXPECT_THAT(errorOf("{\"scal\": 1}"), HasSubstr("\"scal\""));
  EXPECT_THAT(errorOf("{\"scale\": 0}"), HasSubstr("a positive number"));
  EXPECT_THAT(errorOf("{\"scale\": \"1/255\"}"), HasSubstr("a positive number"));
  EXPECT_THAT(errorOf("{\"input_size\": [1024]}"), HasSubstr("[width, height]"));
  EXPECT_THAT(errorOf("{\"input_size\": [1024, -512]}"), HasSubstr("[width, height]"));
  EXPECT_THAT(errorOf("{\"input_size\": [1e9, 512]}"), HasSubstr("[width, height]"));
  EXPECT_THAT(errorOf("{\"resize\": \"bicubic\"}"), HasSubstr("pil-bilinear"));
  EXPECT_THAT(errorOf("{\"mean\": [1, 2]}"), HasSubstr("three numbers"));
  EXPECT_THAT(errorOf("{\"std\": [1, 0, 1]}"), HasSubstr("three positive numbers"));
  EXPECT_THAT(errorOf("{\"channel_order\": \"grb\"}"), HasSubstr("\"rgb\" or \"bgr\""));
  EXPECT_THAT(errorOf("{\"output\": 1.5}"), HasSubstr("an integer"));
  EXPECT_THAT(errorOf("{\"known_classes\": 0}"), HasSubstr("an integer from 1"));
  EXPECT_THAT(errorOf("{\"void_channel\": -2}"), HasSubstr("an integer from -1"));
  EXPECT_THAT(errorOf("{\"channels\": [1, 2]}"), HasSubstr("an array of names"));
  EXPECT_THAT(errorOf("{\"channels\": []}"), HasSubstr("net.json")) << "the file is named";
}

TEST(Sidecar, EveryValueHasARange) {
  EXPECT_THAT(errorOf("{\"scale\": 1e300}"), HasSubstr("1e-9 to 1e9"));
  EXPECT_THAT(errorOf("{\"scale\": 1e-300}"), HasSubstr("1e-9 to 1e9"));
  EXPECT_THAT(errorOf("{\"mean\": [0, 1e300, 0]}"), HasSubstr("-1e9 to 1e9"));
  EXPECT_THAT(errorOf("{\"std\": [1, 1e-300, 1]}"), HasSubstr("1e-9 to 1e9"));
  EXPECT_THAT(errorOf("{\"input_size\": [100000, 512]}"), HasSubstr("8 to 16384"));
  EXPECT_THAT(errorOf("{\"input_size\": [18446744073709551615, 512]}"), HasSubstr("8 to 16384"));
  EXPECT_THAT(errorOf("{\"output\": 18446744073709551615}"), HasSubstr("an integer from 0 to 255"));
  EXPECT_THAT(errorOf("{\"output\": \"\"}"), HasSubstr("a text of 1 to 200 bytes"));
  EXPECT_THAT(errorOf("{\"known_classes\": []}"), HasSubstr("a list of different channels"));
  EXPECT_THAT(errorOf("{\"known_classes\": [1, 2, 1]}"), HasSubstr("a list of different channels"));
  EXPECT_THAT(errorOf("{\"known_classes\": [-1]}"), HasSubstr("each from 0 to 4095"));
  EXPECT_THAT(errorOf("{\"state_dict\": 3}"), HasSubstr("a text"));
  EXPECT_THAT(errorOf("{\"description\": 3}"), HasSubstr("a text"));
  std::string many = "{\"channels\": [\"a\"";
  for (int i = 0; i < 5000; ++i) many += ",\"a\"";
  EXPECT_THAT(errorOf(many + "]}"), HasSubstr("1 to 4096"));
  EXPECT_THAT(errorOf("{\"channels\": [\"" + std::string(201, 'a') + "\"]}"), HasSubstr("1 to 200 bytes"));
}

TEST(Sidecar, AByteOrderMarkAndWindowsLineEndsAreRead) {
  const testing::TemporaryFolder folder;
  folder.write("net.json", "\xef\xbb\xbf{\r\n \"input_size\": [64, 32]\r\n}\r\n");
  EXPECT_EQ(readSidecar(folder.path() / "net.pt")->preprocessing.input, (Size{64, 32}));
}

TEST(Sidecar, DeepNestingIsRefusedInWords) {
  const std::string deep(200'000, '[');
  EXPECT_THAT(errorOf("{\"channels\": " + deep + std::string(deep.size(), ']') + "}"), HasSubstr("net.json"));
}

TEST(Sidecar, WhatIsNoFileIsNamed) {
  const testing::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "net.json");
  try {
    (void)readSidecar(folder.path() / "net.pt");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::AllOf(HasSubstr("a folder of that name"), HasSubstr("net.json")));
  }
}

TEST(Sidecar, IsFoundUnderTheModelsWholeNameToo) {
  const testing::TemporaryFolder folder;
  folder.write("net.pth.json", R"({"input_size": [64, 32]})");
  EXPECT_EQ(readSidecar(folder.path() / "net.pth")->preprocessing.input, (Size{64, 32}));
  folder.write("net.json", R"({"input_size": [128, 32]})");
  EXPECT_THROW((void)readSidecar(folder.path() / "net.pth"), Error) << "two that may differ";
}

TEST(Sidecar, NamesAnOutputAStateDictAndAListOfClasses) {
  const testing::TemporaryFolder folder;
  folder.write("net.json", R"({"output": "out", "state_dict": "ema", "known_classes": [2, 1], "void_channel": 0})");
  const auto sidecar = readSidecar(folder.path() / "net.pt");
  EXPECT_EQ(sidecar->outputName, "out");
  EXPECT_EQ(sidecar->stateDict, "ema");
  const ResolvedSidecar resolved = resolveSidecar(sidecar, 4);
  EXPECT_EQ(resolved.outputs.knownChannels, (std::vector<int>{1, 2}));
  EXPECT_EQ(resolved.outputs.knownClasses, 2);
  EXPECT_THROW((void)resolveSidecar(sidecar, 2), Error) << "channel 2 of 2";
}

TEST(Sidecar, AVoidChannelElsewhereThanLastLeavesAllOthersKnown) {
  Sidecar sidecar;
  sidecar.voidChannel = 0;
  const ResolvedSidecar first = resolveSidecar(sidecar, 20);
  EXPECT_EQ(first.outputs.knownClasses, 19);
  EXPECT_EQ(knownChannels(first.outputs, 20).front(), 1);
  EXPECT_EQ(knownChannels(first.outputs, 20).back(), 19);
  EXPECT_EQ(first.outputs.channelNames.front(), "void");
  EXPECT_EQ(first.outputs.channelNames.back(), "bicycle");
  EXPECT_FALSE(first.channelsAssumed);
  sidecar.voidChannel = 2;
  EXPECT_EQ(knownChannels(resolveSidecar(sidecar, 5).outputs, 5), (std::vector<int>{0, 1, 3, 4}));
  EXPECT_TRUE(resolveSidecar({}, 20).channelsAssumed);
}

TEST(Sidecar, KnownClassesThatHoldTheVoidChannelAreAContradiction) {
  Sidecar sidecar;
  sidecar.voidChannel = 1;
  sidecar.knownChannels = {0, 1};
  EXPECT_THROW((void)resolveSidecar(sidecar, 3), Error);
  sidecar.knownChannels.reset();
  sidecar.knownClasses = 3;
  EXPECT_THROW((void)resolveSidecar(sidecar, 3), Error);
}

TEST(Sidecar, ContradictionsOfTheNetworkAreErrors) {
  Sidecar sidecar;
  sidecar.channelNames = {"a", "b"};
  EXPECT_THROW((void)resolveSidecar(sidecar, 3), Error);
  sidecar = {};
  sidecar.voidChannel = 3;
  EXPECT_THROW((void)resolveSidecar(sidecar, 3), Error);
  sidecar = {};
  sidecar.knownClasses = 4;
  EXPECT_THROW((void)resolveSidecar(sidecar, 3), Error);
}

TEST(Sidecar, HeadsOfNineteenTwentyAndOtherCountsAreReadAsTheFieldDoes) {
  const ResolvedSidecar plain = resolveSidecar({}, 19), withVoid = resolveSidecar({}, 20),
                        other = resolveSidecar({}, 7);
  EXPECT_EQ(plain.outputs.knownClasses, 19);
  EXPECT_EQ(plain.outputs.voidChannel, -1);
  EXPECT_EQ(plain.outputs.channelNames.front(), "road");
  EXPECT_EQ(withVoid.outputs.knownClasses, 19);
  EXPECT_EQ(withVoid.outputs.voidChannel, 19);
  EXPECT_EQ(withVoid.outputs.channelNames.back(), "void");
  EXPECT_EQ(other.outputs.knownClasses, 7);
  EXPECT_EQ(other.outputs.voidChannel, -1);
  EXPECT_EQ(other.outputs.channelNames.size(), 7U);
  EXPECT_THAT(textsOf(withVoid), Contains(HasSubstr("channel 19 taken as void")));
  EXPECT_THAT(textsOf(plain), Not(Contains(HasSubstr("void"))));
  EXPECT_THAT(textsOf(other), Contains(HasSubstr("no channel names")));
}

TEST(Sidecar, NamesSeveralOutputsByNameOrPosition) {
  const testing::TemporaryFolder folder;
  const auto model = folder.path() / "m.pt";
  folder.write("m.json", R"({"outputs": {"outlier": 1, "logits": "out"}})");
  const auto sidecar = readSidecar(model);
  ASSERT_TRUE(sidecar);
  ASSERT_EQ(sidecar->outputs.size(), 2U);
  EXPECT_EQ(sidecar->outputs[0].output, Output::Logits);
  EXPECT_EQ(sidecar->outputs[0].name, "out");
  EXPECT_EQ(sidecar->outputs[1].output, Output::Outlier);
  EXPECT_EQ(sidecar->outputs[1].index, 1);
  for (const char* wrong : {R"({"outputs": {}})", R"({"outputs": ["out"]})", R"({"outputs": {"loggits": "out"}})",
                            R"({"outputs": {"logits": 1.5}})", R"({"outputs": {"logits": "out"}, "output": 0})"}) {
    folder.write("m.json", wrong);
    EXPECT_THROW((void)readSidecar(model), Error) << wrong;
  }
}

}  // namespace
}  // namespace oodscope
