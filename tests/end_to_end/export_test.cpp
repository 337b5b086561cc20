// SPDX-License-Identifier: GPL-3.0-or-later
// Networks exported to TorchScript and their logits to .npy: what they were made of is the other side.
#include "analysis/datasets/data_set.h"
#include "analysis/formats/npy.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

const fs::path kExportedDemo = fs::path(OODSCOPE_SOURCE_DIR) / "resources/demo";
constexpr const char* kPython = "/usr/bin/python3";
constexpr int kExportFrames = 3;

std::string textOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// Rows of a source: "--model FILE" or "--scores DIR".
json exportRows(const std::string& set, const std::vector<std::string>& source,
                const std::string& methods = "msp,max-logit,max-entropy,energy,void") {
  std::vector<std::string> all{"evaluate", "--set", set, "--method", methods, "--format", "json"};
  all.insert(all.end(), source.begin(), source.end());
  const CommandResult result = runCli(all);
  EXPECT_EQ(result.code, 0) << result.err;
  return result.code == 0 ? json::parse(result.out).at("rows") : json::array();
}

/// The numbers of all rows, which are as many on both sides, differ by no more than `most`.
void expectRowsAlike(const json& expected, const json& found, double most) {
  ASSERT_GT(expected.size(), 0U);
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(found[i].at("method"), expected[i].at("method"));
    EXPECT_EQ(found[i].at("frames"), expected[i].at("frames"));
    for (const char* number : {"ap", "fpr95", "auroc", "best_f1"}) {
      SCOPED_TRACE(expected[i].at("method").get<std::string>() + ", " + number);
      ASSERT_TRUE(expected[i].at(number).is_number());
      EXPECT_LE(std::abs(found[i].at(number).get<double>() - expected[i].at(number).get<double>()), most);
    }
  }
}

/// Some frames of the demo, with the network that ships beside them.
class ExportOfTheDemo : public ::testing::Test {
protected:
  ExportOfTheDemo() {
    std::ofstream(scratch / "some.txt") << "demo_00\ndemo_03\ndemo_07\ndemo_12\n";
    set = (kExportedDemo / "set").string() + "::" + scratch / "some.txt";
  }
  const TemporaryFolder scratch;
  std::string set;
  const std::string weights = kExportedDemo / "model/erfnet_slim_demo.pth";
};

TEST_F(ExportOfTheDemo, TheScriptGivesTheRowsOfTheWeights) {
  const std::string script = scratch / "demo.pt";
  const CommandResult result = runCli({"export", "--model", weights, "--output", script});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("528160 parameters, one image of 512x256"), HasSubstr("demo.pt.json")));
  const json expected = exportRows(set, {"--model", weights, "--precision", "single"});
  expectRowsAlike(expected, exportRows(set, {"--model", script, "--precision", "single"}), 1e-4);
}

TEST_F(ExportOfTheDemo, ItsLogitsGiveTheSameRowsToTheLastBit) {
  for (const bool isHalf : {false, true}) {
    SCOPED_TRACE(isHalf);
    const std::string folder = scratch / (isHalf ? "half" : "single");
    std::vector<std::string> all{"export", "--model", weights, "--set", set, "--logits", folder};
    if (isHalf) all.emplace_back("--half");
    const CommandResult result = runCli(all);
    ASSERT_EQ(result.code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr(isHalf ? "4 frames, float16" : "4 frames, float32"));
    const NpyHeader header = readNpyHeader(fs::path(folder) / "demo_03.npy");
    EXPECT_EQ(header.type, isHalf ? NpyType::Float16 : NpyType::Float32);
    EXPECT_EQ(header.shape, (std::vector<std::size_t>{20, 256, 512}));
    const json expected = exportRows(set, {"--model", weights, "--precision", isHalf ? "half" : "single"});
    expectRowsAlike(expected, exportRows(set, {"--scores", folder}), 0.0);
  }
}

