// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers by distance, open-set recognition and instances of the demo set, from the command line against pixels that
// are taken apart here: labels, classes and disparities read as pictures, scores made by a formula.
#include "analysis/datasets/data_set.h"
#include "analysis/formats/npy.h"
#include "analysis/formats/zip_archive.h"
#include "app/documents/request.h"
#include "app/live/live_set.h"
#include "app/sources/open_source.h"
#include "app/studies/class_maps.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/torch_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

namespace oodscope::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

const fs::path kFieldDemo = fs::path(OODSCOPE_SOURCE_DIR) / "resources/demo";
constexpr int kClasses = 19;

/// A frame as its files have it, with a made score (k / 1024) and a made prediction for each pixel.
struct FieldFrame {
  std::string name;
  int width = 0, height = 0;
  std::vector<std::uint8_t> label = {}, truth = {}, predicted = {};
  std::vector<float> score = {};
  std::vector<double> metres = {};  ///< 0: unknown

  [[nodiscard]] std::size_t at(int x, int y) const { return static_cast<std::size_t>(y * width + x); }
};

/// Scores lean towards the anomalies, predictions are the true classes but for one pixel in nine.
FieldFrame fieldFrame(const std::string& name) {
  const fs::path set = kFieldDemo / "set";
  const auto picture = [&](const char* folder) {
    return cv::imread((set / folder / (name + ".png")).string(), cv::IMREAD_UNCHANGED);
  };
  const cv::Mat label = picture("labels_masks"), classes = picture("class_labels"), disparity = picture("disparity");
  std::ifstream in(set / "camera" / (name + ".json"));
  const json camera = json::parse(in);
  const double baseline = camera.at("extrinsic").at("baseline");
  const double focal =
      (camera.at("intrinsic").at("fx").get<double>() + camera.at("intrinsic").at("fy").get<double>()) / 2;
  FieldFrame out{.name = name, .width = label.cols, .height = label.rows};
  std::uint32_t random = static_cast<std::uint32_t>(std::stoul(name.substr(5)) + 1);
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < out.width; ++x) {
      random = 1664525U * random + 1013904223U;
      out.label.push_back(label.at<std::uint8_t>(y, x));
      out.truth.push_back(classes.at<std::uint8_t>(y, x));
      const int lean = out.label.back() == kAnomaly ? 400 : 0;
      out.score.push_back(static_cast<float>(lean + static_cast<int>((random >> 16U) % 600U)) / 1024.0F);
      const bool isWrong = (random >> 8U) % 9U == 0;
      const int right = out.truth.back() < kClasses ? out.truth.back() : 0;
      out.predicted.push_back(static_cast<std::uint8_t>(isWrong ? (right + 1) % kClasses : right));
      const double d = disparity.at<std::uint16_t>(y, x) / 256.0;
      out.metres.push_back(d > 0 ? baseline * focal / d : 0.0);
    }
  return out;
}

std::string npzArray(const FieldFrame& frame, bool isScores) {
  const std::vector<std::size_t> shape{static_cast<std::size_t>(frame.height), static_cast<std::size_t>(frame.width)};
  return isScores ? npyHeaderText(NpyType::Float32, shape) + bytesOf(frame.score)
                  : npyHeaderText(NpyType::UInt8, shape) + bytesOf(frame.predicted);
}

