// SPDX-License-Identifier: GPL-3.0-or-later
// METHOD+FILTER on the command line against maps that are filtered, and ranked, by hand.
#include "analysis/filters/filter.h"
#include "analysis/formats/npy.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

namespace oodscope::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr int kFilteredFrames = 3;
using DoubleMap = std::vector<double>;

/// The 7x7 Gaussian of sigma 1, taps `dilation` apart; the border is reflected without its edge, or repeated.
DoubleMap plainGaussian(const DoubleMap& map, int dilation, bool isReflected) {
  const auto inside = [&](int at, int size) {
    if (!isReflected) return std::clamp(at, 0, size - 1);
    return at < 0 ? -at : at >= size ? 2 * size - 2 - at : at;
  };
  DoubleMap out(map.size());
  for (int y = 0; y < kSmallSize.height; ++y)
    for (int x = 0; x < kSmallSize.width; ++x) {
      double sum = 0.0, weights = 0.0;
      for (int dy = -3; dy <= 3; ++dy)
        for (int dx = -3; dx <= 3; ++dx) {
          const double weight = std::exp(-0.5 * (dx * dx + dy * dy));
          const int row = inside(y + dilation * dy, kSmallSize.height),
                    column = inside(x + dilation * dx, kSmallSize.width);
          sum += weight * map[static_cast<std::size_t>(row * kSmallSize.width + column)];
          weights += weight;
        }
      out[static_cast<std::size_t>(y * kSmallSize.width + x)] = sum / weights;
    }
  return out;
}

struct RankedPixel {
  double score;
  bool isAnomaly;
};

/// Precision at each recall, ties taken at once: the area under the steps, by its definition.
double plainAp(std::vector<RankedPixel> pixels) {
  std::ranges::sort(pixels, std::greater(), &RankedPixel::score);
  const auto anomalies = static_cast<double>(std::ranges::count(pixels, true, &RankedPixel::isAnomaly));
  double found = 0.0, taken = 0.0, area = 0.0;
  for (std::size_t i = 0; i < pixels.size();) {
    double more = 0.0;
    const std::size_t first = i;
    for (; i < pixels.size() && pixels[i].score == pixels[first].score; ++i) {
      more += pixels[i].isAnomaly ? 1.0 : 0.0;
      ++taken;
    }
    found += more;
    area += more / anomalies * (found / taken);
  }
  return area;
}

class Filters : public ::testing::Test {
protected:
  Filters() {
    writeSmallSet(folder.path() / "Small", kFilteredFrames);
    writeSmallModel(folder.path() / "net.pth");
  }
  [[nodiscard]] CommandResult evaluate(const std::string& method, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"evaluate", "--set", folder / "Small", "--method",    method,
                                       "--format", "json",  "--protocol",     "fishyscapes", "--quiet"};
    if (more.empty()) more = {"--model", folder / "net.pth"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return runCli(arguments);
  }
  [[nodiscard]] json rows(const std::string& method, const std::vector<std::string>& more = {}) const {
    const CommandResult result = evaluate(method, more);
    EXPECT_EQ(result.code, 0) << result.err;
    return json::parse(result.out).at("rows");
  }
  /// Maps of a method at the labels' size, as they are handed in.
  [[nodiscard]] std::vector<DoubleMap> maps(const std::string& method) const {
    const std::string output = "maps-" + method;
    const CommandResult done = runCli({"submit", "--form", "fishyscapes", "--set", folder / "Small", "--model",
                                       folder / "net.pth", "--method", method, "--output", folder / output});
    EXPECT_EQ(done.code, 0) << done.err;
    std::vector<DoubleMap> out;
    for (int f = 0; f < kFilteredFrames; ++f) {
      const auto file = folder.path() / output / ("000" + std::to_string(f) + "_anomaly.npy");
      const std::vector<float> values = npyAsFloat(readNpy(file));
      out.emplace_back(values.begin(), values.end());
    }
    return out;
  }
  /// AP over the labelled pixels of all frames.
  [[nodiscard]] double ap(const std::vector<DoubleMap>& maps) const {
    std::vector<RankedPixel> pixels;
    for (int f = 0; f < kFilteredFrames; ++f) {
      const cv::Mat label = cv::imread((folder.path() / "Small/labels_masks" / (std::to_string(f) + ".png")).string(),
                                       cv::IMREAD_GRAYSCALE);
      for (int i = 0; i < static_cast<int>(label.total()); ++i)
        if (const auto truth = label.at<std::uint8_t>(i / label.cols, i % label.cols); truth != 255)
          pixels.push_back({maps[static_cast<std::size_t>(f)][static_cast<std::size_t>(i)], truth == 1});
    }
    return plainAp(std::move(pixels));
  }

  TemporaryFolder folder;
};

