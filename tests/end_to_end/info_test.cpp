// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace oodscope::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class InfoCommand : public ::testing::Test {
protected:
  InfoCommand() {
    writeSmallSet(scratch.path() / "SmallSet", 3);
    writeSmallModel(scratch / "small.pth");
  }
  const TemporaryFolder scratch;
};

TEST_F(InfoCommand, ASetSaysItsKindItsFramesAndItsLabels) {
  const CommandResult result = runCli({"info", scratch / "SmallSet"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("3 frames"), HasSubstr("labels: all"), HasSubstr("64x32: 3 frames")));
}

TEST_F(InfoCommand, AFolderOfSetsNamesEach) {
  writeSmallSet(scratch.path() / "Another", 2);
  const CommandResult result = runCli({"info", scratch.path()});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("holds 2 sets"), HasSubstr("3 frames"), HasSubstr("2 frames")));
}

TEST_F(InfoCommand, AModelSaysWhatItTakesAndGives) {
  const CommandResult result = runCli({"info", scratch / "small.pth"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("ERFNet"), HasSubstr("3x32x64"), HasSubstr("20x32x64"), HasSubstr("sha256")));
}

TEST_F(InfoCommand, ASessionNamesWhatItOpensAndWhatIsMissing) {
  const nlohmann::json session{{"oodscope_session", 1},
                               {"sets", {{{"path", "SmallSet"}}, {{"path", "Gone"}}}},
                               {"models", {{{"path", "small.pth"}}}},
                               {"scores", nlohmann::json::array()},
                               {"view", {{"set", "SmallSet"}, {"protocol", "fishyscapes"}}},
                               {"notes", nlohmann::json::array()}};
  scratch.write("work.json", session.dump());
  const CommandResult result = runCli({"info", scratch / "work.json"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("SmallSet\n"), HasSubstr("Gone (missing)"), HasSubstr("small.pth\n"),
                                HasSubstr("fishyscapes")));
}

TEST_F(InfoCommand, ABrokenSessionIsAnErrorWithItsFile) {
  scratch.write("work.json", R"({"oodscope_session": 1, "sets": "SmallSet"})");
  const CommandResult result = runCli({"info", scratch / "work.json"});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, HasSubstr("work.json"));
}

TEST_F(InfoCommand, APictureSaysItsSizeAndALabelItsValues) {
  const CommandResult image = runCli({"info", scratch / "SmallSet/images/0.png"});
  EXPECT_EQ(image.code, 0) << image.err;
  EXPECT_THAT(image.out, AllOf(HasSubstr("PNG"), HasSubstr("64x32"), Not(HasSubstr("values"))));
  const CommandResult label = runCli({"info", scratch / "SmallSet/labels_masks/0.png"});
  EXPECT_EQ(label.code, 0) << label.err;
  EXPECT_THAT(label.out, AllOf(HasSubstr("64x32"), HasSubstr("0, 1, 255")));
}

TEST_F(InfoCommand, AFileOfSeveralArraysListsThem) {
  const std::string folder = std::string(OODSCOPE_SOURCE_DIR) + "/tests/unit/formats/files/";
  const CommandResult several = runCli({"info", folder + "several.h5"});
  EXPECT_EQ(several.code, 0) << several.err;
  EXPECT_THAT(several.out,
              AllOf(HasSubstr("first (float32 20x30)"), HasSubstr("yes (bool 20x30)"), HasSubstr("--score-name")));
  const CommandResult matlab = runCli({"info", folder + "matlab.mat"});
  EXPECT_THAT(matlab.out, AllOf(HasSubstr("30x20"), HasSubstr("float32"), HasSubstr("MATLAB")));
}

TEST_F(InfoCommand, WhatIsThereButUnknownIsAnErrorWithItsFile) {
  scratch.write("notes.txt", "no picture, no scores");
  const CommandResult result = runCli({"info", scratch / "notes.txt"});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("notes.txt"), HasSubstr("a picture or a session"), HasSubstr("found plain text")));
  EXPECT_EQ(runCli({"info", scratch / "nothing"}).code, 3);
  EXPECT_EQ(runCli({"info"}).code, 2);
}

}  // namespace
}  // namespace oodscope::testing
