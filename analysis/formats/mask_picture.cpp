// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/mask_picture.h"

#include "analysis/core/error.h"

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

namespace oodscope {

std::vector<std::byte> greyPng(const Grid<std::uint8_t>& values) {
  require(!values.empty(), "greyPng: no pixels");
  // imencode only reads; cv::Mat has no const view.
  const cv::Mat mat(values.height(), values.width(), CV_8UC1, const_cast<std::uint8_t*>(values.values().data()));
  std::vector<std::uint8_t> bytes;
  if (!cv::imencode(".png", mat, bytes, {cv::IMWRITE_PNG_COMPRESSION, 6})) throw Error("a PNG cannot be encoded", {});
  std::vector<std::byte> out(bytes.size());
  std::transform(bytes.begin(), bytes.end(), out.begin(), [](std::uint8_t byte) { return std::byte{byte}; });
  return out;
}

}  // namespace oodscope
