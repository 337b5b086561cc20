// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/zip_archive.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/shared_data.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

void writeText(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

/// A small set of three frames and a small network.
class BadInput : public ::testing::Test {
protected:
  BadInput() {
    writeSmallSet(set, 3);
    writeSmallModel(model);
  }
  [[nodiscard]] CommandResult evaluate(std::vector<std::string> more = {}, const RunOptions& options = {}) const {
    std::vector<std::string> all{"evaluate",        "--set",    set.string(), "--cache-dir",
                                 scratch / "cache", "--format", "json"};
    if (std::find(more.begin(), more.end(), "--scores") == more.end()) all.insert(all.end(), {"--model", model});
    all.insert(all.end(), more.begin(), more.end());
    return runCli(all, options);
  }
  const TemporaryFolder scratch;
  const fs::path set = scratch.path() / "SmallSet";
  const std::string model = scratch / "small.pth";
};

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

TEST(BadRealInput, MissingSetOrModelExitsWithThreeAndNamesIt) {
  const TemporaryFolder scratch;
  const CommandResult model = runCli({"evaluate", "--set", scratch.path(), "--model", scratch / "absent.pth"});
  EXPECT_EQ(model.code, 3);
  EXPECT_NE(model.err.find("absent.pth"), std::string::npos) << model.err;
  OODSCOPE_SHARED_OR_SKIP(weights, "data/weights/erfnet_cityscapes_20.pth");
  const CommandResult set = runCli({"evaluate", "--set", scratch / "nothing", "--model", weights});
  EXPECT_EQ(set.code, 3);
  EXPECT_NE(set.err.find("nothing"), std::string::npos) << set.err;
}

TEST(BadRealInput, ModelsOfOtherKindsAreRefusedWithTheReason) {
  OODSCOPE_SHARED_OR_SKIP(weights, "data/weights");
  OODSCOPE_SHARED_OR_SKIP(set, "data/course_sets/RoadAnomaly21");
  const TemporaryFolder scratch;
  writeText(scratch / "empty.pth", "");
  writeText(scratch / "text.pth", "this is no checkpoint");
  fs::copy_file(weights / "erfnet_cityscapes_20.pth", scratch / "cut.pth");
  fs::resize_file(scratch / "cut.pth", 100000);
  for (const std::string& file : {(weights / "enet_other_layout.pth").string(), scratch / "empty.pth",
                                  scratch / "text.pth", scratch / "cut.pth"}) {
    const CommandResult result = runCli({"evaluate", "--set", set, "--model", file});
    EXPECT_EQ(result.code, 3) << file << result.err;
    EXPECT_NE(result.err.find(fs::path(file).filename().string()), std::string::npos) << result.err;
  }
}

TEST(BadRealInput, ABrokenFrameIsListedAndTheRestGoesOn) {
  OODSCOPE_SHARED_OR_SKIP(set, "data/course_sets/RoadAnomaly21");
  OODSCOPE_SHARED_OR_SKIP(model, "data/weights/erfnet_cityscapes_20.pth");
  const TemporaryFolder scratch;
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

TEST(BadRealInput, AnUnwritableOutputLosesNothingSilently) {
  OODSCOPE_SHARED_OR_SKIP(set, "data/course_sets/RoadAnomaly21");
  OODSCOPE_SHARED_OR_SKIP(model, "data/weights/erfnet_cityscapes_20.pth");
  const CommandResult result = runCli({"evaluate", "--set", set, "--model", model, "--output", "/proc/none/table.md"});
  EXPECT_NE(result.code, 0);
  EXPECT_NE(result.err.find("/proc/none"), std::string::npos) << result.err;
  EXPECT_NE(result.out.find("RoadAnomaly21"), std::string::npos) << "the table goes to standard output instead";
}

TEST_F(BadInput, NoneIsEvaluatedWithoutAWord) {
  const CommandResult result = evaluate();
  EXPECT_EQ(result.code, 0) << result.err;
  // Scores of a network that is not trained may well have the wrong sign, which is all that may be said.
  const std::string allowed = "(warning: [^\n]*AUROC 4[^\n]*polarity[^\n]*\n)?";
  EXPECT_THAT(result.err, ::testing::MatchesRegex(allowed));
  const json row = json::parse(result.out).at("rows").at(0);
  EXPECT_EQ(row.at("frames"), 3);
  EXPECT_EQ(row.at("positives"), 3 * 96);
}

TEST_F(BadInput, APickleThatRunsCodeIsRefusedByNameAndNotRun) {
  const std::string trace = scratch / "was-run";
  const std::string pickled =
      "\x80\x02"
      "cposix\nsystem\n(Vtouch " +
      trace + "\ntR.";
  ZipWriter zip;
  zip.add("archive/data.pkl", std::as_bytes(std::span(pickled)));
  const auto bytes = zip.finish();
  writeText(scratch / "evil.pth", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const CommandResult result = runCli({"evaluate", "--set", set, "--model", scratch / "evil.pth"});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, AllOf(HasSubstr("posix.system"), HasSubstr("nothing was run"), HasSubstr("evil.pth")));
  EXPECT_FALSE(fs::exists(trace));
}

TEST_F(BadInput, ALegacyCheckpointGivesTheNumbersOfTheNewFormat) {
  if (std::system("/usr/bin/python3 -c 'import torch' 2>/dev/null") != 0) GTEST_SKIP() << "python3-torch is absent";
  const std::string legacy = scratch / "legacy.pth";
  const std::string command = "/usr/bin/python3 -c \"import torch; torch.save(torch.load('" + model + "'), '" + legacy +
                              "', _use_new_zipfile_serialization=False)\"";
  ASSERT_EQ(std::system(command.c_str()), 0);
  fs::copy_file(scratch / "small.json", scratch / "legacy.json");
  const CommandResult old = runCli({"evaluate", "--set", set, "--model", legacy, "--no-cache", "--format", "json"});
  ASSERT_EQ(old.code, 0) << old.err;
  EXPECT_EQ(json::parse(old.out).at("rows").at(0).at("ap"), json::parse(evaluate().out).at("rows").at(0).at("ap"));
}

TEST_F(BadInput, ABrokenSidecarIsNamed) {
  writeText(scratch / "small.json", R"({"input_size": "1024x512"})");
  const CommandResult result = evaluate();
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, AllOf(HasSubstr("small.json"), HasSubstr("[width, height]")));
}

TEST_F(BadInput, AnInputRangeThatCannotBeRightIsWarnedOf) {
  writeText(scratch / "small.json", R"({"input_size": [64, 32], "scale": 1})");
  const CommandResult result = evaluate();
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("input values run from 0 to 255"));
  EXPECT_EQ(evaluate({"--quiet"}).err, "");
}

