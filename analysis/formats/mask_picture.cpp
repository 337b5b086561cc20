// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/mask_picture.h"

#include "analysis/core/error.h"

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

namespace oodscope {

namespace {

std::vector<std::byte> encodedPng(const cv::Mat& mat) {
  std::vector<std::uint8_t> bytes;
  if (!cv::imencode(".png", mat, bytes, {cv::IMWRITE_PNG_COMPRESSION, 6})) throw Error("a PNG cannot be encoded", {});
  std::vector<std::byte> out(bytes.size());
  std::transform(bytes.begin(), bytes.end(), out.begin(), [](std::uint8_t byte) { return std::byte{byte}; });
  return out;
}

}  // namespace

std::vector<std::byte> greyPng(const Grid<std::uint8_t>& values) {
  require(!values.empty(), "greyPng: no pixels");
  // imencode only reads; cv::Mat has no const view.
  return encodedPng({values.height(), values.width(), CV_8UC1, const_cast<std::uint8_t*>(values.values().data())});
}

std::vector<std::byte> rgbPng(const RgbImage& picture) {
  require(!picture.empty(), "rgbPng: no pixels");
  cv::Mat mat(picture.height(), picture.width(), CV_8UC3);
  for (int y = 0; y < picture.height(); ++y)
    for (int x = 0; x < picture.width(); ++x) {
      const Rgb pixel = picture.at(x, y);
      mat.at<cv::Vec3b>(y, x) = {pixel.b, pixel.g, pixel.r};
    }
  return encodedPng(mat);
}

}  // namespace oodscope
