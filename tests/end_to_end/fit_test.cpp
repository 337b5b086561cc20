// SPDX-License-Identifier: GPL-3.0-or-later
// fit and what it serves: numbers of fitted methods equal those of maps that are reckoned here, in double, from the
// arrays that were written, and evaluated as somebody's finished scores.
#include "analysis/datasets/data_set.h"
#include "analysis/formats/npy.h"
#include "analysis/formats/npz.h"
#include "analysis/formats/zip_archive.h"
#include "analysis/imaging/resize.h"
#include "inference/models/model.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/scores/made_outputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int kFitFrames = 2, kFitClasses = 5, kFitDimensions = 4;
constexpr Size kFitFeatures{16, 8};

std::string bytesOfFile(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class FitCommand : public ::testing::Test {
protected:
  FitCommand() {
    writeSmallSet(set, kFitFrames);
    fs::create_directories(outputs);
    for (unsigned f = 0; f < kFitFrames; ++f) {
      logits.emplace_back(kFitClasses, kSmallSize.height, kSmallSize.width, false, 4.0, 3.0, 50 + f);
      features.emplace_back(kFitDimensions, kFitFeatures.height, kFitFeatures.width, false, 0.0, 2.0, 60 + f);
      writeFrame(outputs / (std::to_string(f) + ".npz"), f);
    }
  }
  void writeFrame(const fs::path& file, std::size_t frame) const {
    ZipWriter zip;
    for (const auto& [name, array] : {std::pair{"logits", &logits[frame]}, std::pair{"features", &features[frame]}}) {
      const std::array<std::size_t, 3> shape{static_cast<std::size_t>(array->channels),
                                             static_cast<std::size_t>(array->height),
                                             static_cast<std::size_t>(array->width)};
      std::string bytes = npyHeaderText(NpyType::Float32, shape);
      bytes.append(reinterpret_cast<const char*>(array->single.data()), array->single.size() * sizeof(float));
      zip.add(std::string(name) + ".npy", std::as_bytes(std::span(bytes)));
    }
    const auto bytes = zip.finish();
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  [[nodiscard]] CommandResult fitOutputs(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all{"fit", "--set", set, "--scores", outputs, "--output", fitted};
    all.insert(all.end(), more.begin(), more.end());
    return runCli(all);
  }
  [[nodiscard]] CommandResult evaluate(const std::vector<std::string>& more) const {
    std::vector<std::string> all{"evaluate",    "--set",        set,    "--format", "json", "--protocol",
                                 "fishyscapes", "--resolution", "label"};
    all.insert(all.end(), more.begin(), more.end());
    return runCli(all);
  }
  /// The only row's AP.
  [[nodiscard]] double ap(const std::vector<std::string>& more) const {
    const CommandResult result = evaluate(more);
    EXPECT_EQ(result.code, 0) << result.err;
    if (result.code != 0) return -1.0;
    return json::parse(result.out).at("rows").at(0).at("ap").get<double>();
  }
  /// Maps at the features' size, as the frames' arrays of one channel.
  [[nodiscard]] std::vector<MadeArray> featureMaps(
      const std::function<double(const std::vector<double>&)>& score) const {
    std::vector<MadeArray> out(kFitFrames);
    for (std::size_t f = 0; f < kFitFrames; ++f) {
      out[f].channels = 1;
      out[f].height = kFitFeatures.height;
      out[f].width = kFitFeatures.width;
      for (int y = 0; y < kFitFeatures.height; ++y)
        for (int x = 0; x < kFitFeatures.width; ++x) {
          std::vector<double> feature;
          for (int d = 0; d < kFitDimensions; ++d) feature.push_back(features[f].at(d, y, x));
          out[f].single.push_back(static_cast<float>(score(feature)));
        }
    }
    return out;
  }
  /// AP of maps, a function of frame and pixel.
  [[nodiscard]] double definedAp(const std::string& name,
                                 const std::function<double(std::size_t, int, int)>& score) const {
    const fs::path folder = scratch.path() / name;
    fs::create_directories(folder);
    for (std::size_t f = 0; f < kFitFrames; ++f) {
      std::vector<float> map;
      for (int y = 0; y < kSmallSize.height; ++y)
        for (int x = 0; x < kSmallSize.width; ++x) map.push_back(static_cast<float>(score(f, x, y)));
      const std::array<std::size_t, 2> shape{static_cast<std::size_t>(kSmallSize.height),
                                             static_cast<std::size_t>(kSmallSize.width)};
      writeNpyAtomically(folder / (std::to_string(f) + ".npy"), NpyType::Float32, shape, std::as_bytes(std::span(map)));
    }
    return ap({"--scores", folder});
  }
  [[nodiscard]] std::size_t predicted(std::size_t frame, int x, int y) const {
    int best = 0;
    for (int c = 1; c < kFitClasses; ++c)
      if (logits[frame].at(c, y, x) > logits[frame].at(best, y, x)) best = c;
    return static_cast<std::size_t>(best);
  }
  const TemporaryFolder scratch;
  const fs::path set = scratch.path() / "SmallSet", outputs = scratch.path() / "Network",
                 fitted = scratch.path() / "fitted.json";
  std::vector<MadeArray> logits, features;
};

TEST_F(FitCommand, StandardisedMaxLogitsAreThoseOfTheFittedClasses) {
  const CommandResult result = fitOutputs();
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("frames: 2"), HasSubstr("5 of 5 classes")));
  const CommandResult info = runCli({"info", fitted});
  EXPECT_EQ(info.code, 0) << info.err;
  EXPECT_THAT(info.out, AllOf(HasSubstr("SmallSet"), HasSubstr("5 of 5 classes"), HasSubstr("4 dimensions")));
  const json file = json::parse(bytesOfFile(fitted));
  EXPECT_EQ(file.at("set"), "SmallSet");
  EXPECT_EQ(file.at("max_logit").at("resolution"), "64x32");
  std::vector<std::vector<double>> largest(kFitClasses);
  for (std::size_t f = 0; f < kFitFrames; ++f)
    for (int y = 0; y < kSmallSize.height; ++y)
      for (int x = 0; x < kSmallSize.width; ++x) {
        const std::size_t c = predicted(f, x, y);
        largest[c].push_back(logits[f].at(static_cast<int>(c), y, x));
      }
  std::vector<double> mean, variance;
  for (std::size_t c = 0; c < kFitClasses; ++c) {
    const auto count = static_cast<double>(largest[c].size());
    mean.push_back(std::accumulate(largest[c].begin(), largest[c].end(), 0.0) / count);
    double squares = 0.0;
    for (const double value : largest[c]) squares += (value - mean[c]) * (value - mean[c]);
    variance.push_back(squares / (count - 1));
    const json& one = file.at("max_logit").at("classes").at(c);
    EXPECT_EQ(one.at("count"), largest[c].size());
    EXPECT_NEAR(one.at("mean").get<double>(), mean[c], 1e-10);
    EXPECT_NEAR(one.at("variance").get<double>(), variance[c], 1e-9);
  }
  const double defined = definedAp("sml", [&](std::size_t f, int x, int y) {
    const std::size_t c = predicted(f, x, y);
    return -(logits[f].at(static_cast<int>(c), y, x) - mean[c]) / std::sqrt(variance[c]);
  });
  EXPECT_NEAR(ap({"--scores", outputs, "--method", "sml", "--statistics", fitted}), defined, 1e-4);
}

