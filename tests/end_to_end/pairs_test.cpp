// SPDX-License-Identifier: GPL-3.0-or-later
// Other people's pairs of score and class map: the demo's own maps, written in every form, give the same numbers.
#include "analysis/datasets/data_set.h"
#include "analysis/formats/npy.h"
#include "analysis/formats/zip_archive.h"
#include "app/documents/request.h"
#include "app/live/live_set.h"
#include "app/sources/open_source.h"
#include "app/studies/frame_contexts.h"
#include "tests/end_to_end/command.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/torch_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

namespace oodscope::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

const fs::path kPairsDemo = fs::path(OODSCOPE_SOURCE_DIR) / "resources/demo";

/// One frame's scores as k / 65536 with 0 < k < 65536, and what the network takes each pixel for.
struct Pair {
  std::string name;
  Size size;
  std::vector<std::uint32_t> steps;
  std::vector<std::uint8_t> classes;

  [[nodiscard]] std::vector<float> scores() const {
    std::vector<float> out(steps.size());
    std::transform(steps.begin(), steps.end(), out.begin(),
                   [](std::uint32_t k) { return static_cast<float>(k) / 65536.0F; });
    return out;
  }
  [[nodiscard]] std::vector<std::size_t> shape() const {
    return {static_cast<std::size_t>(size.height), static_cast<std::size_t>(size.width)};
  }
};

/// The demo's maximum softmax scores and classes, at its images' size.
std::vector<Pair> demoPairs() {
  const auto set = std::make_shared<const DataSet>(openDataSet(kPairsDemo / "set"));
  auto store = std::make_shared<LogitsStore>(LogitsStore::Options{.temporary = true});
  const ModelEntry entry{.path = kPairsDemo / "model/erfnet_slim_demo.pth"};
  const auto source = openSource(set, SourceItem{.label = "net", .model = openModel(entry, {})}, {}, store);
  const Configuration msp = source->configurations({Method()}, {1.0F}).front();
  std::vector<Pair> out;
  const auto live = std::make_shared<LiveSet>(set, source, Resolution::Label);
  const FrameContexts contexts(live);
  for (std::size_t f = 0; f < set->frames.size(); ++f) {
    source->prepare(f);
    live->readTruth(f);
    Pair& pair = out.emplace_back();
    pair.name = set->frames[f].name;
    pair.size = readPictureSize(set->frames[f].image);
    const ScoreMap scores = source->score(f, msp, pair.size);
    for (const float value : scores.values())
      pair.steps.push_back(
          static_cast<std::uint32_t>(std::clamp(std::lround(static_cast<double>(value) * 65536.0), 1L, 65535L)));
    const auto classes = contexts.at(f, msp).predicted;
    pair.classes.assign(classes->values().begin(), classes->values().end());
  }
  return out;
}

std::string npyOf(const Pair& pair, bool isScores) {
  const auto shape = pair.shape();
  return isScores ? npyHeaderText(NpyType::Float32, shape) + bytesOf(pair.scores())
                  : npyHeaderText(NpyType::UInt8, shape) + bytesOf(pair.classes);
}