/// A set of frames as large as the network's input.
class Export : public ::testing::Test {
protected:
  Export() {
    writeSmallSet(set, kExportFrames);
    writeSmallModel(weights);
  }
  [[nodiscard]] CommandResult run(const std::vector<std::string>& more, const RunOptions& options = {}) const {
    std::vector<std::string> all{"export", "--threads", "1", "--cache-dir", scratch / "cache"};
    all.insert(all.end(), more.begin(), more.end());
    return runCli(all, options);
  }
  void expectRefused(const std::vector<std::string>& more, int code, const std::string& reason) const {
    const CommandResult result = run(more);
    EXPECT_EQ(result.code, code) << result.out << result.err;
    EXPECT_THAT(result.err, HasSubstr(reason));
    EXPECT_EQ(result.out, "");
  }
  /// A script of two outputs, logits and outlier logits, that a sidecar names.
  [[nodiscard]] std::string twoOutputs() const {
    torch::jit::Module module("Two");
    module.define("def forward(self, x):\n    return torch.cat([x * 3, x[:, :2] - x[:, 1:]], 1), x[:, 0:2] * 2\n");
    const std::string file = scratch / "two.pt";
    module.save(file);
    std::ofstream(scratch / "two.json") << R"({"input_size": [64, 32], "void_channel": -1,
      "outputs": {"logits": 0, "outlier": 1}})";
    return file;
  }
  const TemporaryFolder scratch;
  const std::string set = scratch / "SmallSet", weights = scratch / "small.pth", script = scratch / "exported.pt",
                    folder = scratch / "logits";
};

TEST_F(Export, PyTorchAloneComputesTheSameFromBothFiles) {
  if (runCli({"-c", "import numpy, torch"}, {.program = kPython}).code != 0)
    GTEST_SKIP() << kPython << " has no torch (Debian's python3-torch)";
  const CommandResult result = run({"--model", weights, "--set", set, "--output", script, "--logits", folder});
  ASSERT_EQ(result.code, 0) << result.err;
  const RgbImage picture = readPicture(fs::path(set) / "images/1.png");
  ASSERT_EQ(picture.size(), kSmallSize);
  const std::array<std::size_t, 3> shape{static_cast<std::size_t>(kSmallSize.height),
                                         static_cast<std::size_t>(kSmallSize.width), 3};
  writeNpyAtomically(scratch.path() / "picture.npy", NpyType::UInt8, shape, std::as_bytes(picture.values()));
  const CommandResult checked = runCli({fs::path(OODSCOPE_SOURCE_DIR) / "tests/end_to_end/check_export.py", script,
                                        scratch / "picture.npy", folder + "/1.npy"},
                                       {.program = kPython});
  ASSERT_EQ(checked.code, 0) << checked.err;
  EXPECT_THAT(checked.out, HasSubstr("first encoder.initial_block.conv.weight"));
  const auto at = checked.out.find("difference ");
  ASSERT_NE(at, std::string::npos) << checked.out;
  EXPECT_LT(std::stod(checked.out.substr(at + std::string("difference ").size())), 1e-4);
}

TEST_F(Export, SeveralArraysAreAFolderEachAndScoreAsTheNetwork) {
  const std::string model = twoOutputs();
  const CommandResult result = run({"--model", model, "--set", set, "--logits", folder});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("a folder each: logits outlier"));
  EXPECT_EQ(readNpyHeader(fs::path(folder) / "logits/2.npy").shape, (std::vector<std::size_t>{5, 32, 64}));
  EXPECT_EQ(readNpyHeader(fs::path(folder) / "outlier/2.npy").shape, (std::vector<std::size_t>{2, 32, 64}));
  const std::string methods = "densehybrid,max-logit";
  expectRowsAlike(exportRows(set, {"--model", model, "--precision", "single"}, methods),
                  exportRows(set, {"--scores", folder}, methods), 0.0);
}

TEST_F(Export, ChannelsThatAFolderWouldNotTakeAreSaid) {
  const std::string model = twoOutputs();
  std::ofstream(scratch / "two.json") << R"({"input_size": [64, 32], "output": 0, "known_classes": [0, 1, 2]})";
  const CommandResult result = run({"--model", model, "--set", set, "--logits", folder});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("known classes are channels 0-2 of 5"));
  expectRowsAlike(exportRows(set, {"--model", model, "--precision", "single"}, "max-logit"),
                  exportRows(set, {"--scores", folder, "--channels", "0-2"}, "max-logit"), 0.0);
}

