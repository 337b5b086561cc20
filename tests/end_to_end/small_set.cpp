// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/end_to_end/small_set.h"

#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/networks/weights.inl.h"

#include <torch/utils.h>

#include <cstdint>
#include <fstream>
#include <opencv2/imgcodecs.hpp>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;

bool isAnomaly(int x, int y) { return x >= 20 && x < 32 && y >= 12 && y < 20; }

fs::path labelFile(const fs::path& root, int frame) { return root / "labels_masks" / (std::to_string(frame) + ".png"); }

}  // namespace

void writeSmallSet(const fs::path& root, int count) {
  fs::create_directories(root / "images");
  fs::create_directories(root / "labels_masks");
  cv::Mat label(kSmallSize.height, kSmallSize.width, CV_8UC1);
  for (int y = 0; y < label.rows; ++y) {
    for (int x = 0; x < label.cols; ++x) {
      label.at<std::uint8_t>(y, x) = y < 4 ? 255 : static_cast<std::uint8_t>(isAnomaly(x, y));
    }
  }
  cv::RNG noise(7);
  for (int i = 0; i < count; ++i) {
    cv::Mat image(label.size(), CV_8UC3);
    noise.fill(image, cv::RNG::UNIFORM, 0, 256);
    cv::imwrite((root / "images" / (std::to_string(i) + ".png")).string(), image);
    cv::imwrite(labelFile(root, i).string(), label);
  }
}

void fillLabel(const fs::path& root, int frame, std::uint8_t value, Size size) {
  cv::imwrite(labelFile(root, frame).string(), cv::Mat(size.height, size.width, CV_8UC1, cv::Scalar(value)));
}

void writeSmallModel(const fs::path& file, std::uint64_t seed) {
  fs::create_directories(file.parent_path());
  torch::manual_seed(seed);
  const auto network = makeNetwork("ERFNet", {.classes = 20, .widths = {8, 12, 16}});
  writeStateDict(file, stateDictOf(*network));
  std::ofstream(fs::path(file).replace_extension(".json")) << R"({"input_size": [64, 32]})";
}

ScoreMap knownScores() {
  ScoreMap map(kSmallSize, 1.0F);
  for (int y = 0; y < kSmallSize.height; ++y) {
    for (int x = 0; x < kSmallSize.width; ++x) {
      if (isAnomaly(x, y)) map.at(x, y) = 2.0F;
      if (y == 25) map.at(x, y) = 3.0F;
    }
  }
  return map;
}

}  // namespace oodscope::testing
