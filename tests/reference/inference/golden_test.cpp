// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/npy.h"
#include "inference/models/model.h"
#include "tests/support/shared_data.h"

#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

RgbImage readRgb(const std::filesystem::path& file) {
  const cv::Mat bgr = cv::imread(file.string(), cv::IMREAD_COLOR);
  RgbImage image(Size{bgr.cols, bgr.rows});
  for (int y = 0; y < bgr.rows; ++y) {
    for (int x = 0; x < bgr.cols; ++x) {
      const auto pixel = bgr.at<cv::Vec3b>(y, x);
      image.at(x, y) = {pixel[2], pixel[1], pixel[0]};
    }
  }
  return image;
}

int argmax(const LogitsMap& logits, std::size_t pixel) {
  int best = 0;
  for (int c = 1; c < logits.channels; ++c) {
    const auto at = [&](int channel) {
      return logits.values[static_cast<std::size_t>(channel) * logits.size.area() + pixel];
    };
    if (at(c) > at(best)) best = c;
  }
  return best;
}

class Golden : public ::testing::TestWithParam<const char*> {};

TEST_P(Golden, ErfnetEqualsPythonsOutput) {
  OODSCOPE_SHARED_OR_SKIP(weights, "data/weights/erfnet_cityscapes_20.pth");
  OODSCOPE_SHARED_OR_SKIP(golden, "data/golden");
  const std::string frame = GetParam();
  Model model = Model::load(weights);
  const LogitsMap logits = model.infer(readRgb(golden / (frame + "_input_1024x512.png")));
  ASSERT_EQ(logits.channels, 20);
  ASSERT_EQ(logits.size, (Size{1024, 512}));
  const std::vector<float> expected = npyAsFloat(readNpy(golden / (frame + "_erfnet_logits_stride8_f32.npy")));
  ASSERT_EQ(expected.size(), 20U * 64U * 128U);
  double worst = 0.0;
  for (std::size_t c = 0, i = 0; c < 20; ++c) {
    for (std::size_t y = 0; y < 512; y += 8) {
      for (std::size_t x = 0; x < 1024; x += 8, ++i) {
        worst = std::max(worst, std::abs(static_cast<double>(logits.values[(c * 512 + y) * 1024 + x]) -
                                         static_cast<double>(expected[i])));
      }
    }
  }
  RecordProperty("worst", std::to_string(worst));
  EXPECT_LT(worst, 1e-3);
  const cv::Mat classes = cv::imread((golden / (frame + "_erfnet_argmax20.png")).string(), cv::IMREAD_UNCHANGED);
  ASSERT_EQ(classes.total(), logits.size.area());
  std::size_t same = 0;
  for (std::size_t i = 0; i < logits.size.area(); ++i) {
    same +=
        argmax(logits, i) == classes.at<std::uint8_t>(static_cast<int>(i / 1024), static_cast<int>(i % 1024)) ? 1U : 0U;
  }
  EXPECT_GE(static_cast<double>(same), 0.9999 * static_cast<double>(logits.size.area()));
}

INSTANTIATE_TEST_SUITE_P(Frames, Golden, ::testing::Values("FS_LostFound_full_50", "RoadAnomaly21_0", "fs_static_0"));

/// Closed-set accuracy over ten frames: right only where weights, architecture and preprocessing all are.
double pixelAccuracy(Model& model, const std::filesystem::path& root, int frames) {
  std::size_t right = 0, known = 0;
  std::vector<std::filesystem::path> labels;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().filename().string().ends_with("_gtFine_labelIds.png")) labels.push_back(entry.path());
  }
  std::sort(labels.begin(), labels.end());
  labels.resize(std::min(labels.size(), static_cast<std::size_t>(frames)));
  // Source: cityscapesScripts labels.py, id to train id.
  const std::vector<int> trainIds{7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33};
  for (const auto& label : labels) {
    std::string name = label.filename().string();
    name.replace(name.find("_gtFine_labelIds"), std::string("_gtFine_labelIds").size(), "_leftImg8bit");
    std::filesystem::path image;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.path().filename() == name) image = entry.path();
    }
    if (image.empty()) continue;
    const LogitsMap logits = model.infer(readRgb(image));
    const cv::Mat truth = cv::imread(label.string(), cv::IMREAD_UNCHANGED);
    for (int y = 0; y < logits.size.height; y += 2) {
      for (int x = 0; x < logits.size.width; x += 2) {
        const int id = truth.at<std::uint8_t>(y * truth.rows / logits.size.height, x * truth.cols / logits.size.width);
        const auto found = std::find(trainIds.begin(), trainIds.end(), id);
        if (found == trainIds.end()) continue;
        ++known;
        const auto pixel = static_cast<std::size_t>(y) * 1024U + static_cast<std::size_t>(x);
        right += argmax(logits, pixel) == found - trainIds.begin() ? 1U : 0U;
      }
    }
  }
  return known == 0 ? -1.0 : static_cast<double>(right) / static_cast<double>(known);
}

class RealWeights : public ::testing::TestWithParam<const char*> {};

TEST_P(RealWeights, SegmentRoadScenes) {
  OODSCOPE_SHARED_OR_SKIP(weights, std::string("data/weights/") + GetParam());
  OODSCOPE_SHARED_OR_SKIP(frames, "data/cityscapes_val10");
  Model model = Model::load(weights);
  const double accuracy = pixelAccuracy(model, frames, 3);
  RecordProperty("accuracy", std::to_string(accuracy));
  std::printf("%s: pixel accuracy %.4f\n", GetParam(), accuracy);
  EXPECT_GT(accuracy, 0.85);
}

INSTANTIATE_TEST_SUITE_P(Files, RealWeights,
                         ::testing::Values("erfnet_cityscapes_20.pth", "erfnet_cityscapes_void_20.pth",
                                           "enet_cityscapes_void_20.pth"));

}  // namespace
}  // namespace oodscope
