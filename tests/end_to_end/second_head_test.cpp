// SPDX-License-Identifier: GPL-3.0-or-later
// A network trained with DenseHybrid's second head: its file is opened as any other and scored by all that it serves.
#include "analysis/datasets/data_set.h"
#include "analysis/formats/npy.h"
#include "analysis/formats/zip_archive.h"
#include "inference/models/model.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr int kHeadFrames = 2;
const std::string kSecondHeadMethods = "densehybrid,densehybrid-generative,densehybrid-discriminative,max-logit";

std::vector<std::string> trainSmall(const fs::path& output, std::vector<std::string> more, int epochs = 1) {
  std::vector<std::string> out{"train",
                               "--generated",
                               "1",
                               "4",
                               "--input",
                               "64",
                               "32",
                               "--widths",
                               "8,16,24",
                               "--epochs",
                               std::to_string(epochs),
                               "--batch",
                               "2",
                               "--threads",
                               "1",
                               "--learning-rate",
                               "0.003",
                               "--output",
                               output.string()};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

std::map<std::string, double> headNumbers(const std::vector<std::string>& source, const fs::path& set) {
  std::vector<std::string> all{"evaluate",   "--set",       set.string(), "--format",        "json",
                               "--protocol", "fishyscapes", "--method",   kSecondHeadMethods};
  all.insert(all.end(), source.begin(), source.end());
  const CommandResult result = runCli(all);
  EXPECT_EQ(result.code, 0) << result.err;
  std::map<std::string, double> out;
  if (result.code != 0) return out;
  const auto table = nlohmann::json::parse(result.out);
  for (const auto& row : table.at("rows")) out[row.at("method").get<std::string>()] = row.at("ap").get<double>();
  return out;
}

/// What the model gives of the set's frames, as somebody's files of logits and outlier logits.
void writeOutputsOf(const fs::path& modelFile, const fs::path& set, const fs::path& folder) {
  fs::create_directories(folder);
  Model model = Model::load(modelFile);
  const DataSet opened = openDataSet(set);
  for (std::size_t f = 0; f < opened.frames.size(); ++f) {
    const OutputMaps maps = model.inferOutputs(readImage(opened.frames[f]));
    ZipWriter zip;
    for (std::size_t i = 0; i < maps.maps.size(); ++i) {
      const LogitsMap& map = maps.maps[i];
      const std::array<std::size_t, 3> shape{static_cast<std::size_t>(map.channels),
                                             static_cast<std::size_t>(map.size.height),
                                             static_cast<std::size_t>(map.size.width)};
      std::string bytes = npyHeaderText(NpyType::Float32, shape);
      bytes.append(reinterpret_cast<const char*>(map.values.data()), map.values.size() * sizeof(float));
      zip.add(i == 0 ? "logits.npy" : "outlier.npy", std::as_bytes(std::span(bytes)));
    }
    const auto bytes = zip.finish();
    std::ofstream(folder / (std::to_string(f) + ".npz"), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
}

TEST(SecondHead, ATrainedOneIsOpenedAndScoredAsItsOwnOutputs) {
  const TemporaryFolder scratch;
  const fs::path run = scratch.path() / "run", set = scratch.path() / "Set";
  const CommandResult trained = runCli(trainSmall(run, {"--loss", "densehybrid"}, 2));
  ASSERT_EQ(trained.code, 0) << trained.err;
  writeSmallSet(set, kHeadFrames);
  const auto live = headNumbers({"--model", (run / "weights.pth").string()}, set);
  writeOutputsOf(run / "weights.pth", set, scratch.path() / "Outputs");
  std::ofstream(scratch.path() / "Outputs.json") << R"({"known_classes": 19})";
  const auto files = headNumbers({"--scores", (scratch.path() / "Outputs").string()}, set);
  ASSERT_EQ(live.size(), 4U);
  for (const auto& [method, ap] : files) {
    ASSERT_TRUE(live.contains(method)) << method;
    EXPECT_NEAR(live.at(method), ap, 2e-3) << method;
  }
  EXPECT_NE(live.at("densehybrid-discriminative"), live.at("densehybrid-generative"));
}

TEST(SecondHead, ItsSidecarStatesHeadPolarityAndTheUntrainedVoidChannel) {
  const TemporaryFolder scratch;
  const fs::path run = scratch.path() / "run";
  ASSERT_EQ(runCli(trainSmall(run, {"--loss", "densehybrid-released", "--outlier-channels", "1"})).code, 0);
  std::ifstream in(run / "weights.json");
  const auto sidecar = nlohmann::json::parse(in);
  EXPECT_EQ(sidecar.at("head"), "densehybrid");
  EXPECT_EQ(sidecar.at("outlier_polarity"), "in-first");
  EXPECT_EQ(sidecar.at("void_channel"), -1);
  const CommandResult info = runCli({"info", (run / "weights.pth").string()});
  EXPECT_EQ(info.code, 0) << info.err;
  EXPECT_THAT(info.out, HasSubstr("densehybrid"));
}

TEST(SecondHead, LossesThatNeedOneRefuseOtherHeads) {
  const TemporaryFolder scratch;
  const CommandResult refused =
      runCli(trainSmall(scratch.path() / "run", {"--loss", "densehybrid", "--head", "plain"}));
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("needs a second head: densehybrid"));
  const CommandResult noVoid = runCli(trainSmall(scratch.path() / "run", {"--loss", "energy-margins", "--no-void"}));
  EXPECT_EQ(noVoid.code, 2);
  EXPECT_THAT(noVoid.err, HasSubstr("learns from void pixels"));
}

TEST(Heads, EachLossTrainsAnEpochWithTheHeadThatItIsMeantFor) {
  const TemporaryFolder scratch;
  for (const char* loss : {"logit-norm", "isomax", "isomax-focal", "cross-entropy+h", "entropy-maximisation"}) {
    const fs::path run = scratch.path() / loss;
    const CommandResult trained = runCli(trainSmall(run, {"--loss", loss}));
    EXPECT_EQ(trained.code, 0) << loss << ": " << trained.err;
    const CommandResult info = runCli({"info", (run / "weights.pth").string()});
    EXPECT_EQ(info.code, 0) << loss << ": " << info.err;
  }
}

TEST(Heads, StartsFromWeightsOfAnotherHeadAndSaysWhatIsNew) {
  const TemporaryFolder scratch;
  ASSERT_EQ(runCli(trainSmall(scratch.path() / "plain", {})).code, 0);
  const std::string start = (scratch.path() / "plain/weights.pth").string();
  const CommandResult trained = runCli(trainSmall(scratch.path() / "run", {"--loss", "densehybrid", "--start", start}));
  EXPECT_EQ(trained.code, 0) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("begun anew are"));
  EXPECT_THAT(trained.err, HasSubstr("logits_ood.conv.bias"));
}

}  // namespace
}  // namespace oodscope::testing
