// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <oneapi/tbb/global_control.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "analysis/imaging/resize.h"
#include "tests/support/shared_data.h"

namespace oodscope {
namespace {

/// The recording script's source values.
std::vector<std::uint8_t> sourceValues(Size size, int channels) {
  std::vector<std::uint8_t> values(size.area() * static_cast<std::size_t>(channels));
  std::uint32_t x = 1;
  for (auto& value : values) value = static_cast<std::uint8_t>((x = 1664525U * x + 1013904223U) >> 24U);
  return values;
}

RgbImage imageOf(Size size, const std::vector<std::uint8_t>& values) {
  RgbImage image(size);
  for (std::size_t i = 0; i < image.values().size(); ++i)
    image.values()[i] = {values[3 * i], values[3 * i + 1], values[3 * i + 2]};
  return image;
}

struct Case {
  Size source, target;
  std::vector<std::uint8_t> bilinear, nearest;
  std::vector<float> plain;
};

std::vector<Case> recordedCases() {
  std::ifstream in(std::string(OODSCOPE_SOURCE_DIR) + "/tests/reference/imaging/pil_resize.json");
  const nlohmann::json json = nlohmann::json::parse(in);
  std::vector<Case> cases;
  for (const auto& record : json.at("cases"))
    cases.push_back({{record.at("source")[0], record.at("source")[1]},
                     {record.at("target")[0], record.at("target")[1]},
                     record.at("bilinear"),
                     record.at("nearest"),
                     record.at("plain")});
  return cases;
}

std::string named(const Case& c) {
  return std::to_string(c.source.width) + "x" + std::to_string(c.source.height) + " to " +
         std::to_string(c.target.width) + "x" + std::to_string(c.target.height);
}

TEST(ResizePilBilinear, EqualsEveryValueThatPilRecordedOnEverySimdTarget) {
  const std::vector<Case> cases = recordedCases();
  ASSERT_EQ(cases.size(), 10U);
  for (std::int64_t rest = hwy::SupportedTargets() & HWY_TARGETS; rest != 0; rest &= rest - 1) {
    hwy::SetSupportedTargetsForTest(rest & -rest);
    for (const Case& c : cases)
      EXPECT_EQ(resizePilBilinear(imageOf(c.source, sourceValues(c.source, 3)), c.target),
                imageOf(c.target, c.bilinear))
          << named(c) << " " << hwy::TargetName(rest & -rest);
    hwy::SetSupportedTargetsForTest(0);
  }
}

TEST(ResizePilNearest, EqualsEveryValueThatPilRecorded) {
  for (const Case& c : recordedCases())
    EXPECT_EQ(resizePilNearest(Grid<std::uint8_t>(c.source, sourceValues(c.source, 1)), c.target),
              Grid<std::uint8_t>(c.target, c.nearest))
        << named(c);
}

TEST(ResizeBilinear, EqualsTorchOnScoreMaps) {
  for (const Case& c : recordedCases()) {
    const std::vector<std::uint8_t> values = sourceValues(c.source, 1);
    const ScoreMap out = resizeBilinear(ScoreMap(c.source, std::vector<float>(values.begin(), values.end())), c.target);
    for (std::size_t i = 0; i < c.plain.size(); ++i)
      EXPECT_NEAR(out.values()[i], c.plain[i], 4.6e-5F /* three roundings at 255 */) << named(c);
  }
}

// Frames of the shared data against what Python made of them.

RgbImage decoded(const std::filesystem::path& file) {
  const cv::Mat bgr = cv::imread(file.string(), cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  RgbImage image(Size{bgr.cols, bgr.rows});
  for (int y = 0; y < bgr.rows; ++y)
    for (int x = 0; x < bgr.cols; ++x) {
      const auto& pixel = bgr.at<cv::Vec3b>(y, x);
      image.at(x, y) = {pixel[2], pixel[1], pixel[0]};
    }
  return image;
}

Grid<std::uint8_t> decodedGrey(const std::filesystem::path& file) {
  const cv::Mat grey = cv::imread(file.string(), cv::IMREAD_UNCHANGED | cv::IMREAD_IGNORE_ORIENTATION);
  Grid<std::uint8_t> out(Size{grey.cols, grey.rows});
  for (int y = 0; y < grey.rows; ++y)
    for (int x = 0; x < grey.cols; ++x) out.at(x, y) = grey.ptr(y)[x * grey.channels()];
  return out;
}

/// The file in `folder` with this stem, whatever its extension.
std::filesystem::path withStem(const std::filesystem::path& folder, const std::string& stem) {
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().stem() == stem) return entry.path();
  throw Error("no such frame", folder / stem);
}

class GoldenFrame : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(GoldenFrame, NetworkInputAndLabelEqualPilsBytes) {
  const auto [set, frame] = GetParam();
  OODSCOPE_SHARED_OR_SKIP(golden, "data/golden");
  OODSCOPE_SHARED_OR_SKIP(folder, std::string("data/course_sets/") + set);
  const std::string stem = std::string(set) + "_" + frame;
  const Size target{1024, 512};
  const RgbImage input = resizePilBilinear(decoded(withStem(folder / "images", frame)), target);
  const RgbImage expected = decoded(golden / (stem + "_input_1024x512.png"));
  ASSERT_EQ(expected.size(), target);
  std::size_t different = 0;
  for (std::size_t i = 0; i < input.values().size(); ++i)
    different += input.values()[i] == expected.values()[i] ? 0 : 1;
  EXPECT_EQ(different, 0U);
  EXPECT_EQ(resizePilNearest(decodedGrey(withStem(folder / "labels_masks", frame)), target),
            decodedGrey(golden / (stem + "_label_1024x512.png")));
}

INSTANTIATE_TEST_SUITE_P(CourseSets, GoldenFrame,
                         ::testing::Values(std::pair("RoadAnomaly21", "0"), std::pair("fs_static", "0"),
                                           std::pair("FS_LostFound_full", "50")));

}  // namespace
}  // namespace oodscope