void writeNpz(const TemporaryFolder& folder, const std::string& below, const Pair& pair, const std::string& scores,
              const std::string& classes) {
  const std::string first = npyOf(pair, true), second = npyOf(pair, false);
  ZipWriter zip;
  zip.add(scores + ".npy", std::as_bytes(std::span(first)));
  zip.add(classes + ".npy", std::as_bytes(std::span(second)));
  const auto bytes = zip.finish();
  folder.write(below, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void writeBravo(const TemporaryFolder& folder, const Pair& pair) {
  std::vector<std::uint16_t> stored;  // min(floor(c * 65536), 65535) of c = 1 - k / 65536
  for (const std::uint32_t k : pair.steps) stored.push_back(static_cast<std::uint16_t>(65536U - k));
  std::vector<std::uint8_t> classes = pair.classes;
  fs::create_directories(folder.path() / "bravo");
  ASSERT_TRUE(cv::imwrite(folder / ("bravo/" + pair.name + "_conf.png"),
                          cv::Mat(pair.size.height, pair.size.width, CV_16UC1, stored.data())));
  ASSERT_TRUE(cv::imwrite(folder / ("bravo/" + pair.name + "_pred.png"),
                          cv::Mat(pair.size.height, pair.size.width, CV_8UC1, classes.data())));
}

void writeTorch(const TemporaryFolder& folder, const Pair& pair) {
  const std::vector<std::size_t> sizes{pair.shape()}, strides{pair.shape().back(), 1};
  folder.write("torch/" + pair.name + ".pt",
               torchFile({{"score", {"FloatStorage", 4, bytesOf(pair.scores()), sizes, strides}},
                          {"prediction", {"ByteStorage", 1, bytesOf(pair.classes), sizes, strides}}}));
}

void writeConfidence(const TemporaryFolder& folder, const Pair& pair) {
  std::vector<float> values;
  for (const float score : pair.scores()) values.push_back(1.0F - score);
  folder.write("confidence/" + pair.name + ".npy", npyHeaderText(NpyType::Float32, pair.shape()) + bytesOf(values));
}

class Pairs : public ::testing::Test {
protected:
  static const std::vector<Pair>& pairs() {
    static const std::vector<Pair> made = demoPairs();
    return made;
  }
  Pairs() {
    for (const Pair& pair : pairs()) {
      writeNpz(folder, "issu/" + pair.name + ".npz", pair, "anomaly_scores", "pred_id_labels");
      writeNpz(folder, "script/" + pair.name + ".npz", pair, "score", "prediction");
      folder.write("fishyscapes/" + pair.name + "_anomaly.npy", npyOf(pair, true));
      folder.write("fishyscapes/" + pair.name + "_segmentation.npy", npyOf(pair, false));
      writeBravo(folder, pair);
      writeTorch(folder, pair);
      writeConfidence(folder, pair);
    }
  }
  [[nodiscard]] CommandResult evaluate(const std::string& form, const std::string& polarity,
                                       const std::string& format = "json") const {
    return runCli({"evaluate", "--set", (kPairsDemo / "set").string(), "--scores", folder / form, "--polarity",
                   polarity, "--protocol", "course,fishyscapes,smiyc2023", "--resolution", "label", "--format",
                   format});
  }

  TemporaryFolder folder;
};

TEST_F(Pairs, AllFormsGiveTheSameNumbersToTheLastBit) {
  const CommandResult first = evaluate("issu", "auto");
  ASSERT_EQ(first.code, 0) << first.err;
  const json expected = json::parse(first.out).at("rows");
  ASSERT_EQ(expected.size(), 3U);
  EXPECT_GT(expected.at(0).at("ap").get<double>(), 0.5);
  const std::vector<std::pair<std::string, std::string>> forms{
      {"fishyscapes", "auto"}, {"bravo", "auto"}, {"torch", "auto"}, {"script", "auto"}, {"confidence", "normal-high"}};
  for (const auto& [form, polarity] : forms) {
    const CommandResult result = evaluate(form, polarity);
    ASSERT_EQ(result.code, 0) << form << ": " << result.err;
    const json table = json::parse(result.out);
    const bool isTurned = form == "bravo" || form == "confidence";
    for (std::size_t r = 0; r < expected.size(); ++r) {
      const json& row = table.at("rows").at(r);
      const bool isBinned = row.at("protocol") == "smiyc2023";  // its quantiles interpolate, so half a step counts
      if (!isBinned || !isTurned) {
        EXPECT_EQ(row.at("ap").get<double>(), expected.at(r).at("ap").get<double>()) << form;
        EXPECT_EQ(row.at("fpr95").get<double>(), expected.at(r).at("fpr95").get<double>()) << form;
      }
      EXPECT_EQ(row.at("polarity"), isTurned ? "normal-high" : "anomaly-high") << form;
    }
    const json& facts = table.at("provenance");
    EXPECT_EQ(facts.at(form + " scores_polarity"), std::string(isTurned ? "normal-high" : "anomaly-high") +
                                                       (polarity == "auto" ? ", by the form" : ", as asked for"));
  }
}

TEST_F(Pairs, TablesSayThePolarity) {
  EXPECT_THAT(evaluate("bravo", "auto", "csv").out, HasSubstr(",normal-high\n"));
  EXPECT_THAT(evaluate("bravo", "auto", "markdown").out, HasSubstr("normal-high"));
  const CommandResult wrong = evaluate("bravo", "anomaly-high");
  EXPECT_THAT(wrong.err, HasSubstr("is the polarity inverted?"));
}

TEST_F(Pairs, ClassMapsAreTheNetworksOwn) {
  const auto set = std::make_shared<const DataSet>(openDataSet(kPairsDemo / "set"));
  auto store = std::make_shared<LogitsStore>(LogitsStore::Options{.temporary = true});
  for (const char* form : {"issu", "fishyscapes", "bravo", "torch", "script"}) {
    const auto source = openSource(set, SourceItem{.label = form, .folder = folder.path() / form}, {}, store);
    const auto live = std::make_shared<LiveSet>(set, source, Resolution::Label);
    const FrameContexts contexts(live);
    for (std::size_t f = 0; f < set->frames.size(); ++f) {
      source->prepare(f);
      live->readTruth(f);
      const auto found = contexts.at(f, source->configurations({}, {}).front()).predicted;
      ASSERT_NE(found, nullptr) << form;
      EXPECT_TRUE(std::equal(found->values().begin(), found->values().end(), pairs()[f].classes.begin(),
                             pairs()[f].classes.end()))
          << form << ", frame " << pairs()[f].name;
    }
  }
}

}  // namespace
}  // namespace oodscope::testing