void writePair(const TemporaryFolder& folder, const std::string& below, const FieldFrame& frame) {
  const std::string scores = npzArray(frame, true), classes = npzArray(frame, false);
  ZipWriter zip;
  zip.add("anomaly_scores.npy", std::as_bytes(std::span(scores)));
  zip.add("pred_id_labels.npy", std::as_bytes(std::span(classes)));
  const auto bytes = zip.finish();
  folder.write(below + "/" + frame.name + ".npz", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

struct Pixel {
  float score;
  bool isAnomaly;
};

/// AP as the step sum over distinct scores, and FPR at the first of them with a TPR of 0.95.
std::pair<double, double> apAndFpr(std::vector<Pixel> pixels) {
  std::ranges::sort(pixels, std::greater<>(), &Pixel::score);
  const double all = static_cast<double>(std::ranges::count_if(pixels, &Pixel::isAnomaly));
  const double others = static_cast<double>(pixels.size()) - all;
  double ap = 0, fpr = -1, tp = 0, fp = 0, before = 0;
  for (std::size_t i = 0; i < pixels.size();) {
    const float score = pixels[i].score;
    for (; i < pixels.size() && pixels[i].score == score; ++i) (pixels[i].isAnomaly ? tp : fp) += 1;
    ap += (tp - before) / all * (tp / (tp + fp));
    before = tp;
    if (fpr < 0 && tp / all >= 0.95) fpr = fp / others;
  }
  return {ap, fpr};
}

/// IoU of the known classes of a table of (true, predicted) counts; truth beyond `kClasses` is void, kClasses anomaly.
struct PlainIou {
  std::array<std::array<double, kClasses + 1>, kClasses + 1> counts = {};
  void add(int truth, int predicted) {
    counts[static_cast<std::size_t>(truth)][static_cast<std::size_t>(predicted)] += 1;
  }
  /// Pixels of the class, pixels taken for it, and those that are both.
  [[nodiscard]] std::array<double, 3> of(std::size_t c) const {
    double truth = 0, predicted = 0;
    for (std::size_t other = 0; other <= kClasses; ++other) {
      truth += counts[c][other];
      predicted += counts[other][c];
    }
    return {truth, predicted, counts[c][c]};
  }
  [[nodiscard]] double meanOccurring() const {
    double sum = 0, classes = 0;
    for (std::size_t c = 0; c < kClasses; ++c) {
      const auto [truth, predicted, hit] = of(c);
      if (truth == 0) continue;
      sum += hit / (truth + predicted - hit);
      ++classes;
    }
    return sum / classes;
  }
  /// The sum of all IoUs by their number: an absent class counts 0.
  [[nodiscard]] double meanAll() const {
    double sum = 0;
    for (std::size_t c = 0; c < kClasses; ++c) {
      const auto [truth, predicted, hit] = of(c);
      if (truth + predicted > 0) sum += hit / (truth + predicted - hit);
    }
    return sum / kClasses;
  }
};

/// The open confusion of a frame at score > threshold; an infinite one gives the closed confusion without anomalies.
void addOpen(PlainIou& open, PlainIou& closed, const FieldFrame& frame, float threshold) {
  for (std::size_t i = 0; i < frame.label.size(); ++i) {
    const int predicted = frame.predicted[i];
    if (frame.label[i] == kAnomaly) {
      open.add(kClasses, frame.score[i] > threshold ? kClasses : predicted);
    } else if (frame.label[i] == kNormal && frame.truth[i] < kClasses) {
      open.add(frame.truth[i], frame.score[i] > threshold ? kClasses : predicted);
      closed.add(frame.truth[i], predicted);
    }
  }
}

/// The first threshold with a TPR above 0.95, on scores and labels at half the size.
float calibratedOn(const std::vector<const FieldFrame*>& frames) {
  std::vector<Pixel> pixels;
  for (const FieldFrame* f : frames)
    for (int y = 0; y + 1 < f->height; y += 2)
      for (int x = 0; x + 1 < f->width; x += 2) {
        if (f->label[f->at(x, y)] > kAnomaly) continue;
        const float mean =  // k / 1024 by 4: exact
            (f->score[f->at(x, y)] + f->score[f->at(x + 1, y)] + f->score[f->at(x, y + 1)] +
             f->score[f->at(x + 1, y + 1)]) /
            4.0F;
        pixels.push_back({mean, f->label[f->at(x, y)] == kAnomaly});
      }
  std::ranges::sort(pixels, std::greater<>(), &Pixel::score);
  const double all = static_cast<double>(std::ranges::count_if(pixels, &Pixel::isAnomaly));
  double found = 0;
  for (const Pixel& pixel : pixels) {
    found += pixel.isAnomaly ? 1 : 0;
    if (found / all > 0.95) return pixel.score;
  }
  return -1.0F;
}

std::vector<Pixel> labelledPixels(const std::vector<FieldFrame>& frames) {
  std::vector<Pixel> out;
  for (const FieldFrame& frame : frames)
    for (std::size_t i = 0; i < frame.label.size(); ++i)
      if (frame.label[i] <= kAnomaly) out.push_back({frame.score[i], frame.label[i] == kAnomaly});
  return out;
}

class FieldNumbers : public ::testing::Test {
protected:
  static const std::vector<FieldFrame>& frames() {
    static const std::vector<FieldFrame> made = [] {
      std::vector<FieldFrame> out;
      for (int i = 0; i < 24; ++i) out.push_back(fieldFrame((i < 10 ? "demo_0" : "demo_") + std::to_string(i)));
      return out;
    }();
    return made;
  }
  FieldNumbers() {
    for (const FieldFrame& frame : frames()) writePair(folder, "pair", frame);
  }
  [[nodiscard]] CommandResult evaluate(const std::vector<std::string>& more, const std::string& format = "json") const {
    std::vector<std::string> all{"evaluate",    "--set",         (kFieldDemo / "set").string(),
                                 "--scores",    folder / "pair", "--protocol",
                                 "fishyscapes", "--resolution",  "label",
                                 "--format",    format};
    all.insert(all.end(), more.begin(), more.end());
    return runCli(all);
  }
  [[nodiscard]] json row(const std::vector<std::string>& more) const {
    const CommandResult result = evaluate(more);
    EXPECT_EQ(result.code, 0) << result.err;
    return json::parse(result.out).at("rows").at(0);
  }

  TemporaryFolder folder;
};

TEST_F(FieldNumbers, DistanceBinsAreThoseOfThePixels) {
  const json bins = row({"--distance-bins", "5:50:5"}).at("distance_bins");
  ASSERT_EQ(bins.size(), 9U);
  std::size_t defined = 0;
  for (std::size_t b = 0; b < bins.size(); ++b) {
    const double from = 5.0 + 5.0 * static_cast<double>(b), to = from + 5.0;
    std::vector<Pixel> pixels;
    for (const FieldFrame& frame : frames())
      for (std::size_t i = 0; i < frame.label.size(); ++i)
        if (frame.label[i] <= kAnomaly && frame.metres[i] >= from && frame.metres[i] < to)
          pixels.push_back({frame.score[i], frame.label[i] == kAnomaly});
    const auto positives = static_cast<double>(std::ranges::count_if(pixels, &Pixel::isAnomaly));
    EXPECT_EQ(bins[b].at("from"), from);
    EXPECT_EQ(bins[b].at("to"), to);
    // A distance is a float in the program: a pixel on a bound may fall to the neighbour.
    EXPECT_NEAR(bins[b].at("positives").get<double>(), positives, 2.0 + 1e-4 * positives) << b;
    EXPECT_NEAR(bins[b].at("negatives").get<double>(), static_cast<double>(pixels.size()) - positives,
                2.0 + 1e-4 * static_cast<double>(pixels.size()))
        << b;
    if (positives == 0) {
      EXPECT_TRUE(bins[b].at("ap").is_null());
      continue;
    }
    const auto [ap, fpr] = apAndFpr(pixels);
    EXPECT_NEAR(bins[b].at("ap").get<double>(), ap, 2e-4) << b;
    EXPECT_NEAR(bins[b].at("fpr95").get<double>(), fpr, 2e-3) << b;
    ++defined;
  }
  EXPECT_GE(defined, 5U);
  EXPECT_THAT(evaluate({"--distance-bins", "5:50:5"}, "csv").out, HasSubstr("ap_5_10,fpr95_5_10,ap_10_15"));
}

/// 8-connected components of a frame's anomalies, by a walk from pixel to pixel: the pixels of each.
std::vector<std::vector<std::size_t>> anomaliesOf(const FieldFrame& frame) {
  std::vector<std::vector<std::size_t>> out;
  std::vector<char> seen(frame.label.size(), 0);
  for (std::size_t start = 0; start < seen.size(); ++start) {
    if (seen[start] != 0 || frame.label[start] != kAnomaly) continue;
    std::vector<std::size_t> pixels{start};
    seen[start] = 1;
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      const int x = static_cast<int>(pixels[i]) % frame.width, y = static_cast<int>(pixels[i]) / frame.width;
      for (int ny = std::max(0, y - 1); ny <= std::min(frame.height - 1, y + 1); ++ny)
        for (int nx = std::max(0, x - 1); nx <= std::min(frame.width - 1, x + 1); ++nx) {
          const std::size_t next = frame.at(nx, ny);
          if (seen[next] != 0 || frame.label[next] != kAnomaly) continue;
          seen[next] = 1;
          pixels.push_back(next);
        }
    }
    out.push_back(std::move(pixels));
  }
  return out;
}

TEST_F(FieldNumbers, SizeGroupsAreThoseOfTheAnomalies) {
  const json groups = row({"--size-groups"}).at("size_groups");
  const std::array<std::pair<double, double>, 4> bounds{{{49, 256}, {256, 2304}, {2304, 12544}, {12544, 1e30}}};
  ASSERT_EQ(groups.size(), bounds.size());
  std::size_t defined = 0;
  for (std::size_t g = 0; g < bounds.size(); ++g) {
    std::vector<Pixel> pixels;
    std::size_t objects = 0;
    for (const FieldFrame& frame : frames()) {
      for (std::size_t i = 0; i < frame.label.size(); ++i)
        if (frame.label[i] == kNormal) pixels.push_back({frame.score[i], false});
      for (const auto& anomaly : anomaliesOf(frame)) {
        const auto size = static_cast<double>(anomaly.size());
        if (size < bounds[g].first || size >= bounds[g].second) continue;
        ++objects;
        for (const std::size_t i : anomaly) pixels.push_back({frame.score[i], true});
      }
    }
    EXPECT_EQ(groups[g].at("objects"), objects) << g;
    EXPECT_EQ(groups[g].at("positives"), std::ranges::count_if(pixels, &Pixel::isAnomaly)) << g;
    EXPECT_EQ(groups[g].at("negatives"), std::ranges::count_if(pixels, [](const Pixel& p) { return !p.isAnomaly; }));
    if (objects == 0) {
      EXPECT_TRUE(groups[g].at("ap").is_null());
      continue;
    }
    const auto [ap, fpr] = apAndFpr(pixels);
    EXPECT_NEAR(groups[g].at("ap").get<double>(), ap, 1e-9) << g;
    EXPECT_NEAR(groups[g].at("fpr95").get<double>(), fpr, 1e-9) << g;
    ++defined;
  }
  EXPECT_GE(defined, 2U);
  EXPECT_THAT(evaluate({"--size-groups"}, "csv").out, HasSubstr("ap_px_49_256,fpr95_px_49_256,ap_px_256_2304"));
}

TEST_F(FieldNumbers, OpenSetCalibratesOnTheOtherHalf) {
  const json openSet = row({"--open-set"}).at("open_set");
  std::vector<const FieldFrame*> halves[2];
  for (std::size_t i = 0; i < frames().size(); ++i) halves[i % 2].push_back(&frames()[i]);
  double open = 0, closed = 0;
  for (std::size_t half = 0; half < 2; ++half) {
    const float threshold = calibratedOn(halves[1 - half]);
    EXPECT_NEAR(openSet.at("threshold").at(half).get<double>(), static_cast<double>(threshold), 1e-7);
    PlainIou openIou, closedIou;
    for (const FieldFrame* frame : halves[half]) addOpen(openIou, closedIou, *frame, threshold);
    open += openIou.meanOccurring() / 2;  // as many frames in both
    closed += closedIou.meanOccurring() / 2;
  }
  EXPECT_NEAR(openSet.at("open_miou").get<double>(), open, 1e-9);
  EXPECT_NEAR(openSet.at("closed_miou").get<double>(), closed, 1e-9);
  EXPECT_NEAR(openSet.at("gap").get<double>(), closed - open, 1e-9);
  EXPECT_GT(openSet.at("gap").get<double>(), 0.01) << "anomalies and false alarms cost something";
  EXPECT_THAT(openSet.at("convention").get<std::string>(), HasSubstr("occur"));
  EXPECT_EQ(openSet.at("calibrated_on"), (json{"odd frames", "even frames"}));
  EXPECT_EQ(openSet.at("folds").size(), 2U);
}

TEST_F(FieldNumbers, OpenIouAtIssusThresholds) {
  const json found = row({"--open-set"});
  std::vector<Pixel> pixels = labelledPixels(frames());
  std::ranges::sort(pixels, std::greater<>(), &Pixel::score);
  const double all = static_cast<double>(std::ranges::count_if(pixels, &Pixel::isAnomaly));
  const double others = static_cast<double>(pixels.size()) - all;
  std::map<std::string, float> thresholds;
  double tp = 0, fp = 0, bestF1 = -1, tprAtFpr = -1;
  for (std::size_t i = 0; i < pixels.size();) {
    const float score = pixels[i].score;
    for (; i < pixels.size() && pixels[i].score == score; ++i) (pixels[i].isAnomaly ? tp : fp) += 1;
    if (tp / all >= 0.95) thresholds.try_emplace("tpr95", score);
    if (fp / others >= 0.05 && thresholds.try_emplace("fpr05", score).second) tprAtFpr = tp / all;
    const double f1 = 2 * tp / (all + tp + fp);
    if (f1 > bestF1) {
      bestF1 = f1;
      thresholds["best_f1"] = score;
    }
  }
  EXPECT_NEAR(found.at("tpr_at_fpr05").get<double>(), tprAtFpr, 1e-12);
  const json& oious = found.at("open_set").at("oiou");
  ASSERT_EQ(oious.size(), 3U);
  for (const auto& [name, threshold] : thresholds) {
    PlainIou open, closed;
    for (const FieldFrame& frame : frames()) addOpen(open, closed, frame, threshold);
    EXPECT_NEAR(oious.at(name).at("threshold").get<double>(), static_cast<double>(threshold), 1e-7) << name;
    EXPECT_NEAR(oious.at(name).at("oiou").get<double>(), open.meanAll(), 1e-9) << name;
  }
  const std::string csv = evaluate({"--open-set"}, "csv").out;
  EXPECT_THAT(csv, HasSubstr("open_set_gap,oiou_tpr95,oiou_fpr05,oiou_best_f1,tpr_at_fpr05"));
}

/// The network's own classes and scores, written as a pair, give the network's own numbers.
TEST_F(FieldNumbers, APairGivesTheNetworksOpenMiou) {
  const fs::path model = kFieldDemo / "model/erfnet_slim_demo.pth";
  const auto set = std::make_shared<const DataSet>(openDataSet(kFieldDemo / "set"));
  auto store = std::make_shared<LogitsStore>(LogitsStore::Options{.temporary = true});
  const auto source =
      openSource(set, SourceItem{.label = "net", .model = openModel(ModelEntry{.path = model}, {})}, {}, store);
  const Configuration msp = source->configurations({Method()}, {1.0F}).front();
  for (std::size_t f = 0; f < set->frames.size(); ++f) {
    source->prepare(f);
    FieldFrame frame = frames()[f];
    const Size size{frame.width, frame.height};
    const ScoreMap scores = source->score(f, msp, size);
    frame.score.assign(scores.values().begin(), scores.values().end());
    const ClassMap classes = predictedAt(*source, f, msp, size).value();
    frame.predicted.assign(classes.values().begin(), classes.values().end());
    writePair(folder, "own", frame);
  }
  const auto openSetOf = [&](const std::string& option, const std::string& value) {
    const CommandResult result =
        runCli({"evaluate", "--set", (kFieldDemo / "set").string(), option, value, "--protocol", "fishyscapes",
                "--resolution", "label", "--open-set", "--format", "json"});
    EXPECT_EQ(result.code, 0) << result.err;
    return json::parse(result.out).at("rows").at(0).at("open_set");
  };
  const json network = openSetOf("--model", model.string()), pair = openSetOf("--scores", folder / "own");
  EXPECT_GT(network.at("open_miou").get<double>(), 0.3);
  for (const char* number : {"open_miou", "closed_miou", "gap", "open_miou_defined", "open_miou_all"})
    EXPECT_EQ(pair.at(number), network.at(number)) << number;
  EXPECT_EQ(pair.at("threshold"), network.at("threshold"));
  EXPECT_EQ(pair.at("oiou"), network.at("oiou"));
}

TEST_F(FieldNumbers, SaysWhereClassesOrDistancesAreMissing) {
  const TemporaryFolder scratch;
  writeSmallSet(scratch.path() / "SmallSet", 2);
  for (int i = 0; i < 2; ++i) {
    const ScoreMap scores = knownScores();
    scratch.write("theirs/" + std::to_string(i) + ".npy",
                  npyHeaderText(NpyType::Float32, std::vector<std::size_t>{32, 64}) +
                      bytesOf(std::vector<float>(scores.values().begin(), scores.values().end())));
  }
  const CommandResult result = runCli({"evaluate", "--set", scratch / "SmallSet", "--scores", scratch / "theirs",
                                       "--protocol", "fishyscapes", "--open-set", "--distance-bins", "5:50:5",
                                       "--instances", "--component-threshold", "1.5", "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("no frame has class labels"));
  EXPECT_THAT(result.err, HasSubstr("nothing is known by distance"));
  const json found = json::parse(result.out).at("rows").at(0);
  EXPECT_TRUE(found.at("open_set").is_null());
  EXPECT_TRUE(found.at("distance_bins").is_null());
  EXPECT_EQ(found.at("tpr_at_fpr05"), 1.0) << "the row is 3.8 % of what is normal: the next threshold flags all";
  // A frame: the anomaly (IoU 1, sure 2) under a false row (sure 3). Precision 0.5 at recall 1, 0 at recall 0: half of
  // 0.5 at every overlap.
  const json& instances = found.at("instances");
  EXPECT_NEAR(instances.at("ap").get<double>(), 0.25, 1e-12);
  EXPECT_NEAR(instances.at("ap50").get<double>(), 0.25, 1e-12);
  EXPECT_EQ(instances.at("truths"), 2);
  EXPECT_EQ(instances.at("predicted"), 4);
  EXPECT_EQ(instances.at("threshold"), 1.5);
}

/// Two towns of two frames of 64x32 pixels: values 1 to 14 in stripes, 14 the anomaly; pictures of noise.
void writeStreetHazards(const fs::path& root) {
  cv::RNG noise(3);
  for (const char* town : {"t5", "t6"})
    for (int i = 0; i < 2; ++i) {
      cv::Mat image(kSmallSize.height, kSmallSize.width, CV_8UC3), label(image.size(), CV_8UC1);
      noise.fill(image, cv::RNG::UNIFORM, 0, 256);
      for (int y = 0; y < label.rows; ++y)
        for (int x = 0; x < label.cols; ++x)
          label.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(1 + (x + y + i) / 7 % 14);
      for (const auto& [folder, picture] : {std::pair("images", &image), std::pair("annotations", &label)}) {
        const fs::path below = root / "test" / folder / "test" / town;
        fs::create_directories(below);
        ASSERT_TRUE(cv::imwrite((below / (std::to_string(i) + ".png")).string(), *picture));
      }
    }
}

TEST(StreetHazardsFolder, MiouIsOverItsThirteenClasses) {
  const TemporaryFolder scratch;
  writeStreetHazards(scratch.path() / "StreetHazards");
  const fs::path file = scratch.path() / "model/net.pth";
  writeSmallModel(file);
  const auto miou = [&] {
    return runCli({"miou", "--set", scratch / "StreetHazards", "--model", file.string(), "--format", "json"});
  };
  const CommandResult refused = miou();
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.err, HasSubstr("13 known classes")) << "the network has 19";
  std::ofstream(fs::path(file).replace_extension(".json")) << R"({"input_size": [64, 32], "known_classes": 13})";
  const CommandResult result = miou();
  ASSERT_EQ(result.code, 0) << result.err;
  const json found = json::parse(result.out);
  EXPECT_EQ(found.at("iou").size(), 13U);

  Model network = Model::load(file, {});
  PlainIou iou;
  for (const char* town : {"t5", "t6"})
    for (int i = 0; i < 2; ++i) {
      const std::string below = std::string("test/") + town + "/" + std::to_string(i) + ".png";
      const cv::Mat label = cv::imread(scratch / ("StreetHazards/test/annotations/" + below), cv::IMREAD_UNCHANGED);
      Frame frame;
      frame.image = scratch / ("StreetHazards/test/images/" + below);
      const LogitsMap logits = network.infer(readImage(frame));
      const std::size_t area = logits.size.area();
      ASSERT_EQ(logits.size, kSmallSize);
      for (std::size_t at = 0; at < area; ++at) {
        int best = 0;
        for (int c = 1; c < 13; ++c)
          if (logits.values[static_cast<std::size_t>(c) * area + at] >
              logits.values[static_cast<std::size_t>(best) * area + at])
            best = c;
        const int truth = label.data[at] - 1;
        if (truth < 13) iou.add(truth, best);
      }
    }
  EXPECT_NEAR(found.at("miou").get<double>(), iou.meanOccurring(), 1e-9);
  EXPECT_EQ(found.at("classes_in_mean"), 13);

  // Open-set recognition calibrates each town on the other.
  const CommandResult open = runCli(
      {"evaluate", "--set", scratch / "StreetHazards", "--model", file.string(), "--open-set", "--format", "json"});
  ASSERT_EQ(open.code, 0) << open.err;
  EXPECT_EQ(json::parse(open.out).at("rows").at(0).at("open_set").at("calibrated_on"), (json{"t6", "t5"}));
}

}  // namespace
}  // namespace oodscope::testing