TEST_F(FitCommand, DistancesOfFeaturesAreThoseOfTheFittedBankAndClasses) {
  ASSERT_EQ(fitOutputs({"--bank", "50", "--neighbours", "2"}).code, 0);
  const json file = json::parse(bytesOfFile(fitted));
  EXPECT_EQ(file.at("features").at("neighbours"), 2);
  const fs::path arrays = scratch.path() / file.at("features").at("file").get<std::string>();
  const auto bank = npyAsDouble(readNpz(arrays, "bank")), means = npyAsDouble(readNpz(arrays, "means")),
             inverse = npyAsDouble(readNpz(arrays, "inverse"));
  ASSERT_EQ(bank.size(), 50U * kFitDimensions);
  ASSERT_EQ(means.size(), static_cast<std::size_t>(kFitClasses) * kFitDimensions);
  const auto nearest = featureMaps([&](const std::vector<double>& f) {
    std::vector<double> all;
    for (std::size_t r = 0; r < 50; ++r) {
      double sum = 0.0;
      for (std::size_t d = 0; d < kFitDimensions; ++d)
        sum += (f[d] - bank[r * kFitDimensions + d]) * (f[d] - bank[r * kFitDimensions + d]);
      all.push_back(std::sqrt(sum));
    }
    std::sort(all.begin(), all.end());
    return 0.5 * (all[0] + all[1]);
  });
  const auto mahalanobis = featureMaps([&](const std::vector<double>& f) {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < kFitClasses; ++c) {
      double sum = 0.0;
      for (std::size_t i = 0; i < kFitDimensions; ++i)
        for (std::size_t j = 0; j < kFitDimensions; ++j)
          sum += (f[i] - means[c * kFitDimensions + i]) * inverse[(c * kFitDimensions + i) * kFitDimensions + j] *
                 (f[j] - means[c * kFitDimensions + j]);
      least = std::min(least, sum);
    }
    return least;
  });
  const auto at = [](const std::vector<MadeArray>& maps) {
    return [&maps](std::size_t f, int x, int y) { return maps[f].at(0, kSmallSize, x, y); };
  };
  EXPECT_NEAR(ap({"--scores", outputs, "--method", "knn", "--statistics", fitted}), definedAp("knn", at(nearest)),
              1e-4);
  EXPECT_NEAR(ap({"--scores", outputs, "--method", "mahalanobis", "--statistics", fitted}),
              definedAp("mahalanobis", at(mahalanobis)), 1e-4);
}

