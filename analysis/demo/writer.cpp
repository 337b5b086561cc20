// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/demo/scene.h"
#include "analysis/formats/atomic_file.h"

#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include <span>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// What a power cut destroys is generated again: not worth a flush for each of a hundred files.
void writeWhole(const fs::path& file, std::span<const std::byte> bytes) {
  writeFileAtomically(file, {bytes}, Durability::Quick);
}

template <class T>
cv::Mat viewOf(const Grid<T>& grid, int type) {
  // imencode only reads; cv::Mat has no const view.
  return cv::Mat(grid.height(), grid.width(), type, const_cast<T*>(grid.values().data()));
}

void writeImage(const fs::path& file, const cv::Mat& image, const std::vector<int>& settings) {
  std::vector<unsigned char> bytes;
  try {
    cv::imencode(file.extension().string(), image, bytes, settings);
  } catch (const cv::Exception& e) {
    throw Error({.what = "cannot encode image", .found = e.what(), .file = file});
  }
  writeWhole(file, std::as_bytes(std::span(bytes)));
}

}  // namespace

void writeDemoSet(const fs::path& folder, std::uint64_t seed, int frames, const DemoOptions& options) {
  require(frames >= 1, "writeDemoSet: no frames asked for");
  for (const char* sub : {"images", "labels_masks", "class_labels", "disparity", "camera"}) {
    std::error_code failure;
    fs::create_directories(folder / sub, failure);
    if (failure) throw Error({.what = "cannot make folder", .found = failure.message(), .file = folder / sub});
  }
  const std::vector<int> png{cv::IMWRITE_PNG_COMPRESSION, 9};
  const std::vector<int> smooth{cv::IMWRITE_PNG_COMPRESSION, 9, cv::IMWRITE_PNG_STRATEGY,
                                cv::IMWRITE_PNG_STRATEGY_FILTERED};
  std::string descriptions;
  for (int i = 0; i < frames; ++i) {
    const DemoFrame f = renderDemoFrame(seed, i, options);
    cv::Mat bgr(f.image.height(), f.image.width(), CV_8UC3);
    for (int y = 0; y < f.image.height(); ++y) {
      for (int x = 0; x < f.image.width(); ++x) {
        const Rgb c = f.image.at(x, y);
        bgr.at<cv::Vec3b>(y, x) = {c.b, c.g, c.r};
      }
    }
    writeImage(folder / "images" / (f.name + ".webp"), bgr, {cv::IMWRITE_WEBP_QUALITY, 87});
    writeImage(folder / "labels_masks" / (f.name + ".png"), viewOf(f.label, CV_8UC1), png);
    writeImage(folder / "class_labels" / (f.name + ".png"), viewOf(f.classes, CV_8UC1), png);
    writeImage(folder / "disparity" / (f.name + ".png"), viewOf(f.disparity, CV_16UC1), smooth);
    const nlohmann::json camera{
        {"extrinsic",
         {{"baseline", f.camera.baseline},
          {"pitch", f.pose.pitch},
          {"roll", 0.0},
          {"x", 0.0},
          {"y", 0.0},
          {"yaw", 0.0},
          {"z", f.pose.height}}},
        {"intrinsic",
         {{"fx", f.camera.focalX}, {"fy", f.camera.focalY}, {"u0", f.camera.centreX}, {"v0", f.camera.centreY}}}};
    const std::string json = camera.dump(2) + "\n";
    writeWhole(folder / "camera" / (f.name + ".json"), std::as_bytes(std::span(json)));
    descriptions += f.name + ": " + f.description + "\n";
  }
  writeWhole(folder / "descriptions.txt", std::as_bytes(std::span(descriptions)));
}

}  // namespace oodscope