TEST_F(Export, NothingOfOthersIsReplaced) {
  std::ofstream(script) << "mine";
  expectRefused({"--model", weights, "--output", script}, 3, "is there already and is not written over");
  EXPECT_EQ(textOf(script), "mine");
  EXPECT_FALSE(fs::exists(script + ".json")) << "both or neither";
  ASSERT_EQ(run({"--model", weights, "--output", script, "--force"}).code, 0);
  EXPECT_GT(fs::file_size(script), 4U);
  expectRefused({"--model", weights, "--output", weights, "--force"}, 3, "not exported over itself");
  expectRefused({"--model", weights, "--output", scratch / "small.pt"}, 3, "another sidecar than its own");
  expectRefused({"--model", weights, "--output", scratch / "none/small2.pt"}, 3, "small2.pt");
  fs::create_directories(folder);
  std::ofstream(folder + "/notes.txt") << "mine";
  expectRefused({"--model", weights, "--set", set, "--logits", folder, "--force"}, 3, "is not written over");
  EXPECT_EQ(textOf(folder + "/notes.txt"), "mine");
}

TEST_F(Export, AScriptIsCopiedNotExported) {
  expectRefused({"--model", twoOutputs(), "--output", script}, 3, "TorchScript already");
  EXPECT_FALSE(fs::exists(script));
}

TEST_F(Export, WrongUsageSaysWhatIsMissing) {
  expectRefused({"--model", weights}, 2, "--output NET.pt, --logits FOLDER or both");
  expectRefused({"--output", script}, 2, "--model");
  expectRefused({"--model", weights, "--model", weights, "--output", script}, 2, "exactly one network");
  expectRefused({"--scores", set, "--output", script}, 2, "exactly one network");
  expectRefused({"--model", weights, "--logits", folder}, 2, "exactly one set");
  expectRefused({"--model", weights, "--output", script, "--half"}, 2, "--half");
  expectRefused({"--model", weights, "--set", set, "--logits", folder, "--half", "--precision", "single"}, 2,
                "kept as they are written");
}

TEST_F(Export, AFullDiskLeavesNoHalfFile) {
  const CommandResult result = run({"--model", weights, "--output", script, "--no-cache"}, {.fileSizeLimit = 4096});
  EXPECT_EQ(result.code, 3) << result.err;
  EXPECT_FALSE(fs::exists(script));
  EXPECT_FALSE(fs::exists(script + ".json"));
  for (const auto& entry : fs::directory_iterator(scratch.path()))
    EXPECT_EQ(entry.path().string().find(".part-"), std::string::npos) << entry.path();
}

TEST_F(Export, AFrameThatFailsIsListedAndTheOthersWritten) {
  std::ofstream(fs::path(set) / "images/1.png") << "no picture";
  const CommandResult result = run({"--model", weights, "--set", set, "--logits", folder});
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr("failed: SmallSet, frame 1: "));
  EXPECT_THAT(result.out, HasSubstr("2 frames"));
  EXPECT_TRUE(fs::exists(folder + "/0.npy"));
  EXPECT_FALSE(fs::exists(folder + "/1.npy"));
  EXPECT_TRUE(fs::exists(folder + "/2.npy"));
}

TEST_F(Export, CtrlCKeepsWholeFilesAndSaysSo) {
  writeSmallSet(scratch.path() / "Long", 500);
  const CommandResult result = run({"--model", weights, "--set", scratch / "Long", "--logits", folder},
                                   {.interruptWhen = [&] { return countFiles(folder, ".npy") >= 2; }});
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr("stopped after "));
  const std::size_t count = countFiles(folder, ".npy");
  EXPECT_LT(count, 500U);
  for (std::size_t i = 0; i < count; ++i)
    EXPECT_EQ(readNpyHeader(fs::path(folder) / (std::to_string(i) + ".npy")).shape.size(), 3U);
}

}  // namespace
}  // namespace oodscope::testing
