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

TEST(Sidecar, EveryFieldIsRead) {
  const testing::TemporaryFolder folder;
  folder.write("net.json", R"({"input_size": [640, 360], "resize": "bilinear", "scale": 1, "mean": [1, 2, 3],
    "std": [4, 5, 6], "channel_order": "bgr", "output": 1, "channels": ["a", "b"], "known_classes": 1,
    "void_channel": 1, "description": "made by hand"})");
  const auto sidecar = readSidecar(folder.path() / "net.pt");
  ASSERT_TRUE(sidecar.has_value());
  const Settled settled = settle(sidecar, 2);
  EXPECT_EQ(settled.preprocessing.input, (Size{640, 360}));
  EXPECT_EQ(settled.preprocessing.resize, ResizeRule::Bilinear);
  EXPECT_EQ(settled.preprocessing.scale, 1.0);
  EXPECT_EQ(settled.preprocessing.mean, (std::array<double, 3>{1, 2, 3}));
  EXPECT_EQ(settled.preprocessing.deviation, (std::array<double, 3>{4, 5, 6}));
  EXPECT_TRUE(settled.preprocessing.bgr);
  EXPECT_EQ(settled.outputs.output, 1);
  EXPECT_EQ(settled.outputs.channelNames, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(settled.outputs.knownClasses, 1);
  EXPECT_EQ(settled.outputs.voidChannel, 1);
  EXPECT_TRUE(settled.assumptions.empty()) << settled.assumptions.front();
}

TEST(Sidecar, NoFileIsNoSidecar) {
  const testing::TemporaryFolder folder;
  EXPECT_FALSE(readSidecar(folder.path() / "net.pt").has_value());
}

TEST(Sidecar, MistakesAreNamedWithWhatWasExpected) {
  EXPECT_THAT(errorOf("[1, 2]"), HasSubstr("no JSON object"));
  EXPECT_THAT(errorOf("{\"scale\": "), HasSubstr("no JSON object"));
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

TEST(Sidecar, ContradictionsOfTheNetworkAreErrors) {
  Sidecar sidecar;
  sidecar.channelNames = {"a", "b"};
  EXPECT_THROW((void)settle(sidecar, 3), Error);
  sidecar = {};
  sidecar.voidChannel = 3;
  EXPECT_THROW((void)settle(sidecar, 3), Error);
  sidecar = {};
  sidecar.knownClasses = 4;
  EXPECT_THROW((void)settle(sidecar, 3), Error);
}

TEST(Sidecar, HeadsOfNineteenTwentyAndOtherCountsAreReadAsTheFieldDoes) {
  const Settled plain = settle({}, 19), withVoid = settle({}, 20), other = settle({}, 7);
  EXPECT_EQ(plain.outputs.knownClasses, 19);
  EXPECT_EQ(plain.outputs.voidChannel, -1);
  EXPECT_EQ(plain.outputs.channelNames.front(), "road");
  EXPECT_EQ(withVoid.outputs.knownClasses, 19);
  EXPECT_EQ(withVoid.outputs.voidChannel, 19);
  EXPECT_EQ(withVoid.outputs.channelNames.back(), "void");
  EXPECT_EQ(other.outputs.knownClasses, 7);
  EXPECT_EQ(other.outputs.voidChannel, -1);
  EXPECT_EQ(other.outputs.channelNames.size(), 7U);
  EXPECT_THAT(withVoid.assumptions, Contains(HasSubstr("channel 19 taken as void")));
  EXPECT_THAT(plain.assumptions, Not(Contains(HasSubstr("void"))));
  EXPECT_THAT(other.assumptions, Contains(HasSubstr("no channel names")));
}

}  // namespace
}  // namespace oodscope