TEST_F(FitCommand, TheSameFilesForAnyNumberOfThreads) {
  ASSERT_EQ(fitOutputs({"--threads", "1"}).code, 0);
  const std::string one = bytesOfFile(fitted), arrays = bytesOfFile(scratch.path() / "fitted.features.npz");
  ASSERT_EQ(fitOutputs({"--threads", "4"}).code, 0);
  EXPECT_EQ(bytesOfFile(fitted), one);
  EXPECT_EQ(bytesOfFile(scratch.path() / "fitted.features.npz"), arrays);
}

TEST_F(FitCommand, StatisticsBesideAModelAreFoundAndSaid) {
  const fs::path model = scratch.path() / "net.pth", beside = scratch.path() / "net.statistics.json";
  writeSmallModel(model);
  const CommandResult without = evaluate({"--model", model, "--method", "sml"});
  EXPECT_EQ(without.code, 3);
  EXPECT_THAT(without.err, HasSubstr("the source has no class statistics"));
  const CommandResult result = runCli({"fit", "--set", set, "--model", model});
  ASSERT_EQ(result.code, 0) << result.err;
  ASSERT_TRUE(fs::exists(beside));
  const CommandResult with = evaluate({"--model", model, "--method", "sml,msp"});
  ASSERT_EQ(with.code, 0) << with.err;
  const json table = json::parse(with.out);
  EXPECT_EQ(table.at("rows").size(), 2U);
  EXPECT_THAT(with.out, AllOf(HasSubstr("net.statistics.json"), HasSubstr("statistics_sha256")));
  // Of another network: left alone beside it, refused where it is named.
  const fs::path other = scratch.path() / "other.pth";
  writeSmallModel(other, 6);
  fs::copy_file(beside, scratch.path() / "other.statistics.json");
  const CommandResult stale = evaluate({"--model", other, "--method", "msp"});
  EXPECT_EQ(stale.code, 0);
  EXPECT_THAT(stale.err, HasSubstr("the statistics beside the network are not used"));
  const CommandResult named = evaluate({"--model", other, "--method", "msp", "--statistics", beside});
  EXPECT_EQ(named.code, 3);
  EXPECT_THAT(named.err, AllOf(HasSubstr("of another network than other.pth"), HasSubstr("net.statistics.json")));
  // Of several, each model takes its own.
  ASSERT_EQ(runCli({"fit", "--set", set, "--model", other, "--output", fitted}).code, 0);
  fs::remove(beside);
  fs::remove(scratch.path() / "other.statistics.json");
  ASSERT_EQ(runCli({"fit", "--set", set, "--model", model, "--output", scratch.path() / "own.json"}).code, 0);
  const CommandResult both = evaluate({"--model", model, "--model", other, "--method", "sml", "--statistics", fitted,
                                       "--statistics", scratch.path() / "own.json"});
  ASSERT_EQ(both.code, 0) << both.err;
  EXPECT_EQ(json::parse(both.out).at("rows").size(), 2U);
}