TEST_F(BadInput, VerboseSaysWhatWasAssumed) {
  EXPECT_THAT(evaluate({"--verbose"}).err, AllOf(HasSubstr("no scaling given"), HasSubstr("channel 19 taken as void")));
}

TEST_F(BadInput, AVoidChannelThatIsNotThereIsAMessage) {
  const CommandResult result = evaluate({"--void-channel", "20"});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, AllOf(HasSubstr("void_channel -1 to 19"), HasSubstr("void channel 20")));
}

TEST_F(BadInput, AnImageAndALabelOfDifferentSizesAreBothNamed) {
  fillLabel(set, 1, 1, {32, 32});
  const CommandResult result = evaluate();
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("frame 1"), HasSubstr("64x32"), HasSubstr("32x32"), HasSubstr("1.png")));
  const json row = json::parse(result.out).at("rows").at(0);
  EXPECT_EQ(row.at("frames"), 2);
  EXPECT_EQ(row.at("skipped"), 1);
  EXPECT_EQ(row.at("failed"), 1);
  EXPECT_EQ(row.at("exact"), false);
  EXPECT_EQ(row.at("precision"), "float16");
}

TEST_F(BadInput, AFrameThatIsAllVoidIsSkippedAndTheRestCounts) {
  fillLabel(set, 1, 255);
  const CommandResult result = evaluate();
  EXPECT_EQ(result.code, 0) << result.err;
  const json row = json::parse(result.out).at("rows").at(0);
  EXPECT_EQ(row.at("frames"), 2);
  EXPECT_EQ(row.at("skipped"), 1);
  EXPECT_EQ(row.at("positives"), 2 * 96);
}

