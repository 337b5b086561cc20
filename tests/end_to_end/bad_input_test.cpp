// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/end_to_end/command.h"
#include "tests/support/shared_data.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;

void writeText(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

}  // namespace

TEST(Usage, WrongOptionsExitWithTwo) {
  EXPECT_EQ(runCli({}).code, 2);
  EXPECT_EQ(runCli({"evaluate"}).code, 2);
  EXPECT_EQ(runCli({"evaluate", "--set", ".", "--model", "x.pth", "--method", "mps"}).code, 2);
  EXPECT_EQ(runCli({"evaluate", "--set", ".", "--model", "x.pth", "--temperature", "0"}).code, 2);
  EXPECT_EQ(runCli({"evaluate", "--set", ".", "--model", "x.pth", "--protocol", "smiyc"}).code, 2);
  const CommandResult named = runCli({"evaluate", "--set", ".", "--model", "x.pth", "--method", "mps"});
  EXPECT_NE(named.err.find("'mps' is none of msp"), std::string::npos) << named.err;
  EXPECT_EQ(runCli({"--help"}).code, 0);
  EXPECT_EQ(runCli({"--version"}).code, 0);
}

TEST(BadInput, MissingSetOrModelExitsWithThreeAndNamesIt) {
  const ScratchFolder scratch;
  const CommandResult model = runCli({"evaluate", "--set", scratch.path(), "--model", scratch / "absent.pth"});
  EXPECT_EQ(model.code, 3);
  EXPECT_NE(model.err.find("absent.pth"), std::string::npos) << model.err;
  OODSCOPE_SHARED_OR_SKIP(weights, "data/weights/erfnet_cityscapes_20.pth");
  const CommandResult set = runCli({"evaluate", "--set", scratch / "nothing", "--model", weights});
  EXPECT_EQ(set.code, 3);
  EXPECT_NE(set.err.find("nothing"), std::string::npos) << set.err;
}

TEST(BadInput, ModelsOfOtherKindsAreRefusedWithTheReason) {
  OODSCOPE_SHARED_OR_SKIP(weights, "data/weights");
  OODSCOPE_SHARED_OR_SKIP(set, "data/course_sets/RoadAnomaly21");
  const ScratchFolder scratch;
  writeText(scratch / "empty.pth", "");
  writeText(scratch / "text.pth", "this is no checkpoint");
  fs::copy_file(weights / "erfnet_cityscapes_20.pth", scratch / "cut.pth");
  fs::resize_file(scratch / "cut.pth", 100000);
  for (const std::string& file :
       {(weights / "enet_other_layout.pth").string(), (weights / "espnetv2_s2.0_cityscapes_20.pth").string(),
        scratch / "empty.pth", scratch / "text.pth", scratch / "cut.pth"}) {
    const CommandResult result = runCli({"evaluate", "--set", set, "--model", file});
    EXPECT_EQ(result.code, 3) << file << result.err;
    EXPECT_NE(result.err.find(fs::path(file).filename().string()), std::string::npos) << result.err;
  }
}

TEST(BadInput, ABrokenFrameIsListedAndTheRestGoesOn) {
  OODSCOPE_SHARED_OR_SKIP(set, "data/course_sets/RoadAnomaly21");
  OODSCOPE_SHARED_OR_SKIP(model, "data/weights/erfnet_cityscapes_20.pth");
  const ScratchFolder scratch;
  const fs::path copy = scratch.path() / "RoadAnomaly21";
  fs::create_directories(copy);
  fs::copy(set, copy, fs::copy_options::recursive);
  fs::resize_file(copy / "images/3.png", 2000);
  fs::resize_file(copy / "labels_masks/5.png", 0);
  const CommandResult result = runCli({"evaluate", "--set", copy, "--model", model, "--format", "json"});
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_NE(result.err.find("3.png"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("5.png"), std::string::npos) << result.err;
  const auto table = nlohmann::json::parse(result.out);
  ASSERT_EQ(table.at("rows").size(), 1U);
  EXPECT_EQ(table.at("rows").front().at("frames"), 8);
}

TEST(BadInput, AnUnwritableOutputLosesNothingSilently) {
  OODSCOPE_SHARED_OR_SKIP(set, "data/course_sets/RoadAnomaly21");
  OODSCOPE_SHARED_OR_SKIP(model, "data/weights/erfnet_cityscapes_20.pth");
  const CommandResult result = runCli({"evaluate", "--set", set, "--model", model, "--output", "/proc/none/table.md"});
  EXPECT_NE(result.code, 0);
  EXPECT_NE(result.err.find("/proc/none"), std::string::npos) << result.err;
  EXPECT_NE(result.out.find("RoadAnomaly21"), std::string::npos) << "the table goes to standard output instead";
}

}  // namespace oodscope::testing