TEST_F(FitCommand, FeaturesOfABuiltInNetworkAreThoseBeforeItsLastLayer) {
  const fs::path model = scratch.path() / "net.pth";
  writeSmallModel(model);
  ASSERT_EQ(runCli({"fit", "--set", set, "--model", model, "--output", fitted, "--bank", "60", "--neighbours", "1",
                    "--precision", "single"})
                .code,
            0);
  const json file = json::parse(bytesOfFile(fitted));
  ASSERT_EQ(file.at("features").at("dimensions"), 8);
  const auto bank = npyAsDouble(readNpz(scratch.path() / "fitted.features.npz", "bank"));
  ASSERT_EQ(bank.size(), 60U * 8U);
  Model network = Model::load(model);
  const PassChoice pass = passChoice(kFeaturesPass, {});
  std::vector<MadeArray> nearest(kFitFrames);
  const DataSet opened = openDataSet(set);
  for (std::size_t f = 0; f < kFitFrames; ++f) {
    const LogitsMap map = network.inferPass(readImage(opened.frames[f]), pass, passRuns(pass).front()).maps.front();
    nearest[f].channels = 1;
    nearest[f].height = map.size.height;
    nearest[f].width = map.size.width;
    for (std::size_t i = 0; i < map.size.area(); ++i) {
      double least = std::numeric_limits<double>::infinity();
      for (std::size_t r = 0; r < 60; ++r) {
        double sum = 0.0;
        for (std::size_t d = 0; d < 8; ++d) {
          const double apart = static_cast<double>(map.values[d * map.size.area() + i]) - bank[r * 8 + d];
          sum += apart * apart;
        }
        least = std::min(least, std::sqrt(sum));
      }
      nearest[f].single.push_back(static_cast<float>(least));
    }
  }
  const double defined =
      definedAp("knn", [&](std::size_t f, int x, int y) { return nearest[f].at(0, kSmallSize, x, y); });
  EXPECT_NEAR(ap({"--model", model, "--method", "knn", "--statistics", fitted, "--precision", "single"}), defined,
              1e-3);
  const CommandResult all = evaluate({"--model", model, "--method", "all", "--statistics", fitted});
  ASSERT_EQ(all.code, 0) << all.err;
  EXPECT_THAT(all.out, AllOf(HasSubstr("\"sml\""), ::testing::Not(HasSubstr("\"knn\""))))
      << "all is what needs no further pass";
  ASSERT_EQ(runCli({"fit", "--set", set, "--model", model, "--output", fitted, "--no-features"}).code, 0);
  EXPECT_FALSE(json::parse(bytesOfFile(fitted)).contains("features"));
}

TEST_F(FitCommand, SmlAndFeaturesOnTheDemoRun) {
  const fs::path demo = fs::path(OODSCOPE_SOURCE_DIR) / "resources/demo";
  ASSERT_EQ(
      runCli({"fit", "--set", demo / "set", "--model", demo / "model/erfnet_slim_demo.pth", "--output", fitted}).code,
      0);
  const CommandResult result =
      runCli({"evaluate", "--set", demo / "set", "--model", demo / "model/erfnet_slim_demo.pth", "--method",
              "sml,max-logit,mahalanobis,knn", "--statistics", fitted, "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const json rows = json::parse(result.out).at("rows");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].at("frames"), 22);
  for (const std::size_t row : {2U, 3U}) {
    EXPECT_EQ(rows[row].at("frames"), 22);
    EXPECT_GT(rows[row].at("ap").get<double>(), 0.0);
    EXPECT_NE(rows[row].at("ap"), rows[0].at("ap"));
  }
  EXPECT_NE(rows[0].at("ap"), rows[1].at("ap"));
}

TEST_F(FitCommand, SaysWhatIsWrongWithACall) {
  const fs::path model = scratch.path() / "net.pth";
  EXPECT_EQ(runCli({"fit", "--set", set, "--scores", outputs}).code, 2) << "scores have no file beside them";
  EXPECT_EQ(runCli({"fit", "--set", set, "--set", set, "--scores", outputs, "--output", fitted}).code, 2);
  EXPECT_EQ(fitOutputs({"--model", model}).code, 2);
  EXPECT_EQ(fitOutputs({"--statistics", fitted}).code, 2);
  EXPECT_EQ(fitOutputs({"--neighbours", "0"}).code, 2);
  EXPECT_FALSE(fs::exists(fitted));
  const CommandResult missing = evaluate({"--scores", outputs, "--method", "sml", "--statistics", fitted});
  EXPECT_EQ(missing.code, 3);
  EXPECT_THAT(missing.err, HasSubstr("fitted.json"));
  ASSERT_EQ(fitOutputs().code, 0);
  std::ofstream(scratch.path() / "fitted.features.npz", std::ios::app) << "x";
  const CommandResult changed = evaluate({"--scores", outputs, "--method", "knn", "--statistics", fitted});
  EXPECT_EQ(changed.code, 3);
  EXPECT_THAT(changed.err, HasSubstr("not those that the statistics were written with"));
}

}  // namespace
}  // namespace oodscope::testing