TEST_F(BadInput, ASetWithoutAnyAnomalyHasNoNumbersAndSaysWhy) {
  for (int i = 0; i < 3; ++i) fillLabel(set, i, 0);
  const CommandResult result = evaluate({"--protocol", "course,fishyscapes,smiyc2023,streethazards"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("no anomalous pixel"));
  const json table = json::parse(result.out);
  ASSERT_EQ(table.at("rows").size(), 4U);
  for (const json& row : table.at("rows")) {
    EXPECT_TRUE(row.at("ap").is_null()) << row;
    EXPECT_TRUE(row.at("fpr95").is_null()) << row;
    EXPECT_TRUE(row.at("auroc").is_null()) << row;
    EXPECT_TRUE(row.at("best_f1").is_null()) << row;
  }
}

TEST_F(BadInput, AnUnreadableOrEmptyImageIsListedOnceAndTheRestGoesOn) {
  writeText(set / "images/0.png", "");
  writeText(set / "images/2.png", "GIF89a is no picture that is known here");
  const CommandResult result = evaluate({"--protocol", "course,fishyscapes"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("0.png"), HasSubstr("2.png")));
  EXPECT_EQ(json::parse(result.out).at("rows").at(0).at("frames"), 1);
}

TEST_F(BadInput, ASetWhoseEveryImageIsBrokenExitsWithThree) {
  for (int i = 0; i < 3; ++i) writeText(set / "images" / (std::to_string(i) + ".png"), "no picture");
  const CommandResult result = evaluate();
  EXPECT_EQ(result.code, 3);
  EXPECT_EQ(result.out, "");
}

TEST_F(BadInput, AFullDiskForTheCacheCostsNothingButTheCache) {
  // A frame's logits take 80 KiB.
  const CommandResult result = evaluate({}, {.fileSizeLimit = 20'000});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("no logits can be kept in"), HasSubstr("temporary files and in memory")));
  EXPECT_EQ(countFiles(scratch.path() / "cache", ".npy"), 0U);
  EXPECT_EQ(json::parse(result.out).at("rows"), json::parse(evaluate().out).at("rows"));
}

TEST_F(BadInput, AFullDiskForTheOutputPutsTheTableOnStandardOutput) {
  static_cast<void>(evaluate());  // so that the cache needs no more room
  writeText(scratch / "table.json", "what was there before");
  const CommandResult result = evaluate({"--temperature", "1,2", "--output", scratch / "table.json", "--protocol",
                                         "course,fishyscapes,smiyc2023,smiyc2021,densehybrid,streethazards"},
                                        {.fileSizeLimit = 1000});
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("table.json"), HasSubstr("standard output")));
  EXPECT_EQ(json::parse(result.out).at("rows").size(), 12U);
  std::ifstream kept(scratch / "table.json");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(kept), {}), "what was there before");
}

/// A file system of its own with room for one frame's logits of three.
TEST_F(BadInput, AFileSystemThatFillsUpCostsNothingButTheCache) {
  const fs::path small = scratch.path() / "cache";
  fs::create_directories(small);
  if (mount("tmpfs", small.c_str(), "tmpfs", 0, "size=200k") != 0) GTEST_SKIP() << "no right to mount a file system";
  const CommandResult result = evaluate();
  const std::size_t kept = countFiles(small, ".npy");
  ASSERT_EQ(umount(small.c_str()), 0);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("no logits can be kept in"), HasSubstr("temporary files and in memory")));
  EXPECT_LT(kept, 3U);
  EXPECT_EQ(json::parse(result.out).at("rows"), json::parse(evaluate().out).at("rows"));
}

TEST_F(BadInput, ACorruptCacheEntryIsRemade) {
  const std::string first = evaluate().out;
  for (const auto& entry : fs::recursive_directory_iterator(scratch.path() / "cache")) {
    if (entry.path().extension() == ".npy") fs::resize_file(entry.path(), 1000);
  }
  const CommandResult second = evaluate();
  EXPECT_EQ(second.code, 0) << second.err;
  EXPECT_EQ(second.out, first);
}

}  // namespace oodscope::testing