TEST_F(Filters, OfTheCommandLineEqualThoseByHand) {
  struct Case {
    const char* method;
    int dilation;
    bool isReflected;
  };
  const std::vector<DoubleMap> plain = maps("energy");
  EXPECT_NEAR(rows("energy").at(0).at("ap").get<double>(), ap(plain), 1e-9) << "the reference ranks as the program";
  for (const Case& each : {Case{"energy+gaussian", 1, true}, Case{"energy+dilated", 6, false}}) {
    std::vector<DoubleMap> expected;
    const std::vector<DoubleMap> found = maps(each.method);
    for (std::size_t f = 0; f < plain.size(); ++f) {
      expected.push_back(plainGaussian(plain[f], each.dilation, each.isReflected));
      for (std::size_t i = 0; i < found[f].size(); ++i)
        ASSERT_NEAR(found[f][i], expected[f][i], 1e-5 * std::max(1.0, std::abs(expected[f][i]))) << each.method;
    }
    const json row = rows(each.method).at(0);
    EXPECT_EQ(row.at("method"), each.method);
    EXPECT_NEAR(row.at("ap").get<double>(), ap(found), 1e-9) << "what is handed in is what was evaluated";
    EXPECT_NEAR(row.at("ap").get<double>(), ap(expected), 1e-3) << "neighbours within float's step may change places";
    EXPECT_GT(std::abs(ap(found) - ap(plain)), 1e-3) << "a filter changes the ranking";
  }
}

TEST_F(Filters, AreRowsOfTheirOwnInTheOrderAsked) {
  const json all = rows("energy,energy+gaussian,energy+boundary+dilated,energy+dilated+boundary,energy+gaussian");
  ASSERT_EQ(all.size(), 4U);
  std::vector<std::string> names;
  std::vector<double> values;
  for (const json& row : all) {
    names.push_back(row.at("method").get<std::string>());
    values.push_back(row.at("ap").get<double>());
  }
  EXPECT_EQ(names, (std::vector<std::string>{"energy", "energy+gaussian", "energy+boundary+dilated",
                                             "energy+dilated+boundary"}));
  std::ranges::sort(values);
  EXPECT_EQ(std::ranges::adjacent_find(values), values.end()) << "each of them ranks otherwise";
  for (const json& row : rows("all"))
    EXPECT_EQ(row.at("method").get<std::string>().find('+'), std::string::npos) << "all is without filters";
}

TEST_F(Filters, OfScoreMapsNeedNoMethodAndBoundaryNeedsClasses) {
  static_cast<void>(maps("energy"));
  const std::string pairs = folder / "maps-energy";
  EXPECT_EQ(rows("energy+gaussian+boundary", {"--scores", pairs}).at(0).at("ap"),
            rows("energy+gaussian+boundary").at(0).at("ap"))
      << "the class maps are the network's own";
  for (const auto& entry : std::filesystem::directory_iterator(pairs))
    if (entry.path().string().ends_with("_segmentation.npy")) std::filesystem::remove(entry.path());
  const json blurred = rows("msp+gaussian", {"--scores", pairs}).at(0);
  EXPECT_EQ(blurred.at("method"), "maps-energy+gaussian");
  EXPECT_EQ(blurred.at("ap"), rows("energy+gaussian").at(0).at("ap"));
  const CommandResult refused = evaluate("msp+boundary", {"--scores", pairs});
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.err, HasSubstr("the filter boundary reads predicted classes"));
}

TEST_F(Filters, ThatThereAreNotAreAUsageErrorThatNamesTheKnownOnes) {
  for (const char* wrong : {"energy+blur", "energy+", "energy+Gaussian", "all+gaussian", "+gaussian"}) {
    const CommandResult refused = evaluate(wrong);
    EXPECT_EQ(refused.code, 2) << wrong;
    EXPECT_TRUE(refused.out.empty());
  }
  EXPECT_THAT(evaluate("energy+blur").err, HasSubstr("gaussian, boundary, dilated"));
  EXPECT_THAT(evaluate("energi+gaussian").err, HasSubstr("is none of msp"));
  EXPECT_THAT(runCli({"evaluate", "--help"}).out, HasSubstr("gaussian, boundary, dilated"));
}

TEST_F(Filters, AreSweptAndEvaluatedFromASession) {
  const CommandResult swept = runCli({"sweep",
                                      "--set",
                                      folder / "Small",
                                      "--model",
                                      folder / "net.pth",
                                      "--method",
                                      "msp+gaussian",
                                      "--from",
                                      "1",
                                      "--to",
                                      "2",
                                      "--steps",
                                      "2",
                                      "--refine",
                                      "0",
                                      "--protocol",
                                      "fishyscapes",
                                      "--format",
                                      "json",
                                      "--quiet"});
  ASSERT_EQ(swept.code, 0) << swept.err;
  const json points = json::parse(swept.out).at("rows");
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points.at(0).at("method"), "msp+gaussian");
  const auto at = [&](const char* temperature) {
    return rows("msp+gaussian", {"--model", folder / "net.pth", "--temperature", temperature}).at(0).at("ap");
  };
  EXPECT_EQ(points.at(0).at("ap"), at("1"));
  EXPECT_EQ(points.at(1).at("ap"), at("2"));
  folder.write("s.oodscope",
               R"({"oodscope_session":1,"sets":[{"path":"Small"}],"models":[{"path":"net.pth"}],"view":{"score":)"
               R"({"method":"msp","temperature":2,"filters":["gaussian"]},"protocol":"fishyscapes"}})");
  const CommandResult opened = runCli({"evaluate", "--session", folder / "s.oodscope", "--format", "json", "--quiet"});
  ASSERT_EQ(opened.code, 0) << opened.err;
  EXPECT_EQ(json::parse(opened.out).at("rows").at(0).at("method"), "msp+gaussian");
  EXPECT_EQ(json::parse(opened.out).at("rows").at(0).at("ap"), at("2"));
}

}  // namespace
}  // namespace oodscope::testing
